// What the console's pages do beside htmx: listening for changes, times in words, colours in JSON, copying, the theme.
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

  // A browser allows one host six connections over HTTP/1.1, and a stream holds one. So only a page that is looked at
  // listens; the gateway's first message comes at once, which brings a page up to date that was away.
  var RECONNECT_MS = 5000;
  var stream = null;

  function listen() {
    if (stream || document.hidden) return;
    stream = new EventSource("/live");
    stream.addEventListener("changed", function () {
      var live = document.getElementById("live");
      if (live) window.htmx.trigger(live, "changed");
    });
    stream.addEventListener("error", function () {
      // After a lost connection the browser tries again by itself, after a refusal it does not.
      if (!stream || stream.readyState !== EventSource.CLOSED) return;
      stream = null;
      window.setTimeout(listen, RECONNECT_MS);
    });
  }

  function stopListening() {
    if (stream) stream.close();
    stream = null;
  }

  if (document.getElementById("live")) {
    document.addEventListener("visibilitychange", function () {
      if (document.hidden) stopListening();
      else listen();
    });
    window.addEventListener("pagehide", stopListening);
    window.addEventListener("pageshow", listen);
    listen();
  }

  document.addEventListener("htmx:afterSettle", dress);
  window.setInterval(tellTimes, 10000);
  dress();
})();
