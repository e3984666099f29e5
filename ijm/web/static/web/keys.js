// Keys of the keyboard. Every page works without them; whoever switched single keys off has none.
(function () {
  "use strict";
  var dialog = document.getElementById("keys");
  if (!dialog || dialog.hasAttribute("data-silent")) return;
  var waiting = null;
  function writing(target) {
    return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) && !/^(checkbox|radio|button|submit)$/.test(target.type);
  }
  function rows() { return Array.prototype.slice.call(document.querySelectorAll("main .govuk-table th[scope=row] a, main .work li a")); }
  function step(by) {
    var all = rows(), here = all.indexOf(document.activeElement), next = all[Math.max(0, Math.min(all.length - 1, here + by))];
    if (next) next.focus();
  }
  function search() {
    var field = document.getElementById("q"), page = document.querySelector("main [type=search]");
    var found = field && field.offsetParent ? field : page;
    if (found) found.focus(); else { var link = document.querySelector(".bar a[href$='/search/']"); if (link) link.click(); }
  }
  function act(key) {
    if (waiting) {
      clearTimeout(waiting); waiting = null;
      var way = dialog.querySelector("[data-go='" + (window.CSS ? CSS.escape(key) : key) + "']");
      if (way) { location.href = way.href; return true; }
      return false;
    }
    if (key === "?") { dialog.showModal(); return true; }
    if (key === "/") { search(); return true; }
    if (key === "g") { waiting = setTimeout(function () { waiting = null; }, 1500); return true; }
    if (key === "j" || key === "k") { step(key === "j" ? 1 : -1); return true; }
    if (key === "n") { var link = document.querySelector("main .page-h .btns a, main .filehead .govuk-button"); if (link) { link.click(); return true; } }
    return false;
  }
  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat) return;
    if (event.key.length !== 1 || writing(event.target) || document.querySelector("dialog[open]")) return;
    if (act(event.key.toLowerCase())) event.preventDefault();
  });
})();
