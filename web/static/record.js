// The page on which a person records: the words that run, the microphone, the
// takes of this phone, and what the board says of the one that was sent.
import { busy } from "./app.js";
import { prompter } from "./prompter.js";
import { fill, hush } from "./editor.js";
import { takelist } from "./takelist.js";
import * as store from "./takes.js";
import { running } from "./wave.js";

const root = document.querySelector("[data-record]");
const say = root.dataset;
const find = (name) => root.querySelector(`[data-${name}]`);
// Opus of 64 kbit/s: nothing of a voice is lost that a horn gives, and a minute of it
// goes through a bad line in half a minute.
const bits = 64000;
const types = ["audio/webm;codecs=opus", "audio/ogg;codecs=opus", "audio/mp4"];
const longest = 600; // seconds of a take
const takenBack = 24 * 3600 * 1000; // ms in which a take that was dropped can be
const able = navigator.mediaDevices?.getUserMedia && window.MediaRecorder; // asked of the browser, not of the address
let session = null; // the take that is being recorded

const words = root.querySelector("[data-prompter]");
const lines =
  words &&
  prompter(words, root.querySelector("[data-spoken]"), (seconds, pace) => {
    const s = Math.ceil(seconds);
    const text = s < 60 ? fill(say.seconds, s) : fill(say.minutes, Math.floor(s / 60), s % 60);
    words.querySelector("[data-estimated]").textContent = fill(words.dataset.estimate, text, pace);
  });
const list = takelist(root, (html) => {
  document.getElementById("told").innerHTML = html;
  document.getElementById("told").scrollIntoView({ block: "nearest" });
  lookAgain(60);
});

find("recorder").hidden = !able;
if (!able) {
  const unable = find("unable");
  unable.querySelector("span").textContent = isSecureContext ? say.unable : say.insecure;
  unable.hidden = false;
  find("turn-on").hidden = isSecureContext;
}
root.dataset.awake = "";
find("start").disabled = false;
find("start").addEventListener("click", start);
find("stop").addEventListener("click", () => stop());
find("pause").addEventListener("click", () => pause());
find("resume").addEventListener("click", resume);
addEventListener("pagehide", () => session?.recorder?.state !== "inactive" && session?.recorder?.stop());
document.addEventListener("visibilitychange", () => {
  if (document.hidden && session?.recorder?.state === "recording") pause(say.hidden);
  if (!document.hidden) awake(session);
});
setInterval(watch, 100);

// ---- recording

async function start() {
  if (session) return;
  session = {};
  hush();
  tell("why", "");
  busy(find("start"), true);
  try {
    await begin(session);
  } catch (e) {
    release();
    tell("why", { NotAllowedError: say.denied, NotFoundError: say.missing }[e.name] ?? say.broken);
  }
  busy(find("start"), false);
}

async function begin(s) {
  s.sound = new AudioContext();
  // What a phone does for calls eats the ends of words, and pumps: the board has a
  // chain of its own, made for a horn.
  const audio = { channelCount: 1, echoCancellation: false, noiseSuppression: false, autoGainControl: false };
  s.stream = await navigator.mediaDevices.getUserMedia({ audio });
  const [track] = s.stream.getAudioTracks();
  track.addEventListener("ended", () => stop(say.call));
  track.addEventListener("mute", () => s.recorder?.state === "recording" && pause(say.call));
  s.meter = new AnalyserNode(s.sound, { fftSize: 8192 });
  s.sound.createMediaStreamSource(s.stream).connect(s.meter);
  await s.sound.resume();
  await awake(s);
  show();
  for (let n = 3; n > 0 && session === s; n--) {
    find("clock").textContent = n;
    await new Promise((later) => setTimeout(later, 700));
  }
  if (session !== s) return;
  const mimeType = types.find((t) => MediaRecorder.isTypeSupported(t));
  s.recorder = new MediaRecorder(s.stream, { mimeType, audioBitsPerSecond: bits });
  s.take = {
    id: Date.now() + "-" + Math.random().toString(36).slice(2), key: say.record, path: say.path, title: say.name, no: list.highest() + 1,
    type: s.recorder.mimeType, wording: field("wording"), seen: field("seen"), from: 0, to: 0, length: 0, state: "recording",
  };
  s.pieces = [];
  s.kept = store.save(s.take);
  s.kept.catch(() => {}); // done tells
  s.recorder.addEventListener("dataavailable", (e) => piece(s, e.data));
  s.recorder.addEventListener("stop", () => done(s));
  s.recorder.addEventListener("error", () => stop(say.broken));
  s.time = 0;
  s.recorder.start(500); // each half of a second lies in the phone's own store
  s.since = performance.now();
  lines?.start();
  show();
  watch(); // the clock shows the take, no longer the countdown
  if (document.hidden) pause(say.hidden); // it went dark while it counted
}

