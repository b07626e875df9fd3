// A new notice: draft, preview, uploads, and the sentence that says what
// sending will do.
import { busy } from "./app.js";
import { blanks } from "./blanks.js";
import "./recur.js";

const form = document.querySelector("[data-draft]");
const fill = (text, ...args) => text.replace(/\{(\d)\}/g, (_, i) => args[i] ?? "");

// ---- draft: kept on this device until the notice has been sent

const kept = ["topic", "title", "text", "when", "slot", "day", "from", "until", "date", "time", "priority",
  "rhythm", "rday", "mday", "mlast", "lday", "feast", "yday", "ymonth", "before", "cycle", "rstart", "by", "rslot", "rtime", "runtil", "rcount", "rule"];

function store() {
  try {
    return localStorage;
  } catch {
    return null; // switched off in this browser
  }
}

function keep() {
  const draft = {};
  const now = new FormData(form);
  for (const name of kept) draft[name] = now.getAll(name);
  draft.blanks = [...now].filter(([name]) => /^(filled$|blank:|was:)/.test(name));
  draft.takes = [...form.querySelectorAll("[data-upload]")].map((box) => [box.querySelector("[data-take]").value, box.querySelector("[data-taken]").innerHTML]);
  draft.how = [...form.querySelectorAll("[name^=how_]:checked")].map((r) => [r.name, r.value]);
  try {
    store()?.setItem(form.dataset.draft, JSON.stringify(draft));
  } catch {
    return; // full: the page itself still has the words
  }
  const told = document.querySelector("[data-draft-told]");
  const at = new Date();
  told.textContent = fill(told.dataset.saved, String(at.getHours()).padStart(2, "0") + ":" + String(at.getMinutes()).padStart(2, "0"));
}

function restore() {
  const raw = store()?.getItem(form.dataset.draft);
  if (!raw || form.elements.text.value || form.elements.title.value || form.querySelector("[data-id]")) return; // what the server says is newer
  const draft = JSON.parse(raw);
  const nth = {}; // of the fields that have the same name
  for (const field of form.elements) {
    const values = draft[field.name];
    if (!values) continue;
    if (field.type === "radio" || field.type === "checkbox") field.checked = values.includes(field.value);
    else field.value = values[(nth[field.name] = (nth[field.name] ?? -1) + 1)] ?? "";
  }
  for (const [name, value] of draft.how ?? []) {
    const radio = form.querySelector(`[name="${name}"][value="${value}"]`);
    if (radio) radio.checked = true;
  }
  [...form.querySelectorAll("[data-upload]")].forEach((box, i) => {
    const [id, told] = draft.takes?.[i] ?? [];
    if (!(id || told?.includes("data-import")) || box.querySelector("[data-take]").value) return;
    box.querySelector("[data-take]").value = id;
    box.querySelector("[data-taken]").innerHTML = told;
  });
  const when = [...form.querySelectorAll("[name=when]")];
  if (when.length && !when.some((r) => r.checked)) when[0].checked = true; // that slot has passed
  return draft.blanks;
}

if (["sent", "kept"].includes(new URLSearchParams(location.search).get("told"))) {
  for (const key of Object.keys(store() ?? {})) if (key.startsWith("notice")) store().removeItem(key);
}

// ---- preview

async function read(part) {
  const body = new FormData();
  body.set("text", form.elements.text.value);
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
  if (!p) return;
  const languages = [...form.querySelectorAll(".tongue")].filter((t) => t.querySelector("[name=language]").checked).map((t) => t.dataset.tongue);
  const last = languages.length > 1 ? " " + p.dataset.and + " " + languages.pop() : "";
  const chosen = form.querySelector("[name=when]:checked");
  const when = chosen?.dataset.say ?? "";
  const says = !chosen || chosen.value === "later" ? p.dataset.keep : p.dataset.review;
  const title = form.elements.title.value.trim() || p.dataset.untitled;
  p.textContent = fill(says, p.dataset.village, title, when, languages.join(", ") + last).replace(/\s+/g, " ");
}

// ---- uploads: sent as soon as a file is chosen, with progress

function upload(box, file) {
  const bar = box.querySelector("progress");
  const told = box.querySelector("[data-taken]");
  const body = new FormData();
  body.set(box.querySelector("[type=file]").name, file);
  const send = new XMLHttpRequest();
  const id = [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, "0")).join("");
  box.dataset.current = id; // another file may be chosen meanwhile: that one is meant then
  const given = () => box.dataset.current !== id;
  const failed = () => {
    if (given()) return;
    bar.hidden = true;
    told.textContent = box.dataset.failed;
    told.classList.add("bad");
  };
  bar.value = 0;
  bar.hidden = false;
  told.classList.remove("bad");
  let whole = false;
  let over = false;
  send.upload.onprogress = (e) => {
    if (given()) return;
    bar.value = (100 * e.loaded) / e.total;
    if (e.loaded < e.total) told.textContent = fill(box.dataset.going, Math.floor(bar.value));
  };
  send.upload.onload = () => {
    whole = true;
    if (given()) return;
    const going = document.createElement("p"); // what is kept of it is looked up after a reload
    going.className = "st wait";
    going.dataset.import = id;
    going.dataset.done = 0;
    going.textContent = box.dataset.working;
    told.replaceChildren(going);
    if (form) keep();
    follow(box, id, () => over);
  };
  send.onload = () => {
    over = true;
    if (given()) return;
    bar.hidden = true;
    if (new URL(send.responseURL).pathname !== box.dataset.upload) {
      if (form) keep();
      return location.reload(); // signed out: the page leads to the sign-in and comes back
    }
    if (send.status !== 200 && send.status !== 422) return failed();
    told.innerHTML = send.responseText;
    box.querySelector("[data-take]").value = told.querySelector("[data-id]")?.dataset.id ?? "";
    if (form) keep();
    arrived(box, send.status);
  };
  send.onerror = () => {
    if (!whole) failed(); // else the board has it, and how far it is is asked for
  };
  send.open("POST", box.dataset.upload + "?import=" + id);
  send.send(body);
}

