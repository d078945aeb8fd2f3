"""Pictures of answers: bars, heat maps, lines, a map of tiles, a network, a tree; as SVG in the page and as files.

The specifications are data (`specs/*.json`, Vega-Lite and Vega), their look is one file (`design.json`), their colours are the tokens
of the style sheet. `vl_convert` draws them on the server, so that a picture needs no script.
"""

from query_ui.charts.drawing import Chart, draw, warm
from query_ui.charts.graphs import Node, draw_network, draw_pairs, draw_tree
from query_ui.charts.marks import Kind, Mark

__all__ = ["Chart", "Kind", "Mark", "Node", "draw", "draw_network", "draw_pairs", "draw_tree", "warm"]
