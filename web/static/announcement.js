// The page of an announcement: it looks again until what is on its way is ready, and
// keeps words that are being changed.
import { arrived } from "./draft.js";
import "./upload.js";
import "./recur.js";

// ---- a rendition on its way: look again until it is ready

async function lookAgain(tries) {
  const box = document.querySelector("[data-pending]");
  if (!box || tries === 0) return;
  await new Promise((later) => setTimeout(later, 3000));
  try {
    const answer = await fetch(location.pathname, { credentials: "same-origin" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("renditions");
    const busyHere = box.contains(document.activeElement) || box.querySelector("[data-id],[data-current]") || [...box.querySelectorAll("audio")].some((a) => !a.paused);
    if (answer.ok && fresh && !busyHere) {
      box.replaceWith(fresh);
      document.getElementById("next").replaceWith(page.getElementById("next"));
    }
  } catch {
    // The line is down: the next look may do better.
  }
  lookAgain(tries - 1);
}
lookAgain(40);

// ---- words being changed: kept in this tab until they are saved

const words = document.querySelector("[data-words]");

function tab() {
  try {
    return sessionStorage;
  } catch {
    return null; // switched off in this browser
  }
}

function rework() {
  const { revision, title, text } = words.elements;
  const key = words.dataset.words;
  const box = words.closest("details");
  if (new URLSearchParams(location.search).get("told") === "edited") tab()?.removeItem(key);
  let kept = JSON.parse(tab()?.getItem(key) ?? "null");
  if (kept?.[1] === title.value && kept[2] === text.value) {
    tab().removeItem(key); // saved, by a page that was left before it could say so
    kept = null;
  }
  if (kept && !box.open) {
    // Of the revision that was changed: the server says when there is a newer one.
    [revision.value, title.value, text.value] = kept;
    box.open = true;
    words.querySelector("[data-words-kept]").hidden = false;
  }
  words.addEventListener("input", () => {
    try {
      tab()?.setItem(key, JSON.stringify([revision.value, title.value, text.value]));
    } catch {
      // Full: the page itself still has the words.
    }
  });
}

if (words) rework();
arrived();
