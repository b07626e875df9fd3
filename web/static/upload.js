// A sound for an upload field: it goes to the board in pieces as soon as a file is
// chosen, and stays on this phone until the board has it, across a line that is gone, a
// reload and a sign-in that has ended.
import * as store from "./takes.js";
import { follow, send } from "./queue.js";

const fill = (text, ...args) => text.replace(/\{(\d)\}/g, (_, i) => args[i] ?? "");

// changed tells the form around a field that what it holds is another.
const changed = (box) => box.dispatchEvent(new Event("input", { bubbles: true }));

// pageOf is the page where a file belongs: of a new notice the one that it will have, so
// that no other notice takes it.
const pageOf = (box) => (box.closest("[data-draft]") ? "/announcements/" + box.closest("form").elements.key.value : location.pathname);

// placeOf is where a file belongs that this phone keeps: the field, for this person.
const placeOf = (box) => ["field", document.getElementById("main").dataset.me, pageOf(box), box.querySelector("[data-take]").name].join(":");

async function upload(box, file) {
  const id = [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, "0")).join("");
  box.dataset.current = id; // another file may be chosen meanwhile: that one is meant then
  const take = { id, key: placeOf(box), path: pageOf(box), title: [file.name, box.closest("[data-draft]")?.elements.title.value].filter(Boolean).join(" – "), type: file.type, file: file.name, state: "sending", from: 0, to: 0, length: 0 };
  tell(box, id, 0, fill(box.dataset.going, 0));
  const before = await ofField(box);
  let kept = true;
  try {
    const size = 4 << 20;
    for (let n = 0; n * size < file.size; n++) await store.add(id, n, file.slice(n * size, (n + 1) * size));
    await store.save(take);
  } catch {
    kept = false; // the phone has no room: the page alone holds it
  }
  if (box.dataset.current !== id) return store.remove(id).catch(() => {}); // another was chosen while this one was written
  for (const old of before) await store.remove(old.id).catch(() => {});
  box.toggleAttribute("data-kept", kept); // from here on a reload loses nothing
  await ship(box, take, file, kept);
}

// ofField are the takes that this phone keeps for a field.
async function ofField(box) {
  try {
    return (await store.all()).filter((t) => t.key === placeOf(box) && t.state !== "dropped");
  } catch {
    return []; // switched off in this browser
  }
}

// tell shows how far a file is.
function tell(box, id, percent, text) {
  const bar = box.querySelector("progress");
  bar.value = percent;
  bar.hidden = false;
  const going = document.createElement("p");
  going.className = "st wait";
  going.dataset.import = id;
  going.dataset.done = percent;
  going.textContent = text;
  box.querySelector("[data-taken]").replaceChildren(going);
}

// ship sends a file until the board has said what became of it.
async function ship(box, take, file, kept) {
  box.dataset.current = take.id;
  const given = () => box.dataset.current !== take.id;
  let percent = 0;
  let noted = false; // that something is on its way belongs to the draft
  const going = (part, text) => {
    if (given()) return;
    percent = part;
    tell(box, take.id, percent, text);
    if (!noted) changed(box);
    noted = true;
  };
  try {
    const answer = await send(file, { key: take.id, filename: take.file }, {
      dropped: given,
      progress: (part) => going(Math.floor(100 * part), part < 1 ? fill(box.dataset.going, Math.floor(100 * part)) : box.dataset.working),
      working: going,
      lost(why) {
        going(percent, why.say ?? (why.parked ? box.dataset.signedOut : box.dataset.lost));
        if (why.parked && kept && !given()) location.reload(); // the page leads to the sign-in and comes back
      },
    });
    if (!given()) done(box, answer);
  } catch (e) {
    if (given()) return;
    // Refused, not heard: what a recorder gave may be nowhere else than here.
    take.refused = e.say ?? box.dataset.failed;
    if (kept) await store.save(take).catch(() => {});
    return refused(box, take, file, kept);
  }
  await store.remove(take.id).catch(() => {});
}

// aside takes out of a form what was chosen for other words, and gives the way back; null
// where there is nothing. The key of the notice goes along: what is on its way belongs to
// it, and must not come in under the words that are there now.
export function aside(form) {
  const { key } = form.elements;
  const was = key.value;
  const boxes = [...form.querySelectorAll("[data-upload]")].map((box) => ({ box, id: box.querySelector("[data-take]").value, told: [...box.querySelector("[data-taken]").children] }));
  if (!boxes.some(({ told }) => told.length)) return null;
  const put = (box, id, told) => {
    box.dataset.current = ""; // nothing that is under way is meant any more
    box.querySelector("progress").hidden = true;
    box.querySelector("[data-take]").value = id;
    box.querySelector("[data-taken]").replaceChildren(...told);
    changed(box);
  };
  key.value = was.slice(0, -12) + [...crypto.getRandomValues(new Uint8Array(6))].map((b) => b.toString(16).padStart(2, "0")).join("");
  for (const { box } of boxes) put(box, "", []);
  return () => {
    key.value = was;
    for (const { box, id, told } of boxes) put(box, id, told);
    resume();
  };
}

