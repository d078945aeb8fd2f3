"""The core of the WISE skills graph: names, tables, validation, release, engines, questions."""

__version__ = "0.1.0"
