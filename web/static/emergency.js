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

// show lets a recording be seen and heard that a language has, and words of its own.
function show(box) {
  const id = box.querySelector("input[type=hidden]").value;
  const recorded = box.querySelector("[data-recorded]");
  recorded.hidden = !id;
  if (id) recorded.querySelector("audio").src = `/api/v1/recordings/${id}/audio`;
  box.querySelector("details").open = !!box.querySelector("textarea").value;
}

// prepared puts what was prepared with a message into the form. Words of the author's own
// in a language stay.
function prepared(radio, plans) {
  const plan = JSON.parse(radio.dataset.plan);
  for (const box of form.querySelectorAll("[data-own]")) {
    const lang = box.dataset.own;
    const said = plan.messages[lang] ?? {};
    const id = said.recording ?? "";
    box.querySelector("input[type=hidden]").value = id;
    box.querySelector("[name=recorded]").checked = !!id;
    const text = box.querySelector("textarea");
    if (!text.value.trim() || plans.some((p) => p.messages[lang]?.text === text.value)) text.value = said.text ?? "";
    show(box);
  }
  const zones = [...form.querySelectorAll("[name=zone]")];
  const some = zones.some((z) => plan.zones.includes(z.value)); // else all of them
  for (const zone of zones) zone.checked = !some || plan.zones.includes(zone.value);
  form.querySelector(`[name=siren][value="${plan.siren ? 1 : 0}"]`).checked = true;
  form.elements.repeat.value = plan.repeat || "";
  keep(false);
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
  addEventListener("pageshow", (e) => {
    if (!e.persisted) return; // it has just come in whole, perhaps under a thumb that holds already
    raised = false;
    release();
  });
  restore();
  form.querySelectorAll("[data-own]").forEach(show);
  templates(form);
  form.addEventListener("input", () => keep(false));
  form.addEventListener("submit", (e) => keep(e.submitter?.value !== "read"));
  const plans = [...form.querySelectorAll("[data-plan]")].map((r) => JSON.parse(r.dataset.plan));
  form.addEventListener("change", (e) => e.target.name === "what" && e.target.checked && prepared(e.target, plans)); // unless its words were refused
  // What a voice reads was shown of another text.
  form.addEventListener("input", (e) => /^(text|recorded|what|language)/.test(e.target.name) && form.querySelector("[data-heard]").replaceChildren());
}
