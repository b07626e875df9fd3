// The question how something is told again and again: what the answer means is
// shown while it is given.
const boxes = document.querySelectorAll("[data-rule]");

async function show(box, form) {
  const told = box.querySelector("[data-rule-preview]");
  const chosen = form.querySelector("[name=when]:checked");
  if (chosen && chosen.value !== "recurring") return;
  const body = new URLSearchParams();
  for (const field of box.querySelectorAll("input,select,textarea")) {
    if ((field.type !== "radio" && field.type !== "checkbox") || field.checked) body.append(field.name, field.value);
  }
  const asked = (box.dataset.asked = String(Number(box.dataset.asked ?? 0) + 1));
  try {
    const answer = await fetch(box.dataset.rule, { method: "POST", body, credentials: "same-origin" });
    if (answer.redirected || !answer.ok || box.dataset.asked !== asked) return; // signed out, or an answer that is older than the question
    told.innerHTML = await answer.text();
  } catch {
    told.textContent = ""; // the line is down: what is saved is checked all the same
  }
}

for (const box of boxes) {
  const form = box.closest("form");
  let timer = 0;
  form.addEventListener("input", (e) => {
    if (!box.contains(e.target) && e.target.name !== "when") return;
    clearTimeout(timer);
    timer = setTimeout(() => show(box, form), 300);
  });
  show(box, form);
}
