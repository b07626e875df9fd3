// The blanks of the chosen template: choosing one brings its form, and what is
// filled in stands in the notice at once. The board writes it; here is only asked.
const ours = /^(topic|title|text|filled|(blank|was):.*)$/;

export function blanks(form) {
  const box = form.querySelector("[data-blanks]");
  const { title, text } = form.elements;
  const chosen = () => form.querySelector("[name=topic]:checked");
  let last = chosen();
  let set = [title.value, text.value]; // as the board wrote them
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
    title.value = fresh.dataset.title;
    text.value = fresh.dataset.text;
    if (what === "template" && form.elements.priority) form.elements.priority.checked = "urgent" in fresh.dataset;
    set = [title.value, text.value];
    text.dispatchEvent(new Event("input", { bubbles: true }));
  }

  form.addEventListener("change", (e) => {
    if (e.target.name?.startsWith("blank:")) return ask("fill");
    if (e.target.name !== "topic") return;
    const mine = own();
    if (e.target.hasAttribute("data-own")) {
      last = e.target;
      if (mine) return ask("show"); // own words stay
      title.value = text.value = "";
      text.dispatchEvent(new Event("input", { bubbles: true }));
      return ask("show");
    }
    if (mine && !confirm(form.dataset.replace)) {
      if (last) last.checked = true;
      return;
    }
    last = e.target;
    ask("template").then(() => box.scrollIntoView({ block: "nearest" }));
  });

  // What was filled in before this page was loaded anew.
  return (values) => {
    last = chosen();
    if (!values?.length || !last || last.hasAttribute("data-own")) return;
    last.closest("details")?.setAttribute("open", "");
    for (const [name, value] of values) {
      const field = document.createElement("input");
      field.type = "hidden";
      field.name = name;
      field.value = value;
      box.append(field);
    }
    ask("show");
  };
}
