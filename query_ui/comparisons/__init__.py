"""Countries and types of WISE side by side: what is compared is data (`*.yaml`), how it is counted stands in the modules.

`definitions` reads the files, `counting` asks, `matrix` counts, `summary` sums up; `chosen` reads an address,
`comparison` puts names and order to it, `saying` and `files` say and write it.
"""
