// The takes of this phone: kept in its own database until the board has them, so
// that a closed page, a flat battery or a bad line loses none.
const parts = "parts";
const takes = "takes";

let opened = null;

// A database that is switched off says so, or never says anything: then the takes
// live in the page.
const patience = 15000; // ms from the page's first look

function open() {
  opened ??= new Promise((done, failed) => {
    setTimeout(() => failed(new Error("no answer")), patience);
    const asked = indexedDB.open("loalang-takes", 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore(takes, { keyPath: "id" });
      asked.result.createObjectStore(parts, { keyPath: ["take", "n"] });
    };
    asked.onsuccess = () => done(asked.result);
    asked.onerror = asked.onblocked = () => failed(asked.error ?? new Error("blocked"));
  });
  return opened;
}

// act runs one transaction; what the request of use gives is what it gives.
async function act(mode, use) {
  const db = await open();
  return new Promise((done, failed) => {
    const t = db.transaction([takes, parts], mode);
    const asked = use(t.objectStore(takes), t.objectStore(parts));
    t.oncomplete = () => done(asked?.result);
    t.onerror = t.onabort = () => failed(t.error ?? new Error("aborted"));
  });
}

const of = (id) => IDBKeyRange.bound([id, 0], [id, Infinity]);

// save keeps what is known of a take: id, key of its page, and whatever else.
export const save = (take) => act("readwrite", (t) => t.put(take));

// add keeps the next piece of a take's sound. The bytes are read beforehand: a
// database does not wait.
export async function add(id, n, blob) {
  const bytes = await blob.arrayBuffer();
  return act("readwrite", (_, p) => p.put({ take: id, n, bytes }));
}

export const all = () => act("readonly", (t) => t.getAll());

// sound puts the pieces of a take together.
export async function sound(take) {
  const pieces = await act("readonly", (_, p) => p.getAll(of(take.id)));
  return new Blob(pieces.map((piece) => piece.bytes), { type: take.type });
}

export const remove = (id) =>
  act("readwrite", (t, p) => {
    t.delete(id);
    p.delete(of(id));
  });

// A line on which nothing moves for so long is given up, and tried anew: a phone
// that changed its cell is not told that the old line is dead.
const silence = 90000; // ms

// send brings a take to the board. It gives {status, text, there: whether the
// answer is the board's own}, and throws when the line broke. to.progress hears how
// much has gone, and to.working what the board does with it.
export function send(take, blob, to) {
  const id = [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, "0")).join("");
  const body = new FormData();
  body.set("by", "module");
  body.set("wording", take.wording);
  body.set("seen", take.seen ?? "");
  body.set("cut_from", take.from.toFixed(3));
  body.set("cut_to", take.to.toFixed(3));
  const ending = /mp4/.test(take.type) ? ".m4a" : /ogg/.test(take.type) ? ".ogg" : /webm/.test(take.type) ? ".webm" : "";
  body.set("file_" + to.language, blob, take.file ?? to.name + ending);
  return new Promise((done, failed) => {
    const line = new XMLHttpRequest();
    let over = false;
    let idle = 0;
    const moves = () => {
      clearTimeout(idle);
      if (!over) idle = setTimeout(() => line.abort(), silence);
    };
    moves();
    line.upload.onprogress = (e) => {
      moves();
      to.progress(e.total ? e.loaded / e.total : 0);
    };
    const working = (percent, text) => {
      moves();
      to.working(percent, text);
    };
    line.upload.onload = () => follow(id, working, () => over);
    line.onloadend = () => {
      over = true;
      moves();
    };
    line.onload = () => done({ status: line.status, text: line.responseText, there: new URL(line.responseURL).pathname === to.path });
    line.onerror = line.onabort = line.ontimeout = () => failed(new Error("the line broke"));
    line.open("POST", to.path + "?import=" + id);
    line.send(body);
  });
}

// follow tells how far an import is until the answer to its upload has come.
async function follow(id, working, over) {
  while (!over()) {
    await new Promise((later) => setTimeout(later, 700));
    if (over()) return;
    const answer = await fetch("/takes/" + id, { credentials: "same-origin" }).catch(() => null);
    if (over() || answer?.status !== 202) continue; // not begun, over, or the line is slow
    const going = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-import]");
    if (going && !over()) working(Number(going.dataset.done), going.textContent.trim());
  }
}
