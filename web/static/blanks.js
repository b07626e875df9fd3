// The blanks of the chosen template: choosing one brings its form, and what is
// filled in stands in the notice at once. The board writes it; here is only asked.
const ours = /^(topic|title|text|filled|(blank|was):.*)$/;

// aside takes out what was recorded for other words, and gives the way back.
export function blanks(form, go, aside) {
  const box = form.querySelector("[data-blanks]");
  const undo = form.querySelector("[data-replaced-told]");
  const { title, text, topic } = form.elements;
  let set = [title.value, text.value]; // as the board wrote them
  let before = null; // what a template took the place of
  let turn = 0;

  if (!box.querySelector("[data-blanks-of]")) set = ["", ""];
  const own = () => title.value + text.value !== "" && (title.value !== set[0] || text.value !== set[1]);

  async function ask(what) {
    const mine = ++turn;
    const body = new FormData();
    for (const [name, value] of new FormData(form)) if (ours.test(name)) body.append(name, value);
    body.set("do", what);
    try {
      const answer = await fetch(box.dataset.blanks, { method: "POST", body, credentials: "same-origin" });
      if (answer.redirected) return location.reload(); // signed out; the draft is kept
      if (!answer.ok) throw new Error(answer.status);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (mine === turn) take(page.querySelector("[data-blanks-of]"), what);
    } catch {
      if (mine === turn) offline();
    }
  }

  function offline() {
    const told = document.createElement("p");
    told.className = "fault";
    told.textContent = form.dataset.unfilled;
    box.querySelector(":scope > .fault")?.remove();
    box.append(told);
  }

  function take(fresh, what) {
    box.querySelector(":scope > .fault")?.remove();
    if (what !== "fill" || !fresh) {
      box.replaceChildren(...(fresh ? [fresh] : []));
    } else {
      for (const field of fresh.querySelectorAll("[name]")) {
        const here = form.elements[field.name];
        if (!here) continue;
        if (field.type === "hidden") here.value = field.value;
        else if (field.ariaInvalid) here.ariaInvalid = "true";
        else here.ariaInvalid = null;
      }
      for (const told of fresh.querySelectorAll("[data-told]")) document.getElementById(told.id)?.replaceChildren(...told.childNodes);
    }
    if (!fresh || what === "show") return;
    if (what === "template" && form.elements.priority) form.elements.priority.checked = "urgent" in fresh.dataset;
    write(fresh.dataset.title, fresh.dataset.text);
    set = [title.value, text.value];
  }

  function write(...words) {
    [title.value, text.value] = words;
    for (const field of [title, text]) field.removeAttribute("aria-invalid");
    for (const id of ["title-fault", "text-fault"]) document.getElementById(id).replaceChildren();
    text.dispatchEvent(new Event("input", { bubbles: true }));
  }

  form.addEventListener("change", (e) => {
    if (e.target.name?.startsWith("blank:")) ask("fill");
  });

  // A day that is offered is written with one press, which leads to the next blank.
  box.addEventListener("click", (e) => {
    const day = e.target.closest("[data-day]");
    if (!day) return;
    const all = [...box.querySelectorAll("[name^='blank:']")];
    const at = all.indexOf(day.closest("div").parentElement.querySelector("[name^='blank:']"));
    all[at].value = day.dataset.day;
    all[at].dispatchEvent(new Event("change", { bubbles: true }));
    all.slice(at + 1).find((field) => !field.value)?.focus();
  });

  undo.querySelector("button").addEventListener("click", () => {
    undo.hidden = true;
    topic.value = before.topic;
    write(...before.words);
    before.back?.();
    before = null;
    ask("show");
  });

  return {
    // pick starts with a template, or without one. Words of somebody's own that it
    // takes the place of can be brought back, with what was recorded for them.
    async pick(code) {
      const plain = code === "tu-viet";
      const again = code === topic.value;
      if (!again && !(plain && own())) {
        const was = { topic: topic.value, words: [title.value, text.value], back: aside(form) };
        if (own() || was.back) {
          before = was;
          undo.hidden = false;
        }
        if (plain) write("", "");
      }
      topic.value = code;
      go("write");
      if (!again || !plain) await ask(plain || (again && own()) ? "show" : "template");
    },
    // show brings the form of the blanks back with what was filled in before this page
    // was loaded anew.
    show(values) {
      if (!values?.length || topic.value === "tu-viet") return;
      for (const [name, value] of values) {
        const field = document.createElement("input");
        field.type = "hidden";
        field.name = name;
        field.value = value;
        box.append(field);
      }
      ask("show");
    },
  };
}
