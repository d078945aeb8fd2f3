"""Loaders: one module per kind of source, from files to quads that know their cell.

`records` reads a CSV, `keys` knows what cells may refer to, `values` makes terms, `tables` puts rows together,
`folders` checks country folders, `sssom` reads mappings, `sources` hands all of them to a build.
"""
