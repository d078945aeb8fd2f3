"""The addresses of the page: one module for each subject."""

from query_ui.views import (
    about,
    catalogue,
    check,
    countries,
    dataset,
    home,
    linked,
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
        search,
        things,
        linked,
        sources,
        countries,
        schemes,
        vocabularies,
        sparql,
        dataset,
        check,
        about,
        service,
    )
)
