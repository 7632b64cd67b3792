// Keeps a page true while somebody looks at it. The server draws; this asks it to draw again where something changed, at
// most once a second, and never under the reader's hands.
(() => {
  "use strict";
  const signs = { up: "·", down: "✕", pending: "?", recovering: "↻", unseen: "◌", unknown: "–" };
  const states = { clear: "up", pending: "pending", firing: "down", recovering: "recovering" };
  const link = document.getElementById("link");
  let due = false;
  let busy = false;

  function say(state, text) {
    if (link.dataset.state !== state) { link.dataset.state = state; link.textContent = text; }
  }

  async function redraw() {
    // A page with nothing that moves is not asked for again.
    if (!document.querySelector("[data-live], a[data-room]")) return;
    if (busy) { due = true; return; }
    busy = true;
    try {
      const answer = await fetch(location.href, { headers: { "X-Requested-With": "live" } });
      if (answer.redirected) { location.href = answer.url; return; }
      if (!answer.ok) return;
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      for (const old of document.querySelectorAll("[data-live]")) {
        const piece = fresh.getElementById(old.id);
        if (piece && !old.contains(document.activeElement) && piece.innerHTML !== old.innerHTML) {
          old.innerHTML = piece.innerHTML;
        }
      }
      for (const tile of document.querySelectorAll("a[data-room]")) {
        const piece = fresh.querySelector(`a[data-room="${CSS.escape(tile.dataset.room)}"]`);
        if (piece) paint(tile, piece.dataset.state);
      }
    } catch { /* The stream says when the daemon is gone. */ } finally {
      setTimeout(() => { busy = false; if (due) { due = false; redraw(); } }, 1000);
    }
  }

  function paint(tile, state) {
    if (tile.dataset.state === state) return;
    tile.dataset.state = state;
    tile.textContent = signs[state];
    const name = tile.title.slice(0, tile.title.lastIndexOf(": "));
    tile.title = `${name}: ${state}`;
    tile.setAttribute("aria-label", tile.title);
  }

  const stream = new EventSource("/live");
  stream.onopen = () => { say("live", "live"); redraw(); };
  stream.onerror = () => say("lost", "connection lost, what you see may be old");
  stream.addEventListener("room", (event) => {
    const change = JSON.parse(event.data);
    if (change.condition === "room.offline" && states[change.to]) {
      const tile = document.querySelector(`a[data-room="${CSS.escape(change.room)}"]`);
      if (tile) paint(tile, states[change.to]);
    }
    redraw();
  });
  stream.addEventListener("incident", redraw);
  stream.addEventListener("reset", redraw);
})();
