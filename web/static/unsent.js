// Where people come in they are told what this phone recorded and has not sent; what
// was to be sent when its page was left goes from here.
import { send } from "./queue.js";
import * as store from "./takes.js";

const box = document.querySelector("[data-unsent]");
const fill = (text, ...args) => text.replace(/\{(\d)\}/g, (_, i) => args[i] ?? "");

async function look() {
  let all = [];
  try {
    all = await store.all();
  } catch {
    return; // switched off in this browser
  }
  const rows = new Map(); // by page
  const mine = all.filter((t) => t.key.startsWith(box.dataset.unsent) && t.state !== "dropped");
  for (const take of mine) if (!rows.has(take.path)) rows.set(take.path, show(take));
  box.hidden = !rows.size;
  const files = all.filter((t) => t.key.startsWith(box.dataset.files));
  await Promise.all([
    ...mine.filter((t) => t.state === "sending").map((t) => ship(t, rows.get(t.path))),
    ...files.map((f) => (f.state === "dropped" ? store.remove(f.id) : left(f))), // dropped, and the page was left
  ]);
}

// show makes the line of a page with takes; it gives where more is told.
function show({ path, title }) {
  const li = document.createElement("li");
  const told = Object.assign(document.createElement("p"), { className: "n" });
  told.setAttribute("role", "status");
  li.append(Object.assign(document.createElement("a"), { href: path, textContent: title }), told);
  box.querySelector("ul").append(li);
  return told;
}

// left makes the line of a file that was chosen for a field and has not come through. It
// goes from the page where it belongs; here it can be dropped, and taken back.
async function left(file) {
  const name = document.createElement("p");
  const why = Object.assign(document.createElement("p"), { className: "n" });
  const act = Object.assign(document.createElement("button"), { type: "button", className: "line" });
  const href = await home(file.path);
  const show = () => {
    const gone = file.state === "dropped";
    const link = Object.assign(document.createElement("a"), { href, textContent: file.title });
    name.replaceChildren(gone ? fill(box.dataset.dropped, file.title) : href ? link : file.title);
    why.textContent = gone ? "" : href ? (file.refused ?? "") : box.dataset.homeless;
    act.textContent = gone ? box.dataset.undo : box.dataset.drop;
  };
  act.addEventListener("click", async () => {
    file.state = file.state === "dropped" ? "sending" : "dropped";
    await store.save(file);
    show();
  });
  name.setAttribute("role", "status");
  show();
  const li = document.createElement("li");
  li.append(name, why, act);
  box.querySelector("ul").append(li);
  box.hidden = false;
}

// home is where a file that belongs to a page is found: in the new notice that was begun
// and not sent, else on that page. It is empty where there is none any more.
async function home(path) {
  const me = document.getElementById("main").dataset.me;
  const [key] = JSON.parse(localStorage.getItem("notice-" + me))?.key ?? [];
  if (path === "/announcements/" + key) return "/announcements/new";
  if (path.endsWith("/new")) return "";
  const answer = path.startsWith("/announcements/") && (await fetch(path, { credentials: "same-origin" }).catch(() => null)); // no line: it may be there
  return answer?.status === 404 ? "" : path;
}

async function ship(take, told) {
  const [, announcement, language] = take.path.match(/^\/announcements\/([^/]+)\/record\/([^/]+)$/);
  const about = store.meta(take, take.to >= take.length - 0.01, { announcement, language, name: take.title });
  const tell = (text) => (told.textContent = text);
  const sound = await store.sound(take);
  if (!sound.size) return store.remove(take.id); // another page of this phone has sent it
  const answer = await send(sound, about, {
    dropped: () => false,
    progress: (part) => tell(fill(box.dataset.going, Math.floor(100 * part))),
    working: (_, text) => tell(text),
    lost: (why) => tell(why.say ?? (why.parked ? box.dataset.signedOut : box.dataset.lineLost)),
  }).catch((e) => ({ say: e.say })); // refused
  if (answer.status === 200) {
    for (const id of take.among ?? [take.id]) await store.remove(id);
    return tell(box.dataset.sent);
  }
  const said = answer.text && new DOMParser().parseFromString(answer.text, "text/html").querySelector(".fault, main .say")?.textContent;
  Object.assign(take, { state: "kept", refusals: (take.refusals ?? 0) + 1, among: undefined });
  await store.save(take);
  tell(said ?? answer.say ?? box.dataset.refused);
}

if (box) look();
