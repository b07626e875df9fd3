// The list of takes: each with its wave, the two handles that trim it, what is
// wrong with it, and its way to the board.
import { decode, judge, outline, path } from "./wave.js";
import * as store from "./takes.js";

const near = 6; // seconds that a look at one end shows
const least = 0.2; // seconds of a piece, as the board wants

export const fill = (text, ...args) => text.replace(/\{(\d)\}/g, (_, i) => args[i] ?? "");
const digits = (s) => String(Math.floor(s / 60)) + ":" + String(Math.floor(s % 60)).padStart(2, "0");

// takelist shows the takes in root's list; sent gets the board's answer.
export function takelist(root, sent) {
  const say = root.dataset;
  const list = root.querySelector("[data-takes]");
  const rooms = [...root.querySelectorAll("[data-room]")].map((r) => ({ seconds: Number(r.dataset.room), slot: r.dataset.slot }));
  const speaker = { context: null, source: null, button: null };
  let open = null; // the sound that is decoded: a phone has room for one
  let rows = [];

  const find = (row, name) => row.li.querySelector(`[data-${name}]`);
  const span = (s) => (s < 60 ? fill(say.seconds, Math.ceil(s)) : fill(say.minutes, Math.floor(Math.ceil(s) / 60), Math.ceil(s) % 60));

  async function soundOf(row) {
    if (open?.id !== row.take.id) open = { id: row.take.id, sound: await decode(await blobOf(row)) };
    return open.sound;
  }

  const blobOf = (row) => row.blob ?? store.sound(row.take);

  async function keep(row) {
    if (row.blob) return; // the phone has no room: it is held by the page alone
    await store.save(row.take);
  }

  // ---- what it shows

  function judged(row) {
    const box = find(row, "judged");
    const codes = row.sound ? judge(row.sound, row.take.from, row.take.to) : [];
    const texts = codes.map((code) => say["warn" + code.replace(/(^|-)(.)/g, (_, __, c) => c.toUpperCase())]);
    if (row.sound) for (const r of rooms) if (row.take.to - row.take.from > r.seconds) texts.push(fill(say.tooLong, span(row.take.to - row.take.from - r.seconds), r.slot));
    box.replaceChildren();
    const line = (text, good) => {
      const p = document.createElement("p");
      p.className = "st " + (good ? "ok" : "wait");
      p.append(document.querySelector(good ? "[data-good-mark]" : "[data-bad-mark]").content.cloneNode(true));
      p.append(Object.assign(document.createElement("span"), { textContent: text }));
      box.append(p);
    };
    for (const text of texts) line(text, false);
    if (!texts.length) line(row.sound ? say.fine : say.unread, !!row.sound);
  }

  function view(row) {
    const { length } = row.take;
    if (row.zoom === "head") return [0, Math.min(near, length)];
    if (row.zoom === "tail") return [Math.max(0, length - near), length];
    return [0, length];
  }

  function draw(row) {
    const { take } = row;
    find(row, "take-length").textContent = digits(take.length);
    if (!row.sound) return;
    const [from, to] = view(row);
    const place = (s) => (480 * (s - from)) / (to - from);
    if (row.drawn !== row.zoom) {
      row.tops = outline(row.sound, from, to);
      row.drawn = row.zoom;
      find(row, "all").setAttribute("d", path(row.tops, 0, 480));
    }
    find(row, "piece").setAttribute("d", path(row.tops, Math.round(place(take.from)), Math.round(place(take.to))));
    find(row, "cut").querySelector("svg").setAttribute("aria-label", fill(say.wave, take.from.toFixed(2), take.to.toFixed(2)));
    for (const end of ["from", "to"]) {
      const handle = row.li.querySelector(`[data-handle=${end}]`);
      handle.hidden = row.zoom !== "all" && (row.zoom === "head") !== (end === "from");
      Object.assign(handle, { min: from, max: to });
      handle.value = take[end];
      handle.setAttribute("aria-valuetext", fill(say.seconds, take[end].toFixed(2)));
      const number = row.li.querySelector(`[data-number=${end}]`);
      if (document.activeElement !== number) number.value = take[end].toFixed(2);
    }
    for (const b of row.li.querySelectorAll("[data-zoom]")) b.setAttribute("aria-pressed", String(b.dataset.zoom === row.zoom));
  }

  // move puts one end of the piece somewhere; the other stays where it is.
  function move(row, end, value) {
    const { take } = row;
    if (!Number.isFinite(value)) return;
    if (end === "from") take.from = Math.min(Math.max(0, value), take.to - least);
    else take.to = Math.max(Math.min(take.length, value), take.from + least);
    draw(row);
  }

  async function settle(row) {
    judged(row);
    await keep(row);
  }

  // ---- listening

  function hush() {
    speaker.source?.stop();
    speaker.source = null;
    if (speaker.button) speaker.button.querySelector("span").textContent = speaker.text;
    speaker.button = null;
  }

  async function listen(row, button) {
    const again = speaker.button === button;
    hush();
    if (again) return;
    speaker.context ??= new AudioContext();
    await speaker.context.resume();
    const { frames, rate } = await soundOf(row);
    const buffer = speaker.context.createBuffer(1, frames.length, rate);
    buffer.copyToChannel(frames, 0);
    const source = new AudioBufferSourceNode(speaker.context, { buffer });
    source.connect(speaker.context.destination);
    source.onended = () => speaker.source === source && hush();
    source.start(0, row.take.from, row.take.to - row.take.from);
    Object.assign(speaker, { source, button, text: button.querySelector("span").textContent });
    button.querySelector("span").textContent = say.stop;
  }

  // ---- the way to the board

  function tell(row, text, bad) {
    const told = find(row, "told");
    told.textContent = text;
    told.classList.toggle("bad", !!bad);
  }

  async function send(row) {
    if (row.sending) return;
    row.sending = true;
    clearTimeout(row.later);
    const bar = row.li.querySelector("progress");
    find(row, "send").setAttribute("aria-disabled", "true");
    bar.hidden = false;
    try {
      row.take.state = "sending";
      await keep(row);
      const whole = row.sound && row.take.to >= row.take.length - 0.01;
      const answer = await store.send({ ...row.take, to: whole ? 0 : row.take.to }, await blobOf(row), {
        path: say.path,
        language: say.language,
        name: say.name,
        progress: (part) => {
          bar.value = 100 * part;
          tell(row, part < 1 ? fill(say.sending, Math.floor(100 * part)) : say.working);
        },
      });
      await answered(row, answer);
    } catch {
      row.tries = (row.tries ?? 0) + 1;
      tell(row, say.lost, true);
      row.later = setTimeout(() => send(row), Math.min(60, 2 ** row.tries) * 1000);
    } finally {
      row.sending = false;
      bar.hidden = true;
      find(row, "send").removeAttribute("aria-disabled");
    }
  }

  async function answered(row, answer) {
    row.tries = 0;
    if (!answer.there) return tell(row, say.signedOut, true); // it is sent when they are back
    if (answer.status === 200) {
      hush();
      for (const r of rows) if (!r.blob || r === row) await store.remove(r.take.id).catch(() => {});
      rows = [];
      list.replaceChildren();
      return sent(answer.text);
    }
    row.take.state = "kept";
    await keep(row);
    const why = new DOMParser().parseFromString(answer.text, "text/html").querySelector(".fault");
    tell(row, why?.textContent ?? say.refused, true);
  }

  addEventListener("online", () => {
    for (const row of rows) if (row.take.state === "sending") send(row);
  });

  // ---- a row

  function wire(row) {
    for (const handle of row.li.querySelectorAll("[data-handle]")) {
      handle.addEventListener("input", () => move(row, handle.dataset.handle, Number(handle.value)));
      handle.addEventListener("change", () => settle(row));
    }
    for (const number of row.li.querySelectorAll("[data-number]"))
      number.addEventListener("change", () => {
        move(row, number.dataset.number, Number(number.value));
        number.value = row.take[number.dataset.number].toFixed(2);
        settle(row);
      });
    for (const b of row.li.querySelectorAll("[data-zoom]"))
      b.addEventListener("click", async () => {
        row.sound = await soundOf(row);
        row.zoom = b.dataset.zoom;
        draw(row);
        if (open.id !== row.take.id) row.sound = null;
      });
    find(row, "listen-take").addEventListener("click", (e) => listen(row, e.currentTarget));
    find(row, "send").addEventListener("click", () => send(row));
    find(row, "drop").addEventListener("click", async () => {
      if (row.sending || !confirm(say.dropSure)) return;
      hush();
      rows = rows.filter((r) => r !== row);
      row.li.remove();
      clearTimeout(row.later);
      await store.remove(row.take.id).catch(() => {});
    });
  }

  // add shows a take; blob is its sound when the phone could not keep it.
  async function add(take, blob) {
    const li = document.querySelector("[data-take-row]").content.firstElementChild.cloneNode(true);
    const row = { take, blob, li, zoom: "all" };
    rows.push(row);
    list.prepend(li);
    list.closest("section").hidden = false;
    find(row, "take-name").textContent = take.file ?? fill(say.take, take.no);
    wire(row);
    try {
      row.sound = await soundOf(row);
      take.length = row.sound.length;
      take.to = take.to > take.from && take.to <= take.length ? take.to : take.length;
      draw(row);
    } catch {
      row.sound = null; // of a kind that this browser does not open: the board does
      for (const name of ["cut", "zooms", "listen-take"]) find(row, name).hidden = true;
      take.to ||= 0;
      find(row, "take-length").hidden = true;
    }
    judged(row);
    await keep(row);
    if (take.state === "sending") send(row);
    return row;
  }

  return { add, hush, count: () => rows.length, highest: () => Math.max(0, ...rows.map((r) => r.take.no ?? 0)) };
}
