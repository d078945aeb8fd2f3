// What the graph holds, as the server tells it: prefixes, classes and properties with counts, graphs. Fetched when first needed.
export class Terms {
  constructor(path) {
    this.path = path;
    this.prefixes = {};
    this.all = [];
    this.graphs = [];
    this.byIri = new Map();
    this.ready = false;
    this.listeners = [];
  }

  load() {
    return (this.loading ??= this.fetched());
  }

  whenReady(listener) {
    this.listeners.push(listener);
  }

  async fetched() {
    try {
      const answer = await fetch(this.path);
      if (!answer.ok) return;
      const { prefixes, terms, graphs } = await answer.json();
      Object.assign(this, { prefixes, graphs, ready: true });
      this.all = terms.map((term) => ({ ...term, ...this.named(term.iri) }));
      this.byIri = new Map(this.all.map((term) => [term.iri, term]));
      for (const listener of this.listeners) listener();
    } catch {
      // Without terms the editor still colours, checks brackets and runs.
    }
  }

  // `wise:WiseForm` for an address under a known prefix, else the address in angle brackets.
  named(iri) {
    for (const [prefix, start] of Object.entries(this.prefixes)) {
      const rest = iri.startsWith(start) ? iri.slice(start.length) : "";
      if (rest && /^[\p{L}\p{N}_](?:[\p{L}\p{N}_.-]*[\p{L}\p{N}_-])?$/u.test(rest)) return { name: `${prefix}:${rest}`, prefix };
    }
    return { name: `<${iri}>`, prefix: undefined };
  }
}

// The prefixes that a query declares, and where the next one belongs.
export function prologue(text) {
  const declared = new Map();
  let end = 0;
  for (const found of text.matchAll(/^[ \t]*(?:PREFIX[ \t]+([^\s:]*):[ \t]*<([^>\n]*)>|BASE[ \t]+<[^>\n]*>)[^\n]*(?:\n|$)/gim)) {
    if (found[1] !== undefined) declared.set(found[1], found[2]);
    end = found.index + found[0].length;
  }
  return { declared, end };
}

// The change that declares a prefix that is missing; empty if it is there.
export function declaring(state, prefix, iri) {
  const text = state.doc.toString();
  const { declared, end } = prologue(text);
  if (!prefix || declared.has(prefix)) return [];
  const before = end > 0 && text[end - 1] !== "\n" ? "\n" : "";
  return [{ from: end, insert: `${before}PREFIX ${prefix}: <${iri}>\n` }];
}

// What is written about a term, for the card and for the list.
export function card(term, texts) {
  const box = document.createElement("div");
  box.className = "card";
  const head = box.appendChild(document.createElement("div"));
  const name = head.appendChild(document.createElement("b"));
  name.textContent = term.name;
  head.append(` ${kindOf(term, texts)}`);
  if (term.label) box.appendChild(worded(term.label, term.lang));
  if (term.definition) box.appendChild(worded(term.definition, term.in));
  return box;
}

export function kindOf(term, texts) {
  const kind = texts[term.kind];
  return term.count == null ? kind : `${kind} · ${texts[`${term.kind}Count`].replace("{n}", term.count.toLocaleString(document.documentElement.lang))}`;
}

function worded(text, language) {
  const line = document.createElement("p");
  line.textContent = text;
  if (language) line.lang = language;
  return line;
}
