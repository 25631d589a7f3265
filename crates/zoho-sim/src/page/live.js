// Fetches the page again every second and a half and puts in what changed, unless someone is reading or writing there.
setInterval(async () => {
  const live = document.getElementById("live");
  if (!live || document.hidden || live.querySelector("details[open]") || live.contains(document.activeElement)) return;
  try {
    const answer = await fetch(location.href, { headers: { accept: "text/html" } });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("live");
    if (fresh && fresh.innerHTML !== live.innerHTML) live.innerHTML = fresh.innerHTML;
  } catch { /* The simulator is stopped; the next round tries again. */ }
}, 1500);
