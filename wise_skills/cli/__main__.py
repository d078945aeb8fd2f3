"""`python -m wise_skills.cli`: the `wise` command where it is not installed on the path."""

from wise_skills.cli import main

main()
