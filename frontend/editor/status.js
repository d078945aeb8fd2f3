// Two lines below the text: what the term at the cursor means, else the keys. The same as a card under the pointer.
import { syntaxTree } from "@codemirror/language";
import { hoverTooltip, showPanel, ViewPlugin } from "@codemirror/view";
import { refresh, told } from "./problems.js";
import { card, kindOf, prologue } from "./terms.js";

export function explained(terms, texts) {
  return [
    showPanel.of((view) => panel(view, terms, texts)),
    hoverTooltip(async (view, at) => {
      await terms.load();
      const found = termAt(view.state, at, terms);
      return found && { pos: found.from, end: found.to, above: true, create: () => ({ dom: card(found.term, texts) }) };
    }),
    ViewPlugin.define((view) => (terms.whenReady(() => refresh(view)), {})),
  ];
}

function panel(view, terms, texts) {
  const dom = document.createElement("div");
  dom.className = "status";
  const write = (state) => dom.replaceChildren(...line(state, terms, texts));
  write(view.state);
  return { dom, update: (update) => write(update.state) };
}

function line(state, terms, texts) {
  const at = state.selection.main.head;
  const said = state.field(told);
  if (said && at >= said.lineFrom && at <= said.lineTo) return [span(said.message, "bad")];
  const found = termAt(state, at, terms);
  if (!found) return [span(texts.keys)];
  const { term } = found;
  const name = document.createElement("b");
  name.textContent = term.name;
  const parts = [name, ` ${kindOf(term, texts)}`];
  if (term.label) parts.push(" · ", span(term.label, "", term.lang));
  if (term.definition) parts.push(" · ", span(term.definition, "", term.in));
  return parts;
}

function span(text, kind = "", language = "") {
  const made = document.createElement("span");
  made.textContent = text;
  made.className = kind;
  if (language) made.lang = language;
  return made;
}

function termAt(state, at, terms) {
  for (const side of [1, -1]) {
    const node = syntaxTree(state).resolveInner(at, side);
    const text = state.sliceDoc(node.from, node.to);
    if (node.name === "Pname_ln") {
      const prefix = text.slice(0, text.indexOf(":"));
      const start = prologue(state.doc.toString()).declared.get(prefix) ?? terms.prefixes[prefix];
      const term = start && terms.byIri.get(start + text.slice(prefix.length + 1));
      if (term) return { from: node.from, to: node.to, term };
    } else if (node.name === "IriRef" && terms.byIri.has(text.slice(1, -1))) {
      return { from: node.from, to: node.to, term: terms.byIri.get(text.slice(1, -1)) };
    }
  }
  return null;
}
