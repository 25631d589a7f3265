// The hosted connect page: takes the session's token out of the address, and tells the page that opened this window what
// came of it, if that page is of an origin that the session allows.
(function () {
  "use strict";
  var main = document.querySelector("main[data-step]");
  var opener = window.opener;
  var kept = {
    get: function (name) { try { return window.sessionStorage.getItem("leadway_connect_" + name) || ""; } catch (error) { return ""; } },
    set: function (name, value) { try { window.sessionStorage.setItem("leadway_connect_" + name, value); } catch (error) { /* Storage is off: the page cannot be tried again. */ } },
    clear: function () { ["session", "origin"].forEach(function (name) { try { window.sessionStorage.removeItem("leadway_connect_" + name); } catch (error) { /* It holds nothing. */ } }); }
  };

  // Each origin that is allowed gets the message; browsers hand it over only if the opener is of that origin.
  function tell(message) {
    if (!opener) return;
    var origins = JSON.parse(main.dataset.origins || "[]");
    var known = kept.get("origin");
    if (origins.indexOf(known) >= 0) origins = [known];
    message.source = "leadway-connect";
    origins.forEach(function (origin) { opener.postMessage(message, origin); });
  }

  function fill(form) {
    form.elements.session.value = kept.get("session");
    form.elements.opened_by.value = kept.get("origin");
  }

  var steps = {
    start: function () {
      var given = new URLSearchParams(window.location.hash.slice(1));
      window.history.replaceState(null, "", window.location.pathname);
      var session = given.get("session") || "";
      if (session) {
        var origin = given.get("origin") || "";
        if (!origin && opener && document.referrer) origin = new URL(document.referrer).origin;
        kept.set("session", session);
        kept.set("origin", origin);
      }
      var form = document.querySelector("form");
      fill(form);
      if (session) { form.elements.session.value = session; }
      if (form.elements.session.value) { form.submit(); return; }
      document.querySelector("[data-wait]").hidden = true;
      document.querySelector("[data-missing]").hidden = false;
    },
    offer: function () {
      document.querySelector("[data-cancel]").addEventListener("click", function () {
        tell({ type: "cancelled", code: "cancelled", message: "the customer did not want to connect now" });
        window.close();
        document.querySelector("[data-cancelled]").hidden = false;
      });
    },
    result: function () {
      var message = JSON.parse(main.dataset.message);
      tell(message);
      var close = document.querySelector("[data-close]");
      if (opener) {
        close.hidden = false;
        close.addEventListener("click", function () { window.close(); });
        if (message.type === "connected") window.setTimeout(function () { window.close(); }, 2500);
      }
      // A window that the product opened is not led back, also when a page on the way has cut it off.
      var isLink = !opener && !kept.get("origin");
      var again = document.querySelector("[data-again]");
      if (again && isLink && kept.get("session")) {
        fill(again);
        again.hidden = false;
      }
      var back = document.querySelector("[data-return]");
      if (back && isLink) {
        back.hidden = false;
        if (message.type === "connected") window.setTimeout(function () { window.location.assign(back.querySelector("a").href); }, 2500);
      }
      if (message.type === "connected") kept.clear();
    }
  };
  if (main && steps[main.dataset.step]) steps[main.dataset.step]();
})();
