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
    asked.onsuccess = () => {
      done(asked.result);
      navigator.storage?.persist?.().catch(() => {}); // a phone that runs full may else clear it away
    };
    asked.onerror = asked.onblocked = () => failed(asked.error ?? new Error("blocked"));
  });
  return opened;
}

// act runs one transaction; what the request of use gives is what it gives.
async function act(mode, use) {
  const db = await open();
  return new Promise((done, failed) => {
    const t = db.transaction([takes, parts], mode, { durability: "strict" }); // a flat battery takes back what is only noted
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

// meta is what the board is told of a take. Sent again it is the same upload, unless
// the piece that is kept has changed, or the board would not have it.
export function meta(take, whole, of) {
  const ending = /mp4/.test(take.type) ? ".m4a" : /ogg/.test(take.type) ? ".ogg" : /webm/.test(take.type) ? ".webm" : "";
  const from = take.from.toFixed(3);
  const to = (whole ? 0 : take.to).toFixed(3);
  return {
    key: [take.id, from, to, take.refusals ?? 0].join("_"),
    filename: take.file ?? of.name + ending,
    announcement: of.announcement,
    language: of.language,
    wording: take.wording,
    seen: take.seen ?? "",
    cut_from: from,
    cut_to: to,
  };
}
