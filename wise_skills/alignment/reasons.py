"""Why a concept is proposed: the kinds of evidence, and a sentence for each in the language that is spoken."""

from __future__ import annotations

from collections.abc import Mapping

from wise_skills.alignment.model import Candidate, Query, Reason
from wise_skills.labels.folding import fold
from wise_skills.languages import LANGUAGES
from wise_skills.speech import told

_STRONG: tuple[tuple[str, tuple[str, ...], float], ...] = (
    # the reason, the features that tell it, and from where on they do
    ("spelling", ("char", "char+"), 0.5),
    ("words", ("match", "stem", "stem+"), 0.6),
    ("mapped", ("near",), 0.75),
    ("meaning", ("enc", "enc+", "eng", "eng+", "model", "model+"), 0.55),
    ("definition", ("told", "told+", "model_told", "model_told+"), 0.6),
)
_LEARNED = frozenset({"meaning", "definition"})


def evidence(features: Mapping[str, float], *, strange: bool = False) -> tuple[Reason, ...]:
    """Return the kinds of evidence that are strong among a candidate's features, each a cosine or share between 0 and 1.

    Of a text in a `strange` language, in which the concepts have no names, nothing was learned: no meaning is claimed for it.
    """
    found = []
    for name, columns, enough in _STRONG:
        if strange and name in _LEARNED:
            continue
        value = max((features.get(column, 0.0) for column in columns), default=0.0)
        if value >= enough:
            found.append(Reason(name, {"strength": f"{min(value, 1.0):.2f}"}))
    return tuple(found)


def reasons(query: Query, candidate: Candidate) -> tuple[Reason, ...]:
    """Return the reasons of a candidate of a query, the strongest first, with all that their sentences need."""
    label = candidate.matched
    facts = {"label": label.text, "language": label.language}
    same = fold(query.text) == fold(label.text)
    found = [Reason("same" if same else "nearest", facts)]
    found += [reason for reason in candidate.reasons if not (same and reason.name in ("spelling", "words"))]
    shared = shared_digits(query.code, candidate.concept.code)
    if shared >= 2:
        found.append(Reason("code", {"code": query.code, "digits": candidate.concept.code[:shared]}))
    return tuple(found)


def shared_digits(national: str, isco: str) -> int:
    """Return how many leading digits (0 to 4) a national code has in common with an ISCO-08 code."""
    digits = "".join(sign for sign in national if sign.isdigit())
    count = 0
    while count < min(len(digits), len(isco), 4) and isco[count].isdigit() and digits[count] == isco[count]:
        count += 1
    return count


def sentence(reason: Reason) -> str:
    """Return a plain sentence that says why a concept is proposed, in the language that is spoken."""
    facts = reason.facts
    match reason.name:
        case "same":
            return told("It is called “{label}”, exactly like this.", label=facts["label"])
        case "nearest":
            return told(
                "Its nearest label is “{label}” ({language}).",
                label=facts["label"],
                language=LANGUAGES.get(facts["language"], facts["language"]),
            )
        case "spelling":
            return told("It is written alike.")
        case "words":
            return told("It has the important words in common.")
        case "mapped":
            return told("A mapping table gives it to a name that means nearly the same.")
        case "meaning":
            return told("By what was learned from ESCO, it means nearly the same.")
        case "definition":
            return told("Its definition is about the same.")
        case "code":
            return told("The national code {code} begins with its ISCO-08 code {digits}.", code=facts["code"], digits=facts["digits"])
    raise ValueError(f"no sentence for the reason {reason.name}")
