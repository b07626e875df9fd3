// The page on which somebody speaks live: the microphone to the board, and what
// the board says back.
import { busy } from "./app.js";

const root = document.querySelector("[data-microphone]");
const able = isSecureContext && navigator.mediaDevices?.getUserMedia && window.AudioWorkletNode;
const find = (name) => root.querySelector(`[data-${name}]`);
// What waits in the browser for a slow line is too old when it arrives: 1 s.
const waiting = 48600;
let talk = null;

if (root) {
  root.hidden = !able;
  document.querySelector("[data-unable]").hidden = !!able;
  find("start").addEventListener("click", start);
  find("stop").addEventListener("click", () => order("end"));
  find("extend").addEventListener("click", () => order("extend"));
  addEventListener("pagehide", () => talk?.socket?.close(1000));
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
  t.socket.addEventListener("message", (e) => show(JSON.parse(e.data)));
  t.socket.addEventListener("close", () => {
    if (talk !== t) return;
    release();
    const meant = ["speaker", "limit"].includes(t.ended?.cause);
    tell(meant ? "done" : "why", t.ended?.detail ?? root.dataset.broken);
  });
  t.lock = await navigator.wakeLock?.request("screen").catch(() => null); // the screen stays on
}

function order(type) {
  if (talk?.socket?.readyState === WebSocket.OPEN) talk.socket.send(JSON.stringify({ type }));
}

function show(state) {
  const during = find("during");
  if (state.stage === "ended") {
    talk.ended = state;
    return;
  }
  during.hidden = false;
  find("before").hidden = true;
  during.classList.toggle("on", state.stage === "live");
  during.classList.toggle("note", state.stage !== "live");
  say(find("stage"), state.detail);
  find("meter").setAttribute("x2", Math.round(Math.min(Math.max((state.level.rms + 60) / 60, 0), 1) * 100) + "%");
  const s = Math.ceil(state.left);
  say(find("left"), Math.floor(s / 60) + ":" + String(s % 60).padStart(2, "0"));
  find("extend").hidden = !state.extendable;
  const taped = root.dataset[state.taped];
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
  t.socket?.close();
  t.stream?.getTracks().forEach((track) => track.stop());
  t.sound?.close();
  t.lock?.release();
  find("during").hidden = true;
  find("before").hidden = false;
}
