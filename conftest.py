"""Docstring examples show plain numbers: 1.5 rather than np.float64(1.5)."""

import numpy as np

np.set_printoptions(legacy="1.25")
