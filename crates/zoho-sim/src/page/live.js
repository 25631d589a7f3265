// Keeps #live fresh: the simulator tells when something has changed, and the page is fetched again. Someone who reads or
// writes inside it is left alone until he leaves.
const live = document.getElementById("live");
let isAsked = false;
let isBusy = false;

async function refresh() {
  if (!live || document.hidden || live.contains(document.activeElement) || live.contains(getSelection().anchorNode) && !getSelection().isCollapsed) return;
  if (isBusy) { isAsked = true; return; }
  isBusy = true;
  isAsked = false;
  try {
    const answer = await fetch(location.href, { headers: { accept: "text/html" } });
    if (answer.ok) {
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("live");
      if (fresh && fresh.innerHTML !== live.innerHTML) live.innerHTML = fresh.innerHTML;
    }
  } catch { /* The simulator is stopped; the next event comes when it is back. */ }
  setTimeout(() => { isBusy = false; if (isAsked) refresh(); }, 200);
}

if (live) {
  // Browsers allow one host few connections, so only a page that is seen keeps one.
  let events = null;
  const listen = () => {
    if (document.hidden || events) return;
    events = new EventSource("/__sim/events");
    events.addEventListener("change", refresh);
    events.addEventListener("open", refresh);
  };
  const rest = () => { events?.close(); events = null; };
  document.addEventListener("visibilitychange", () => document.hidden ? rest() : listen());
  addEventListener("pagehide", rest);
  addEventListener("pageshow", listen);
  listen();
  if (live.dataset.every) setInterval(refresh, Number(live.dataset.every));
}

for (const form of document.querySelectorAll("form[data-confirm]")) {
  form.addEventListener("submit", (event) => { if (!confirm(form.dataset.confirm)) event.preventDefault(); });
}
