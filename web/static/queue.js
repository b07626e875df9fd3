// The way of a sound to the board, in pieces over a line that breaks: tus 1.0.0. What
// it is given stays where it is until the board has said what became of it.
const root = "/api/v1/uploads";
const piece = 64 << 10; // bytes: four seconds of a bad line, and no more to lose
const most = 1 << 20; // a good line is given more at a time
const silence = 90000; // ms after which a line on which nothing comes is given up

let wake = () => {};
export const hurry = () => wake(); // whoever waits tries again at once
for (const e of ["online", "focus", "pageshow"]) addEventListener(e, hurry);
document.addEventListener("visibilitychange", () => document.hidden || wake());

const later = (ms) =>
  new Promise((done) => {
    const t = setTimeout(done, ms);
    wake = () => (clearTimeout(t), done());
  });

const coded = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));

const fault = (what) => Object.assign(new Error("not sent"), what);

async function ask(method, path, headers, body) {
  const stop = new AbortController();
  const late = setTimeout(() => stop.abort(), silence);
  try {
    const a = await fetch(path, { method, headers: { "Tus-Resumable": "1.0.0", ...headers }, body, signal: stop.signal });
    if (a.status === 401 || a.redirected) throw fault({ parked: true });
    if (a.ok || method === "GET") return a;
    const say = (await a.json().catch(() => ({}))).detail;
    throw fault({ say, refused: a.status < 500 && ![404, 409, 423, 429].includes(a.status) });
  } finally {
    clearTimeout(late);
  }
}

// send brings a file to the board and gives {status, text} of what became of it: 200
// or 422. It tries until it is through; meta.key makes of all tries one upload. It
// throws {refused, say} when the board will not have it, or once to.dropped(). to hears
// progress(part, seconds left), working(percent, text) and lost({parked, say}).
export async function send(file, meta, to) {
  let wait = 1000;
  for (;;) {
    try {
      return await once(file, meta, { ...to, moved: () => (wait = 1000) });
    } catch (e) {
      if (e.refused || to.dropped()) throw e;
      to.lost(e);
      await later(e.parked ? 30000 : wait);
      wait = Math.min(60000, 2 * wait);
    }
  }
}

async function once(file, meta, to) {
  const about = Object.entries(meta).map(([k, v]) => k + " " + coded(v));
  const begun = await ask("POST", root, { "Upload-Length": file.size, "Upload-Metadata": about.join() });
  const at = begun.headers.get("Location");
  const from = Number(begun.headers.get("Upload-Offset"));
  const began = performance.now();
  let size = piece;
  for (let offset = from; offset < file.size && !to.dropped(); ) {
    const start = performance.now();
    const a = await ask("PATCH", at, { "Content-Type": "application/offset+octet-stream", "Upload-Offset": offset }, file.slice(offset, offset + size));
    offset = Number(a.headers.get("Upload-Offset"));
    size = performance.now() - start < 500 ? Math.min(most, 2 * size) : piece;
    to.moved();
    to.progress(offset / file.size, ((file.size - offset) * (performance.now() - began)) / (offset - from) / 1000);
  }
  return follow(at.split("/").pop(), to);
}

// follow tells what the board does with a whole upload until that is over. It throws
// {gone} when the board knows of none.
export async function follow(id, to) {
  for (let wait = 300; ; wait = Math.min(3000, 1.5 * wait)) {
    if (to.dropped()) throw fault({});
    const a = await ask("GET", "/uploads/" + id);
    const text = await a.text();
    if (a.status === 200 || a.status === 422) return { status: a.status, text };
    if (a.status !== 202) throw fault({ gone: a.status === 404 });
    to.moved();
    const going = new DOMParser().parseFromString(text, "text/html").querySelector("[data-import]");
    if (going) to.working(Number(going.dataset.done), going.textContent.trim());
    await new Promise((done) => setTimeout(done, wait));
  }
}
