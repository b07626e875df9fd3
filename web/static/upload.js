// A sound for an upload field: sent as soon as a file is chosen, with progress.
const fill = (text, ...args) => text.replace(/\{(\d)\}/g, (_, i) => args[i] ?? "");

// changed tells the form around a field that what it holds is another.
const changed = (box) => box.dispatchEvent(new Event("input", { bubbles: true }));

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
    changed(box);
    follow(box, id, () => over);
  };
  send.onload = () => {
    over = true;
    if (given()) return;
    bar.hidden = true;
    if (new URL(send.responseURL).pathname !== box.dataset.upload) {
      changed(box);
      return location.reload(); // signed out: the page leads to the sign-in and comes back
    }
    if (send.status !== 200 && send.status !== 422) return failed();
    told.innerHTML = send.responseText;
    box.querySelector("[data-take]").value = told.querySelector("[data-id]")?.dataset.id ?? "";
    changed(box);
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
    changed(box);
    if (going) {
      bar.value = going.dataset.done;
      continue;
    }
    box.querySelector("[data-take]").value = told.querySelector("[data-id]")?.dataset.id ?? "";
    changed(box);
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
  changed(box);
});

document.addEventListener("change", (e) => {
  const box = e.target.type === "file" && e.target.closest("[data-upload]");
  if (!box || !e.target.files.length) return;
  upload(box, e.target.files[0]);
  e.target.value = ""; // the form need not send it again
});

// resume goes on with what was on its way when the page was left.
export function resume() {
  for (const box of document.querySelectorAll("[data-upload]")) {
    const going = box.querySelector("[data-import]");
    if (going) follow(box, going.dataset.import);
  }
}
if (!document.querySelector("[data-draft]")) resume(); // else what was kept of the form comes first
