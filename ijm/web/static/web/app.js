// Small comforts. Every page works without this file; nothing here is needed to be safe.
(function () {
  "use strict";
  var root = document.documentElement;
  function all(selector, within) { return Array.prototype.slice.call((within || document).querySelectorAll(selector)); }
  function fill(text, values) { return text.replace(/\{(\w+)\}/g, function (_whole, name) { return digits(values[name]); }); }
  function digits(value) {
    if (root.lang !== "km") return String(value);
    return String(value).replace(/\d/g, function (one) { return String.fromCharCode(0x17e0 + Number(one)); });
  }
  var house = window.daybook = { all: all, fill: fill, token: token };
  function token() { var input = document.querySelector("input[name=csrfmiddlewaretoken]"); return input ? input.value : ""; }

  // Quick exit: blank at once, end the session by beacon, leave without a way back. Escape three times does the same.
  var leaving = false;
  function leave(form) {
    if (house.flush) house.flush();
    leaving = true;
    root.hidden = true; document.title = "Weather";
    var data = new FormData(); data.append("csrfmiddlewaretoken", token());
    if (navigator.sendBeacon) navigator.sendBeacon(form.action, data);
    location.replace(form.dataset.quickExit);
  }
  var exits = all("form[data-quick-exit]"), presses = 0, calm;
  exits.forEach(function (form) { form.addEventListener("submit", function (event) { event.preventDefault(); leave(form); }); });
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape" || !exits.length) return;
    presses += 1; clearTimeout(calm); calm = setTimeout(function () { presses = 0; }, 1500);
    if (presses >= 3) leave(exits[0]);
  });

  // Copy a code.
  document.addEventListener("click", function (event) {
    var button = event.target.closest && event.target.closest("[data-copy]");
    if (!button || !navigator.clipboard) return;
    navigator.clipboard.writeText(button.dataset.copy).then(function () {
      var word = button.querySelector("[data-copy-word]"), before = word.textContent;
      if (before === button.dataset.copied) return;
      word.textContent = button.dataset.copied;
      setTimeout(function () { word.textContent = before; }, 2000);
    });
  });

  // Light or dark: change at once, tell the server beside it.
  all("form[data-theme-switch]").forEach(function (form) {
    form.addEventListener("submit", function (event) {
      var button = form.querySelector("button[name=theme]");
      var dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
      event.preventDefault();
      root.dataset.theme = button.value = dark ? "light" : "dark";
      var data = new FormData(form); data.append("theme", button.value);
      fetch(form.action, { method: "POST", body: data, credentials: "same-origin", redirect: "manual" }).catch(function () {});
    });
  });

  // Typed text is not lost by a slip: the browser asks before a page with words is left that are not kept elsewhere.
  var dirty = false;
  document.addEventListener("input", function (event) {
    var form = event.target.form;
    if (form && form.method === "post" && !event.target.closest(".sealed, [role=search], dialog") && !(house.keeps && house.keeps(form))) dirty = true;
  });
  document.addEventListener("submit", function (event) { if (!event.target.closest(".seg")) dirty = false; });
  window.addEventListener("beforeunload", function (event) { if ((dirty || (house.unkept && house.unkept())) && !leaving) { event.preventDefault(); event.returnValue = ""; } });

  // A file that is too large is told before it is sent; one that goes says so, and its sender stays signed in meanwhile.
  document.addEventListener("submit", function (event) {
    var form = event.target, most = Number(form.dataset.sendsFile), chosen = most && form.querySelector("input[type=file]").files[0];
    if (!chosen) return;
    var over = chosen.size > most;
    form.querySelector("[data-too-large]").hidden = !over; form.querySelector("[data-sending]").hidden = over;
    if (over) event.preventDefault();
    else if (house.session) setInterval(function () { house.session.ask("POST").then(function (answer) { if (house.session.same(answer)) house.session.take(answer); }).catch(function () {}); }, 240000);
  });

  // The error summary takes the focus, and its links put the cursor into the field.
  all("[data-error-summary]").slice(0, 1).forEach(function (summary) {
    summary.focus();
    summary.addEventListener("click", function (event) {
      var field = event.target.hash && document.getElementById(event.target.hash.slice(1));
      if (!field) return;
      event.preventDefault(); field.focus();
      (field.closest("fieldset") || field.closest(".govuk-form-group") || field).scrollIntoView({ block: "start" });
    });
  });

  // A sealed value closes by itself: after its seconds, when the tab is left, before printing. The value leaves the page.
  var closed = null;
  function seal(box) {
    clearInterval(box.ticking);
    var value = box.querySelector(".sealed__value");
    if (value) value.remove();
    if (box.closedForm) {
      var again = box.closedForm, held = box.contains(document.activeElement);
      box.replaceWith(again);
      if (window.htmx) window.htmx.process(again);
      if (held) { var opener = again.querySelector(".sealed__reveal"); if (opener) opener.focus(); }
      return;
    }
    box.removeAttribute("data-open");
    box.querySelector(".sealed__dots").hidden = false;
    all(".sealed__note", box).forEach(function (note) { note.remove(); });
  }
  function watch(box) {
    if (box.ticking) return;
    var left = Number(box.dataset.seconds) || 30, bar = box.querySelector("progress"), said = box.querySelector("[data-seal-left]");
    var end = Date.now() + left * 1000;
    function tick() {
      left = Math.ceil((end - Date.now()) / 1000);
      if (left <= 0) { seal(box); return; }
      if (bar) { bar.hidden = false; bar.value = left; }
      if (said) said.textContent = fill(said.dataset.sealLeft, { s: left });
    }
    box.ticking = setInterval(tick, 1000); tick();
    all("[data-seal-hide]", box).forEach(function (link) {
      if (box.closedForm) link.addEventListener("click", function (event) { event.preventDefault(); seal(box); });
    });
  }
  function sealAll() { all(".sealed[data-open]").forEach(seal); }
  all(".sealed[data-open]").forEach(watch);
  document.addEventListener("visibilitychange", function () { if (document.hidden) sealAll(); });
  window.addEventListener("pagehide", sealAll);
  window.addEventListener("beforeprint", sealAll);
  document.addEventListener("print-page", function () { window.print(); });  // its record is written by now
  document.addEventListener("htmx:beforeSwap", function (event) {
    var target = event.detail.target;
    closed = target && target.matches && target.matches(".sealed") ? target.cloneNode(true) : null;
    if (closed) all("details", closed).forEach(function (asked) { asked.open = false; });
  });
  document.addEventListener("htmx:load", function (event) {
    var box = event.detail.elt;
    if (!box.matches || !box.matches(".sealed[data-open]")) return;
    box.closedForm = closed; closed = null;
    watch(box);
    box.querySelector(".seal-box").focus();
  });

  // A passkey that was not used: said in words, never only in the console.
  document.addEventListener("allauth.error", function (event) {
    event.preventDefault();
    all("[data-passkey-problem]").forEach(function (place) { place.textContent = place.dataset.passkeyProblem; });
  });

  // A request that failed says so, beside what asked for it.
  function polls(event) { return event.detail.elt.closest("[data-poll]"); } // asked by the page itself, not by anybody at it
  function failed(event) {
    if (polls(event)) return;
    var words = document.getElementById("words"), near = event.detail.elt.closest(".sealed, form, section") || event.detail.elt;
    if (words) note(near, event.type === "htmx:sendError" ? words.dataset.offline : words.dataset.failed);
  }
  function note(near, text) {
    all(".failed", near).forEach(function (old) { old.remove(); });
    var line = document.createElement("p");
    line.className = "failed badline"; line.setAttribute("role", "alert");
    line.textContent = text;
    near.appendChild(line);
  }
  document.addEventListener("htmx:responseError", failed);
  document.addEventListener("htmx:sendError", failed);

  // The session: ask two minutes before it ends; when it has ended, ask for a sign-in on the spot. The page stays.
  var dialog = document.getElementById("session");
  if (dialog && dialog.showModal) session(dialog);
  function session(dialog) {
    var seconds = Number(dialog.dataset.seconds), warning = Math.min(Number(dialog.dataset.warning), seconds / 2);
    var end, asking = dialog.querySelector("[data-session=asking]"), ended = dialog.querySelector("[data-session=ended]");
    var shown = dialog.querySelector("[data-session-left]"), problem = dialog.querySelector("[data-session-problem]");
    var spoken = dialog.querySelector("[data-session-spoken]"), words = dialog.querySelector("[data-session-words]").dataset;
    var tabs = window.BroadcastChannel ? new BroadcastChannel("daybook-session") : null;
    function begin(given) { seconds = given; end = Date.now() + given * 1000; if (dialog.open) dialog.close(); show(false); }
    function show(over) { asking.hidden = over; ended.hidden = !over; dialog.setAttribute("aria-labelledby", over ? "session-ended" : "session-title"); }
    function alive() { if (tabs) tabs.postMessage(seconds); }
    if (tabs) tabs.onmessage = function (event) { if (ended.hidden) begin(event.data); };
    function left() { return Math.ceil((end - Date.now()) / 1000); }
    function tick() {
      var now = left();
      if (now > warning) return;
      if (now <= 0) { if (ended.hidden || !dialog.open) over(); return; }
      var text = fill(now >= 60 ? words.minutes : words.seconds, { m: Math.floor(now / 60), s: now % 60 });
      shown.textContent = text;
      if (!dialog.open) { show(false); dialog.showModal(); dialog.querySelector("[data-session-stay]").focus(); }
      if (now === 60 || now === 30) spoken.textContent = text;
    }
    function over() {
      if (dialog.open && !ended.hidden) return; // whoever is signing in is not sent back to the first question
      sealAll(); show(true); step("password"); if (!dialog.open) dialog.showModal(); door.password.focus();
    }
    function ask(method) {
      var headers = method === "POST" ? { "X-CSRFToken": token() } : {};
      return fetch(dialog.dataset.stay, { method: method, headers: headers, credentials: "same-origin", cache: "no-store" })
        .then(function (answer) { if (!answer.ok) throw new Error("refused"); return answer.json(); });
    }
    // A new sign-in brings a new token; the first one stays with its form, so that sending it twice saves it once.
    function take(answer) {
      all("input[name=csrfmiddlewaretoken]").forEach(function (input) {
        if (input.value !== answer.csrf && !input.form.elements._once) {
          var first = document.createElement("input");
          first.type = "hidden"; first.name = "_once"; first.value = input.value; input.after(first);
        }
        input.value = answer.csrf;
      });
      begin(answer.seconds); alive();
      if (house.flush) house.flush();
    }
    function same(answer) { return answer.signed_in && answer.person === dialog.dataset.person; }

    // Signing in on the spot: the same two questions to the same two pages, without leaving this one.
    var door = dialog.querySelector("[data-session-door]");
    function step(name) {
      all("[data-session-step]", door).forEach(function (part) { part.hidden = part.disabled = part.dataset.sessionStep !== name; });
      door.password.value = door.code.value = "";
    }
    function say(text) { problem.textContent = text || ""; }
    function knock(address, values) {
      var data = new FormData();
      Object.keys(values).forEach(function (name) { data.append(name, values[name]); });
      return fetch(address, { method: "POST", body: data, credentials: "same-origin", cache: "no-store", redirect: "manual",
        headers: { "X-Requested-With": "XMLHttpRequest" } });
    }
    function welcome() {
      return ask("GET").then(function (answer) {
        if (same(answer)) { say(""); take(answer); return; }
        step("password"); say(answer.signed_in ? words.other : words.again);
      });
    }
    function password(answer) {
      if (answer.type === "opaqueredirect" || answer.ok) { step("code"); door.code.focus(); say(""); return; }
      if (answer.status !== 400) { say(answer.status === 429 ? words.often : words.again); return; }
      return answer.json().then(function (said) { say((said.form && said.form.errors && said.form.errors[0]) || words.again); });
    }
    function digitsTyped(answer) {
      if (answer.type === "opaqueredirect") return welcome();
      door.code.value = ""; say(answer.status === 429 ? words.often : words.digits);
    }
    door.addEventListener("submit", function (event) {
      var first = !door.password.disabled && !door.querySelector("[data-session-step=password]").hidden;
      event.preventDefault();
      ask("GET").then(function (answer) {
        if (answer.signed_in) return welcome();
        var known = { csrfmiddlewaretoken: answer.csrf };
        return first ? knock(door.action, Object.assign(known, { login: door.login.value, password: door.password.value })).then(password)
          : knock(door.dataset.code, Object.assign(known, { code: door.code.value })).then(digitsTyped);
      }).catch(function () { say(words.offline); });
    });
    dialog.querySelector("[data-session-stay]").addEventListener("click", function () {
      ask("POST").then(function (answer) { if (answer.signed_in) take(answer); else over(); }).catch(over);
    });
    dialog.querySelector("[data-session-again]").addEventListener("click", function () {
      ask("GET").then(function (answer) {
        say(!answer.signed_in ? words.notYet : same(answer) ? "" : words.other);
        if (same(answer)) take(answer);
      }).catch(function () { say(words.offline); });
    });
    // What somebody wrote is sent only while she is signed in and the line holds; otherwise the page stays, with everything.
    var asked = null, waiting = null;
    function touched(form) { return dirty || (house.touched && house.touched(form)); }
    function ready(form) {
      return (house.keep && house.keep(form)) || ask("GET").then(function (answer) {
        if (!same(answer)) throw new Error("ended");
        take(answer);
      });
    }
    document.addEventListener("submit", function (event) {
      var form = event.target, button = event.submitter;
      if (form.hasAttribute("data-quick-exit") || form.closest("dialog")) return;
      if (left() > 0 && (asked === form || !touched(form) || form.method !== "post" || !form.closest("main") || form.closest(".sealed"))) return;
      event.preventDefault(); event.stopPropagation();
      if (left() <= 0) { over(); return; }
      if (waiting === form) return;
      function send() { waiting = null; asked = form; if (house.sending) house.sending(form); form.requestSubmit(button); asked = null; }
      waiting = form;
      // Later, never at once: while a form's submit event is still under way the browser ignores another.
      ready(form).then(function () { setTimeout(send); }, function (error) {
        waiting = null;
        if (error instanceof TypeError && house.keeps && house.keeps(form)) return;
        if (error instanceof TypeError) note(form, document.getElementById("words").dataset.offline);
        else if (error.message === "ended") over();
        else send();
      });
    }, true);
    house.session = { ask: ask, begin: function (given) { if (ended.hidden) { begin(given); alive(); } }, over: over, same: same, take: take, person: dialog.dataset.person };
    dialog.addEventListener("cancel", function (event) { event.preventDefault(); });
    document.addEventListener("htmx:afterRequest", function (event) { if (event.detail.successful && ended.hidden && !polls(event)) { begin(seconds); alive(); } });
    begin(seconds); alive(); setInterval(tick, 1000);
    document.addEventListener("visibilitychange", function () { if (!document.hidden) tick(); });
  }
})();
