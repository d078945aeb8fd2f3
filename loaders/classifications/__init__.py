"""Classifications as their publishers give them, as SKOS.

`description` says in YAML what a table of a classification holds, `source` recognises tables by their header, and
`quads` writes what they say. A further classification needs a description and no Python.
"""

from loaders.classifications.source import ClassificationSource, classification_sources, descriptions

__all__ = ["ClassificationSource", "classification_sources", "descriptions"]
