// Narrows the list of examples while one types. Without it, the form asks the server for the same.
export function searchExamples(form) {
  if (!form) return;
  const field = form.querySelector("input[type=search]");
  const groups = [...document.querySelectorAll(".examples [data-subject]")];
  const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const narrow = () => {
    const words = fold(field.value).split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const group of groups) {
      const items = [...group.querySelectorAll("li")];
      for (const item of items) item.hidden = !words.every((word) => fold(`${item.textContent} ${group.dataset.subject}`).includes(word));
      const left = items.filter((item) => !item.hidden).length;
      group.hidden = !left;
      shown += left;
    }
    document.querySelector(".examples .none").hidden = shown > 0;
  };
  field.addEventListener("input", narrow);
  form.addEventListener("submit", (event) => (event.preventDefault(), narrow()));
}
