// Trimming a sound on its wave: two handles, two numbers, a closer look at either
// end, and what is left to be heard.
import { outline, path } from "./wave.js";

const near = 6; // seconds that a look at one end shows
const least = 0.2; // seconds of a piece, as the board wants
const speaker = { context: null, source: null, button: null, text: "" };

export const fill = (text, ...args) => text.replace(/\{(\d)\}/g, (_, i) => args[i] ?? "");

// hush stops what is being listened to.
export function hush() {
  speaker.source?.stop();
  speaker.source = null;
  if (speaker.button) speaker.button.querySelector("span").textContent = speaker.text;
  speaker.button = null;
}

// listen plays piece.from to piece.to of a sound, decoded or at its address, or stops it.
export async function listen(button, sound, piece, stop) {
  const again = speaker.button === button;
  hush();
  if (again) return;
  const { frames, rate, address } = await sound();
  const source = address ? streamed(address, piece) : await decoded(frames, rate, piece);
  source.onended = () => speaker.source === source && hush();
  Object.assign(speaker, { source, button, text: button.querySelector("span").textContent });
  button.querySelector("span").textContent = stop;
}

async function decoded(frames, rate, piece) {
  speaker.context ??= new AudioContext();
  await speaker.context.resume();
  const buffer = speaker.context.createBuffer(1, frames.length, rate);
  buffer.copyToChannel(frames, 0);
  const source = new AudioBufferSourceNode(speaker.context, { buffer });
  source.connect(speaker.context.destination);
  source.start(0, piece.from, piece.to - piece.from);
  return source;
}

// streamed plays a piece of what lies on the board, of which no more is fetched.
function streamed(address, piece) {
  const sound = new Audio(`${address}#t=${piece.from},${piece.to}`);
  const source = { stop: () => sound.pause() };
  for (const e of ["pause", "ended", "error"]) sound.addEventListener(e, () => source.onended());
  sound.play().catch(() => {}); // its error tells
  return source;
}

// editor wakes the tools in box. They change piece, {from, to, length} in seconds;
// sound gives {frames, rate}, what of it is drawn, and settle is called when a hand lets go.
export async function editor(box, say, piece, sound, settle) {
  const find = (name) => box.querySelector(`[data-${name}]`);
  let zoom = "all";
  let tops = [];

  const view = () => ({ all: [0, piece.length], head: [0, Math.min(near, piece.length)], tail: [Math.max(0, piece.length - near), piece.length] })[zoom];

  async function look(at) {
    zoom = at;
    tops = outline(await sound(), ...view());
    find("all").setAttribute("d", path(tops, 0, 480));
    for (const b of box.querySelectorAll("[data-zoom]")) b.setAttribute("aria-pressed", String(b.dataset.zoom === zoom));
    draw();
  }

  function draw() {
    const [from, to] = view();
    const place = (s) => Math.round((480 * (s - from)) / (to - from));
    find("piece").setAttribute("d", path(tops, place(piece.from), place(piece.to)));
    find("cut").querySelector("svg").setAttribute("aria-label", fill(say.wave, piece.from.toFixed(2), piece.to.toFixed(2)));
    for (const end of ["from", "to"]) {
      const handle = find(`handle=${end}`);
      handle.hidden = zoom !== "all" && (zoom === "head") !== (end === "from");
      Object.assign(handle, { min: from, max: to });
      handle.value = piece[end];
      handle.setAttribute("aria-valuetext", fill(say.seconds, piece[end].toFixed(2)));
      const number = find(`number=${end}`);
      if (document.activeElement !== number) number.value = piece[end].toFixed(2);
    }
  }

  // move puts one end of the piece somewhere; the other stays where it is.
  function move(end, value) {
    if (!Number.isFinite(value)) return;
    if (end === "from") piece.from = Math.min(Math.max(0, value), piece.to - least);
    else piece.to = Math.max(Math.min(piece.length, value), piece.from + least);
    draw();
  }

  for (const handle of box.querySelectorAll("[data-handle]")) {
    handle.addEventListener("input", () => move(handle.dataset.handle, Number(handle.value)));
    handle.addEventListener("change", settle);
  }
  for (const number of box.querySelectorAll("[data-number]"))
    number.addEventListener("change", () => {
      move(number.dataset.number, Number(number.value));
      number.value = piece[number.dataset.number].toFixed(2);
      settle();
    });
  for (const b of box.querySelectorAll("[data-zoom]")) b.addEventListener("click", () => look(b.dataset.zoom));
  find("listen-take").addEventListener("click", (e) => listen(e.currentTarget, sound, piece, say.stop));
  await look("all");
}
