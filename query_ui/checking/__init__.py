"""Checking a workbook that somebody sent: the process, the report, what can be taken along."""
