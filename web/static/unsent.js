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
  await Promise.all(mine.filter((t) => t.state === "sending").map((t) => ship(t, rows.get(t.path))));
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
