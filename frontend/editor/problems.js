// What is wrong with the text: what the grammar cannot read, prefixes and terms that nobody knows, and what the server said.
import { syntaxTree } from "@codemirror/language";
import { linter } from "@codemirror/lint";
import { StateEffect, StateField } from "@codemirror/state";
import { declaring, prologue } from "./terms.js";

export const served = StateEffect.define();
const ended = StateEffect.define();

// The server's finding: it moves with the text and goes when its line is changed.
export const told = StateField.define({
  create: () => null,
  update(kept, transaction) {
    for (const effect of transaction.effects) if (effect.is(served)) return placed(transaction.state, effect.value);
    if (!kept || !transaction.docChanged) return kept;
    let touched = false;
    transaction.changes.iterChanges((from, to) => (touched ||= from <= kept.lineTo && to >= kept.lineFrom));
    if (touched) return null;
    const move = (at) => transaction.changes.mapPos(at);
    return { ...kept, from: move(kept.from), to: move(kept.to), lineFrom: move(kept.lineFrom), lineTo: move(kept.lineTo) };
  },
});

function placed(state, problem) {
  if (!problem?.line || problem.line > state.doc.lines) return null;
  const line = state.doc.line(problem.line);
  const at = Math.min(line.from + Math.max((problem.column ?? 1) - 1, 0), line.to);
  const [word] = /^(?:[?$]?[\p{L}\p{N}_:.-]+|\S)/u.exec(line.text.slice(at - line.from)) ?? [""];
  // At the end of a line there is nothing to mark: then the character before.
  const from = word ? at : Math.max(line.from, at - 1);
  return { severity: "error", from, to: word ? at + word.length : at, message: problem.sentence, lineFrom: line.from, lineTo: line.to };
}

export function checked(terms, texts) {
  return linter(
    (view) => {
      const said = view.state.field(told);
      const names = unknown(view.state, terms, texts);
      // What the server said is worth more than our own reading.
      return said ? [said, ...names.filter((d) => d.to <= said.from || d.from >= said.to)] : [...unread(view.state, texts), ...names];
    },
    {
      delay: 500,
      needsRefresh: (update) =>
        update.startState.field(told) !== update.state.field(told) || update.transactions.some((t) => t.effects.some((e) => e.is(ended))),
    },
  );
}

// The first place that the grammar cannot read; what follows from it is not worth telling.
function unread(state, texts) {
  let first = null;
  syntaxTree(state).iterate({
    enter(node) {
      if (!first && node.type.isError) first = { from: node.from, to: node.to };
      return !first;
    },
  });
  if (!first) return [];
  let from = first.from;
  const text = state.doc.toString();
  if (first.to === first.from) from += /^\s*/.exec(text.slice(from))[0].length;
  if (from >= text.trimEnd().length) return text.trim() ? [{ severity: "warning", from: Math.max(0, text.trimEnd().length - 1), to: text.trimEnd().length, message: texts.unfinished }] : [];
  const [word] = /^(?:[?$]?[\p{L}\p{N}_:.-]+|[^])/u.exec(text.slice(from));
  return [{ severity: "warning", from, to: from + word.length, message: texts.unexpected }];
}

function unknown(state, terms, texts) {
  const { declared } = prologue(state.doc.toString());
  const found = [];
  syntaxTree(state).iterate({
    enter(node) {
      if ((node.name !== "Pname_ln" && node.name !== "Pname_ns") || node.node.parent.name === "PrefixDecl") return;
      const name = state.sliceDoc(node.from, node.to);
      const prefix = name.slice(0, name.indexOf(":"));
      const at = { from: node.from, to: node.to };
      if (!declared.has(prefix)) {
        const iri = terms.prefixes[prefix];
        const add = { name: texts.addPrefix.replace("{prefix}", `${prefix}:`), apply: (view) => view.dispatch({ changes: declaring(view.state, prefix, iri) }) };
        found.push({ ...at, severity: "warning", message: texts.noPrefix.replace("{prefix}", `${prefix}:`), actions: iri ? [add] : [] });
      } else if (terms.ready && closed(terms, declared.get(prefix)) && name.length > prefix.length + 1) {
        const iri = declared.get(prefix) + name.slice(prefix.length + 1);
        if (!terms.byIri.has(iri)) found.push({ ...at, severity: "warning", message: texts.noTerm.replace("{name}", name), actions: nearest(terms, iri, texts) });
      }
    },
  });
  return found;
}

// Only our own vocabulary is known to be complete.
function closed(terms, start) {
  return start === terms.prefixes.wise;
}

function nearest(terms, iri, texts) {
  const wanted = iri.slice(terms.prefixes.wise.length).toLowerCase();
  const near = terms.all
    .filter((term) => term.prefix === "wise")
    .map((term) => ({ term, far: distance(term.name.slice(5).toLowerCase(), wanted) }))
    .filter(({ far }) => far <= 3)
    .sort((a, b) => a.far - b.far);
  return near.slice(0, 2).map(({ term }) => ({ name: texts.replace.replace("{name}", term.name), apply: (view, from, to) => view.dispatch({ changes: { from, to, insert: term.name } }) }));
}

// How many letters must be changed to make one word of another (Levenshtein).
function distance(a, b) {
  if (Math.abs(a.length - b.length) > 3) return 4;
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
    row = next;
  }
  return row[b.length];
}

export const refresh = (view) => view.dispatch({ effects: ended.of(null) });
