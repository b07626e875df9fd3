// The calendar: which day of the strip is shown.
const strip = document.querySelector(".strip");

function show() {
  const day = [...strip.children].find((a) => a.hash === location.hash);
  if (!day) return;
  strip.querySelector("[aria-current]")?.removeAttribute("aria-current");
  day.setAttribute("aria-current", day.classList.contains("now") ? "date" : "true");
}

if (strip) {
  addEventListener("hashchange", show);
  show();
}
