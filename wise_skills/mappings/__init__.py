"""Sets of mappings as SSSOM has them: proposed, reviewed, exchanged, followed through ESCO, counted."""
