// Completes names while they are typed. The page needs none of it: without it, the search form just sends what is typed.
(() => {
  "use strict";
  for (const field of document.querySelectorAll("input[list=suggestions]")) {
    const list = field.list;
    let timer = 0;
    let last = "";
    field.addEventListener("input", () => {
      clearTimeout(timer);
      const text = field.value.trim();
      if (text.length < 2 || text === last) return;
      timer = setTimeout(async () => {
        last = text;
        try {
          const answer = await fetch("/suggest?q=" + encodeURIComponent(text));
          if (!answer.ok || field.value.trim() !== text) return;
          const found = await answer.json();
          list.replaceChildren(...found.map((hit) => {
            const option = document.createElement("option");
            option.value = hit.matched;
            option.label = hit.matched === hit.label ? hit.kind : hit.label + ", " + hit.kind;
            return option;
          }));
        } catch {
          // No suggestion is no loss.
        }
      }, 150);
    });
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
