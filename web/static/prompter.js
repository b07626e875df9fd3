// The words run past a marked line at eye level, at the reader's own speed, which
// this phone remembers together with their size.
const pace = { usual: 180, least: 80, most: 320, step: 10 }; // syllables a minute
const size = { usual: 1.667, least: 1, most: 4, step: 0.25 }; // rem

function remembered(name, bounds) {
  try {
    const v = parseFloat(localStorage.getItem("prompter-" + name));
    return v >= bounds.least && v <= bounds.most ? v : bounds.usual;
  } catch {
    return bounds.usual;
  }
}

function remember(name, value) {
  try {
    localStorage.setItem("prompter-" + name, value);
  } catch {
    // Switched off or full: it holds for this page.
  }
}

// prompter wakes the one in root; told gets the seconds that reading will take.
export function prompter(root, spoken, told) {
  const find = (name) => root.querySelector(`[data-${name}]`);
  const box = find("box");
  const text = find("text");
  const written = text.innerHTML;
  const own = { pace: remembered("pace", pace), size: remembered("size", size) };
  let running = false;
  let last = 0;
  let at = 0; // of the line, in pixels of text

  const seconds = () => (60 * root.dataset.syllables) / own.pace;

  function show() {
    box.style.fontSize = own.size + "rem";
    text.style.paddingTop = 0.3 * box.clientHeight + "px"; // the first line begins at the mark,
    text.style.paddingBottom = `calc(${0.7 * box.clientHeight}px - 1.5em)`; // and the last one ends there
    told(seconds(), own.pace);
    const b = find("run-button");
    b.querySelector("span").textContent = running ? root.dataset.rest : root.dataset.run;
    b.setAttribute("aria-pressed", String(running));
    box.classList.toggle("runs", running);
  }

  function step(now) {
    if (!running) return;
    if (Math.abs(box.scrollTop - at) > 3) at = box.scrollTop; // a finger moved it
    const whole = box.scrollHeight - box.clientHeight;
    at = Math.min(whole, at + (whole * Math.min(now - last, 200)) / (1000 * seconds()));
    last = now;
    box.scrollTop = at;
    if (at >= whole - 1) return stop();
    requestAnimationFrame(step);
  }

  function start() {
    if (running) return;
    running = true;
    if (box.scrollTop >= box.scrollHeight - box.clientHeight - 2) box.scrollTop = 0;
    at = box.scrollTop;
    last = performance.now();
    requestAnimationFrame(step);
    show();
  }

  function stop() {
    running = false;
    show();
  }

  function change(name, bounds, by) {
    const part = box.scrollTop / Math.max(1, box.scrollHeight - box.clientHeight);
    own[name] = Math.min(bounds.most, Math.max(bounds.least, own[name] + by));
    remember(name, own[name]);
    show();
    if (name === "size") at = box.scrollTop = part * (box.scrollHeight - box.clientHeight); // the same words stay at the line
  }

  const toggle = () => (running ? stop() : start());
  find("run-button").addEventListener("click", toggle);
  box.addEventListener("click", toggle);
  find("slower").addEventListener("click", () => change("pace", pace, -pace.step));
  find("faster").addEventListener("click", () => change("pace", pace, pace.step));
  find("smaller").addEventListener("click", () => change("size", size, -size.step));
  find("larger").addEventListener("click", () => change("size", size, size.step));
  find("as-spoken").addEventListener("click", (e) => {
    const b = e.currentTarget;
    const read = b.getAttribute("aria-pressed") !== "true";
    b.setAttribute("aria-pressed", String(read));
    text.innerHTML = read ? spoken.innerHTML : written;
  });
  box.addEventListener("keydown", (e) => {
    const keys = {
      " ": toggle,
      ArrowLeft: () => change("pace", pace, -pace.step),
      ArrowRight: () => change("pace", pace, pace.step),
      "+": () => change("size", size, size.step),
      "-": () => change("size", size, -size.step),
    };
    if (!keys[e.key]) return;
    e.preventDefault();
    keys[e.key]();
  });
  addEventListener("resize", show);
  for (const tools of root.querySelectorAll("[data-prompt-tools]")) tools.hidden = false;
  show();
  return {
    start() {
      box.scrollTop = 0;
      start();
    },
    goOn: start,
    // stop says whether they ran.
    stop() {
      const ran = running;
      stop();
      return ran;
    },
  };
}
