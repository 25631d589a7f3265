// What the console's pages do beside htmx: times in words, colours in JSON, copying, and the theme.
(function () {
  "use strict";

  var UNITS = [["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];
  var words = new Intl.RelativeTimeFormat("en", { numeric: "auto" });

  function inWords(seconds) {
    if (Math.abs(seconds) < 2) return "just now";
    for (var i = 0; i < UNITS.length; i++) {
      var count = Math.trunc(seconds / UNITS[i][1]);
      if (count !== 0) return words.format(count, UNITS[i][0]);
    }
    return "just now";
  }

  function tellTimes() {
    document.querySelectorAll("time[datetime]").forEach(function (time) {
      if (!time.title) time.title = time.textContent + " UTC";
      var at = Date.parse(time.dateTime);
      if (!isNaN(at)) time.textContent = inWords((at - Date.now()) / 1000);
    });
  }

  var TOKEN = /("(?:\\.|[^"\\])*")(\s*:)?|\b(true|false|null)\b|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)/g;

  function colour(pre) {
    var text = pre.textContent, end = 0, match;
    var coloured = document.createDocumentFragment();
    TOKEN.lastIndex = 0;
    while ((match = TOKEN.exec(text))) {
      coloured.append(text.slice(end, match.index));
      var span = document.createElement("span");
      span.className = match[1] ? (match[2] ? "json-key" : "json-text") : match[3] ? "json-word" : "json-number";
      span.textContent = match[1] || match[0];
      coloured.append(span, match[2] || "");
      end = TOKEN.lastIndex;
    }
    coloured.append(text.slice(end));
    pre.replaceChildren(coloured);
    pre.dataset.coloured = "";
  }

  function dress() {
    tellTimes();
    document.querySelectorAll("pre.json:not([data-coloured])").forEach(colour);
  }

  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-copy], [data-toggle-theme]");
    if (!button) return;
    if (button.dataset.copy) {
      var label = button.querySelector("span");
      navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent).then(function () {
        label.textContent = "Copied";
        window.setTimeout(function () { label.textContent = "Copy"; }, 1500);
      });
      return;
    }
    var root = document.documentElement;
    var isDark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = isDark ? "light" : "dark";
    try { window.localStorage.setItem("leadway_theme", root.dataset.theme); } catch (error) { /* For this page only. */ }
  });

  document.addEventListener("htmx:afterSettle", dress);
  window.setInterval(tellTimes, 10000);
  dress();
})();
