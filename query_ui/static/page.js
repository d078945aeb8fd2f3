// Completes names while they are typed, and brings what an address names into view. Every page works without it.
(() => {
  "use strict";
  // The search field as a combobox (WAI-ARIA 1.2, list autocomplete): arrows choose, Enter goes to the thing, Escape closes.
  // Without this the form sends what is typed; and whatever goes wrong here, it still does.
  let boxes = 0;
  for (const field of document.querySelectorAll("input[data-suggest]")) {
    const form = field.form;
    const list = document.createElement("ul");
    list.id = "suggestions-" + ++boxes;
    list.className = "suggestions";
    list.hidden = true;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", field.dataset.suggest);
    const told = document.createElement("span");
    told.className = "hidden";
    told.setAttribute("role", "status");
    field.parentNode.classList.add("suggesting");
    field.after(list, told);
    for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-expanded", "false"], ["aria-controls", list.id]]) {
      field.setAttribute(name, value);
    }
    let timer = 0;
    let active = -1;
    let asked = "";
    const choose = (number) => {
      const options = list.children;
      options[active]?.setAttribute("aria-selected", "false");
      active = options.length ? (number + options.length + 1) % (options.length + 1) : -1;
      if (active === options.length) active = -1;
      const option = options[active];
      option?.setAttribute("aria-selected", "true");
      option?.scrollIntoView({ block: "nearest" });
      if (option) field.setAttribute("aria-activedescendant", option.id);
      else field.removeAttribute("aria-activedescendant");
    };
    const close = () => {
      list.hidden = true;
      field.setAttribute("aria-expanded", "false");
      choose(-1);
      active = -1;
    };
    const part = (kind, text, language) => {
      const span = document.createElement("span");
      span.className = kind;
      span.textContent = text;
      if (language) span.lang = language;
      return span;
    };
    const show = (found) => {
      list.replaceChildren(...found.map((hit, number) => {
        const option = document.createElement("li");
        option.id = list.id + "-" + number;
        option.dataset.path = hit.path;
        option.setAttribute("role", "option");
        option.setAttribute("aria-selected", "false");
        option.append(part("label", hit.label, hit.language));
        if (hit.matched !== hit.label) option.append(" ", part("matched", hit.matched, hit.spoken), " ");
        if (hit.spoken && hit.spoken !== document.documentElement.lang) option.append(part("tag", hit.spoken), " ");
        option.append(part("kind", [hit.kind, hit.place].filter(Boolean).join(" · ")));
        return option;
      }));
      active = -1;
      field.removeAttribute("aria-activedescendant");
      list.hidden = !found.length;
      field.setAttribute("aria-expanded", String(!list.hidden));
      told.textContent = found.length ? field.dataset.suggest + ": " + found.length : "";
    };
    field.addEventListener("input", () => {
      clearTimeout(timer);
      const text = field.value.trim();
      if (text.length < 2) return close();
      timer = setTimeout(async () => {
        asked = text;
        try {
          const answer = await fetch("/suggest?q=" + encodeURIComponent(text));
          if (answer.ok && asked === text && document.activeElement === field) show(await answer.json());
        } catch {
          // No suggestion is no loss.
        }
      }, 120);
    });
    field.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !list.hidden) {
        event.preventDefault();
        close();
      } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && list.children.length) {
        event.preventDefault();
        if (list.hidden) {
          list.hidden = false;
          field.setAttribute("aria-expanded", "true");
        }
        choose(active + (event.key === "ArrowDown" ? 1 : -1));
      } else if (event.key === "Enter" && active >= 0) {
        event.preventDefault();
        location.href = list.children[active].dataset.path;
      }
    });
    // Before the field loses the focus to a click on an option.
    list.addEventListener("pointerdown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) location.href = option.dataset.path;
    });
    field.addEventListener("blur", close);
    form?.addEventListener("submit", close);
  }
  // A row of a long table may stand on a later page than the address of the row names.
  const row = /^#row=(\d+)$/.exec(location.hash);
  if (row && location.pathname.startsWith("/source/") && !document.getElementById(location.hash.slice(1)) && !new URLSearchParams(location.search).has("row")) {
    location.replace(location.pathname + "?row=" + row[1] + location.hash);
  }
  // The row that the address names is brought into view inside its frame, and marked by the style sheet.
  const named = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (named && named.tagName === "TR") named.scrollIntoView({ block: "center" });
  // The wrong cell of a row is brought into view inside its frame.
  for (const cell of document.querySelectorAll(".cells td.wrong-cell:not(.wrong-cell ~ .wrong-cell)")) {
    const frame = cell.closest(".scroll");
    if (cell.offsetLeft + cell.offsetWidth > frame.clientWidth) frame.scrollLeft = cell.offsetLeft - frame.clientWidth / 4;
  }
})();