const field = (name) => root.querySelector(`[name=${name}]`).value;

function piece(s, blob) {
  if (!blob.size) return;
  const n = s.pieces.push(blob) - 1;
  s.kept = s.kept.then(() => store.add(s.take.id, n, blob));
  s.kept.catch(() => {}); // done tells
}

const spent = (s) => s.time + (s.recorder?.state === "recording" ? (performance.now() - s.since) / 1000 : 0);

function pause(why) {
  const s = session;
  if (s?.recorder?.state !== "recording") return;
  s.time = spent(s);
  s.recorder.pause();
  s.recorder.requestData();
  s.ran = lines?.stop();
  tell("why", why ?? "");
  show();
}

function resume() {
  const s = session;
  if (s?.recorder?.state !== "paused") return;
  if (s.stream.getAudioTracks()[0].muted) return tell("why", say.call); // it would record nothing
  s.recorder.resume();
  s.since = performance.now();
  if (s.ran) lines.goOn(); // both hands hold the phone
  tell("why", "");
  show();
}

function stop(why) {
  if (!session) return;
  if (why) tell("why", why);
  if (session.recorder && session.recorder.state !== "inactive") session.recorder.stop();
  else if (!session.recorder) release();
}

// done hands a finished take over to the list.
async function done(s) {
  lines?.stop();
  if (session === s) release();
  if (!s.pieces.length) return tell("why", say.broken);
  s.take.state = "kept";
  let blob = null;
  try {
    await s.kept;
    await store.save(s.take);
  } catch {
    blob = new Blob(s.pieces, { type: s.take.type });
  }
  const row = await list.add(s.take, blob);
  told();
  row.li.querySelector("[data-take-name]").focus({ preventScroll: true });
  row.li.scrollIntoView({ block: "nearest" });
}

function told() {
  find("kept-told").textContent = list.loose() ? say.unkept : say.kept;
}

async function awake(s) {
  if (!s?.stream || document.hidden || (s.lock && !s.lock.released)) return;
  s.lock = await navigator.wakeLock?.request("screen").catch(() => null);
  if (session !== s) s.lock?.release();
}

function release() {
  const s = session;
  session = null;
  s?.stream?.getTracks().forEach((track) => track.stop());
  s?.sound?.close();
  s?.lock?.release();
  show();
}

// ---- what it shows

function show() {
  const state = session?.recorder?.state ?? "";
  find("start").hidden = !!session?.stream;
  find("pause").hidden = state !== "recording";
  find("resume").hidden = state !== "paused";
  find("stop").hidden = !session?.stream;
  write(find("stage").querySelector("span"), state === "recording" ? fill(say.take, session.take.no) : say.ready);
  find("recorder").classList.toggle("on", state === "recording");
  find("running").toggleAttribute("hidden", !state);
  if (!session) {
    find("clock").textContent = "0:00";
    find("level").className = "st soft";
    write(find("level").querySelector("span"), say.before);
    meter(0);
  }
}

function watch() {
  const s = session;
  if (!s?.meter || s.sound.state === "closed") return;
  const frames = new Float32Array(s.meter.fftSize);
  s.meter.getFloatTimeDomainData(frames);
  let top = 0;
  for (const x of frames) top = Math.max(top, Math.abs(x));
  meter(top);
  if (s.recorder?.state !== "recording") return;
  const t = Math.floor(spent(s));
  find("clock").textContent = Math.floor(t / 60) + ":" + String(t % 60).padStart(2, "0");
  s.tops = [...(s.tops ?? []).slice(-119), top]; // twelve seconds
  find("running").firstElementChild.setAttribute("d", running(s.tops));
  const loud = s.tops.slice(-15).some((x) => x > 0.985);
  const quiet = s.tops.length >= 30 && Math.max(...s.tops.slice(-30)) < 0.03;
  const level = find("level");
  level.className = "st " + (loud ? "bad" : quiet ? "wait" : "ok");
  write(level.querySelector("span"), loud ? say.loud : quiet ? say.quiet : say.good);
  if (spent(s) >= longest) stop(say.limit);
}

