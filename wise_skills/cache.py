"""Results of sources by fingerprint, so that an unchanged source is not read and checked again."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from wise_skills.findings import Cell, Finding
from wise_skills.source import Part


class Cache:
    """Results of sources by fingerprint, in a folder. An entry that cannot be read is made again."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder

    def get(self, fingerprint: str) -> Part | None:
        """Return the stored result, if there is a whole one."""
        if self.folder is None:
            return None
        try:
            data = (self.folder / f"{fingerprint}.part").read_bytes()
            head, _, nquads = data.partition(b"\n")
            record = json.loads(head)
            if record["sha256"] != hashlib.sha256(nquads).hexdigest():
                return None
            return Part(nquads, tuple(Finding(**{**f, "where": Cell(**f["where"])}) for f in record["findings"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def put(self, fingerprint: str, part: Part) -> None:
        """Store a result: written beside, then renamed, so that a killed build leaves no half entry."""
        if self.folder is None:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        findings = [{**f.__dict__, "where": f.where.__dict__} for f in part.findings]
        head = json.dumps({"sha256": hashlib.sha256(part.nquads).hexdigest(), "findings": findings}, ensure_ascii=False)
        beside = self.folder / f"{fingerprint}.tmp"
        beside.write_bytes(head.encode() + b"\n" + part.nquads)
        beside.replace(self.folder / f"{fingerprint}.part")

    def keep_only(self, fingerprints: set[str], at_most: int = 200) -> None:
        """Remove the oldest entries beyond a number; those of this build stay."""
        if self.folder is None or not self.folder.is_dir():
            return
        entries = sorted(self.folder.glob("*.part"), key=lambda p: p.stat().st_mtime)
        for path in [p for p in entries if p.stem not in fingerprints][: max(0, len(entries) - at_most)]:
            path.unlink(missing_ok=True)
