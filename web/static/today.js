// Live: the level, the time left, and the page drawn anew when what sounds
// changes.
import { dress } from "./app.js";

const live = document.querySelector("[data-live]");
let stream = null;
let ahead = 0; // the server's clock minus this one's, in milliseconds
let drawing = false;

function open() {
  if (stream || document.hidden || !live) return;
  stream = new EventSource(live.dataset.live);
  stream.addEventListener("air", (e) => show(JSON.parse(e.data)));
}

function close() {
  stream?.close();
  stream = null;
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
  const key = (air.emergency?.id ?? "") + (air.on_air ? "/" + air.on_air.occurrence : "");
  if (key !== live.dataset.key) draw(key);
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
  if (drawing) return;
  if (!live.dataset.part) {
    location.reload();
    return;
  }
  drawing = true;
  try {
    const answer = await fetch(live.dataset.part, { credentials: "same-origin" });
    if (answer.redirected) location.reload(); // signed out meanwhile
    else if (answer.ok) {
      live.innerHTML = await answer.text();
      live.dataset.key = key;
      dress(live);
    }
  } catch {
    // The line is down: the next event tries again.
  }
  drawing = false;
}

// fill puts this phone's time into the form that asks for it; the exact instant
// goes along when it is sent.
function fill() {
  const date = live?.querySelector("[data-now=date]");
  const time = live?.querySelector("[data-now=time]");
  if (!date || !time) return;
  const now = new Date();
  const local = new Date(now - now.getTimezoneOffset() * 60000).toISOString();
  date.value = local.slice(0, 10);
  time.value = local.slice(11, 19);
  const asked = date.value + time.value;
  date.form.addEventListener("submit", () => {
    if (asked !== date.value + time.value) return; // corrected by hand
    const at = document.createElement("input");
    at.type = "hidden";
    at.name = "at";
    at.value = new Date().toISOString();
    date.form.append(at);
  });
}

document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
addEventListener("pagehide", close);
addEventListener("pageshow", open);
fill();
open();
