// The page on which a browser lets itself be told something.
import { busy } from "./app.js";

const root = document.getElementById("push");
const on = document.getElementById("push-on");
const error = document.getElementById("push-error");
// Without the Internet Chromium neither subscribes nor says that it cannot: ms until we do.
const patience = 20000;
const key = () => Uint8Array.from(atob(root.dataset.key.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
const same = (a, b) => a && a.byteLength === b.byteLength && new Uint8Array(a).every((x, i) => x === b[i]);

async function send(subscription) {
  const answer = await fetch("/api/v1/account/pushes", {
    method: "POST",
    credentials: "same-origin",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(subscription),
  });
  if (!answer.ok) throw new Error("not kept");
}

async function begin() {
  if (on.hasAttribute("aria-disabled")) return;
  error.hidden = true;
  busy(on, true);
  try {
    if ((await Notification.requestPermission()) !== "granted") fail(root.dataset.off);
    else await Promise.race([subscribe(), new Promise((_, late) => setTimeout(late, patience))]);
  } catch {
    fail(root.dataset.failed);
  }
  busy(on, false);
}

async function subscribe() {
  const worker = await navigator.serviceWorker.ready;
  const old = await worker.pushManager.getSubscription();
  if (old && !same(old.options.applicationServerKey, key())) await old.unsubscribe(); // the board has another key
  await send(await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key() }));
  location.reload();
}

function fail(text) {
  error.lastElementChild.textContent = text;
  error.hidden = false;
}

async function look() {
  if (!root || !("PushManager" in window) || !navigator.serviceWorker) return;
  await navigator.serviceWorker.register("/sw.js"); // fails where the certificate is not trusted
  const worker = await navigator.serviceWorker.ready;
  document.getElementById("push-cannot").hidden = true;
  const there = await worker.pushManager.getSubscription();
  if (there && same(there.options.applicationServerKey, key())) {
    const id = [...new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(there.endpoint)))].map((b) => b.toString(16).padStart(2, "0")).join("");
    if (document.getElementById("p" + id)) {
      document.getElementById("push-here").hidden = false;
      return;
    }
  }
  on.closest("p").hidden = false;
}

on?.addEventListener("click", begin);
look().catch(() => {}); // what the page says at first stays
