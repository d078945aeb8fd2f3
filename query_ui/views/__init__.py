"""The addresses of the page: one module for each subject."""

from query_ui.views import (
    about,
    answer_files,
    behind,
    catalogue,
    check,
    compare,
    countries,
    dataset,
    explore,
    home,
    icons,
    linked,
    pictures,
    question_about,
    question_behind,
    schemes,
    search,
    service,
    sources,
    sparql,
    things,
    vocabularies,
)

BLUEPRINTS = tuple(
    module.blueprint
    for module in (
        home,
        catalogue,
        answer_files,
        question_about,
        question_behind,
        search,
        things,
        linked,
        sources,
        behind,
        compare,
        explore,
        countries,
        schemes,
        vocabularies,
        sparql,
        dataset,
        check,
        about,
        service,
        icons,
        pictures,
    )
)
