// The emergency form: two seconds of holding instead of a second page.
import "./app.js";
import { templates } from "./template.js";

const form = document.querySelector("[data-emergency]");
const button = form?.querySelector("[data-hold]");
let timer = 0;
let raised = false; // it is on its way to the board

// ---- what was typed: kept in this tab until the siren sounds

const mine = "emergency";
const fresh = 15 * 60000; // left for so long, in ms, it is of another danger

function tab() {
  try {
    return sessionStorage;
  } catch {
    return null; // switched off in this browser
  }
}

function keep(sent) {
  const all = {};
  for (const [name, value] of new FormData(form)) if (!/pin|password|^do$/.test(name)) (all[name] ??= []).push(value);
  try {
    tab()?.setItem(mine, JSON.stringify({ all, sent, at: Date.now(), search: location.search }));
  } catch {
    // Full: the page itself still has the words.
  }
}

// restore brings back what was left by Back, a page loaded anew, a line that was gone, or
// a sign-in that had ended; not what an answer of the board is newer than.
function restore() {
  const kept = JSON.parse(tab()?.getItem(mine) ?? "null");
  const kind = performance.getEntriesByType("navigation")[0]?.type;
  const again = kind === "reload" || kind === "back_forward" || new URL(document.referrer || location.href).pathname === "/sign-in";
  if (!kept || form.querySelector(".fault") || Date.now() - kept.at > fresh || (!again && (kept.sent || kept.search !== location.search))) return;
  const { text } = form.elements;
  const shown = text.value;
  const nth = {}; // of the fields that have the same name
  for (const field of form.elements) {
    if (!field.name || field.type === "submit" || /pin|password|^do$/.test(field.name)) continue;
    const values = kept.all[field.name] ?? [];
    if (field.type === "radio" || field.type === "checkbox") field.checked = values.includes(field.value);
    else field.value = values[(nth[field.name] = (nth[field.name] ?? -1) + 1)] ?? field.value;
  }
  if (text.value !== shown) form.querySelector("[data-heard]").replaceChildren();
}

function press(e) {
  if (e.button > 0 || timer || raised) return;
  if (!form.reportValidity()) return;
  button.classList.add("held");
  button.querySelector("span").textContent = button.dataset.holding;
  timer = setTimeout(raise, Number(button.dataset.hold));
}

function release() {
  clearTimeout(timer);
  timer = 0;
  button.classList.remove("held");
  button.querySelector("span").textContent = raised ? button.dataset.sending : button.dataset.held;
}

function raise() {
  raised = true;
  const yes = document.createElement("input");
  yes.type = "hidden";
  yes.name = "do";
  yes.value = "raise";
  form.append(yes);
  navigator.vibrate?.(200);
  form.requestSubmit();
  yes.remove(); // the page may come back
  release();
}

if (button) {
  button.type = "button"; // a tap does nothing, holding does
  button.dataset.armed = "1";
  button.querySelector("span").textContent = button.dataset.held;
  form.querySelector("[data-unhold]").hidden = false;
  button.addEventListener("pointerdown", press);
  for (const over of ["pointerup", "pointerleave", "pointercancel", "blur"]) button.addEventListener(over, release);
  button.addEventListener("contextmenu", (e) => e.preventDefault());
  button.addEventListener("keydown", (e) => {
    if ((e.key === " " || e.key === "Enter") && !e.repeat) press(e);
  });
  button.addEventListener("keyup", release);
  addEventListener("pageshow", () => {
    raised = false;
    release();
  });
  restore();
  templates(form);
  form.addEventListener("input", () => keep(false));
  form.addEventListener("submit", (e) => keep(e.submitter?.value !== "read"));
  // What a voice reads was shown of another text.
  form.querySelector("[name=text]").addEventListener("input", () => form.querySelector("[data-heard]").replaceChildren());
  form.addEventListener("change", (e) => e.target.name === "what" && form.querySelector("[data-heard]").replaceChildren());
}
