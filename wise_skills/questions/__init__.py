"""Questions: one file each, `query_ui/questions/<name>.rq`, a SPARQL query under a YAML header.

`model` says what a question is, `header` and `reader` read the files, `choices` offers and checks values, `run`
asks. A file looks like this (`#+` as grlc writes it; keys without a comment are required)::

    #+ title: Which forms of WISE exist, and under which law?
    #+ description: One sentence or two on what it is good for.
    #+ user: analyst                       # analyst, designer, practitioner or consumer
    #+ subject: Forms
    #+ numbers: [1, 62]                    # optional: competency questions that it answers
    #+ needs: [esco]                       # optional: what must be loaded beside our own data: esco, mappings, registers
    #+ parameters:                         # optional
    #+   - name: country
    #+     label: Country
    #+     type: concept                   # thing, concept, text, integer, date, language
    #+     several: true                   # required, default, example, description likewise
    #+     choices: |
    #+       SELECT ?value ?label (COUNT(?form) AS ?count) {
    #+         VALUES ?language { "en" }
    #+         ?form wise:country ?value . ?value skos:prefLabel ?label FILTER(LANG(?label) = ?language)
    #+       } GROUP BY ?value ?label ORDER BY ?label
    #+ columns:                             # each selected variable, but for …Label, evidence, sources, row
    #+   form: {label: Form, kind: thing}   # or just: form: Form; unit is optional
    #+   law: Law
    #+ answer: "{rows} forms, {count_law} laws, in {country}."
    #+ answer_one: "One form, {first_form}, in {country}."      # optional
    #+ answer_none: "No form is known for {country}."
    #+ unknown: SELECT ?thing ?label ?state { … }                # optional: what is not known
    #+ unknown_text: "Nothing is reported for"
    #+ combinations: SELECT ?country ?row { … }  # optional: where parameters act inside counts (questions.narrowing)
    #+ behind:                             # optional: what a counted column counts (questions.behind)
    #+   size: SELECT ?claim { … }
    #+ view: map                           # optional: how the answer is shown at first
    #+ example: {country: [be, Italy]}     # used in tests and documentation
    PREFIX wise: <https://w3id.org/wise-skills/ns#>
    PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
    SELECT ?form ?formLabel ?law ?evidence ?sources WHERE {
      VALUES ?country { UNDEF } # parameter
      VALUES ?language { "en" }
      …
    }

The line of a parameter left blank is taken out, so that the variable is free. `choices`, `unknown`, `combinations` and
`behind` may hold the same lines, and stand under the prefixes of the query. A parameter should be visible beside the
rows (selected by every subquery that it acts in): then the choices narrow each other without another word.
"""

from wise_skills.questions.choices import Choice, choices, resolve
from wise_skills.questions.header import find, load_questions
from wise_skills.questions.model import Column, Parameter, Question
from wise_skills.questions.run import Result, ask

__all__ = ["Choice", "Column", "Parameter", "Question", "Result", "ask", "choices", "find", "load_questions", "resolve"]
