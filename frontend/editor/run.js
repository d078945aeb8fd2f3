// Runs a query without leaving the page: says that it runs, lets it be left, puts the answer in its place and the query into the address.
const HEADERS = { Accept: "text/html" };
const LONGEST = 4000; // longer addresses are refused by some servers on the way

export class Runner {
  constructor(form, texts, { mark }) {
    Object.assign(this, { form, texts, mark, running: null });
    this.field = form.querySelector("textarea[name=query]");
    this.button = form.querySelector("button[type=submit]");
    this.stop = form.querySelector("button.stop");
    this.state = form.querySelector("[role=status]");
    form.addEventListener("submit", (event) => (event.preventDefault(), this.run()));
    this.stop.addEventListener("click", () => this.running?.abort());
    addEventListener("popstate", () => location.reload());
    // The other views of an answer come in place too: what was typed since it was run would be lost otherwise.
    this.answer = document.querySelector("#answer");
    this.answer.addEventListener("click", (event) => {
      const link = event.target.closest("a[href^='/sparql?']");
      if (!link || link.matches(".downloads a") || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      this.run(link.getAttribute("href"));
    });
    this.answer.addEventListener("submit", (event) => {
      if (event.target.method !== "get") return;
      event.preventDefault();
      this.run(`/sparql?${new URLSearchParams(new FormData(event.target))}`);
    });
  }

  // Asks for what the form holds, or for another view of the answer.
  async run(view = "") {
    if (this.running) return;
    this.running = new AbortController();
    const begun = performance.now();
    const wait = this.waiting(begun);
    try {
      const page = await (view ? this.page(fetch(view, { headers: HEADERS, signal: this.running.signal }), view) : this.fetched(this.running.signal));
      this.show(page, view);
    } catch (error) {
      this.say(error.name === "AbortError" ? this.texts.stopped : this.texts.silent);
    } finally {
      clearInterval(wait);
      this.running = null;
      this.button.removeAttribute("aria-disabled");
      this.button.textContent = this.texts.run;
      // A button that goes leaves the focus to its neighbour.
      if (document.activeElement === this.stop) this.button.focus();
      this.stop.hidden = true;
    }
  }

  waiting(begun) {
    this.button.setAttribute("aria-disabled", "true");
    this.button.textContent = this.texts.running;
    this.say(this.texts.running);
    return setInterval(() => {
      const seconds = Math.round((performance.now() - begun) / 1000);
      this.stop.hidden = seconds < 1;
      if (seconds > 0 && seconds % 5 === 0) this.say(this.texts.since.replace("{seconds}", seconds));
    }, 500);
  }

  async fetched(signal) {
    const sent = new URLSearchParams(new FormData(this.form));
    const path = this.form.getAttribute("action").split("#")[0];
    const short = `${sent}`.length <= LONGEST;
    const options = { headers: HEADERS, signal };
    const answer = short ? fetch(`${path}?${sent}`, options) : fetch(path, { ...options, method: "POST", body: sent });
    return this.page(answer, short ? `${path}?${sent}` : `${path}#query=${encodeURIComponent(this.field.value)}`);
  }

  async page(answer, address) {
    const page = new DOMParser().parseFromString(await (await answer).text(), "text/html");
    if (!page.querySelector("#answer")) throw new Error("no page of ours");
    if (address !== location.pathname + location.search + location.hash) history.pushState(null, "", address);
    return page;
  }

  show(page, view) {
    this.answer.replaceChildren(...document.importNode(page.querySelector("#answer"), true).childNodes);
    // Scripts of the views find here what is new.
    this.answer.dispatchEvent(new CustomEvent("wise:shown", { bubbles: true }));
    const problem = this.problem();
    this.mark(problem);
    // The problem is an alert, which says itself.
    this.say(problem ? "" : (document.querySelector("#result")?.textContent.trim() ?? ""));
    const named = view.includes("#") && document.getElementById(view.split("#")[1]);
    if (named) named.querySelector("[aria-current], a, input")?.focus();
    else if (this.answer.getBoundingClientRect().top > innerHeight * 0.8) this.answer.scrollIntoView({ block: "center" });
  }

  problem() {
    const told = document.querySelector("#problem");
    if (!told) return null;
    const { line, column } = told.dataset;
    return { sentence: told.querySelector("p").textContent, line: Number(line) || 0, column: Number(column) || 0 };
  }

  say(text) {
    this.state.textContent = text;
  }
}
