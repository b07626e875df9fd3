// A message that is prepared for an emergency: what is written is read, and what is
// recorded goes to the board as soon as it is chosen. It is kept when all of it is there.
import "./texts.js";
import { holding, waits } from "./upload.js";

const form = document.querySelector("[data-example]");
const lacking = () => [...form.querySelectorAll("[data-spoken]")].filter(waits).map((t) => t.dataset.spoken);
const hold = holding(form, lacking);

form.addEventListener("submit", (e) => {
  if (e.submitter?.value === "save" && hold(e.submitter)) e.preventDefault();
});
