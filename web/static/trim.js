// A recording that is there is trimmed anew, from the sound as it came: drawn from its
// contour, which is a thousandth of it.
import { editor } from "./editor.js";

const rate = 20; // bytes of a contour in a second
const root = document.querySelector("[data-trim]");
const form = root.querySelector("form");
const fields = { from: form.elements.cut_from, to: form.elements.cut_to };

async function begin() {
  const answer = await fetch(root.dataset.trim + "?format=contour", { credentials: "same-origin" });
  if (!answer.ok) return; // the two fields do it without a picture
  const frames = Float32Array.from(new Uint8Array(await answer.arrayBuffer()), (top) => top / 255);
  const sound = { frames, rate, address: root.dataset.trim };
  const length = frames.length / rate;
  const number = (field) => Number(field.value.replace(",", ".")) || 0;
  const piece = { from: Math.min(number(fields.from), length - 0.2), to: number(fields.to) || length, length };
  piece.to = Math.min(length, piece.to);
  root.querySelector("[data-tools]").hidden = false;
  const settle = () => {
    fields.from.value = piece.from.toFixed(3);
    fields.to.value = piece.to >= length - 0.01 ? "" : piece.to.toFixed(3); // to the end, whatever its last frame
  };
  await editor(root.querySelector("[data-tools]"), root.dataset, piece, async () => sound, settle);
  root.querySelector("[data-plain]").hidden = true;
}

begin().catch(() => {}); // no line: the fields are there
