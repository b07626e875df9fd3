// The page on which people keep the keys by which they sign in.
import "./app.js";
import { able, make, post, why } from "./passkey.js";

const form = document.getElementById("passkey-new");
const error = document.getElementById("passkey-error");

async function add(event) {
  event.preventDefault();
  const button = form.querySelector("button");
  error.hidden = button.disabled = true;
  try {
    const { options } = await post("/api/v1/account/passkeys/challenge", { password: form.password.value });
    await post("/api/v1/account/passkeys", { name: form.elements.name.value, credential: await make(options) });
    location.assign("/account/passkeys?told=passkey-added");
  } catch (fault) {
    error.lastElementChild.textContent = why(fault, form.dataset);
    error.hidden = false;
  }
  button.disabled = false;
}

if (form && able()) {
  form.hidden = false;
  document.getElementById("passkey-cannot").hidden = true;
  form.addEventListener("submit", add);
}
