"""Runs checked queries on an open store and turns what comes back into bytes, cut at the limits.

Pure with regard to processes: `worker` calls it in a process of its own, tests may call it directly.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from wise_skills.engines import formats
from wise_skills.engines.locate import locate
from wise_skills.errors import QueryFailed


class Reader:
    """A store opened read-only: any number of processes may do so at once."""

    def __init__(self, store: Path) -> None:
        self.store = ox.Store.read_only(str(store))

    def graphs(self) -> list[str]:
        """Return the IRIs of the named graphs, sorted."""
        return sorted(graph.value for graph in self.store.named_graphs() if isinstance(graph, ox.NamedNode))

    def reply(self, request: Mapping[str, Any]) -> tuple[dict[str, Any], bytes]:
        """Answer a request; errors come back as a header with `error` and its values."""
        try:
            return self._reply(request)
        except SyntaxError as error:
            line, column, problem = locate(request["text"], request["base"], str(error))
            return {"error": "syntax", "line": line, "column": column, "problem": problem}, b""
        except MemoryError:
            return {"error": "memory"}, b""
        except QueryFailed as error:
            return {"error": "failed", "problem": error.problem}, b""
        except (OSError, RuntimeError, ValueError) as error:  # what `Store.query` and its answers raise
            return {"error": "failed", "problem": str(error)}, b""

    def _reply(self, request: Mapping[str, Any]) -> tuple[dict[str, Any], bytes]:
        found = self._query(request)
        media_type = request["media_type"]
        if isinstance(found, ox.QueryBoolean):
            return {}, formats.boolean(bool(found), media_type)
        is_table = isinstance(found, ox.QuerySolutions)
        # A table has one line for its variables.
        sink = formats.Lines(request["rows"] + is_table, request["bytes"])
        try:
            if isinstance(found, ox.QuerySolutions):
                found.serialize(sink, ox.QueryResultsFormat.TSV)
            else:
                found.serialize(sink, ox.RdfFormat.N_TRIPLES)
        except formats.FullError:
            if sink.line_count <= sink.lines:
                return {"error": "bytes"}, b""
        truncated = sink.line_count > sink.lines
        lines = sink.getvalue()
        if truncated:
            lines = b"".join(lines.splitlines(keepends=True)[: sink.lines])
        body = formats.table(lines, media_type) if is_table else formats.graph(lines, media_type)
        if len(body) > request["bytes"]:
            return {"error": "bytes"}, b""
        return {"truncated": truncated, "rows": min(sink.line_count, sink.lines) - is_table}, body

    def _query(self, request: Mapping[str, Any]) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
        default, named = request["default_graphs"], request["named_graphs"]
        options: dict[str, Any] = {"use_default_graph_as_union": True}
        if default or named:
            # What a request names is the whole dataset (SPARQL 1.1 Protocol §2.1.4).
            options = {
                "default_graph": [ox.NamedNode(graph) for graph in default],
                "named_graphs": [ox.NamedNode(graph) for graph in named],
            }
        return self.store.query(request["text"], base_iri=request["base"], **options)
