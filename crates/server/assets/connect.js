/*
 * Lets your customers connect their Zoho account. Loaded by
 *   <script src="https://gateway.example.com/connect.js"></script>
 * and used as
 *   <leadway-connect session-url="/zoho/session">Connect Zoho</leadway-connect>
 * or, in a click,
 *   Leadway.connect({ session: token }).then(({ connection, owner }) => …)
 * `session` is the token that your backend got from POST /api/v1/connect-sessions, or a function that gives it or
 * promises to.
 */
(function () {
  "use strict";
  var own = document.currentScript && document.currentScript.src;
  var gateway = own ? own.replace(/\/connect\.js.*$/, "") : "";
  var LOOK_EVERY_MS = 500;
  var WAIT_EVERY_MS = 2000;
  var LOST_LOOKS_MAX = 30;
  var windows = 0;
  // What ends the waiting of a session whose window is out of sight.
  var waiting = {};

  function failure(code, message) {
    var error = new Error(message);
    error.code = code;
    return error;
  }

  // No header of ours, so that browsers need not ask first whether they may.
  function look(base, session) {
    return fetch(base + "/connect/status", { method: "POST", body: new URLSearchParams({ session: session }), credentials: "omit" })
      .catch(function () {
        throw failure("wrong_origin", "the gateway cannot be reached, or " + location.origin + " is none of the session's allowed_origins");
      })
      .then(function (answer) {
        return answer.json().then(function (body) {
          if (!answer.ok) throw failure(body.code, body.message);
          return body;
        });
      });
  }

  function open(options) {
    var base = (options.gateway || gateway).replace(/\/+$/, "");
    if (!base) return Promise.reject(failure("no_gateway", "say with `gateway` where the gateway is"));
    var left = Math.max(0, window.screenX + (window.outerWidth - 560) / 2);
    // At once, while the browser still knows of the click.
    var opened = window.open("about:blank", "leadway_connect_" + ++windows, "popup,width=560,height=760,left=" + Math.round(left));
    if (!opened) return Promise.reject(failure("popup_blocked", "the browser opened no window; call Leadway.connect in a click"));
    var session = "";
    return Promise.resolve(typeof options.session === "function" ? options.session() : options.session)
      .then(function (given) {
        if (typeof given !== "string" || !given) throw failure("no_session", "`session` is no token of a connect session");
        session = given;
        return look(base, session);
      })
      .then(function (status) {
        var earlier = waiting[session];
        if (earlier) earlier();
        if (earlier && status.state === "connected") {
          opened.close();
          return { connection: status.connection, owner: status.owner };
        }
        if (status.state !== "open") throw failure("session_" + status.state, "the session is " + status.state + "; make another one");
        var ended = until(base, opened, session, options.onWaiting);
        opened.location.replace(base + "/connect#" + new URLSearchParams({ session: session, origin: location.origin }));
        return ended;
      })
      .catch(function (error) {
        if (!error.keepsWindow) opened.close();
        throw error;
      });
  }

  // The window tells what came of it. When it is out of sight without a word, it was closed, or a page of Zoho's sign-in
  // has cut it off from this one; the gateway knows whether its customer is at Zoho still.
  function until(base, opened, session, onWaiting) {
    return new Promise(function (resolve, reject) {
      var timer, isWaiting = false, lostLooks = 0;
      function end(settle, value) {
        clearTimeout(timer);
        removeEventListener("message", hear);
        if (waiting[session] === supersede) delete waiting[session];
        settle(value);
      }
      function supersede() { end(reject, failure("cancelled", "the customer began again in another window")); }
      function hear(event) {
        var said = event.data;
        if (event.source !== opened || event.origin !== new URL(base).origin || !said || said.source !== "leadway-connect") return;
        if (said.type === "connected") return end(resolve, { connection: said.connection, owner: said.owner });
        var error = failure(said.code, said.message);
        // What went wrong stands there, for the customer to read.
        error.keepsWindow = said.type === "failed";
        end(reject, error);
      }
      function watch() {
        if (opened.closed) ask();
        else timer = setTimeout(watch, LOOK_EVERY_MS);
      }
      function ask() {
        look(base, session).then(function (status) {
          lostLooks = 0;
          if (status.state === "connected") return end(resolve, { connection: status.connection, owner: status.owner });
          if (status.last_try === "at_zoho") return wait();
          if (isWaiting && status.last_try === "declined") return end(reject, failure("access_declined", "the customer did not accept on Zoho's page"));
          if (isWaiting && status.last_try === "failed") return end(reject, failure("connect_failed", "nothing was connected; the session's failure says why"));
          end(reject, failure("cancelled", "the window was closed before anything was connected"));
        }).catch(function (error) {
          // A gateway that starts anew is back soon.
          if (isWaiting && ++lostLooks < LOST_LOOKS_MAX) timer = setTimeout(ask, WAIT_EVERY_MS);
          else end(reject, error);
        });
      }
      function wait() {
        timer = setTimeout(ask, WAIT_EVERY_MS);
        if (isWaiting) return;
        isWaiting = true;
        waiting[session] = supersede;
        if (onWaiting) onWaiting();
      }
      addEventListener("message", hear);
      watch();
    });
  }

  function connect(options) {
    options = options || {};
    var promise = open(options).then(function (connected) {
      if (options.onSuccess) options.onSuccess(connected);
      return connected;
    }, function (error) {
      var isCancelled = error.code === "cancelled" || error.code === "access_declined";
      var hear = isCancelled ? options.onCancel : options.onError;
      if (hear) hear(error);
      throw error;
    });
    // Who uses the functions need not look at the promise.
    promise.catch(function () {});
    return promise;
  }

  window.Leadway = Object.assign(window.Leadway || {}, { connect: connect });

  var STYLE = ":host{display:inline-block}button{font:inherit;font-weight:600;padding:.6em 1.2em;border:0;border-radius:.6em;" +
    "background:var(--leadway-button,#1f6f5c);color:var(--leadway-button-text,#fff);cursor:pointer}button:disabled{opacity:.6;cursor:default}" +
    "button:focus-visible{outline:2px solid currentColor;outline-offset:2px}";

  class LeadwayConnect extends HTMLElement {
    constructor() {
      super();
      var root = this.attachShadow({ mode: "open" });
      this.button = document.createElement("button");
      this.button.type = "button";
      this.button.setAttribute("part", "button");
      var slot = document.createElement("slot");
      slot.textContent = "Connect Zoho";
      this.button.append(slot);
      root.append(this.button);
      var sheet = new CSSStyleSheet();
      sheet.replaceSync(STYLE);
      root.adoptedStyleSheets = [sheet];
      this.button.addEventListener("click", this.begin.bind(this));
    }

    // The token, or a function that gives or promises it; else the attribute, else what session-url answers.
    token() {
      if (this.session) return typeof this.session === "function" ? this.session() : this.session;
      if (this.getAttribute("session")) return this.getAttribute("session");
      var url = this.getAttribute("session-url");
      return url && fetch(url, { method: "POST" }).then(function (answer) {
        if (!answer.ok) throw failure("no_session", url + " answered " + answer.status);
        return answer.json();
      }).then(function (body) { return body.token; });
    }

    begin() {
      var element = this;
      var attempt = element.attempts = (element.attempts || 0) + 1;
      // An earlier attempt whose window is out of sight may still connect; that it did not is of no interest any more.
      function tell(name, detail) {
        var isLatest = attempt === element.attempts;
        if (isLatest) element.button.disabled = false;
        if (!isLatest && name !== "connected") return;
        element.dispatchEvent(new CustomEvent("leadway-" + name, { detail: detail, bubbles: true, composed: true }));
      }
      this.button.disabled = true;
      connect({
        session: function () { return element.token(); },
        gateway: this.getAttribute("gateway") || "",
        onSuccess: function (connected) { tell("connected", connected); },
        onCancel: function (error) { tell("cancelled", error); },
        onWaiting: function () { tell("waiting", {}); },
        onError: function (error) { tell("failed", error); }
      });
    }
  }

  if (!customElements.get("leadway-connect")) customElements.define("leadway-connect", LeadwayConnect);
})();