function fail(box, text) {
  box.querySelector("progress").hidden = true;
  const told = document.createElement("p");
  told.className = "fault";
  told.textContent = text;
  box.querySelector("[data-taken]").replaceChildren(told);
  changed(box);
  return told;
}

// refused tells why the board does not have a file, and offers to send it once more.
function refused(box, take, file, kept) {
  const again = document.createElement("button");
  again.type = "button";
  again.className = "line";
  again.dataset.shipAgain = "";
  again.textContent = box.dataset.again;
  again.addEventListener("click", () => {
    delete take.refused;
    ship(box, take, file, kept);
  });
  fail(box, take.refused).after(again);
}

// watch tells of a file that another page, or another phone, has sent, and that the
// board still works on.
async function watch(box, id) {
  box.dataset.current = id;
  const given = () => box.dataset.current !== id;
  const to = { dropped: given, moved() {}, working: (percent, text) => given() || tell(box, id, percent, text) };
  for (;;) {
    try {
      const answer = await follow(id, to);
      if (!given()) done(box, answer, true);
      return;
    } catch (e) {
      if (given()) return;
      if (e.gone) return fail(box, box.dataset.failed);
      await new Promise((later) => setTimeout(later, 3000));
    }
  }
}

// done shows what became of a file, and goes on to its page where there is one.
function done(box, { status, text }, stay) {
  box.querySelector("progress").hidden = true;
  box.querySelector("[data-taken]").innerHTML = text;
  const taken = box.querySelector("[data-id]");
  box.querySelector("[data-take]").value = taken?.dataset.id ?? "";
  changed(box);
  if (status === 200 && box.dataset.then && !stay) location.assign(fill(box.dataset.then, taken.dataset.id, "again" in taken.dataset ? "recorded-again" : "recorded"));
}

document.addEventListener("click", (e) => {
  const use = e.target.closest("[data-upload] [data-use]");
  if (!use) return;
  e.preventDefault(); // the recording that was there is taken instead
  const box = use.closest("[data-upload]");
  const told = box.querySelector("[data-taken]");
  const taken = told.querySelector("[data-id]");
  const sounds = [...told.querySelectorAll("audio")];
  box.querySelector("[data-take]").value = taken.dataset.id = use.dataset.use;
  taken.querySelector("span").textContent = fill(box.dataset.used, use.dataset.title);
  for (const sound of sounds) sound.src = use.dataset.sound;
  told.replaceChildren(taken, ...sounds.slice(-1)); // nothing else of the one that was sent
  changed(box);
});

document.addEventListener("change", (e) => {
  const box = e.target.type === "file" && e.target.closest("[data-upload]");
  if (!box || !e.target.files.length) return;
  const [file] = e.target.files;
  upload(box, file);
  e.target.value = ""; // the form need not send it again
});

// resume goes on with what was on its way when the page was left. What was left in a form
// for something new, which has no name yet, is not for whatever comes next.
export async function resume() {
  const again = /reload|back/.test(performance.getEntriesByType("navigation")[0]?.type) || new URL(document.referrer || location.href).pathname === "/sign-in";
  for (const box of document.querySelectorAll("[data-upload]")) {
    const going = box.querySelector("[data-import]");
    const [take] = again || !pageOf(box).endsWith("/new") ? await ofField(box) : [];
    const file = take && (await store.sound(take));
    if (box.dataset.current) continue; // another was chosen meanwhile
    if (file?.size) for (let d = box.closest("details"); d; d = d.parentElement.closest("details")) d.open = true;
    if (file?.size && take.refused) refused(box, take, file, true);
    else if (file?.size) ship(box, take, file, true);
    else if (going) watch(box, going.dataset.import);
  }
}
// What would go without a file that was chosen for it is kept back until the file is
// there, or somebody says that it may go without.
//
// holding watches over a form; lacking gives the names of what its files are for and are
// not there. What it returns keeps back what a button would send, and says whether it did.
export function holding(form, lacking) {
  const note = form.querySelector("[data-held]");
  let pressed = null; // what was held back
  let without = false; // it goes as it is

  note.querySelector("button").addEventListener("click", () => {
    without = true;
    form.requestSubmit(pressed);
    without = false;
  });
  form.addEventListener("input", () => (note.hidden ||= !lacking().length));

  return (by) => {
    const told = lacking();
    note.hidden = without || !told.length;
    if (note.hidden) return false;
    pressed = by;
    note.querySelector("p span").textContent = note.dataset.held.replaceAll("{0}", told.join(", "));
    note.scrollIntoView({ block: "nearest" });
    return true;
  };
}

// waits says whether the file of an upload field is on its way, or was refused.
export const waits = (box) => !!box.querySelector("[data-taken] :is([data-import],.fault)");

if (!document.querySelector("[data-draft]")) resume(); // else what was kept of the form comes first
