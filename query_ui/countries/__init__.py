"""The page of a country: words and figures made from its claims."""
