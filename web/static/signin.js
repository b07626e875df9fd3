// The page on which people sign in, by a password or by a key on their phone.
import "./password.js";
import { able, post, use, why } from "./passkey.js";

const box = document.getElementById("passkey");

async function enter() {
  const button = box.querySelector("button");
  const error = document.getElementById("passkey-error");
  error.hidden = button.disabled = true;
  try {
    const { options } = await post("/sign-in/passkey/challenge", {});
    const { next } = await post("/sign-in/passkey", { next: box.dataset.next, credential: await use(options) });
    location.assign(next);
  } catch (fault) {
    error.lastElementChild.textContent = why(fault, box.dataset);
    error.hidden = false;
  }
  button.disabled = false;
}

if (box && able()) {
  box.hidden = false;
  box.querySelector("button").addEventListener("click", enter);
}
