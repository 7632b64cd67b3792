// Keeps a page true while somebody looks at it. The server draws; this asks it to draw again where something changed, at
// most once a second, and never under the reader's hands. Without it every page still works, and is as old as it is.
(() => {
  "use strict";
  const signs = { up: "·", down: "✕", pending: "?", recovering: "↻", unseen: "◌", unknown: "–" };
  const states = { clear: "up", pending: "pending", firing: "down", recovering: "recovering" };
  // A page that takes the server long to draw is asked for less often: this many times what it took.
  const restFactor = 5;
  const shortestRest = 1000;
  const link = document.getElementById("link");
  // What the reader opened or closed by hand stays so.
  const chosen = new Map();
  // What events said of rooms while a page was being drawn that may not know it yet.
  const news = new Map();
  // A page that answers a form has the address of the form, where there is nothing to read again.
  const address = document.querySelector("[data-from]")?.dataset.from ?? location.href;
  let due = false;
  let busy = false;

  function say(state, text) {
    if (link.dataset.state !== state) { link.dataset.state = state; link.textContent = text; }
  }

  function isBusy(piece) { return piece.contains(document.activeElement); }

  function replace(old, piece) {
    if (!isBusy(old) && old.innerHTML !== piece.innerHTML) old.innerHTML = piece.innerHTML;
  }

  // A list keeps its order, its new members and what the reader unfolded.
  function replaceList(list, fresh) {
    const wanted = [...fresh.children];
    const ids = new Set(wanted.map((piece) => piece.id));
    for (const old of [...list.children]) if (!ids.has(old.id) && !isBusy(old)) old.remove();
    wanted.forEach((piece, place) => {
      let old = document.getElementById(piece.id);
      if (!old) { old = document.importNode(piece, true); list.append(old); }
      replace(old, piece);
      old.toggleAttribute("data-troubled", piece.hasAttribute("data-troubled"));
      const open = chosen.get(piece.id) ?? piece.hasAttribute("open");
      if (old.open !== open) old.open = open;
      if (list.children[place] !== old && !isBusy(list)) list.insertBefore(old, list.children[place] ?? null);
    });
  }

  async function redraw() {
    // A page with nothing that moves is not asked for again.
    if (!document.querySelector("[data-live], a[data-room]")) return;
    if (busy) { due = true; return; }
    busy = true;
    const began = performance.now();
    news.clear();
    try {
      const answer = await fetch(address, { headers: { "X-Requested-With": "live" } });
      if (answer.redirected) { location.href = answer.url; return; }
      if (!answer.ok) return;
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      document.title = fresh.title;
      for (const old of document.querySelectorAll("[data-live]")) {
        const piece = fresh.getElementById(old.id);
        if (piece) replace(old, piece);
      }
      for (const list of document.querySelectorAll("[data-list]")) {
        const piece = fresh.getElementById(list.id);
        if (piece) replaceList(list, piece);
      }
      for (const [room, state] of news) show(room, state);
      tellAges();
    } catch { /* The stream says when the daemon is gone. */ } finally {
      const rest = Math.max(shortestRest, restFactor * (performance.now() - began));
      setTimeout(() => { busy = false; if (due) { due = false; redraw(); } }, rest);
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

  function show(room, state) {
    const tile = document.querySelector(`a[data-room="${CSS.escape(room)}"]`);
    if (tile) paint(tile, state);
  }

  // "3 min ago" must not stand there for an hour.
  function tellAges() {
    for (const time of document.querySelectorAll("time[data-age]")) {
      const seconds = Math.trunc((Date.now() - Date.parse(time.dateTime)) / 1000);
      if (Number.isNaN(seconds)) continue;
      const length = Math.abs(seconds);
      const words = length < 60 ? `${length} s` : length < 3600 ? `${Math.trunc(length / 60)} min`
        : length < 172800 ? `${Math.trunc(length / 3600)} h` : `${Math.trunc(length / 86400)} d`;
      const text = seconds < 0 ? `in ${words}` : `${words} ago`;
      if (time.textContent !== text) time.textContent = text;
    }
  }

  document.addEventListener("click", (event) => {
    const building = event.target.closest("summary")?.parentElement;
    if (building?.id) chosen.set(building.id, !building.open);
  });
  setInterval(tellAges, 5000);
  // Ages and what no event tells of; a daemon that hangs shows by its stream.
  setInterval(redraw, 60000);

  const stream = new EventSource("/live");
  stream.onopen = () => { say("live", "live"); redraw(); };
  stream.onerror = () => say("lost", "connection lost, what you see may be old");
  stream.addEventListener("room", (event) => {
    const change = JSON.parse(event.data);
    if (change.condition === "room.offline" && states[change.to]) {
      news.set(change.room, states[change.to]);
      show(change.room, states[change.to]);
    }
    redraw();
  });
  stream.addEventListener("incident", redraw);
  // A restart of many rooms makes many of these, and most pages show none of it.
  stream.addEventListener("operation", () => { if (document.querySelector("[data-operations]")) redraw(); });
  stream.addEventListener("reset", redraw);
})();
