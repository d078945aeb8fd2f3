"""The page of `/sparql`, its protocol, and what the editor completes."""
