// The list of takes: each with its wave, the two handles that trim it, what is
// wrong with it, and its way to the board.
import { editor, fill, hush } from "./editor.js";
import { decode, judge } from "./wave.js";
import * as queue from "./queue.js";
import * as store from "./takes.js";

const digits = (s) => String(Math.floor(s / 60)) + ":" + String(Math.floor(s % 60)).padStart(2, "0");

// takelist shows the takes in root's list; sent gets the board's answer.
export function takelist(root, sent) {
  const say = root.dataset;
  const list = root.querySelector("[data-takes]");
  const rooms = [...root.querySelectorAll("[data-room]")].map((r) => ({ seconds: Number(r.dataset.room), slot: r.dataset.slot }));
  let open = null; // the sound that is decoded: a phone has room for one
  let rows = [];
  let highest = 0; // number of a take, the dropped ones included

  const find = (row, name) => row.li.querySelector(`[data-${name}]`);
  const nameOf = (take) => take.file ?? fill(say.take, take.no);
  const span = (s) => (s < 60 ? fill(say.seconds, Math.ceil(s)) : fill(say.minutes, Math.floor(Math.ceil(s) / 60), Math.ceil(s) % 60));

  async function soundOf(row) {
    if (open?.id !== row.take.id) open = { id: row.take.id, sound: await decode(await blobOf(row)) };
    return open.sound;
  }

  const blobOf = (row) => row.blob ?? store.sound(row.take);

  async function keep(row) {
    if (row.blob) return; // the phone has no room: it is held by the page alone
    await store.save(row.take);
  }

  // ---- what it shows

  async function judged(row) {
    const box = find(row, "judged");
    const piece = row.take.to - row.take.from;
    const codes = row.opens ? judge(await soundOf(row), row.take.from, row.take.to) : [];
    const texts = codes.map((code) => say["warn" + code.replace(/(^|-)(.)/g, (_, __, c) => c.toUpperCase())]);
    if (row.opens) for (const r of rooms) if (piece > r.seconds) texts.push(fill(say.tooLong, span(piece - r.seconds), r.slot));
    box.replaceChildren();
    const line = (text, good) => {
      const p = document.createElement("p");
      p.className = "st " + (good ? "ok" : "wait");
      p.append(document.querySelector(good ? "[data-good-mark]" : "[data-bad-mark]").content.cloneNode(true));
      p.append(Object.assign(document.createElement("span"), { textContent: text }));
      box.append(p);
    };
    for (const text of texts) line(text, false);
    if (!texts.length) line(row.opens ? say.fine : say.unread, row.opens);
  }

  async function settle(row) {
    await judged(row);
    await keep(row);
  }

  // ---- the way to the board

  function tell(row, text, bad) {
    const told = find(row, "told");
    told.textContent = text;
    told.classList.toggle("bad", !!bad);
  }

  // lock marks that nothing else can be sent while one take is on its way.
  const lock = (row) => {
    for (const r of rows) row && r !== row ? find(r, "send").setAttribute("aria-disabled", "true") : find(r, "send").removeAttribute("aria-disabled");
  };

  async function send(row) {
    if (row.sending) return queue.hurry();
    if (rows.some((r) => r.sending) || !rows.includes(row)) return;
    row.sending = true;
    row.take.among ??= rows.map((r) => r.take.id); // those it was chosen from; what is recorded meanwhile is not
    const bar = row.li.querySelector("progress");
    lock(row);
    try {
      row.take.state = "sending";
      await keep(row);
      const blob = await blobOf(row);
      if (!blob.size) return await forget([row.take.id]); // another page of this phone has sent it
      const whole = row.opens && row.take.to >= row.take.length - 0.01;
      await answered(row, await queue.send(blob, store.meta(row.take, whole, say), {
        dropped: () => !rows.includes(row),
        progress(part, left) {
          bar.hidden = false;
          bar.value = 100 * part;
          tell(row, part < 1 ? fill(say.sending, Math.floor(100 * part), span(left)) : say.working);
        },
        working(percent, text) {
          bar.hidden = false;
          bar.value = percent;
          tell(row, text);
        },
        lost(why) {
          bar.hidden = true;
          tell(row, why.say ?? (why.parked ? say.signedOut : say.lost), true);
        },
      }));
    } catch (e) {
      if (e.refused) await refused(row, e.say);
      else if (rows.includes(row)) tell(row, say.lost, true);
    } finally {
      row.sending = false;
      bar.hidden = true;
      lock(null);
    }
  }

  async function answered(row, answer) {
    if (answer.status !== 200) return refused(row, new DOMParser().parseFromString(answer.text, "text/html").querySelector(".fault, main .say")?.textContent);
    hush();
    await forget(row.take.among);
    sent(answer.text);
  }

  // refused says why the board would not have a take, which stays: it may be trimmed.
  async function refused(row, why) {
    if (!rows.includes(row)) return; // it was dropped meanwhile
    Object.assign(row.take, { state: "kept", refusals: (row.take.refusals ?? 0) + 1 });
    delete row.take.among;
    tell(row, why ?? say.refused, true);
    await keep(row);
  }

  // forget takes away what is wanted no more.
  async function forget(ids) {
    for (const r of rows) if (ids.includes(r.take.id)) r.li.remove();
    rows = rows.filter((r) => !ids.includes(r.take.id));
    shown();
    for (const id of ids) await store.remove(id).catch(() => {});
  }

  function shown() {
    list.closest("section").hidden = !list.children.length;
    root.querySelector("[data-choose]").hidden = rows.length < 2;
  }

  // ---- what was dropped can be taken back for a day

  // dropped puts a line where a take was, which leads back to it.
  function dropped(take, place, back) {
    highest = Math.max(highest, take.no ?? 0);
    const line = document.querySelector("[data-dropped-row]").content.firstElementChild.cloneNode(true);
    line.querySelector("span").textContent = fill(say.dropped, nameOf(take));
    line.querySelector("button").addEventListener("click", async () => {
      Object.assign(take, { state: "kept", among: undefined });
      await back(line);
      lock(rows.find((r) => r.sending));
      shown();
    });
    if (place) place.replaceWith(line);
    else list.prepend(line);
    shown();
    return line;
  }

  async function drop(row) {
    hush();
    rows = rows.filter((r) => r !== row);
    queue.hurry(); // it may be on its way
    Object.assign(row.take, { state: "dropped", dropped: Date.now() });
    const line = dropped(row.take, row.li, async (line) => {
      rows.push(row);
      line.replaceWith(row.li);
      find(row, "take-name").focus();
      await keep(row);
    });
    line.querySelector("button").focus();
    await keep(row);
  }

  // ---- a row

  function wire(row) {
    find(row, "send").addEventListener("click", () => send(row));
    find(row, "drop").addEventListener("click", () => drop(row));
  }

  // add shows a take; blob is its sound when the phone could not keep it.
  async function add(take, blob) {
    const li = document.querySelector("[data-take-row]").content.firstElementChild.cloneNode(true);
    const row = { take, blob, li };
    rows.push(row);
    list.prepend(li);
    shown();
    highest = Math.max(highest, take.no ?? 0);
    find(row, "take-name").textContent = nameOf(take);
    wire(row);
    lock(rows.find((r) => r.sending));
    try {
      take.length = (await soundOf(row)).length;
      take.to = take.to > take.from && take.to <= take.length ? take.to : take.length;
      find(row, "take-length").textContent = digits(take.length);
      await editor(li, say, take, () => soundOf(row), () => settle(row));
      row.opens = true;
    } catch {
      row.opens = false; // of a kind that this browser does not open: the board does
      for (const name of ["cut", "zooms", "numbers", "listen-take", "take-length"]) find(row, name).hidden = true;
    }
    await settle(row);
    if (take.state === "sending") send(row);
    return row;
  }

  // What lives in the page alone is lost with it.
  const loose = () => rows.some((r) => r.blob);
  addEventListener("beforeunload", (e) => loose() && e.preventDefault());

  return {
    add,
    loose,
    highest: () => highest,
    // dropped shows a take that was dropped before the page was loaded.
    dropped: (take) =>
      dropped(take, null, (line) => {
        line.remove();
        return add(take);
      }),
  };
}
