// Smooths the builder of queries. The page needs none of it: every choice is a link or a form.
(() => {
  "use strict";
  const place = "wise-explore";
  // What was open, and how far the page was scrolled, stays so after a choice.
  try {
    const kept = JSON.parse(sessionStorage.getItem(place) || "null");
    if (kept && kept.path === location.pathname && !location.hash) {
      for (const id of kept.open) {
        const facet = document.getElementById(id);
        if (facet) facet.open = true;
      }
      for (const id of kept.shut) {
        const facet = document.getElementById(id);
        if (facet && !facet.querySelector(".chosen")) facet.open = false;
      }
      scrollTo(0, kept.top);
    }
    sessionStorage.removeItem(place);
  } catch {
    // Nothing is kept where the browser keeps nothing.
  }
  const keep = () => {
    const facets = [...document.querySelectorAll("details.facet[id]")];
    const ids = (open) => facets.filter((facet) => facet.open === open).map((facet) => facet.id);
    try {
      sessionStorage.setItem(place, JSON.stringify({ path: location.pathname, top: scrollY, open: ids(true), shut: ids(false) }));
    } catch {
      // See above.
    }
  };
  document.addEventListener("click", (event) => {
    if (event.target.closest(".narrow .offered:not(.ways) a, .conditions a")) keep();
  });
  document.addEventListener("submit", (event) => {
    // What is left blank need not be sent.
    for (const field of event.target.querySelectorAll("input[name], select[name]")) field.disabled = !field.value;
    if (event.target.closest(".narrow")) keep();
  });
  addEventListener("pageshow", () => {
    for (const field of document.querySelectorAll("form :disabled")) field.disabled = false;
  });
})();
