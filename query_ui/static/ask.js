// Narrows the choices of a question as soon as one is made: what would give no answer goes, the numbers follow.
// Without it, the choices are narrowed when the question is asked.
(() => {
  "use strict";
  const form = document.querySelector("form[data-narrow]");
  if (!form) return;
  let turn = 0;

  const given = () => {
    const values = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (String(value).trim()) values.append(name, value);
    return values;
  };

  const select = (field, options) => {
    const list = field.querySelector("select");
    const chosen = list.value;
    const blank = list.querySelector('option[value=""]');
    list.replaceChildren(...(blank ? [blank] : []), ...options.map((o) => {
      const option = document.createElement("option");
      option.value = o.value;
      option.textContent = o.count === null ? o.label : `${o.label} (${o.count})`;
      return option;
    }));
    list.value = chosen;
  };

  const boxes = (field, options) => {
    const known = new Map(options.map((o) => [o.value, o]));
    const names = [];
    for (const label of field.querySelectorAll(".options label")) {
      const box = label.querySelector("input");
      const option = known.get(box.value);
      label.hidden = !option && !box.checked;
      const count = label.querySelector(".count");
      if (count && option) count.textContent = option.count;
      if (box.checked) names.push(label.querySelector("span").textContent);
    }
    const summary = field.querySelector("summary");
    summary.dataset.any = summary.dataset.any || summary.textContent;
    summary.textContent = names.join(", ") || form.dataset.any || summary.dataset.any;
  };

  form.addEventListener("change", async () => {
    const now = ++turn;
    try {
      const answer = await fetch(`${form.dataset.narrow}?${given()}`, { headers: { Accept: "application/json" } });
      if (!answer.ok || now !== turn) return;
      for (const { name, options } of (await answer.json()).fields) {
        const field = form.querySelector(`[data-name="${CSS.escape(name)}"]`);
        if (field.querySelector("select")) select(field, options);
        else if (field.querySelector(".options")) boxes(field, options);
      }
    } catch {
      // Asking narrows them anyway.
    }
  });
})();
