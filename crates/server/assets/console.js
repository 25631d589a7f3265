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

  // The form of an action: names follow the connection and the module, rows grow, the shown call follows every key.

  document.addEventListener("change", function (event) {
    var offers = document.getElementById("offers");
    if (offers && event.target.classList.contains("subject")) window.htmx.trigger(offers, "offer");
    if ("names" in event.target.dataset) offerValues(event.target);
  });

  function offerValues(name) {
    var list = "values-" + name.value.trim();
    var value = name.nextElementSibling;
    if (document.getElementById(list)) value.setAttribute("list", list);
    else value.removeAttribute("list");
  }

  // A browser offers names for a whole input only; in a list each stands behind what is there already.
  document.addEventListener("input", function (event) {
    var input = event.target;
    if (!("list" in input.dataset) || !input.getAttribute("list")) return;
    var names = document.getElementById(input.dataset.offered || input.getAttribute("list"));
    if (!names) return;
    input.dataset.offered = names.id;
    var own = document.getElementById(input.id + "-offers");
    if (!own) {
      own = document.createElement("datalist");
      own.id = input.id + "-offers";
      input.after(own);
    }
    var before = input.value.slice(0, input.value.lastIndexOf(",") + 1);
    own.replaceChildren.apply(own, Array.from(names.options, function (option) {
      return new Option(option.text, before + option.value);
    }));
    input.setAttribute("list", before ? own.id : names.id);
  });

  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-add-row]");
    if (!button) return;
    var last = button.parentElement.previousElementSibling;
    var row = last.cloneNode(true);
    row.querySelectorAll("input").forEach(function (input) {
      input.name = input.name.replace(/\.(\d+)\.(\w+)$/, function (_, number, member) {
        return "." + (Number(number) + 1) + "." + member;
      });
      input.setAttribute("aria-label", input.getAttribute("aria-label").replace(/\d+/, function (number) {
        return Number(number) + 1;
      }));
      input.value = "";
      if (!("names" in input.dataset) && input.getAttribute("placeholder") === "value") input.removeAttribute("list");
    });
    last.after(row);
    row.querySelector("input").focus();
  });

  // Files are named in the call that is shown, and not sent for it.
  document.addEventListener("htmx:configRequest", function (event) {
    if (event.target.id !== "call") return;
    var form = event.detail.formData;
    Array.from(form.entries()).forEach(function (entry) {
      if (entry[1] instanceof File) form.set(entry[0], entry[1].name);
    });
  });

  document.querySelectorAll("[data-add-row]").forEach(function (button) { button.hidden = false; });
  if (document.getElementById("answer")) document.getElementById("answer").focus({ preventScroll: true });

  document.addEventListener("htmx:afterSettle", dress);
  window.setInterval(tellTimes, 10000);
  dress();
})();
