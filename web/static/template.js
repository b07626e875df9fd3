// A template chosen by its radio button fills title and text, and asks before
// it writes over words of the author's own.
export function templates(form) {
  const radios = [...form.querySelectorAll("[data-text]")];
  const { title, text, reason } = form.elements;
  const own = (field, key) => field.value.trim() !== "" && !radios.some((r) => r.dataset[key] === field.value);
  let last = radios.find((r) => r.checked);
  for (const r of radios) {
    r.addEventListener("change", () => {
      if (own(text, "text") && r.dataset.text && !confirm(form.dataset.replace)) {
        if (last) last.checked = true;
        return;
      }
      last = r;
      if (!r.dataset.text && own(text, "text")) return; // own words stay
      if (reason && (!reason.value || reason.value === title.value)) reason.value = r.dataset.title;
      title.value = r.dataset.title;
      text.value = r.dataset.text;
      text.dispatchEvent(new Event("input", { bubbles: true }));
    });
  }
}
