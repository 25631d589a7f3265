/*
 * Leadway for websites. Loaded by
 *   <script async src="https://GATEWAY/leadway.js" data-write-key="KEY"></script>
 * or with window.leadway = [] in front, to which calls can be pushed before this file has arrived:
 *   leadway.push(["identify", "user-1", { email: "ada@example.com" }]).
 * Attributes: data-write-key, data-endpoint (the gateway; this file's own origin unless told), data-page="off" (no
 * page view by itself). What is sent is kept in the browser until the gateway has it on disk.
 */
(function (window, document) {
  "use strict";

  var BATCH_EVENTS_MAX = 10;
  var FLUSH_AFTER_MS = 1000;
  var QUEUE_EVENTS_MAX = 200;
  var QUEUE_CHARS_MAX = 400000;
  var EVENT_CHARS_MAX = 32000;
  var BEACON_CHARS_MAX = 60000;
  var BACKOFF_MS = 1000;
  var BACKOFF_MS_MAX = 60000;
  var CLICK_IDS = ["gclid", "gbraid", "wbraid", "fbclid", "msclkid", "ttclid", "li_fat_id", "twclid", "dclid"];

  var script = document.currentScript || document.querySelector("script[data-write-key][src*='leadway.js']");
  var early = window.leadway;
  if (early && early.isLoaded) return;

  // Storage: localStorage, else a cookie for what is small, else the page's memory.
  var memory = {};

  function load(name) {
    try {
      var stored = window.localStorage.getItem("leadway_" + name);
      if (stored !== null) return JSON.parse(stored);
    } catch (error) { /* Storage is off, or what stands there is not ours. */ }
    try {
      var cookie = document.cookie.match("(?:^|; )leadway_" + name + "=([^;]*)");
      if (cookie) return JSON.parse(decodeURIComponent(cookie[1]));
    } catch (error) { /* The same. */ }
    return memory[name];
  }

  function save(name, value, inCookie) {
    memory[name] = value;
    var text = JSON.stringify(value);
    try {
      window.localStorage.setItem("leadway_" + name, text);
      return;
    } catch (error) { /* Storage is off or full. */ }
    if (inCookie && text) {
      try {
        var secure = window.location.protocol === "https:" ? "; Secure" : "";
        document.cookie = "leadway_" + name + "=" + encodeURIComponent(text) +
          "; Path=/; Max-Age=31536000; SameSite=Lax" + secure;
      } catch (error) { /* Cookies are off too. */ }
    }
  }

  function forget(name) {
    delete memory[name];
    try { window.localStorage.removeItem("leadway_" + name); } catch (error) { /* Nothing was stored. */ }
    try { document.cookie = "leadway_" + name + "=; Path=/; Max-Age=0"; } catch (error) { /* Nothing was stored. */ }
  }

  function uuid() {
    var crypto = window.crypto || {};
    if (crypto.randomUUID) return crypto.randomUUID();
    var bytes = [];
    for (var i = 0; i < 16; i++) bytes.push(Math.floor(Math.random() * 256));
    if (crypto.getRandomValues) bytes = Array.from(crypto.getRandomValues(new Uint8Array(16)));
    bytes[6] = (bytes[6] & 15) | 64;
    bytes[8] = (bytes[8] & 63) | 128;
    var hex = bytes.map(function (byte) { return (byte + 256).toString(16).slice(1); }).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  }

  function merge(one, other) {
    var merged = {};
    [one, other].forEach(function (object) {
      for (var key in object || {}) if (Object.prototype.hasOwnProperty.call(object, key)) merged[key] = object[key];
    });
    return merged;
  }

  function isObject(value) {
    return value !== null && typeof value === "object" && !Array.isArray(value);
  }

  // Who it is.
  function anonymousId() {
    var id = load("anonymous_id");
    if (typeof id !== "string" || !id) {
      id = uuid();
      save("anonymous_id", id, true);
    }
    return id;
  }

  // Where the visitor came from; a campaign is kept for the visit, since the form stands on a later page.
  function campaign() {
    var found = {}, clicks = {}, isNew = false;
    window.location.search.replace(/^\?/, "").split("&").forEach(function (pair) {
      var at = pair.indexOf("=");
      if (at < 1) return;
      var name, value;
      try {
        name = decodeURIComponent(pair.slice(0, at));
        value = decodeURIComponent(pair.slice(at + 1).replace(/\+/g, " "));
      } catch (error) { return; }
      if (name.indexOf("utm_") === 0 && value) {
        var word = name.slice(4);
        found[word === "campaign" ? "name" : word] = value;
        isNew = true;
      } else if (CLICK_IDS.indexOf(name) >= 0 && value) {
        clicks[name] = value;
        isNew = true;
      }
    });
    var kept = { campaign: found, click_ids: clicks };
    try {
      if (isNew) window.sessionStorage.setItem("leadway_campaign", JSON.stringify(kept));
      else kept = JSON.parse(window.sessionStorage.getItem("leadway_campaign")) || kept;
    } catch (error) { /* Then the campaign counts for this page only. */ }
    return kept;
  }

  function context() {
    var canonical = document.querySelector("link[rel='canonical']");
    var came = campaign();
    var about = {
      library: { name: "leadway.js", version: "1" },
      page: {
        url: (canonical && canonical.href) || window.location.href.split("#")[0],
        path: window.location.pathname,
        search: window.location.search,
        title: document.title,
        referrer: document.referrer
      },
      locale: navigator.language,
      userAgent: navigator.userAgent,
      screen: { width: window.screen.width, height: window.screen.height, density: window.devicePixelRatio }
    };
    try { about.timezone = Intl.DateTimeFormat().resolvedOptions().timeZone; } catch (error) { /* Old browser. */ }
    if (Object.keys(came.campaign || {}).length) about.campaign = came.campaign;
    if (Object.keys(came.click_ids || {}).length) about.click_ids = came.click_ids;
    var traits = load("traits"), consent = load("consent"), groupId = load("group_id");
    if (isObject(traits) && Object.keys(traits).length) about.traits = traits;
    if (isObject(consent)) about.consent = consent;
    if (groupId) about.groupId = groupId;
    return about;
  }

  // The queue: every event stands in it, and in localStorage, until the gateway has answered for it. Each page has a
  // queue of its own, so that two open tabs don't overwrite each other; what a closed page left behind is taken over.
  var settings = { writeKey: "", endpoint: "" };
  var page = uuid();
  var queue = [];
  var inFlight = null;
  var isLeft = false;
  var timer = null;
  var failures = 0;
  var readyCallbacks = [];

  function keep() {
    if (queue.length) save("queue_" + page, { at: Date.now(), key: settings.writeKey, events: queue });
    else forget("queue_" + page);
  }

  function adopt() {
    var names = [];
    try {
      for (var i = 0; i < window.localStorage.length; i++) {
        var name = window.localStorage.key(i);
        if (name.indexOf("leadway_queue_") === 0) names.push(name.slice(8));
      }
    } catch (error) { return; }
    names.forEach(function (name) {
      var left = load(name);
      // A page that is still open writes its queue anew at every change; give it a minute.
      if (!left || name === "queue_" + page || Date.now() - left.at < 60000) return;
      if (left.key === settings.writeKey && Array.isArray(left.events)) queue = left.events.concat(queue);
      forget(name);
    });
    bound();
    keep();
  }

  // Leads go last when room is needed: page views first, then the oldest.
  function bound() {
    while (queue.length && (queue.length > QUEUE_EVENTS_MAX || JSON.stringify(queue).length > QUEUE_CHARS_MAX)) {
      var views = queue.map(function (event) { return event.type; });
      var at = Math.max(views.indexOf("page"), 0);
      queue.splice(at, 1);
    }
  }

  function schedule(delayMs) {
    if (timer !== null) return;
    timer = window.setTimeout(function () {
      timer = null;
      send();
    }, delayMs);
  }

  function take(waiting) {
    var taken = [], chars = 0;
    for (var i = 0; i < waiting.length && taken.length < BATCH_EVENTS_MAX; i++) {
      chars += JSON.stringify(waiting[i]).length;
      if (taken.length && chars > BEACON_CHARS_MAX) break;
      taken.push(waiting[i]);
    }
    return taken;
  }

  function body(events) {
    return JSON.stringify({ writeKey: settings.writeKey, sentAt: new Date().toISOString(), batch: events });
  }

  function settle(events) {
    var ids = events.map(function (event) { return event.messageId; });
    queue = queue.filter(function (event) { return ids.indexOf(event.messageId) < 0; });
    keep();
  }

  function send() {
    if (inFlight || !queue.length || !settings.writeKey) return;
    var events = take(queue);
    var text = body(events);
    inFlight = events;
    window.fetch(settings.endpoint + "/v1/batch", {
      method: "POST",
      // Plain text needs no question to the server beforehand.
      headers: { "Content-Type": "text/plain" },
      body: text,
      credentials: "omit",
      // Browsers allow 64 KB for requests that may outlive the page.
      keepalive: text.length < BEACON_CHARS_MAX
    }).then(function (response) {
      inFlight = null;
      var isTemporary = response.status >= 500 || response.status === 429 || response.status === 408;
      if (isTemporary) return again(Number(response.headers.get("Retry-After")) * 1000);
      // Stored, or refused for good: sending it again would change nothing.
      if (!response.ok && window.console) {
        response.text().then(function (said) { window.console.warn("leadway: refused", response.status, said); });
      }
      failures = 0;
      settle(events);
      if (queue.length) schedule(0);
    }, function () {
      inFlight = null;
      again(0);
    });
  }

  function again(askedMs) {
    failures += 1;
    var backoff = Math.min(BACKOFF_MS * Math.pow(2, failures - 1), BACKOFF_MS_MAX);
    schedule(Math.max(askedMs || 0, backoff * (0.5 + Math.random() / 2)));
  }

  // The page goes away. Nobody sees what becomes of a beacon, so all but page views stay in storage until a later
  // page has had the gateway's answer; the gateway knows a repeat by its messageId.
  function leave() {
    isLeft = true;
    if (!settings.writeKey || !navigator.sendBeacon || navigator.onLine === false) return;
    var rest = queue.filter(function (event) { return !inFlight || inFlight.indexOf(event) < 0; });
    while (rest.length) {
      var events = take(rest);
      if (!navigator.sendBeacon(settings.endpoint + "/v1/batch", new Blob([body(events)], { type: "text/plain" }))) break;
      rest = rest.slice(events.length);
      settle(events.filter(function (event) { return event.type === "page"; }));
    }
  }

  function enqueue(type, members, callback) {
    var event = merge({
      type: type,
      messageId: uuid(),
      anonymousId: anonymousId(),
      timestamp: new Date().toISOString(),
      context: context()
    }, members);
    var userId = load("user_id");
    if (userId && event.userId === undefined) event.userId = userId;
    var chars = JSON.stringify(event).length;
    if (chars > EVENT_CHARS_MAX) {
      if (window.console) window.console.warn("leadway: an event of " + chars + " characters is not sent");
      return api;
    }
    queue.push(event);
    bound();
    keep();
    if (queue.length >= BATCH_EVENTS_MAX) send();
    else schedule(FLUSH_AFTER_MS);
    if (typeof callback === "function") window.setTimeout(callback, 0);
    return api;
  }

  var api = {
    isLoaded: true,

    // Tells which source and gateway to send to; done by the script's attributes unless called.
    init: function (options) {
      options = options || {};
      settings.writeKey = options.writeKey || settings.writeKey;
      settings.endpoint = String(options.endpoint || settings.endpoint).replace(/\/+$/, "");
      if (settings.writeKey) {
        adopt();
        if (queue.length) schedule(0);
      }
      return api;
    },

    // identify("user-1", { email: … }), or identify({ email: … }) while there is no id.
    identify: function (userId, traits, callback) {
      if (isObject(userId)) { callback = traits; traits = userId; userId = undefined; }
      if (userId !== undefined && userId !== null && userId !== "") save("user_id", String(userId), true);
      traits = merge(load("traits"), isObject(traits) ? traits : {});
      save("traits", traits);
      return enqueue("identify", { traits: traits }, callback);
    },

    track: function (name, properties, callback) {
      return enqueue("track", { event: String(name), properties: isObject(properties) ? properties : {} }, callback);
    },

    // page(), page("Pricing"), page("Pricing", { plan: … }) or page({ plan: … }).
    page: function (name, properties, callback) {
      if (isObject(name)) { callback = properties; properties = name; name = undefined; }
      var seen = merge(context().page, isObject(properties) ? properties : {});
      var members = { properties: seen };
      if (typeof name === "string" && name) members.name = name;
      return enqueue("page", members, callback);
    },

    group: function (groupId, traits, callback) {
      save("group_id", String(groupId));
      return enqueue("group", { groupId: String(groupId), traits: isObject(traits) ? traits : {} }, callback);
    },

    alias: function (userId, previousId, callback) {
      var members = { userId: String(userId), previousId: String(previousId || load("user_id") || anonymousId()) };
      save("user_id", String(userId), true);
      return enqueue("alias", members, callback);
    },

    // consent({ marketing: true, analytics: false }): kept, and sent with every event from now on.
    consent: function (categories) {
      save("consent", merge(load("consent"), isObject(categories) ? categories : {}), true);
      return api;
    },

    // Forgets who it is, after a log-out. Consent stays: it belongs to the browser.
    reset: function () {
      ["anonymous_id", "user_id", "traits", "group_id"].forEach(forget);
      return api;
    },

    flush: function () {
      failures = 0;
      if (timer !== null) window.clearTimeout(timer);
      timer = null;
      send();
      return api;
    },

    ready: function (callback) {
      if (readyCallbacks) readyCallbacks.push(callback);
      else window.setTimeout(callback, 0);
      return api;
    },

    anonymousId: anonymousId,

    // leadway.push(["track", "Name"]) works before and after this file has arrived.
    push: function (call) {
      if (Array.isArray(call) && typeof api[call[0]] === "function" && call[0] !== "push") {
        api[call[0]].apply(api, call.slice(1));
      }
      return queue.length;
    }
  };

  var attributes = (script && script.dataset) || {};
  settings.endpoint = script && script.src ? new URL(script.src, window.location.href).origin : window.location.origin;
  window.leadway = api;
  api.init({ writeKey: attributes.writeKey, endpoint: attributes.endpoint });
  if (Array.isArray(early)) early.forEach(api.push);
  if (attributes.page !== "off" && settings.writeKey) api.page();

  window.addEventListener("pagehide", leave);
  document.addEventListener("visibilitychange", function () {
    // The last sign of life on a phone; the request may outlive the page.
    if (document.visibilityState === "hidden" && !isLeft) send();
  });
  window.addEventListener("pageshow", function () {
    isLeft = false;
    if (queue.length) schedule(0);
  });
  window.addEventListener("online", function () { api.flush(); });

  var waiting = readyCallbacks;
  readyCallbacks = null;
  waiting.forEach(function (callback) { if (typeof callback === "function") callback(); });
})(window, document);
