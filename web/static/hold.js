// What would go without a file that was chosen for it is kept back until the file is
// there, or somebody says that it may go without.

// holding watches over a form; lacking gives the names of what its files are for and are
// not there. What it returns keeps back what a button would send, and says whether it did.
export function holding(form, lacking) {
  const note = form.querySelector("[data-held]");
  let pressed = null; // what was held back
  let without = false; // it goes as it is

  note.querySelector("button").addEventListener("click", () => {
    without = true;
    form.requestSubmit(pressed);
    without = false;
  });
  form.addEventListener("input", () => (note.hidden ||= !lacking().length));

  return (by) => {
    const told = lacking();
    note.hidden = without || !told.length;
    if (note.hidden) return false;
    pressed = by;
    note.querySelector("p span").textContent = note.dataset.held.replaceAll("{0}", told.join(", "));
    note.scrollIntoView({ block: "nearest" });
    return true;
  };
}

// waits says whether the file of an upload field is on its way, or was refused.
export const waits = (box) => !!box.querySelector("[data-taken] :is([data-import],.fault)");
