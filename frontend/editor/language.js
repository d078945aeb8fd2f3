// SPARQL as CodeMirror reads it: the grammar of codemirror-lang-sparql with marks of our own for its colours.
import { HighlightStyle, LanguageSupport, syntaxHighlighting } from "@codemirror/language";
import { styleTags, tags } from "@lezer/highlight";
import { SparqlLanguage } from "codemirror-lang-sparql";

const WORDS = "BASE PREFIX SELECT CONSTRUCT DESCRIBE ASK WHERE DISTINCT REDUCED FROM NAMED GROUP BY HAVING ORDER ASC DESC LIMIT OFFSET VALUES UNDEF UNION OPTIONAL MINUS GRAPH SERVICE SILENT FILTER BIND AS EXISTS NOT IN A_predicate";
const FUNCTIONS = "STR LANG LANGMATCHES DATATYPE BOUND IRI URI BNODE RAND ABS CEIL FLOOR ROUND CONCAT STRLEN UCASE LCASE ENCODE_FOR_URI CONTAINS STRSTARTS STRENDS STRBEFORE STRAFTER YEAR MONTH DAY HOURS MINUTES SECONDS TIMEZONE TZ NOW UUID STRUUID MD5 SHA1 SHA256 SHA384 SHA512 COALESCE IF STRLANG STRDT SAMETERM ISIRI ISURI ISBLANK ISLITERAL ISNUMERIC COUNT SUM MIN MAX AVG SAMPLE GROUP_CONCAT SEPARATOR SUBSTR REPLACE REGEX";

const marked = SparqlLanguage.configure({
  props: [
    styleTags({
      [WORDS]: tags.keyword,
      [FUNCTIONS]: tags.standard(tags.name),
      Var: tags.variableName,
      "String Langtag": tags.string,
      "Integer Decimal Double IntegerPositive DecimalPositive DoublePositive IntegerNegative DecimalNegative DoubleNegative TRUE FALSE": tags.number,
      "Pname_ln Pname_ns": tags.propertyName,
      "IriRef Blank_node_label": tags.url,
      Comment: tags.comment,
    }),
  ],
});

const colours = HighlightStyle.define([
  { tag: tags.keyword, color: "var(--accent)", fontWeight: "600" },
  { tag: tags.standard(tags.name), color: "var(--accent)" },
  { tag: tags.variableName, color: "var(--social)" },
  { tag: tags.string, color: "var(--training)" },
  { tag: tags.number, color: "var(--suggested)" },
  { tag: tags.propertyName, color: "var(--ink)" },
  { tag: tags.url, color: "var(--productive)" },
  { tag: tags.comment, color: "var(--quiet)", fontStyle: "italic" },
]);

export const KEYWORDS = WORDS.split(" ").filter((w) => !/^(A_predicate|SERVICE|SILENT|BY)$/.test(w));
export const CALLS = FUNCTIONS.split(" ").filter((w) => w !== "SEPARATOR");

export const sparql = [
  new LanguageSupport(marked),
  marked.data.of({ commentTokens: { line: "#" }, closeBrackets: { brackets: ["(", "[", "{", '"'] } }),
  syntaxHighlighting(colours),
];