// arrived goes on to the page that shows what became of a recording, where there is one.
function arrived(box, status) {
  if (status === 200 && box.dataset.then) {
    const done = box.querySelector("[data-id]");
    location.assign(fill(box.dataset.then, done.dataset.id, "again" in done.dataset ? "recorded-again" : "recorded"));
  }
}

// follow shows how far an import is until it is over; the page may have been
// loaded anew meanwhile. Who sent it shows what became of it, unless it has left.
async function follow(box, id, over = () => false) {
  const bar = box.querySelector("progress");
  const told = box.querySelector("[data-taken]");
  box.dataset.current = id;
  const done = () => over() || box.dataset.current !== id;
  for (let silent = 0; silent < 400; ) {
    await new Promise((later) => setTimeout(later, silent < 5 ? 700 : 5000)); // a line may be gone for half an hour
    if (done()) return;
    const answer = await fetch("/takes/" + id, { credentials: "same-origin" }).catch(() => null);
    if (done()) return;
    if (!answer) {
      silent++;
      continue;
    }
    if (answer.redirected) return location.reload(); // signed out: as above
    if (answer.status === 404 && silent++ < 3) continue; // not begun yet
    if (answer.status >= 500) {
      silent++;
      continue;
    }
    silent = 0;
    const words = await answer.text();
    if (done()) return;
    told.innerHTML = words;
    const going = told.querySelector("[data-import]");
    bar.hidden = !going;
    if (form) keep();
    if (going) {
      bar.value = going.dataset.done;
      continue;
    }
    box.querySelector("[data-take]").value = told.querySelector("[data-id]")?.dataset.id ?? "";
    if (form) keep();
    arrived(box, answer.status);
    return;
  }
}

document.addEventListener("click", (e) => {
  const use = e.target.closest("[data-upload] [data-use]");
  if (!use) return;
  e.preventDefault(); // the recording that was there is taken instead
  const box = use.closest("[data-upload]");
  const told = box.querySelector("[data-taken]");
  const done = told.querySelector("[data-id]");
  const sounds = [...told.querySelectorAll("audio")];
  box.querySelector("[data-take]").value = done.dataset.id = use.dataset.use;
  done.querySelector("span").textContent = fill(box.dataset.used, use.dataset.title);
  for (const sound of sounds) sound.src = use.dataset.sound;
  told.replaceChildren(done, ...sounds.slice(-1)); // nothing else of the one that was sent
  if (form) keep();
});

document.addEventListener("change", (e) => {
  const box = e.target.type === "file" && e.target.closest("[data-upload]");
  if (!box || !e.target.files.length) return;
  upload(box, e.target.files[0]);
  e.target.value = ""; // the form need not send it again
});

// ---- a rendition on its way: look again until it is ready

async function lookAgain(tries) {
  const box = document.querySelector("[data-pending]");
  if (!box || tries === 0) return;
  await new Promise((later) => setTimeout(later, 3000));
  try {
    const answer = await fetch(location.pathname, { credentials: "same-origin" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("renditions");
    const busyHere = box.contains(document.activeElement) || box.querySelector("[data-id]") || [...box.querySelectorAll("audio")].some((a) => !a.paused);
    if (answer.ok && fresh && !busyHere) {
      box.replaceWith(fresh);
      document.getElementById("next").replaceWith(page.getElementById("next"));
    }
  } catch {
    // The line is down: the next look may do better.
  }
  lookAgain(tries - 1);
}
lookAgain(40);

// ---- words being changed: kept in this tab until they are saved

const words = document.querySelector("[data-words]");

function tab() {
  try {
    return sessionStorage;
  } catch {
    return null; // switched off in this browser
  }
}

function rework() {
  const { revision, title, text } = words.elements;
  const key = words.dataset.words;
  const box = words.closest("details");
  if (new URLSearchParams(location.search).get("told") === "edited") tab()?.removeItem(key);
  const kept = tab()?.getItem(key);
  if (kept && !box.open) {
    // Of the revision that was changed: the server says when there is a newer one.
    [revision.value, title.value, text.value] = JSON.parse(kept);
    box.open = true;
    words.querySelector("[data-words-kept]").hidden = false;
  }
  words.addEventListener("input", () => {
    try {
      tab()?.setItem(key, JSON.stringify([revision.value, title.value, text.value]));
    } catch {
      // Full: the page itself still has the words.
    }
  });
}

if (words) rework();

if (form) {
  const filled = restore();
  blanks(form)(filled);
  review();
  let timer = 0;
  form.addEventListener("input", () => {
    review();
    clearTimeout(timer);
    timer = setTimeout(keep, 400);
  });
  form.addEventListener("submit", (e) => {
    keep();
    if (e.submitter?.value !== "preview") return;
    e.preventDefault();
    preview(e.submitter);
  });
}

// Only now: what was on its way when the page was left may be part of the draft.
for (const box of document.querySelectorAll("[data-upload]")) {
  const going = box.querySelector("[data-import]");
  if (going) follow(box, going.dataset.import);
}
