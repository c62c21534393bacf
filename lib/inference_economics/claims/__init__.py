"""The essay's claims, each as a test on the model's numbers where it can be one.

A module for each chapter; :mod:`ledger` knows them all.
"""

from importlib import import_module
from pkgutil import iter_modules

from .ledger import share, table, tests, verdicts

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")

__all__ = ["share", "table", "tests", "verdicts"]
