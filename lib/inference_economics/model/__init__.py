"""From assumptions to every number that the book states: the only place that composes formulas.

Each function takes ``given``, whose attributes are assumptions in base units: plain numbers,
arrays for many scenarios at once, or the live numbers of a page. The results are of the same
kind, as attributes.
"""
