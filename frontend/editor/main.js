// Turns the text field of `/sparql` into an editor. The field stays the control of the form: it is hidden, kept in step, and sent.
// Everything lives in a shadow root, because there CodeMirror adopts its style sheets, and the page's
// Content-Security-Policy (style-src 'self') forbids the style elements that it would write elsewhere.
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { bracketMatching, indentUnit } from "@codemirror/language";
import { forceLinting, lintGutter, lintKeymap } from "@codemirror/lint";
import { EditorSelection, EditorState, Prec } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, highlightActiveLineGutter, highlightSpecialChars, keymap, lineNumbers } from "@codemirror/view";
import { completions } from "./completion.js";
import { searchExamples } from "./examples.js";
import { sparql } from "./language.js";
import { checked, served, told } from "./problems.js";
import { Runner } from "./run.js";
import { explained } from "./status.js";
import { Terms } from "./terms.js";
import { look } from "./look.js";

function start(form, field) {
  const texts = JSON.parse(form.dataset.texts);
  const terms = new Terms(form.dataset.terms);
  const host = document.createElement("div");
  host.className = "host";
  // The same size as the field, so that nothing moves.
  host.style.height = `${field.offsetHeight}px`;
  const root = host.attachShadow({ mode: "open" });
  const runner = new Runner(form, texts, { mark: (problem) => mark(view, problem) });
  const view = new EditorView({
    root,
    parent: root,
    doc: kept() ?? field.value,
    extensions: [
      look,
      EditorState.phrases.of(texts.phrases),
      EditorState.tabSize.of(2),
      indentUnit.of("  "),
      EditorView.lineWrapping,
      EditorView.contentAttributes.of({ "aria-label": texts.label, lang: "zxx", translate: "no", spellcheck: "false", autocapitalize: "off" }),
      Prec.highest(keymap.of([
        { key: "Mod-Enter", run: () => (runner.run(), true) },
        // Tab is left alone: it leaves the editor, as it leaves any field.
      ])),
      lineNumbers(),
      lintGutter(),
      highlightActiveLine(),
      highlightActiveLineGutter(),
      highlightSpecialChars(),
      history(),
      drawSelection(),
      bracketMatching(),
      closeBrackets(),
      overwriting,
      sparql,
      autocompletion({ override: completions(terms, texts), icons: false, activateOnTypingDelay: 80, maxRenderedOptions: 60 }),
      keymap.of([...closeBracketsKeymap, ...completionKeymap, ...lintKeymap, ...historyKeymap, ...defaultKeymap]),
      told,
      checked(terms, texts),
      explained(terms, texts),
      EditorView.updateListener.of((update) => {
        if (update.docChanged) field.value = update.state.doc.toString();
        if (update.focusChanged) terms.load();
      }),
    ],
  });
  field.value = view.state.doc.toString();
  field.hidden = true;
  field.before(host);
  form.querySelector("label[for=query]").addEventListener("click", (event) => (event.preventDefault(), view.focus()));
  new ResizeObserver(() => view.requestMeasure()).observe(host);
  host.addEventListener("pointerenter", () => terms.load(), { once: true });
  const problem = runner.problem();
  if (problem) mark(view, problem);
}

// Typing over several lines is done here: the browser would join their elements and write inline styles, which the page's
// Content-Security-Policy reports.
const overwriting = EditorView.domEventHandlers({
  beforeinput(event, view) {
    const { from, to, empty } = view.state.selection.main;
    if (event.inputType !== "insertText" || !event.data || empty || view.composing) return false;
    if (view.state.doc.lineAt(from).number === view.state.doc.lineAt(to).number) return false;
    const plain = () => view.state.update({ ...view.state.replaceSelection(event.data), userEvent: "input.type", scrollIntoView: true });
    const handled = view.state.facet(EditorView.inputHandler).some((handle) => handle(view, from, to, event.data, plain));
    if (!handled) view.dispatch(plain());
    event.preventDefault();
    return true;
  },
});

// A query that is too long for an address stands behind `#query=`, which no server sees.
function kept() {
  const [, text] = /^#query=(.*)$/s.exec(location.hash) ?? [];
  try {
    return text === undefined ? undefined : decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

// Shows where the server found the error and puts the cursor there.
function mark(view, problem) {
  view.dispatch({ effects: served.of(problem) });
  forceLinting(view);
  if (!problem?.line || problem.line > view.state.doc.lines) return;
  const line = view.state.doc.line(problem.line);
  const at = Math.min(line.from + Math.max((problem.column ?? 1) - 1, 0), line.to);
  view.dispatch({ selection: EditorSelection.cursor(at), effects: EditorView.scrollIntoView(at, { y: "center" }) });
}

const form = document.querySelector("form.editor[data-texts]");
if (form && "adoptedStyleSheets" in Document.prototype) start(form, form.querySelector("textarea[name=query]"));
searchExamples(document.querySelector("form.find"));
