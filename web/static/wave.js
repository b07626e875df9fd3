// What a take is like: its outline to be drawn, and what a listener would say of
// it. The board measures again, and more.
const rate = 24000; // a horn gives less
const points = 480;

// A cheap phone has the memory to open so much: an hour took a page away, and again
// each time that it was opened.
const most = { seconds: 15 * 60, bytes: 12 << 20 }; // bytes of what does not say how long it is

// lasts is the length that a sound says it has, in seconds; Infinity: it does not say.
async function lasts(blob) {
  const sound = new Audio();
  sound.preload = "metadata";
  const told = new Promise((done) => {
    for (const e of ["loadedmetadata", "error"]) sound.addEventListener(e, done);
    setTimeout(done, 5000);
  });
  sound.src = URL.createObjectURL(blob);
  await told;
  const length = sound.duration;
  URL.revokeObjectURL(sound.src);
  return Number.isFinite(length) ? length : Infinity;
}

// decode opens a sound that this browser can open; mono, 24 kHz. It throws when the
// sound is too long for that.
export async function decode(blob) {
  const length = await lasts(blob);
  if (length > most.seconds && (length < Infinity || blob.size > most.bytes)) throw new Error("too long to be opened");
  const offline = new OfflineAudioContext(1, 1, rate);
  const sound = await offline.decodeAudioData(await blob.arrayBuffer());
  const frames = new Float32Array(sound.getChannelData(0));
  for (let c = 1; c < sound.numberOfChannels; c++) {
    const other = sound.getChannelData(c);
    for (let i = 0; i < frames.length; i++) frames[i] = (frames[i] * c + other[i]) / (c + 1);
  }
  return { frames, rate, length: frames.length / rate };
}

// outline is the highest magnitude in each of the spans between two instants.
export function outline({ frames, rate }, from, to) {
  const first = from * rate;
  const span = ((to - from) * rate) / points;
  const tops = new Array(points).fill(0);
  for (let p = 0; p < points; p++) {
    const start = Math.floor(first + p * span);
    const end = Math.min(frames.length, Math.max(start + 1, Math.floor(first + (p + 1) * span)));
    for (let i = start; i < end; i++) tops[p] = Math.max(tops[p], Math.abs(frames[i]));
  }
  return tops;
}

// running draws the last of what is being recorded, in the same box.
export const running = (tops) => tops.slice(-120).map((top, i) => stroke(4 * i + 2, top)).join("");

function stroke(x, top) {
  const high = 1 + 38 * Math.sqrt(Math.min(1, top)); // what is soft is to be seen as well
  return `M${x} ${(40 - high).toFixed(1)}V${(40 + high).toFixed(1)}`;
}

// path draws tops [from, to) as strokes in a box of 480 × 80.
export function path(tops, from, to) {
  let d = "";
  for (let p = Math.max(0, from); p < Math.min(points, to); p += 3) {
    const top = Math.max(tops[p] ?? 0, tops[p + 1] ?? 0, tops[p + 2] ?? 0);
    d += stroke(p + 1.5, top);
  }
  return d;
}

const decibels = (power) => 10 * Math.log10(power + 1e-12);

// judge lists the codes of what is wrong with a piece, as the board would.
export function judge({ frames }, from, to) {
  const grain = rate / 20; // 50 ms
  const levels = [];
  let pinned = 0;
  let n = 0;
  const end = Math.min(frames.length, Math.floor(to * rate));
  for (let i = Math.floor(from * rate); i + grain <= end; i += grain) {
    let sum = 0;
    for (let j = i; j < i + grain; j++) {
      sum += frames[j] * frames[j];
      if (Math.abs(frames[j]) > 0.985) pinned++;
    }
    n += grain;
    levels.push(decibels(sum / grain));
  }
  if (!n) return [];
  const sorted = [...levels].sort((a, b) => a - b);
  const floor = sorted[Math.floor(sorted.length * 0.03)];
  const speech = sorted[Math.floor(sorted.length * 0.9)];
  if (speech < -66) return ["silent"]; // nothing that could be raised
  const codes = [];
  if (pinned > n / 1000) codes.push("clipped");
  if (speech < -40) codes.push("quiet");
  if (sorted.length >= 60 && (floor > -35 || speech - floor < 20)) codes.push("noisy");
  let run = 0;
  let longest = 0;
  for (const l of levels) longest = Math.max(longest, (run = l < speech - 32 ? run + 1 : 0));
  if (longest >= 100) codes.push("long-silence");
  return codes;
}
