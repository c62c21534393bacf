"""Pure functions of plain NumPy arithmetic, in base units: no default, no conversion, no I/O.

Because they use nothing but NumPy's ufuncs and ``np.where``, the same source is a number, a
column, a unit check, an expression in the reader's browser and an equation on the page.
"""

from types import FunctionType


def public(module) -> list[FunctionType]:
    """The formulas that ``module`` defines, in the order of its source."""
    return [
        item
        for name, item in vars(module).items()
        if isinstance(item, FunctionType)
        and item.__module__ == module.__name__
        and not name.startswith("_")
    ]
