// The emergency form: two seconds of holding instead of a second page.
import "./app.js";
import { templates } from "./template.js";

const form = document.querySelector("[data-emergency]");
const button = form?.querySelector("[data-hold]");
let timer = 0;

function press(e) {
  if (e.button > 0 || timer) return;
  if (!form.reportValidity()) return;
  button.classList.add("held");
  button.querySelector("span").textContent = button.dataset.holding;
  timer = setTimeout(raise, Number(button.dataset.hold));
}

function release() {
  clearTimeout(timer);
  timer = 0;
  button.classList.remove("held");
  button.querySelector("span").textContent = button.dataset.held;
}

function raise() {
  const yes = document.createElement("input");
  yes.type = "hidden";
  yes.name = "do";
  yes.value = "raise";
  form.append(yes);
  navigator.vibrate?.(200);
  form.requestSubmit();
}

if (button) {
  button.type = "button"; // a tap does nothing, holding does
  button.dataset.armed = "1";
  button.querySelector("span").textContent = button.dataset.held;
  form.querySelector("[data-unhold]").hidden = false;
  button.addEventListener("pointerdown", press);
  for (const over of ["pointerup", "pointerleave", "pointercancel", "blur"]) button.addEventListener(over, release);
  button.addEventListener("contextmenu", (e) => e.preventDefault());
  button.addEventListener("keydown", (e) => {
    if ((e.key === " " || e.key === "Enter") && !e.repeat) press(e);
  });
  button.addEventListener("keyup", release);
  templates(form);
  // What a voice reads was shown of another text.
  form.querySelector("[name=text]").addEventListener("input", () => form.querySelector("[data-heard]").replaceChildren());
  form.addEventListener("change", (e) => e.target.name === "what" && form.querySelector("[data-heard]").replaceChildren());
}
