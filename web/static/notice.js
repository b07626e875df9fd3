// A new notice: its sheets, its draft, its preview, and the sentence that says what
// sending will do.
import { busy } from "./app.js";
import { blanks } from "./blanks.js";
import { draft } from "./draft.js";
import { aside, holding, resume, waits } from "./upload.js";
import "./recur.js";

const form = document.querySelector("[data-draft]");
const { title, text, step } = form.elements;
const fill = (words, ...args) => words.replace(/\{(\d)\}/g, (_, i) => args[i] ?? "");

// ---- the sheets: each has an address of its own, so that Back leads to the one before

const steps = ["what", "write", "send"];

function show(at, focus) {
  step.value = form.dataset.step = at;
  if (focus) {
    scrollTo(0, 0);
    document.getElementById(at).focus({ preventScroll: true });
  }
}

function go(at) {
  if (at === step.value) return;
  history.pushState({ from: step.value }, "", at === "what" ? location.pathname : "#" + at);
  show(at, true);
}

// back leads where the browser's own Back leads, where there is such a place.
function back() {
  const before = steps[Math.max(0, steps.indexOf(step.value) - 1)];
  if (history.state?.from === before) history.back();
  else go(before);
}

addEventListener("popstate", () => {
  const at = location.hash.slice(1);
  show(steps.includes(at) && (at === "write" || title.value) ? at : "what", true);
});

// ---- preview

async function read(part) {
  const body = new FormData();
  body.set("text", text.value);
  body.set("part", part);
  return fetch(form.dataset.preview, { method: "POST", body, credentials: "same-origin" });
}

// The words are there at once; a long text is spoken for a minute.
async function preview(button) {
  const box = document.getElementById("preview");
  busy(button, true);
  try {
    let answer = await read("words");
    if (answer.redirected) return location.reload();
    box.innerHTML = await answer.text();
    let sound = box.querySelector("[data-sound]");
    if (!sound || !answer.ok) return;
    answer = await read("sound");
    sound = box.querySelector("[data-sound]");
    sound.innerHTML = await answer.text();
    sound.querySelector("audio")?.play().catch(() => {}); // the browser wants another tap
  } catch {
    (box.querySelector("[data-sound]") ?? box).textContent = form.dataset.offline;
  } finally {
    busy(button, false);
  }
}

// ---- the sentence

function review() {
  const p = form.querySelector("[data-review]");
  const told = [...form.querySelectorAll(".tongue")].filter((t) => t.querySelector("[name=language]").checked).map((t) => t.dataset.tongue);
  const last = told.length > 1 ? " " + p.dataset.and + " " + told.pop() : "";
  const languages = told.join(", ") + last;
  const chosen = form.querySelector("[name=when]:checked");
  const says = !chosen || chosen.value === "later" ? p.dataset.keep : p.dataset.review;
  const named = title.value.trim() || p.dataset.untitled;
  p.textContent = fill(says, "", named, chosen?.dataset.say ?? "", languages).replace(/\s+/g, " ");
  form.querySelector("[data-tongues] summary span").textContent = fill(p.dataset.in, languages);
}

// ---- a file that the board does not have yet

// lacking are the languages whose file is on its way, or was refused.
const lacking = () =>
  [...form.querySelectorAll(".tongue")]
    .filter((t) => t.querySelector("[name=language]:checked") && !t.querySelector("[value=voice]:checked") && waits(t))
    .map((t) => t.dataset.tongue);
const hold = holding(form, lacking);

// ---- what is pressed

// whole says whether the words are: else the board says what is missing.
const whole = () => title.value.trim() && !/\[[^\]\n]+\]/.test(title.value + text.value) && !form.querySelector("[data-sheet=write] [aria-invalid=true]");

// onward takes Enter in a blank to the next one; behind the last the keyboard goes.
function onward() {
  const all = [...form.querySelectorAll("[name^='blank:']")];
  const at = all.indexOf(document.activeElement);
  if (at < 0) return false;
  if (all[at + 1]) all[at + 1].focus();
  else all[at].blur();
  return true;
}

const { keep, restore, sending } = draft(form);
const templates = blanks(form, go, aside);

form.addEventListener("submit", (e) => {
  const by = e.submitter;
  keep();
  const mine = {
    next: () => step.value === "send" || onward() || (whole() && (go("send"), true)),
    back: () => (back(), true),
    preview: () => (preview(by), true),
    send: () => hold(by),
    draft: () => hold(by),
  };
  if (by?.name === "pick") {
    e.preventDefault();
    templates.pick(by.value);
  } else if (mine[by?.value]?.()) e.preventDefault();
  else sending();
});

let timer = 0;
form.addEventListener("input", () => {
  review();
  clearTimeout(timer);
  timer = setTimeout(keep, 400);
});
addEventListener("pagehide", keep);

const there = restore();
if (there) templates.show(there.blanks);
// A page that was loaded anew, or comes back from the sign-in, is where it was.
const kind = performance.getEntriesByType("navigation")[0]?.type;
const asked = location.hash.slice(1);
const again = kind === "reload" || kind === "back_forward" || new URL(document.referrer || location.href).pathname === "/sign-in";
if (there && (again || asked || form.dataset.step !== "what")) show(steps.includes(there.step) ? there.step : "write");
else if (there) {
  const card = form.querySelector("[data-go-on]");
  const said = card.querySelector("[data-go-on-said]");
  said.textContent = fill(said.dataset.goOnSaid, title.value || text.value.slice(0, 40));
  card.hidden = false;
  card.querySelector("button").addEventListener("click", () => go(there.step === "send" ? "send" : "write"));
}
review();
resume();
form.dataset.ready = "";
