"""Registers: lists of enterprises that a country publishes, in whatever form it does.

`mapping` says in YAML from which columns of the list the columns of one of our tables are filled, `sheet` fills them, and
`source` has the result read and validated like any table of ours. A further register needs a mapping and no Python.
"""

from loaders.registers.dangling import unknown_codes
from loaders.registers.source import RegisterSource, mappings, register_sources

__all__ = ["RegisterSource", "mappings", "register_sources", "unknown_codes"]
