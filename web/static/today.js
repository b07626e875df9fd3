// Live: the level, the time left, and the page drawn anew when what sounds
// changes.
import { dress } from "./app.js";

const live = document.querySelector("[data-live]");
let stream = null;
let ahead = 0; // the server's clock minus this one's, in milliseconds
let drawing = false;
let heard = 0; // when the board told something last

// The board tells something every second. Silent for this long, in ms, it is not known
// what sounds; the browser itself would go on showing what was.
const missed = 8000;

function open() {
  if (stream || document.hidden || !live) return;
  const link = navigator.connection;
  const slow = link?.saveData || /2g|3g/.test(link?.effectiveType);
  heard = Date.now();
  stream = new EventSource(live.dataset.live + (slow ? "?slow=1" : ""));
  stream.addEventListener("open", told);
  stream.addEventListener("air", (e) => {
    told();
    show(JSON.parse(e.data));
  });
  stream.addEventListener("level", (e) => {
    told();
    level(JSON.parse(e.data).rms);
    left();
  });
  stream.addEventListener("end", () => location.reload()); // signed out meanwhile
}

function close() {
  stream?.close();
  stream = null;
}

function told() {
  heard = Date.now();
  lost(false);
}

function lost(is) {
  const note = document.querySelector("[data-lost]");
  if (note) note.hidden = !is;
}

// watch sees that the line is gone, and comes back where the browser has given up.
function watch() {
  if (!stream || Date.now() - heard < missed) return;
  lost(true);
  level(-120);
  if (stream.readyState !== EventSource.CLOSED) return;
  close();
  open();
  draw(live.dataset.key); // it was answered otherwise than with the air: signed out, perhaps
}

// level draws −60 dBFS as nothing and 0 dBFS as full, as the server does.
function level(db) {
  const percent = Math.round(Math.min(Math.max((db + 60) / 60, 0), 1) * 100);
  live.querySelector("[data-meter]")?.setAttribute("x2", percent + "%");
}

function show(air) {
  ahead = Date.parse(air.at) - Date.now();
  level(air.level?.rms ?? -120);
  left();
  for (const e of air.emergencies ?? []) faults(e);
  const key = keyOf(air);
  if (key !== live.dataset.key) draw(key);
}

// faults shows what keeps an emergency from being heard, below what is pressed:
// nothing moves under a finger.
function faults(emergency) {
  const list = live.querySelector(`[data-faults="${CSS.escape(emergency.id)}"]`);
  const words = (emergency.faults ?? []).map((f) => f.detail);
  if (!list || list.dataset.said === words.join("\n")) return;
  list.dataset.said = words.join("\n");
  list.replaceChildren(
    ...words.map((w) => {
      const p = document.createElement("p");
      p.textContent = w;
      return p;
    }),
  );
}

// keyOf changes when the page should be drawn anew. The server makes the same
// in airKey.
function keyOf(air) {
  const on = air.on_air;
  const emergencies = (air.emergencies ?? []).map((e) => e.id).join("+");
  if (!live.dataset.part) return emergencies;
  return [emergencies, on?.occurrence, on && air.state, on?.part, on?.language, air.dead_air?.occurrence, air.up, air.audible, air.trouble, !!air.fault, (air.weak ?? []).join("+"), air.amp?.keyed, air.amp?.fault, air.amp?.bypass, air.clock?.trust, ...(air.drill ? ["drill " + air.drill.occurrence] : []), ...(air.lost ? ["lost " + air.lost.occurrence + " " + air.lost.heard] : [])].map((v) => v ?? "").join("/");
}

// left counts down to the end of what sounds.
function left() {
  const p = live.querySelector("[data-ends]");
  if (!p) return;
  p.dataset.words ??= p.textContent;
  const s = Math.max(0, Math.round((Date.parse(p.dataset.ends) - Date.now() - ahead) / 1000));
  const text = p.dataset.words.replace(/[\d:]+/, Math.floor(s / 60) + ":" + String(s % 60).padStart(2, "0"));
  if (p.textContent !== text) p.textContent = text;
}

async function draw(key) {
  const at = document.activeElement;
  if (drawing || (at?.matches("input") && live.contains(at))) return; // somebody is typing
  if (!live.dataset.part) {
    location.reload();
    return;
  }
  drawing = true;
  try {
    const answer = await fetch(live.dataset.part, { credentials: "same-origin" });
    if (answer.redirected) location.reload(); // signed out meanwhile
    else if (answer.ok) {
      const text = live.contains(at) ? at.textContent : "";
      live.innerHTML = await answer.text();
      live.dataset.key = key;
      dress(live);
      if (text) [...live.querySelectorAll("a,button")].find((e) => e.textContent === text)?.focus();
    }
  } catch {
    // The line is down: the next event tries again.
  }
  drawing = false;
}

// What was pressed decides where to go, not an event that comes meanwhile.
document.addEventListener("submit", (e) => setTimeout(() => e.defaultPrevented || close()));

document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
addEventListener("pagehide", close);
addEventListener("pageshow", open);
open();

setInterval(watch, 1000);

// What is next and what was changes also without a sound.
setInterval(() => live?.dataset.part && !document.hidden && draw(live.dataset.key), 120000);
