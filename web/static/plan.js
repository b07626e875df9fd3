// The calendar: which day of the strip is shown, and what is dragged to another time.
const strip = document.querySelector(".strip");
const days = document.querySelector("[data-days]");
const table = document.querySelector(".week");
const fill = (text, ...values) => values.reduce((t, v, i) => t.replace(`{${i}}`, v), text);

function show(date) {
  for (const section of days.children) section.toggleAttribute("data-shown", section.dataset.date === date);
  for (const day of strip.children) {
    day.removeAttribute("aria-current");
    if (day.dataset.day === date) day.setAttribute("aria-current", day.classList.contains("now") ? "date" : "true");
  }
}
const named = () => [...strip.children].find((a) => a.hash === location.hash);
if (strip) {
  days.classList.add("picked");
  addEventListener("hashchange", () => named() && show(named().dataset.day));
  if (named()) show(named().dataset.day);
}

// An empty place of the table leads to a new notice, like the link in it.
table?.addEventListener("click", (e) => {
  if (e.target.tagName === "TD") e.target.querySelector(".add")?.click();
});

// ---- moving: by mouse at once, by finger after a long press, by keyboard with space
let drag = null; // { turn, from, to, label, keys }
let wait = null; // a finger that rests
const said = document.createElement("p");
said.className = "vh";
said.setAttribute("role", "status");

const cell = (date, slot) => table.querySelector(`td[data-date="${date}"]` + (slot ? `[data-slot="${CSS.escape(slot)}"]` : ":not([data-slot])"));
const dayName = (date) => days.querySelector(`[data-date="${date}"] h2`).firstChild.textContent;
const clock = (minutes) => String(Math.floor(minutes / 60)).padStart(2, "0") + ":" + String(minutes % 60).padStart(2, "0");

function placeName({ date, slot, time }) {
  if (slot) return fill(table.dataset.in, table.querySelector(`tr[data-slot="${CSS.escape(slot)}"] th span`).textContent, dayName(date));
  return time ? fill(table.dataset.at, dayName(date), time) : dayName(date);
}

// origin is where an item stands: its day, and its slot or its time.
function origin(turn) {
  const at = table.querySelector(`[data-turn="${CSS.escape(turn)}"]`);
  const td = at.closest("td");
  return { date: td.dataset.date, slot: td.dataset.slot, time: at.querySelector("time")?.textContent };
}

// aim takes a place as the one where the item would be dropped; none: nowhere.
function aim(to) {
  if (to && !(to.slot ? cell(to.date, to.slot) : cell(to.date))) to = null;
  drag.to = to;
  for (const over of document.querySelectorAll(".over")) over.classList.remove("over");
  drag.label.textContent = to ? placeName(to) : drag.title;
  if (!to) return;
  (to.slot ? cell(to.date, to.slot) : cell(to.date)).classList.add("over");
  strip.querySelector(`[data-day="${to.date}"]`)?.classList.add("over");
  if (to.slot) days.querySelector(`[data-date="${to.date}"] [data-slot="${CSS.escape(to.slot)}"]`)?.classList.add("over");
  if (drag.keys) said.textContent = placeName(to);
}

function lift(item, keys) {
  const turn = item.dataset.turn;
  const from = origin(turn);
  drag = { turn, from, keys, title: item.querySelector("a").textContent, label: document.createElement("div"), rail: document.createElement("div") };
  drag.label.className = "drag";
  drag.rail.className = "rail";
  for (let h = 5; h < 21; h++) drag.rail.append(Object.assign(document.createElement("span"), { textContent: h }));
  document.body.append(drag.label);
  if (!keys) document.body.append(drag.rail);
  document.documentElement.classList.add("dragging");
  drag.item = item;
  item.classList.add("lifted");
  aim(null);
  navigator.vibrate?.(20);
}

function put(e) {
  drag.x = e.clientX;
  drag.y = e.clientY;
  drag.label.style.transform = `translate(${Math.min(e.clientX, innerWidth - 200)}px, ${Math.max(0, e.clientY - 60)}px)`;
  point();
}

// point aims at what is under the finger.
function point() {
  const under = document.elementFromPoint(drag.x, drag.y);
  const date = drag.to?.date ?? (days.checkVisibility?.() === false ? drag.from.date : days.querySelector("[data-shown]").dataset.date);
  const tab = under?.closest("[data-day]");
  const td = under?.closest("td[data-date]");
  const row = under?.closest("[data-days] [data-slot]");
  if (under?.closest(".rail")) {
    const r = drag.rail.getBoundingClientRect();
    const quarter = Math.round(((drag.y - r.top) / r.height) * 64);
    aim({ date, time: clock(300 + Math.min(63, Math.max(0, quarter)) * 15) });
  } else if (tab) {
    show(tab.dataset.day);
    aim({ ...drag.from, date: tab.dataset.day });
  } else if (td) {
    aim({ date: td.dataset.date, slot: td.dataset.slot, time: td.dataset.slot ? "" : drag.from.time });
  } else if (row) {
    aim({ date: row.closest("[data-date]").dataset.date, slot: row.dataset.slot });
  } else if (!drag.to || !under?.closest("[data-days]")) {
    aim(null);
  }
}

