"""The page of a thing or concept: records, grids, names in words, history, hierarchy, what is around it."""
