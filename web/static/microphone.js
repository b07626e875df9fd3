// The microphone's way into packets: mono, 24 kHz, 20 ms each, in the browser's
// sound thread. The board's docs/API.md tells the form of a packet.
const rate = 24000;
const length = 480; // frames of a packet
const head = 12; // bytes before them
const fine = 256; // places of the low-pass between two frames

// lowPass is a sinc with a Blackman window, for every place between two frames.
// Its corner is at 10.5 kHz, or where the microphone's own sound ends.
function lowPass(half) {
  const corner = Math.min(21000 / sampleRate, 1);
  const taps = new Float32Array(2 * half * fine + 1);
  for (let i = 0; i < taps.length; i++) {
    const x = i / fine - half;
    const w = 0.42 + 0.5 * Math.cos((Math.PI * x) / half) + 0.08 * Math.cos((2 * Math.PI * x) / half);
    taps[i] = (x === 0 ? corner : Math.sin(Math.PI * corner * x) / (Math.PI * x)) * w;
  }
  return taps;
}

class Microphone extends AudioWorkletProcessor {
  step = sampleRate / rate;
  half = Math.ceil(16 * Math.max(1, sampleRate / rate));
  taps = lowPass(this.half);
  past = new Float32Array(2 * this.half); // frames before this block
  at = this.half; // of the next frame that goes out, in past and the block
  seq = 0;
  frames = new Int16Array(length);
  filled = 0;

  process([input]) {
    const block = this.mono(input);
    if (block) this.take(block);
    return true;
  }

  mono(input) {
    if (!input.length) return null;
    const block = new Float32Array(this.past.length + input[0].length);
    block.set(this.past);
    for (const channel of input) for (let i = 0; i < channel.length; i++) block[this.past.length + i] += channel[i] / input.length;
    return block;
  }

  take(block) {
    const size = this.past.length;
    while (this.at + this.half < block.length) {
      this.put(this.between(block, this.at));
      this.at += this.step;
    }
    this.at -= block.length - size;
    this.past = block.slice(block.length - size);
  }

  // between is the low-passed sound at a place between two frames.
  between(block, at) {
    const first = Math.ceil(at - this.half);
    let place = (first - at + this.half) * fine;
    let sum = 0;
    for (let i = first; i <= at + this.half; i++, place += fine) sum += block[i] * this.taps[Math.round(place)];
    return sum;
  }

  put(v) {
    this.frames[this.filled++] = Math.round(Math.min(Math.max(v, -1), 1) * 32767);
    if (this.filled < length) return;
    this.filled = 0;
    const packet = new DataView(new ArrayBuffer(head + 2 * length));
    packet.setUint32(0, this.seq++, true);
    packet.setBigUint64(4, BigInt(Math.round(currentTime * 1e6)), true);
    for (let i = 0; i < length; i++) packet.setInt16(head + 2 * i, this.frames[i], true);
    this.port.postMessage(packet.buffer, [packet.buffer]);
  }
}

registerProcessor("microphone", Microphone);