function drop(keep) {
  const { to, from, turn, item } = drag;
  const same = !to || (to.date === from.date && to.slot === from.slot && (to.slot || to.time === from.time));
  drag.label.remove();
  drag.rail.remove();
  item.classList.remove("lifted");
  document.documentElement.classList.remove("dragging");
  for (const over of document.querySelectorAll(".over")) over.classList.remove("over");
  drag = null;
  if (!keep || same) {
    said.textContent = table.dataset.left;
    return;
  }
  const form = document.createElement("form");
  form.action = "/plan/move";
  form.method = to.slot || to.time ? "post" : "get"; // a time is still to be said
  for (const [name, value] of Object.entries({ occurrence: turn, day: to.date, place: to.slot || "time", time: to.time ?? "" })) {
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
  }
  document.body.append(form);
  form.submit();
}

function down(e) {
  const item = e.target.closest("[data-turn]");
  if (!item || drag || e.button !== 0 || !e.isPrimary) return;
  wait = { item, x: e.clientX, y: e.clientY, touch: e.pointerType !== "mouse" };
  if (wait.touch) {
    wait.timer = setTimeout(() => {
      const { x, y } = wait;
      wait = null;
      lift(item);
      put({ clientX: x, clientY: y });
    }, 450);
  }
}

function move(e) {
  if (drag && !drag.keys) put(e);
  if (!wait || Math.hypot(e.clientX - wait.x, e.clientY - wait.y) < 8) return;
  clearTimeout(wait.timer); // a finger that goes on scrolls
  const { item, touch } = wait;
  wait = null;
  if (touch) return;
  lift(item);
  put(e);
}

function up() {
  clearTimeout(wait?.timer);
  wait = null;
  if (!drag || drag.keys) return;
  // The click behind a drag is no press of the link under it; a finger makes none.
  const ignore = (e) => e.preventDefault();
  addEventListener("click", ignore, { capture: true, once: true });
  setTimeout(() => drop(true));
  setTimeout(() => removeEventListener("click", ignore, { capture: true }), 50);
}

// keys moves what space picked up: left and right by days, up and down by slots, and by
// a quarter of an hour outside them.
function keys(e) {
  const item = e.target.closest?.("[data-turn]");
  if (!drag) {
    if (e.key !== " " || !item || e.target.closest("button")) return; // a button in it is pressed by space
    e.preventDefault();
    lift(item, true);
    said.textContent = fill(table.dataset.picked, drag.title);
    drag.at = { ...drag.from };
    return;
  }
  if (e.key === "Escape") drop(false);
  else if (!drag.keys) return;
  else if (e.key === "Enter" || e.key === " ") drop(true);
  else if (e.key.startsWith("Arrow")) step(e.key.slice(5));
  else if (e.key !== "Tab") return;
  e.preventDefault();
}

function step(way) {
  const dates = [...strip.children].map((a) => a.dataset.day);
  const places = [...table.querySelectorAll("tbody tr")].map((tr) => tr.dataset.slot ?? "");
  const at = drag.at;
  const next = { ...at };
  let day = dates.indexOf(at.date);
  let row = places.indexOf(at.slot ?? "");
  do {
    if (way === "Left" || way === "Right") day += way === "Left" ? -1 : 1;
    else if (!next.slot && (way === "Down" || next.time > "05:00")) {
      const [h, m] = (next.time ?? "17:45").split(":");
      next.time = clock(Math.min(20 * 60 + 45, Number(h) * 60 + Number(m) + (way === "Down" ? 15 : -15)));
      break;
    } else row += way === "Up" ? -1 : 1;
    if (!dates[day] || places[row] === undefined) return;
    next.date = dates[day];
    next.slot = places[row] || undefined;
    if (!next.slot && !next.time) next.time = "18:00";
  } while (!cell(next.date, next.slot));
  drag.at = next;
  if (next.date !== at.date) show(next.date);
  aim(next.slot ? { date: next.date, slot: next.slot } : next);
}

if (table && document.querySelector("[data-turn]")) {
  document.body.append(said);
  for (const help of document.querySelectorAll("[data-js]")) help.hidden = false;
  addEventListener("pointerdown", down);
  addEventListener("pointermove", move);
  addEventListener("pointerup", up);
  addEventListener("pointercancel", () => {
    clearTimeout(wait?.timer);
    wait = null;
    if (drag && !drag.keys) drop(false);
  });
  addEventListener("keydown", keys);
  addEventListener("touchmove", (e) => drag && e.preventDefault(), { passive: false });
  addEventListener("contextmenu", (e) => (drag || wait?.touch) && e.preventDefault());
  addEventListener("dragstart", (e) => e.target.closest?.("[data-turn]") && e.preventDefault());
  setInterval(() => {
    if (!drag || drag.keys || drag.x > innerWidth - 70) return;
    const top = (strip.checkVisibility() ? strip.getBoundingClientRect().bottom : 0) + 40;
    if (drag.y > innerHeight - 90) scrollBy(0, 14);
    else if (drag.y < top && drag.y > top - 40) scrollBy(0, -14);
    else return;
    point();
  }, 40);
}
