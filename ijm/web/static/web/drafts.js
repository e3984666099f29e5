// What is typed into a form is kept on the server, sealed, every few seconds. Nothing is ever written to this device.
(function () {
  "use strict";
  var house = window.daybook, session = house && house.session, words = document.getElementById("words");
  if (!session || !words) return;
  words = words.dataset;
  var SOON = 2000, LATEST = 5000, LONGEST_WAIT = 30000, PATIENCE = 15000;
  var NEVER = /^(csrfmiddlewaretoken|_.*)$/;
  var kept = [], closed = false; // closed: the session has ended, and nothing is tried until she has signed in

  function body(form) {
    var said = new URLSearchParams(), secret = house.all("input[type=password]", form).map(function (one) { return one.name; });
    new FormData(form).forEach(function (value, name) {
      if (typeof value === "string" && !NEVER.test(name) && secret.indexOf(name) < 0) said.append(name, value);
    });
    return said.toString();
  }
  function parcel(one) {
    var data = new FormData();
    data.append("csrfmiddlewaretoken", house.token());
    data.append("person", session.person);
    data.append("path", location.pathname);
    data.append("form", new URL(one.form.getAttribute("action") || "", location.href).pathname);
    data.append("body", body(one.form));
    return data;
  }
  function say(one, text, alarm) {
    if (!one.line) {
      one.line = document.createElement("span");
      one.line.className = "saved"; one.line.setAttribute("role", "status");
      (house.all(".btns", one.form).pop() || one.form).appendChild(one.line);
    }
    one.line.classList.toggle("saved--away", Boolean(alarm));
    if (one.line.textContent !== text) one.line.textContent = text;
  }
  function unkept(one) { return one.touched && !one.gone && body(one.form) !== one.last; }

  // Resolves when every word is on the server; rejects with TypeError when the line is away, "ended" without a session.
  function save(one) {
    clearTimeout(one.timer); one.timer = one.since = null;
    if (one.busy) return one.busy.then(function () { return save(one); }, function () { return save(one); });
    if (!unkept(one)) return Promise.resolve();
    if (closed) return Promise.reject(new Error("ended"));
    var sent = body(one.form);
    one.busy = post(one, true).then(function (answer) {
      one.last = sent; one.tries = 0; one.at = answer.at;
      say(one, house.fill(words.saved, { at: answer.at }));
      session.begin(answer.seconds);
    }).finally(function () { one.busy = null; });
    return one.busy.catch(function (error) {
      if (error.message === "never") { one.last = sent; say(one, words.unkept, true); return; }
      if (error.message === "ended") { closed = true; say(one, words.ended, true); throw error; }
      say(one, words.away, true); later(one);
      throw error;
    });
  }
  function post(one, again) {
    var patience = new AbortController(), limit = setTimeout(function () { patience.abort(); }, PATIENCE);
    return fetch(words.drafts, { method: "POST", body: parcel(one), credentials: "same-origin", cache: "no-store", redirect: "manual",
      signal: patience.signal }).catch(function () { throw new TypeError("away"); }).then(function (answer) {
      clearTimeout(limit);
      if (answer.ok) return answer.json();
      if (answer.status === 403 && again) return renewed().then(function () { return post(one, false); });
      if (answer.status === 400 || answer.status === 413) throw new Error("never");
      if (answer.status === 401 || answer.status === 403 || answer.status === 409 || answer.type === "opaqueredirect") throw new Error("ended");
      throw new Error("broken");
    });
  }
  function renewed() {
    return session.ask("GET").then(function (answer) {
      if (!session.same(answer)) throw new Error("ended");
      session.take(answer);
    });
  }
  function later(one) {
    one.tries = (one.tries || 0) + 1;
    clearTimeout(one.timer);
    one.timer = setTimeout(function () { quietly(one); }, Math.min(LONGEST_WAIT, SOON * Math.pow(2, one.tries - 1)));
  }
  function quietly(one) { save(one).catch(function (error) { if (error.message === "ended") session.over(); }); }
  function typed(one) {
    var now = Date.now();
    one.touched = true; one.gone = false; one.since = one.since || now;
    if (one.tries) return; // the line is away: it is tried again by itself
    clearTimeout(one.timer);
    one.timer = setTimeout(function () { quietly(one); }, Math.max(0, Math.min(SOON, one.since + LATEST - now)));
  }
  function find(form) { return kept.filter(function (one) { return one.form === form; })[0]; }

  house.all("main form.form").forEach(function (form) {
    if (form.method !== "post" || form.closest("[data-no-draft], .sealed")) return;
    var one = { form: form, last: body(form) };
    kept.push(one);
    form.addEventListener("input", function () { typed(one); });
    form.addEventListener("change", function () { typed(one); });
  });

  // The last words before a page goes: the browser carries them after it.
  function parting() {
    kept.forEach(function (one) {
      if (!unkept(one) || one.busy && body(one.form) === one.carried) return;
      if (navigator.sendBeacon && navigator.sendBeacon(words.drafts, parcel(one))) one.carried = body(one.form);
    });
  }
  document.addEventListener("visibilitychange", function () { if (document.hidden) parting(); });
  window.addEventListener("pagehide", parting);
  window.addEventListener("online", function () { kept.forEach(function (one) { if (unkept(one)) { one.tries = 0; quietly(one); } }); });
  window.addEventListener("pageshow", function (event) { if (event.persisted) kept.forEach(function (one) { one.gone = false; }); });

  house.keeps = function (form) { return Boolean(find(form)); };
  house.touched = function (form) { var one = find(form); return Boolean(one && one.touched); };
  house.unkept = function () { return kept.some(unkept); };
  house.flush = function () { closed = false; kept.forEach(function (one) { if (unkept(one)) { one.tries = 0; quietly(one); } }); };
  house.keep = function (form) { var one = find(form); return one ? save(one) : null; };
  house.sending = function (form) {
    var one = find(form);
    if (!one) return;
    one.gone = true; // it is on its way: nothing of it is kept behind its back
    setTimeout(function () { one.gone = false; }, PATIENCE);
    if (!one.at) return;
    var mark = form.elements._kept || document.createElement("input");
    mark.type = "hidden"; mark.name = "_kept"; mark.value = one.at; form.appendChild(mark);
  };
})();
