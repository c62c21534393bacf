"""Questions for a class, each computed: a check on the page, or a student's own assignment.

A module for each chapter; :mod:`bank` knows them all.
"""

from importlib import import_module
from pkgutil import iter_modules

from .bank import Question, of_chapter, questions

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")

__all__ = ["Question", "of_chapter", "questions"]
