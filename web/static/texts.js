// A template being written: its blanks, and how it is read when they are filled.
import { busy } from "./app.js";

const form = document.querySelector("[data-example]");
const box = document.getElementById("example");
let timer = 0;
let turn = 0;

async function example(what, button) {
  const mine = ++turn;
  if (button) busy(button, true);
  try {
    const body = new FormData(form);
    body.set("do", what);
    const answer = await fetch(form.dataset.example, { method: "POST", body, credentials: "same-origin" });
    if (answer.redirected) return; // signed out: saving leads to the sign-in
    const page = await answer.text();
    if (!answer.ok || mine !== turn) return;
    box.innerHTML = page;
    if (button) box.querySelector("audio")?.play().catch(() => {}); // the browser wants another tap
  } catch {
    // The line is down: the example comes with the next change.
  } finally {
    if (button) busy(button, false);
  }
}

form.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(() => example("show"), 700);
});
form.addEventListener("submit", (e) => {
  if (e.submitter?.value !== "try") return;
  e.preventDefault();
  example("try", e.submitter);
});
