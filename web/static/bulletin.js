// The public board: sounds play in their place, one at a time, and what is on the air
// is asked for every 15 seconds. Without this module each sound is a link that every
// phone can play, and a frame looks for emergencies.
const now = document.getElementById("now");
const said = document.querySelector("[data-said]");
const every = 15000;
let sound = null;
let pressed = null;

document.documentElement.classList.replace("nojs", "js");

for (const link of document.querySelectorAll("[data-play]")) {
  link.setAttribute("role", "button");
  link.setAttribute("aria-pressed", "false");
  link.dataset.name = link.querySelector("span").textContent;
  link.addEventListener("click", (e) => {
    e.preventDefault();
    if (link === pressed) stop();
    else play(link);
  });
  link.addEventListener("keydown", (e) => {
    if (e.key !== " ") return;
    e.preventDefault();
    link.click();
  });
}

function show(link, playing) {
  const use = link.querySelector("use");
  use.setAttribute("href", use.getAttribute("href").replace(/#.*/, playing ? "#dung" : "#phat"));
  link.setAttribute("aria-pressed", String(playing));
  link.classList.toggle("on", playing);
  link.querySelector("span").textContent = playing ? link.dataset.stop : link.dataset.name;
}

function play(link) {
  stop();
  pressed = link;
  sound = new Audio(link.href);
  const mine = sound;
  mine.addEventListener("ended", stop);
  mine.addEventListener("error", () => {
    if (mine !== sound) return;
    stop();
    said.textContent = link.dataset.failed;
    said.className = "note st bad";
    link.closest("p").after(said);
  });
  show(link, true);
  said.className = "vh";
  said.textContent = "";
  mine.play()?.catch?.(() => {});
}

function stop() {
  if (!pressed) return;
  show(pressed, false);
  pressed = null;
  sound.pause();
  sound = null;
  if (stale) location.reload();
}

const key = now?.dataset.key.split("."); // of what stands on the page, of what is on the air
let stale = false;

async function look() {
  if (document.hidden) return;
  try {
    const answer = await fetch(now.dataset.now, { credentials: "omit" });
    if (!answer.ok) {
      // What stood here may have been taken down: the page says so itself.
      if (answer.status === 404) location.reload();
      return;
    }
    const text = await answer.text();
    const [days, air] = answer.headers.get("X-Bulletin").split(".");
    if (air !== key[1]) now.innerHTML = text;
    key[1] = air;
    if (days !== key[0]) stale = true;
    if (stale && !pressed) location.reload();
  } catch {
    // The line is gone; what is on the page stays, and it is asked for again.
  }
}

if (now) {
  setInterval(look, every);
  document.addEventListener("visibilitychange", look);
  setTimeout(look, 3000);
}
