"""How far everything is aligned to ESCO, and what follows through ESCO: what the pages under `/alignments` show."""
