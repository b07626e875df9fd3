// What is typed into a new notice is kept on this phone until the board has it.
const names = ["key", "step", "topic", "title", "text", "language", "bed", "when", "slot", "day", "from", "until", "per_slot", "per_day", "date", "time", "priority", "speaker_only", "interrupted",
  "rhythm", "rday", "mday", "mlast", "lday", "feast", "yday", "ymonth", "before", "cycle", "rstart", "by", "rslot", "rtime", "runtil", "rcount", "rule"];
const leaving = "loalang-leaving"; // the draft that was sent last from this tab

function store(kind) {
  try {
    return window[kind];
  } catch {
    return null; // switched off in this browser
  }
}

// draft keeps what is in form; restore brings it back into an empty one.
export function draft(form) {
  const mine = form.dataset.draft;
  const typed = () => form.elements.title.value + form.elements.text.value !== "" || form.querySelector("[data-id],[data-import],[data-ship-again]");

  let touched = false;
  form.addEventListener("input", () => (touched = true));

  function keep() {
    if (!typed()) {
      if (touched) store("localStorage")?.removeItem(mine);
      return;
    }
    const now = new FormData(form);
    const all = { search: location.search };
    for (const name of names) all[name] = now.getAll(name);
    all.blanks = [...now].filter(([name]) => /^(filled$|blank:|was:)/.test(name));
    all.takes = [...form.querySelectorAll("[data-upload]")].map((box) => [box.querySelector("[data-take]").value, box.querySelector("[data-taken]").innerHTML]);
    all.how = [...form.querySelectorAll("[name^=how_]:checked")].map((r) => [r.name, r.value]);
    try {
      store("localStorage")?.setItem(mine, JSON.stringify(all));
    } catch {
      return; // full: the page itself still has the words
    }
    const told = document.querySelector("[data-draft-told]");
    const at = new Date();
    told.textContent = told.dataset.saved.replace("{0}", String(at.getHours()).padStart(2, "0") + ":" + String(at.getMinutes()).padStart(2, "0"));
  }

  // restore gives what was kept; nothing where the board's answer is newer.
  function restore() {
    const raw = store("localStorage")?.getItem(mine);
    if (!raw || typed() || form.querySelector(".fault")) return null;
    const all = JSON.parse(raw);
    if (all.key?.[0] && all.key[0] === form.dataset.sent) {
      store("localStorage").removeItem(mine); // the board has it, and its page was left before it could say so
      return null;
    }
    if (form.dataset.step !== "what" && all.search !== location.search) return null; // begun otherwise
    const placed = new URLSearchParams(location.search).has("date"); // the calendar chose when
    const nth = {}; // of the fields that have the same name
    for (const field of form.elements) {
      if (placed && ["when", "date", "time"].includes(field.name)) continue;
      const values = all[field.name];
      if (!values || field.name === "step" || field.type === "submit") continue;
      if (field.type === "radio" || field.type === "checkbox") field.checked = values.includes(field.value);
      else field.value = values[(nth[field.name] = (nth[field.name] ?? -1) + 1)] ?? field.value;
    }
    for (const [name, value] of all.how ?? []) {
      const radio = form.querySelector(`[name="${name}"][value="${value}"]`);
      if (radio) radio.checked = true;
    }
    [...form.querySelectorAll("[data-upload]")].forEach((box, i) => {
      const [id, told] = all.takes?.[i] ?? [];
      if (!(id || told?.includes("data-import")) || box.querySelector("[data-take]").value) return;
      box.querySelector("[data-take]").value = id;
      box.querySelector("[data-taken]").innerHTML = told;
    });
    const when = [...form.querySelectorAll("[name=when]")];
    if (when.length && !when.some((r) => r.checked)) when[0].checked = true; // that slot has passed
    form.querySelector("[data-else]")?.toggleAttribute("open", !!form.querySelector("[data-else] [name=when]:checked"));
    return { blanks: all.blanks, step: all.step?.[0] };
  }

  // sending notes that the board may soon have it.
  const sending = () => store("sessionStorage")?.setItem(leaving, mine);
  return { keep, restore, sending };
}

// arrived forgets the draft that the board has now: its page says so, or has its key, where
// the page that said so was left before its module ran.
export function arrived() {
  const tab = store("sessionStorage");
  const sent = tab?.getItem(leaving);
  if (!sent) return;
  const told = new URLSearchParams(location.search).get("told");
  const [key] = JSON.parse(store("localStorage")?.getItem(sent) ?? "{}").key ?? [];
  if (!["sent", "kept", "submitted", "draft"].includes(told) && location.pathname !== "/announcements/" + key) return;
  store("localStorage")?.removeItem(sent);
  tab.removeItem(leaving);
}
