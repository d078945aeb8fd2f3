"""The ranker: an ensemble of decision trees that gives a candidate a score, walked in numpy.

The trees are learned with LightGBM (`bench/train_ranker.py`) and kept as plain arrays; nothing of LightGBM is needed here.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from wise_skills.alignment.lexical import Floats

_ROWS = 8192
_MOST_LEAVES = 32
# the place of the only bit of a 32-bit number, by what is left after a multiplication (de Bruijn)
_BRUIJN = np.uint32(0x077CB531)
_PLACE = np.zeros(32, dtype=np.int64)
_PLACE[[((int(_BRUIJN) << place) & 0xFFFFFFFF) >> 27 for place in range(32)]] = np.arange(32)


@dataclass
class Ranker:
    """Trees as arrays, in the manner of QuickScorer (Lucchese et al. 2015).

    The leaves of a tree are numbered from left to right. Where a row goes right at a node, the leaves to the left of it are
    out of reach; the first leaf that stays is the one that the row comes to, in whatever order the nodes are looked at.

    Attributes
    ----------
    names:
        The features that the trees read, in the order of the columns.
    feature, threshold:
        Of each inner node, tree by tree; a row goes right where its value is above the threshold.
    gone:
        Of each inner node the leaves that are then out of reach, as bits.
    value:
        Of each leaf, tree by tree.
    nodes, leaves:
        How many inner nodes and leaves each tree has; at most 32 leaves.
    """

    names: tuple[str, ...]
    feature: npt.NDArray[np.uint16]
    threshold: Floats
    gone: npt.NDArray[np.uint32]
    value: Floats
    nodes: npt.NDArray[np.int32]
    leaves: npt.NDArray[np.int32]

    @classmethod
    def of_dump(cls, dump: Mapping[str, Any]) -> Ranker:
        """Read the trees of a LightGBM model, as its `dump_model` gives them; every split must be a number's (`<=`)."""
        feature, threshold, gone, value = list[int](), list[float](), list[int](), list[float]()
        nodes, leaves = list[int](), list[int]()

        def add(node: Mapping[str, Any], first: int) -> int:
            """Take a node whose first leaf has this number, and return the number after its last leaf."""
            if "leaf_value" in node:
                value.append(float(node["leaf_value"]))
                return first + 1
            middle = add(node["left_child"], first)
            feature.append(int(node["split_feature"]))
            threshold.append(float(node["threshold"]))
            gone.append((1 << middle) - (1 << first))
            return add(node["right_child"], middle)

        for tree in dump["tree_info"]:
            before = len(feature)
            count = add(tree["tree_structure"], 0)
            if count > _MOST_LEAVES:
                raise ValueError(f"a tree of {count} leaves; at most {_MOST_LEAVES} fit")
            nodes.append(len(feature) - before)
            leaves.append(count)
        exact = np.array(threshold, dtype=np.float64)
        # the greatest float32 that is not above: a float32 value then goes the same way
        rounded = exact.astype(np.float32)
        above = rounded.astype(np.float64) > exact
        rounded[above] = np.nextafter(rounded[above], np.float32(-np.inf))
        return cls(
            tuple(dump["feature_names"]),
            np.array(feature, dtype=np.uint16),
            rounded,
            np.array(gone, dtype=np.uint32),
            np.array(value, dtype=np.float32),
            np.array(nodes, dtype=np.int32),
            np.array(leaves, dtype=np.int32),
        )

    def predict(self, features: Floats) -> Floats:
        """Return a score for each row of features (rows × len(names)), float32 of shape (rows,)."""
        rows = np.asarray(features, dtype=np.float32)
        found = np.empty(len(rows), dtype=np.float32)
        for start in range(0, len(rows), _ROWS):
            found[start : start + _ROWS] = self._walked(np.ascontiguousarray(rows[start : start + _ROWS].T))
        return found

    def _walked(self, columns: Floats) -> Floats:
        count = columns.shape[1]
        total = np.zeros(count)
        right, bits, out = np.empty(count, dtype=bool), np.empty(count, dtype=np.uint32), np.empty(count, dtype=np.uint32)
        node = leaf = 0
        feature, threshold = self.feature.tolist(), self.threshold
        for nodes, leaves in zip(self.nodes.tolist(), self.leaves.tolist(), strict=True):
            out[:] = 0
            for number in range(node, node + nodes):
                np.greater(columns[feature[number]], threshold[number], out=right)
                np.multiply(right, self.gone[number], out=bits)
                np.bitwise_or(out, bits, out=out)
            np.invert(out, out=out)
            np.bitwise_and(out, np.negative(out), out=out)  # the lowest bit that is left
            total += self.value[leaf + _PLACE[(out * _BRUIJN) >> np.uint32(27)]]
            node, leaf = node + nodes, leaf + leaves
        return total.astype(np.float32)

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Return the arrays to be kept."""
        named: dict[str, npt.NDArray[Any]] = {
            name: getattr(self, name) for name in ("feature", "threshold", "gone", "value", "nodes", "leaves")
        }
        return {**named, "names": np.frombuffer("\n".join(self.names).encode(), dtype=np.uint8)}

    @classmethod
    def of_arrays(cls, arrays: Mapping[str, npt.NDArray[Any]]) -> Ranker:
        """Read what `arrays` returned."""
        named = {name: array for name, array in arrays.items() if name != "names"}
        return cls(tuple(arrays["names"].tobytes().decode().split("\n")), **named)

    @classmethod
    def load(cls, path: Path, name: str = "all") -> Ranker:
        """Read a ranker from a file that holds several, by name."""
        return cls.of_arrays(read_arrays(path, name))


def write_arrays(path: Path, parts: Mapping[str, Mapping[str, npt.NDArray[Any]]]) -> None:
    """Write named groups of arrays into one file; the same arrays give the same bytes."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as file:
        for group, arrays in sorted(parts.items()):
            for name, array in sorted(arrays.items()):
                packed = io.BytesIO()
                np.save(packed, np.ascontiguousarray(array))
                file.writestr(zipfile.ZipInfo(f"{group}/{name}.npy"), packed.getvalue(), zipfile.ZIP_DEFLATED, 9)


def read_arrays(path: Path, group: str) -> dict[str, npt.NDArray[Any]]:
    """Read a group of arrays; raises `KeyError` where the file has no such group."""
    with zipfile.ZipFile(path) as file:
        names = [name for name in file.namelist() if name.startswith(f"{group}/")]
        if not names:
            raise KeyError(group)
        return {name.partition("/")[2].removesuffix(".npy"): np.load(io.BytesIO(file.read(name))) for name in names}


def groups_of(path: Path) -> Sequence[str]:
    """Return the names of the groups of a file."""
    with zipfile.ZipFile(path) as file:
        return sorted({name.partition("/")[0] for name in file.namelist()})