// meter draws −60 dBFS as nothing and 0 dBFS as full.
function meter(top) {
  const part = top > 0 ? Math.min(Math.max(1 + Math.log10(top) / 3, 0), 1) : 0;
  find("meter").setAttribute("x2", Math.round(100 * part) + "%");
}

function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function tell(where, text) {
  find(where).hidden = !text;
  write(find(where).querySelector("span"), text);
}

// ---- a file that was made elsewhere becomes a take as well

root.querySelector("[data-form]").addEventListener("change", async (e) => {
  const [file] = e.target.files ?? [];
  if (!file) return;
  e.target.value = "";
  tell("too-large", file.size > Number(say.bytes) ? say.tooLarge : "");
  if (file.size > Number(say.bytes)) return;
  const take = {
    id: Date.now() + "-" + Math.random().toString(36).slice(2), key: say.record, path: say.path, title: say.name,
    type: file.type, file: file.name || say.file, wording: field("wording"), seen: field("seen"), from: 0, to: 0, length: 0, state: "kept",
  };
  let blob = null;
  try {
    const size = 4 << 20;
    for (let n = 0; n * size < file.size; n++) await store.add(take.id, n, file.slice(n * size, (n + 1) * size));
    await store.save(take);
  } catch {
    blob = file;
  }
  await list.add(take, blob);
  told();
});
root.querySelector("[data-form]").addEventListener("submit", (e) => e.preventDefault());

// ---- what this phone still holds

async function restore() {
  let kept = [];
  try {
    kept = await store.all();
  } catch {
    return; // switched off in this browser
  }
  const mine = kept.filter((t) => t.key === say.record).sort((a, b) => (a.id < b.id ? -1 : 1));
  for (const take of mine) {
    const sound = await store.sound(take);
    if (!sound.size || Date.now() - take.dropped > takenBack) {
      await store.remove(take.id); // the page closed before its first second, or nobody wants it back
      continue;
    }
    if (take.state === "dropped") {
      list.dropped(take);
      continue;
    }
    if (take.state === "recording") take.state = "kept";
    await list.add(take);
  }
  told();
  const others = new Map(kept.filter((t) => t.key !== say.record && t.key.startsWith(say.user) && t.state !== "dropped").map((t) => [t.path, t.title]));
  find("others").hidden = !others.size;
  for (const [path, title] of others) {
    const a = Object.assign(document.createElement("a"), { href: path, textContent: title });
    const li = document.createElement("li");
    li.append(a);
    find("others-list").append(li);
  }
}
restore();

// ---- look again until the board is done with what was sent

async function lookAgain(tries) {
  const section = document.querySelector("#told [data-pending]");
  if (!section || tries === 0) return;
  await new Promise((later) => setTimeout(later, 2000));
  try {
    const answer = await fetch(location.pathname, { credentials: "same-origin" });
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("told");
    const listens = [...section.querySelectorAll("audio")].some((a) => !a.paused);
    if (answer.ok && fresh && !listens) document.getElementById("told").replaceWith(fresh);
  } catch {
    // The line is down: the next look may do better.
  }
  lookAgain(tries - 1);
}
lookAgain(60);

// ---- this page opens without a line as well, where the browser allows it

navigator.serviceWorker
  ?.register("/sw.js")
  .then(() => navigator.serviceWorker.ready)
  .then((there) => {
    navigator.serviceWorker.addEventListener("message", () => (root.dataset.offline = "ready"));
    const parts = performance.getEntriesByType("resource").map((r) => new URL(r.name)).filter((u) => u.origin === location.origin && u.pathname.startsWith("/static/"));
    there.active.postMessage({ keep: [location.pathname, ...new Set(parts.map((u) => u.pathname))] });
  })
  .catch(() => {}); // a certificate that is not trusted: the page works, but not without a line
