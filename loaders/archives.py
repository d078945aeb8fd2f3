"""What reading a damaged archive raises."""

from __future__ import annotations

import gzip
import zipfile
import zlib

DAMAGE = (zipfile.BadZipFile, gzip.BadGzipFile, zlib.error, EOFError, NotImplementedError)
