"""ESCO as its portal publishes it: packages of CSV files in any version and language, and the RDF dump."""

from loaders.esco.layout import values
from loaders.esco.package import Package, Row, read_package
from loaders.esco.source import EscoSource, esco_source

__all__ = ["EscoSource", "Package", "Row", "esco_source", "read_package", "values"]
