// What the editor offers while one types: terms and things of the graph, variables, words of SPARQL.
import { pickedCompletion } from "@codemirror/autocomplete";
import { syntaxTree } from "@codemirror/language";
import { CALLS, KEYWORDS } from "./language.js";
import { card, declaring, kindOf } from "./terms.js";

const WORD = /(?:<[^<>"{}|^`\s]*|[?$][\p{L}\p{N}_]*|[\p{L}\p{N}_][\p{L}\p{N}_.-]*:?[\p{L}\p{N}_.-]*)$/u;
const MOST = 60;

export function completions(terms, texts) {
  return [(context) => complete(context, terms, texts)];
}

async function complete(context, terms, texts) {
  const inside = syntaxTree(context.state).resolveInner(context.pos, -1).name;
  if (inside === "Comment") return null;
  const quoted = inString(context);
  if (quoted) return context.explicit && quoted.text.length > 1 ? things(context, quoted, terms, texts) : null;
  const word = context.matchBefore(WORD);
  if (!word && !context.explicit) return null;
  const from = word?.from ?? context.pos;
  const typed = word?.text ?? "";
  const before = context.state.sliceDoc(Math.max(0, from - 400), from);
  await terms.load();
  if (/^[?$]/.test(typed)) return { from, options: variables(context, from), filter: true, validFor: /^[?$][\p{L}\p{N}_]*$/u };
  if (/\bPREFIX\s+$/i.test(before)) return { from, options: prefixes(terms), filter: false };
  if (/\b(?:FROM|NAMED|GRAPH)\s+$/i.test(before)) return { from, options: graphs(terms, typed), filter: false };
  const place = placeOf(before);
  const options = place === "prologue" || place === "select" ? [] : fitting(terms, texts, typed, place);
  options.push(...words(typed));
  if (place === "object" || place === "subject") {
    if (typed.length > 2 && !/[:<]/.test(typed) && !context.aborted) options.push(...(await found(typed, terms, texts)));
  }
  return options.length ? { from, options, filter: false } : null;
}

// Terms whose name or label fits what is typed: those that begin with it first, then those used most.
function fitting(terms, texts, typed, place) {
  const wanted = folded(typed.replace(/^</, ""));
  const wrongKind = place === "class" ? "property" : place === "predicate" ? "class" : "";
  return terms.all
    .map((term) => ({ term, score: score(term, wanted) + (term.kind === wrongKind ? 4 : 0) }))
    .filter(({ term, score }) => score < 4 || (score < 8 && wanted && term.kind === wrongKind))
    .sort((a, b) => a.score - b.score || (b.term.count ?? 0) - (a.term.count ?? 0))
    .slice(0, MOST)
    .map(({ term }) => ({
      label: term.name,
      detail: [term.label, kindOf(term, texts)].filter(Boolean).join(" · "),
      type: term.kind,
      info: () => card(term, texts),
      apply: (view, completion, from, to) => insert(view, completion, from, to, term.name, term.prefix, terms),
    }));
}

function score(term, wanted) {
  if (!wanted) return 0;
  const name = folded(term.name);
  const local = name.slice(name.indexOf(":") + 1);
  const label = folded(term.label ?? "");
  if (name.startsWith(wanted) || local.startsWith(wanted)) return 0;
  if (label.startsWith(wanted)) return 1;
  if (label.includes(` ${wanted}`)) return 2;
  return wanted.length > 2 && (local.includes(wanted) || label.includes(wanted)) ? 3 : 100;
}

function folded(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

// Inserts a name and, in the same step, the PREFIX line that it needs.
function insert(view, completion, from, to, text, prefix, terms) {
  const changes = [{ from, to, insert: text }];
  const added = prefix ? declaring(view.state, prefix, terms.prefixes[prefix]) : [];
  const shift = added.reduce((sum, change) => sum + change.insert.length, 0);
  view.dispatch({
    changes: [...added, ...changes],
    selection: { anchor: from + text.length + shift },
    annotations: pickedCompletion.of(completion),
    scrollIntoView: true,
    userEvent: "input.complete",
  });
}

function words(typed) {
  if (!typed || /[:<]/.test(typed)) return [];
  const wanted = typed.toUpperCase();
  const fit = (word) => word.startsWith(wanted) && word !== wanted;
  return [
    ...KEYWORDS.filter(fit).map((word) => ({ label: word, type: "keyword", apply: `${word === "GROUP" || word === "ORDER" ? `${word} BY` : word} ` })),
    ...CALLS.filter(fit).map((word) => ({ label: word, type: "function", apply: word })),
  ];
}

function variables(context, from) {
  const names = new Set();
  for (const found of context.state.doc.toString().matchAll(/[?$][\p{L}\p{N}_]+/gu)) if (found.index !== from) names.add(found[0]);
  return [...names].map((label) => ({ label, type: "variable" }));
}

function prefixes(terms) {
  return Object.entries(terms.prefixes).map(([prefix, iri]) => ({ label: `${prefix}: <${iri}>`, type: "prefix", apply: `${prefix}: <${iri}>\n` }));
}

function graphs(terms, typed) {
  const wanted = typed.replace(/^</, "").toLowerCase();
  return terms.graphs
    .filter((graph) => graph.toLowerCase().includes(wanted))
    .slice(0, MOST)
    .map((graph) => ({ label: `<${graph}>`, type: "graph" }));
}

// Things by their names in any language; the address takes the place of what was typed.
async function found(typed, terms, texts) {
  try {
    const answer = await fetch(`/suggest?q=${encodeURIComponent(typed)}`);
    if (!answer.ok) return [];
    return (await answer.json()).map((hit) => ({
      label: hit.matched === hit.label ? hit.label : `${hit.matched} (${hit.label})`,
      detail: hit.kind,
      type: "thing",
      apply: (view, completion, from, to) => insert(view, completion, from, to, `<${hit.iri}>`, undefined, terms),
    }));
  } catch {
    return [];
  }
}

async function things(context, quoted, terms, texts) {
  const options = await found(quoted.text, terms, texts);
  return options.length ? { from: quoted.from, to: quoted.to, options, filter: false } : null;
}

// The string in which the cursor stands, finished or not.
function inString(context) {
  const line = context.state.doc.lineAt(context.pos);
  const before = line.text.slice(0, context.pos - line.from);
  const open = /^(?:[^"'#]|<[^>]*>|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')*(["'])((?:(?!\1)[^\\]|\\.)*)$/.exec(before);
  if (!open) return null;
  const after = line.text[context.pos - line.from] === open[1] ? 1 : 0;
  return { text: open[2].trim(), from: context.pos - open[2].length - 1, to: context.pos + after };
}

// Where in a statement the cursor is, as far as the text before it tells.
function placeOf(before) {
  const clean = before.replace(/"(?:[^"\\\n]|\\.)*"(?:@[\w-]+)?|'(?:[^'\\\n]|\\.)*'/g, "_").replace(/<[^<>\s]*>/g, "_").replace(/(^|\s)#[^\n]*/g, " ");
  if (/(?:^|[\s;])(?:a|rdf:type)\s+$/.test(clean)) return "class";
  if (!clean.includes("{")) return /\b(?:SELECT|ASK|CONSTRUCT|DESCRIBE)\b/i.test(clean) && before.length < 400 ? "select" : before.length < 400 ? "prologue" : "object";
  const open = /(?:FILTER|BIND|HAVING|VALUES)[^{}]*$/i.exec(clean);
  if (open) return "object";
  const statement = /(?:^|[{}.;])([^{};]*?)$/.exec(clean.replace(/(\d)\.(\d)/g, "$1_$2").replace(/([\w-])\.(?=[\w-])/g, "$1_"));
  const rest = (statement?.[1] ?? "").split(/\.\s/).pop().trim();
  const count = rest ? rest.split(/\s+/).length : 0;
  const continued = clean.trimEnd().endsWith(";") || /;[^.{}]*$/.test(clean);
  if (/[/|^]$/.test(rest)) return "predicate";
  return ["subject", "predicate", "object"][Math.min(count + (continued ? 1 : 0), 2)];
}
