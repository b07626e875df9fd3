// What the browser suite asks of a page by rule and measure, at the size and in the
// colours that the browser has just now. It gives a list of sentences, empty when all is well.
(() => {
  const found = new Set();
  const shown = (e) => e.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && !e.closest(".vh, .skip");
  const name = (e) => {
    const text = (e.innerText || e.getAttribute("aria-label") || e.name || "").trim().replace(/\s+/g, " ").slice(0, 40);
    const marks = [...e.classList].slice(0, 2).map((c) => "." + c).join("");
    return `${e.localName}${e.id ? "#" + e.id : ""}${marks} "${text}"`;
  };
  const box = (e) => e.getBoundingClientRect();

  // Nothing is wider than the screen, nor cut off at its edge.
  const wide = document.documentElement.scrollWidth - innerWidth;
  if (wide > 0) found.add(`the page is ${wide} px wider than the screen`);
  const scrolls = (e) => {
    for (let p = e.parentElement; p && p !== document.body; p = p.parentElement) {
      if (/auto|scroll/.test(getComputedStyle(p).overflowX) && box(p).right <= innerWidth + 1) return true;
    }
    return false;
  };
  for (const e of document.body.querySelectorAll("*")) {
    if (e.closest("svg") && e.localName !== "svg" || e.matches("[type=range]")) continue; // a handle may hang over its end
    const r = box(e);
    if (r.width > 1 && r.height > 1 && (r.right > innerWidth + 1 || r.left < -1) && shown(e) && !scrolls(e)) {
      found.add(`${name(e)} reaches from ${Math.round(r.left)} to ${Math.round(r.right)} of ${innerWidth} px`);
    }
    // What does not fit its own box is cut there, or lies over its neighbour.
    const style = getComputedStyle(e);
    if (/hidden|clip/.test(style.overflowX) && e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 1 && shown(e) && e.localName !== "main" && style.textOverflow !== "ellipsis" && !/^(input|select|svg)$/.test(e.localName)) {
      found.add(`${name(e)} is cut off: ${e.scrollWidth} px in ${e.clientWidth}`);
    }
  }

  // What is pressed is at least 44 px high and wide, the main button 48; a link in a
  // sentence is as high as its line.
  const within = (e) => {
    if (e.localName !== "a" || getComputedStyle(e).display !== "inline") return false;
    const around = e.parentElement.innerText.replace(/\s+/g, " ").trim().length;
    return around > e.innerText.replace(/\s+/g, " ").trim().length + 3;
  };
  for (let e of document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary, [role=button], [role=slider], [role=tab]")) {
    if (!shown(e) && !(e.closest(".file") && shown(e.closest(".file")))) continue;
    if (within(e)) continue;
    if (e.matches("[type=checkbox], [type=radio], .file input")) e = e.closest("label") ?? e.labels?.[0] ?? e;
    if (e.matches("[type=range]")) continue; // its handle is what is pressed; the page of trimming has a test of its own
    const r = box(e);
    const least = e.matches(".btn, .hold, .stop") ? 48 : 44;
    if (r.height < least - 0.5 || r.width < least - 0.5) found.add(`${name(e)} is ${Math.round(r.width)} × ${Math.round(r.height)} px, want ${least}`);
    if (!e.matches("input, select, textarea, label") && !e.innerText.trim() && !e.matches("[data-bare]")) found.add(`${name(e)} has no word beside its icon`);
  }

  // Text is at least 18 px; what only names something, a label of the bar, an axis or a
  // small date, at least 16.
  const label = ".tabs, .week .st, .brand, .strip, .moon, svg, .sums, .qr";
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const root = parseFloat(getComputedStyle(document.documentElement).fontSize) / 18;
  for (let n = walker.nextNode(); n; n = walker.nextNode()) {
    const e = n.parentElement;
    if (!n.data.trim() || /^(script|style|noscript|template|option)$/.test(e.localName) || !shown(e)) continue;
    const size = parseFloat(getComputedStyle(e).fontSize) / root;
    const least = e.closest(label) ? 16 : 18;
    if (size < least - 0.05) found.add(`text of ${size.toFixed(1)} px, want ${least}: ${name(e)}`);
  }

  if (!document.title.trim()) found.add("the page has no title");
  if (document.querySelector("[tabindex]:not([tabindex='0'], [tabindex='-1'])")) found.add("a tabindex changes the order of the keys");
  return [...found];
})()
