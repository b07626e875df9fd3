// Every page: what is better with a script. Without one all forms still work.
document.documentElement.classList.replace("nojs", "js");

// One sound at a time: listening in stops when a preview starts, and the other
// way round. It lives outside the page's markup, which today.js redraws.
const air = new Audio();
air.preload = "none";
let listening = "";

// dress makes ready what is only of use with a script.
export function dress(root) {
  for (const b of root.querySelectorAll("[data-listen]")) {
    b.hidden = false;
    say(b);
  }
  fill(root);
}

// fill puts this phone's time into the form that asks for it; the exact instant
// goes along when it is sent.
function fill(root) {
  const date = root.querySelector("[data-now=date]");
  const time = root.querySelector("[data-now=time]");
  if (!date || !time) return;
  const now = new Date();
  const local = new Date(now - now.getTimezoneOffset() * 60000).toISOString();
  date.value = local.slice(0, 10);
  time.value = local.slice(11, 19);
  const asked = date.value + time.value;
  date.form.addEventListener("submit", () => {
    if (asked !== date.value + time.value) return; // corrected by hand
    const at = document.createElement("input");
    at.type = "hidden";
    at.name = "at";
    at.value = new Date().toISOString();
    date.form.append(at);
  });
}

function say(button) {
  const span = button.querySelector("span");
  button.dataset.start ??= span.textContent;
  span.textContent = listening ? button.dataset.stop : button.dataset.start;
  button.setAttribute("aria-pressed", listening ? "true" : "false");
}

function listen(url) {
  listening = listening ? "" : url;
  unheard(false);
  if (listening) {
    const line = navigator.connection;
    const thin = line?.saveData || /2g|3g/.test(line?.effectiveType ?? "");
    air.src = url + "?format=" + (thin ? "slim" : "wav") + "&from=" + Date.now();
    air.play().catch(hush);
  } else {
    air.pause();
    air.removeAttribute("src");
    air.load();
  }
  document.querySelectorAll("[data-listen]").forEach(say);
}

function hush() {
  if (listening) listen(listening);
}

function unheard(is) {
  for (const note of document.querySelectorAll("[data-listen-failed]")) note.hidden = !is;
}
air.addEventListener("ended", hush);
air.addEventListener("error", () => {
  if (!listening) return; // it was stopped
  hush();
  unheard(true);
});

document.addEventListener("click", (e) => {
  const b = e.target.closest("[data-listen]");
  if (b) listen(b.dataset.listen);
});

document.addEventListener("play", (e) => {
  if (e.target === air) return;
  hush();
  for (const a of document.querySelectorAll("audio")) if (a !== e.target) a.pause();
}, true);

// Ask before what cannot be undone, and take one press for one.
document.addEventListener("submit", (e) => {
  const by = e.submitter;
  if (by?.dataset.confirm && !confirm(by.dataset.confirm)) {
    e.preventDefault();
    return;
  }
  if (e.target.dataset.underWay) {
    e.preventDefault();
    return;
  }
  setTimeout(() => {
    if (e.defaultPrevented) return;
    e.target.dataset.underWay = "1";
    if (by) busy(by, true);
  });
});

// A page that comes back from the browser's memory may be sent again.
addEventListener("pageshow", (e) => {
  if (!e.persisted) return; // what was sent before all of the page was there stays sent
  for (const f of document.querySelectorAll("form[data-under-way]")) delete f.dataset.underWay;
  for (const b of document.querySelectorAll("[aria-disabled]")) busy(b, false);
});

// busy shows on a button that its work is under way.
export function busy(button, on) {
  const span = button.querySelector("span");
  if (span && button.dataset.busy) {
    button.dataset.rest ??= span.textContent;
    span.textContent = on ? button.dataset.busy : button.dataset.rest;
  }
  if (on) button.setAttribute("aria-disabled", "true");
  else button.removeAttribute("aria-disabled");
}

dress(document);

// ---- what was typed and not saved: kept in this tab for a page that is loaded anew, and
// for a sign-in that had ended

const typed = "loalang-typed";
const fresh = 12 * 3600e3; // in ms
const here = () => location.pathname + location.search.replace(/(told|refused|planned|undo)=[^&]*&?/g, "").replace(/[?&]$/, "");
const who = () => document.querySelector("footer a[href='/account']")?.textContent; // whoever signs in next gets nothing of it
const forms = () => [...document.querySelectorAll("main form[method=post]:not([data-emergency],[data-draft])")];
const fields = (form) => [...form.elements].filter((f) => f.name && !/hidden|file|password|submit|button|fieldset/.test(f.type) && !/pin|password/.test(f.name + f.autocomplete));
const ticks = (f) => f.type === "checkbox" || f.type === "radio";
const changed = (f) => (ticks(f) ? f.checked !== f.defaultChecked : f.options ? [...f.options].some((o) => o.selected && !o.defaultSelected) : f.value !== f.defaultValue);

function tab() {
  try {
    return sessionStorage;
  } catch {
    return null; // switched off in this browser
  }
}

function keep() {
  const all = forms().map((form) => fields(form).map((f, i) => changed(f) && [i, f.name, ticks(f) ? f.checked : f.value]).filter(Boolean));
  try {
    tab()?.setItem(typed, JSON.stringify({ at: Date.now(), who: who(), page: here(), all }));
  } catch {
    // Full: the page itself still has the words.
  }
}

function restore() {
  const kept = JSON.parse(tab()?.getItem(typed) ?? "null");
  if (kept?.page !== here()) return;
  const kind = performance.getEntriesByType("navigation")[0]?.type;
  const again = kind === "reload" || new URL(document.referrer || location.href).pathname === "/sign-in";
  if (!again || kept.who !== who() || Date.now() - kept.at > fresh || /[?&]told=/.test(location.search)) {
    tab().removeItem(typed);
    return;
  }
  forms().forEach((form, n) => {
    const all = fields(form);
    for (const [i, name, value] of kept.all[n] ?? []) {
      const f = all[i];
      if (f?.name !== name) continue; // the page is another by now
      if (ticks(f)) f.checked = value;
      else f.value = value;
      for (let d = f.closest("details"); d; d = d.parentElement.closest("details")) d.open = true;
      f.dispatchEvent(new Event("input", { bubbles: true }));
    }
  });
}

if (who()) {
  addEventListener("input", keep);
  addEventListener("load", restore); // behind the page's own module
}
