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
  function token() { var input = document.querySelector("input[name=csrfmiddlewaretoken]"); return input ? input.value : ""; }

  // Quick exit: blank at once, end the session by beacon, leave without a way back. Escape three times does the same.
  var leaving = false;
  function leave(form) {
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

  // "/" moves to the search box unless one is writing.
  document.addEventListener("keydown", function (event) {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (/^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement.tagName)) return;
    var search = document.getElementById("q");
    if (search && search.offsetParent) { event.preventDefault(); search.focus(); }
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

  // Typed text is not lost by a slip: the browser asks before a page with changed fields is left.
  var dirty = false;
  document.addEventListener("input", function (event) {
    var form = event.target.form;
    if (form && form.method === "post" && !event.target.closest(".sealed, [role=search]")) dirty = true;
  });
  document.addEventListener("submit", function (event) { if (!event.target.closest(".seg")) dirty = false; });
  window.addEventListener("beforeunload", function (event) { if (dirty && !leaving) { event.preventDefault(); event.returnValue = ""; } });

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
  function failed(event) {
    var words = document.getElementById("words"), near = event.detail.elt.closest(".sealed, form, section") || event.detail.elt;
    if (!words) return;
    all(".failed", near).forEach(function (old) { old.remove(); });
    var note = document.createElement("p");
    note.className = "failed badline"; note.setAttribute("role", "alert");
    note.textContent = event.type === "htmx:sendError" ? words.dataset.offline : words.dataset.failed;
    near.appendChild(note);
  }
  document.addEventListener("htmx:responseError", failed);
  document.addEventListener("htmx:sendError", failed);

  // The session: ask two minutes before it ends; when it has ended, ask for a sign-in in a second tab. The page stays.
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
    function over() { sealAll(); show(true); if (!dialog.open) dialog.showModal(); ended.querySelector("a").focus(); }
    function ask(method) {
      var headers = method === "POST" ? { "X-CSRFToken": token() } : {};
      return fetch(dialog.dataset.stay, { method: method, headers: headers, credentials: "same-origin", cache: "no-store" })
        .then(function (answer) { if (!answer.ok) throw new Error("refused"); return answer.json(); });
    }
    function take(answer) {
      all("input[name=csrfmiddlewaretoken]").forEach(function (input) { input.value = answer.csrf; });
      begin(answer.seconds); alive();
    }
    dialog.querySelector("[data-session-stay]").addEventListener("click", function () {
      ask("POST").then(function (answer) { if (answer.signed_in) take(answer); else over(); }).catch(over);
    });
    dialog.querySelector("[data-session-again]").addEventListener("click", function () {
      ask("GET").then(function (answer) {
        var same = answer.person === dialog.dataset.person;
        problem.textContent = !answer.signed_in ? words.notYet : same ? "" : words.other;
        if (answer.signed_in && same) take(answer);
      }).catch(function () { problem.textContent = words.offline; });
    });
    // What somebody wrote is sent only while she is signed in; otherwise the page stays, with everything on it.
    var asked = null;
    document.addEventListener("submit", function (event) {
      var form = event.target, button = event.submitter;
      if (form.hasAttribute("data-quick-exit")) return;
      if (left() > 0 && (asked === form || !dirty || form.method !== "post" || !form.closest("main") || form.closest(".sealed"))) return;
      event.preventDefault(); event.stopPropagation();
      if (left() <= 0) { over(); return; }
      function send() { asked = form; form.requestSubmit(button); asked = null; }
      ask("GET").then(function (answer) {
        if (!answer.signed_in || answer.person !== dialog.dataset.person) { over(); return; }
        take(answer); send();
      }).catch(send);
    }, true);
    dialog.addEventListener("cancel", function (event) { event.preventDefault(); });
    document.addEventListener("htmx:afterRequest", function (event) { if (event.detail.successful && ended.hidden) { begin(seconds); alive(); } });
    begin(seconds); alive(); setInterval(tick, 1000);
    document.addEventListener("visibilitychange", function () { if (!document.hidden) tick(); });
  }
})();
