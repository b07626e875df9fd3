// The page on which somebody speaks live: the microphone to the board, and what
// the board says back.
import { busy } from "./app.js";

const root = document.querySelector("[data-microphone]");
const able = isSecureContext && navigator.mediaDevices?.getUserMedia && window.AudioWorkletNode;
const find = (name) => root.querySelector(`[data-${name}]`);
// What waits in the browser for a slow line is too old when it arrives: 1 s.
const waiting = 48600;
// The board speaks ten times a second. Silent for this long, in ms, it does not hear
// the speaker either; and later it has ended by itself.
const missed = 1500;
const over = 8000;
// After so many seconds without a word the speaker is asked whether they speak.
const unheard = 5;
// How often, in ms, it is asked anew before a talk whether the village would hear it.
const asking = 10000;
// What keeps only some of the loudspeakers from sounding: the village hears it elsewhere.
const partly = ["zone", "rest-zone"];
let talk = null;

if (root) {
  root.hidden = !able;
  document.querySelector("[data-unable]").hidden = !!able;
  find("start").addEventListener("click", start);
  find("pin").addEventListener("submit", confirm);
  find("stop").addEventListener("click", () => order("end"));
  find("extend").addEventListener("click", () => order("extend"));
  addEventListener("pagehide", () => talk?.socket?.close(1000));
  document.addEventListener("visibilitychange", () => awake(talk)); // hidden, the page has lost its hold
  setInterval(watch, 500);
  setInterval(ask, asking);
}

// ask draws what would keep the village from hearing: whoever has turned a switch back must
// not read that it is off.
async function ask() {
  if (talk || document.hidden) return;
  const ills = find("ills");
  try {
    const answer = await fetch(ills.dataset.ills, { credentials: "same-origin" });
    if (!answer.ok || answer.redirected) return;
    const said = document.createElement("template");
    said.innerHTML = await answer.text();
    if (said.content.textContent.trim() !== ills.textContent.trim()) ills.replaceChildren(said.content);
  } catch {
    // The line is down: pressing the button says so.
  }
}

async function start() {
  if (talk) return;
  talk = {};
  tell("why", "");
  tell("done", "");
  busy(find("start"), true);
  try {
    await open(talk);
  } catch (e) {
    release();
    const why = { NotAllowedError: "denied", NotFoundError: "missing" }[e.name] ?? "broken";
    tell("why", root.dataset[why]);
  }
  busy(find("start"), false);
}

// open asks for the microphone first: the village hears no chime for somebody who
// may not speak.
async function open(t) {
  const want = (name) => root.querySelector(`[name=${name}]`).checked;
  t.sound = new AudioContext();
  const audio = { channelCount: 1 };
  for (const name of ["autoGainControl", "noiseSuppression", "echoCancellation"]) audio[name] = want(name);
  t.stream = await navigator.mediaDevices.getUserMedia({ audio });
  await t.sound.audioWorklet.addModule(root.dataset.worklet);
  await t.sound.resume();
  const node = new AudioWorkletNode(t.sound, "microphone", { outputChannelCount: [1] });
  t.sound.createMediaStreamSource(t.stream).connect(node).connect(t.sound.destination); // it puts out silence
  t.stream.getAudioTracks()[0].addEventListener("ended", () => order("end"));

  t.socket = new WebSocket(location.origin.replace(/^http/, "ws") + root.dataset.socket);
  t.socket.addEventListener("open", () => {
    t.socket.send(JSON.stringify({ type: "start", chime: want("chime") }));
    node.port.onmessage = (e) => {
      if (t.socket.readyState === WebSocket.OPEN && t.socket.bufferedAmount < waiting) t.socket.send(e.data);
    };
  });
  t.heard = performance.now();
  t.socket.addEventListener("message", (e) => {
    t.heard = performance.now();
    show(JSON.parse(e.data));
  });
  t.socket.addEventListener("close", () => close(t));
  await awake(t);
}

// confirm gives the PIN that is asked again when the page was open for long, and starts:
// what was set stays as it is.
async function confirm(e) {
  e.preventDefault();
  const [pin, password] = find("pin").querySelectorAll("input");
  tell("why", "");
  try {
    const answer = await fetch("/api/v1/account/pin/confirmation", {
      method: "POST",
      credentials: "same-origin",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ pin: pin.value, password: password.value }),
    });
    pin.value = password.value = "";
    if (!answer.ok) {
      tell("why", (await answer.json()).detail);
      pin.focus();
      return;
    }
  } catch {
    tell("why", root.dataset.broken);
    return;
  }
  find("pin").hidden = true;
  start();
}

function close(t) {
  if (talk !== t) return;
  release();
  if (t.ended?.cause === "pin-required") {
    find("pin").hidden = false;
    find("pin").querySelector("input").focus();
  }
  const meant = ["speaker", "limit"].includes(t.ended?.cause);
  tell(meant ? "done" : "why", t.ended?.detail ?? root.dataset.broken);
}

// awake keeps the screen on while somebody speaks.
async function awake(t) {
  if (!t?.socket || document.hidden || (t.lock && !t.lock.released)) return;
  t.lock = await navigator.wakeLock?.request("screen").catch(() => null);
  if (talk !== t) t.lock?.release(); // it ended meanwhile
}

// watch sees that the board is silent: a browser tells of a line that is gone minutes
// later, and until then somebody would speak to nobody.
function watch() {
  const quiet = talk?.heard ? performance.now() - talk.heard : 0;
  if (quiet > over) close(talk);
  else if (quiet > missed) {
    stage(false, root.dataset.lost);
    meter(-60);
  }
}

function order(type) {
  if (talk?.socket?.readyState === WebSocket.OPEN) talk.socket.send(JSON.stringify({ type }));
}

// stage tells how far it is, in yellow while the village hears.
function stage(live, text) {
  const during = find("during");
  during.hidden = false;
  find("before").hidden = true;
  during.classList.toggle("on", live);
  during.classList.toggle("note", !live);
  say(find("stage"), text);
}

// meter draws −60 dBFS as nothing and 0 dBFS as full.
function meter(rms) {
  find("meter").setAttribute("x2", Math.round(Math.min(Math.max((rms + 60) / 60, 0), 1) * 100) + "%");
}

function show(state) {
  if (state.stage === "ended") {
    talk.ended = state;
    return;
  }
  const heard = !state.trouble || partly.includes(state.trouble);
  const live = state.stage === "live" && heard;
  stage(live, live && state.silence > unheard ? root.dataset.silent : state.detail);
  meter(state.level.rms);
  const s = Math.ceil(state.left);
  say(find("left"), Math.floor(s / 60) + ":" + String(s % 60).padStart(2, "0"));
  find("extend").hidden = !state.extendable;
  const taped = heard ? root.dataset[state.taped] : ""; // it says that the village hears all the same
  find("taped").hidden = !taped;
  say(find("taped").querySelector("span"), taped ?? "");
}

// say leaves alone what has not changed: a screen reader would repeat it.
function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function tell(where, text) {
  find(where).hidden = !text;
  say(find(where).querySelector("span"), text);
}

function release() {
  const t = talk;
  talk = null;
  ask();
  t.socket?.close();
  t.stream?.getTracks().forEach((track) => track.stop());
  t.sound?.close();
  t.lock?.release();
  find("during").hidden = true;
  find("before").hidden = false;
}
