"""Any result as a page shows it: views, pictures, tables."""
