"""Reads the equations of the book back into numbers, as someone with a pencil would."""

import importlib
import pkgutil
import re

import numpy as np
from inference_economics import equations, formulas

TOKEN = re.compile(
    r"\\begin{\w+}|\\end{\w+}|\\text{[^}]*}|\\mathrm{[^}]*}|\\mathcal{[^}]*}"
    r"|\\(?:left|right)(?:\\[a-z]+|.)|\\\\"
    r"|\\[a-z]+|\\[, ]|\d+(?:\.\d+)?|[A-Za-z]_\w|[A-Za-z]_{[^}]*}|[A-Za-z]|[-+^{}&=<>,[\]]"
)
FUNCTIONS = {
    "text{" + item.__name__.replace("_", " ") + "}": item
    for info in pkgutil.iter_modules(formulas.__path__)
    for item in formulas.public(importlib.import_module(f"{formulas.__name__}.{info.name}"))
}
COMPARE = {"<": np.less, ">": np.greater, r"\le": np.less_equal, r"\ge": np.greater_equal}


class Reader:
    """Evaluates the equation ``text`` where the parameters have the values ``known``."""

    def __init__(self, text: str, known: dict[str, float]):
        self.tokens = [token for token in TOKEN.findall(text) if token != r"\ "]
        self.values = {equations.symbol(name): value for name, value in known.items()}

    def value(self) -> float:
        """The value of the last line."""
        several = self.tokens[0] == r"\begin{split}"
        if several:
            self.take(r"\begin{split}")
        while self.tokens and self.tokens[0] != r"\end{split}":
            name = self.take()
            if several:
                self.take("&")
            self.take("=")
            self.values[name] = result = self.sum()
            if self.tokens and self.tokens[0] == r"\\":
                self.take()
        return result

    def take(self, expected: str | None = None) -> str:
        token = self.tokens.pop(0)
        assert expected in (None, token), f"{token} where {expected} should be"
        return token

    def next_is(self, *tokens: str) -> bool:
        return bool(self.tokens) and self.tokens[0] in tokens

    def sum(self):
        result = self.product()
        while self.next_is("+", "-"):
            result = result + self.product() if self.take() == "+" else result - self.product()
        return result

    def product(self):
        result = self.power()
        while self.next_is(r"\,", r"\cdot"):
            self.take()
            result = result * self.power()
        return result

    def power(self):
        if self.next_is("-"):
            self.take()
            return -self.power()
        base = self.atom()
        if self.next_is("^"):
            self.take()
            return np.float64(base) ** self.group("{", "}")
        return base

    def group(self, opening: str, closing: str):
        self.take(opening)
        result = self.sum()
        self.take(closing)
        return result

    def arguments(self):
        self.take(r"\left(")
        found = [self.sum()]
        while self.next_is(","):
            self.take()
            found.append(self.sum())
        self.take(r"\right)")
        return found

    def cases(self):
        then = self.sum()
        self.take("&")
        left, sign, right = self.sum(), self.take(), self.sum()
        self.take(r"\\")
        otherwise = self.sum()
        self.take("&")
        self.take(r"\text{otherwise}")
        self.take(r"\end{cases}")
        return np.where(COMPARE[sign](left, right), then, otherwise)

    def atom(self):
        token = self.take()
        match token:
            case r"\frac":
                return self.group("{", "}") / np.float64(self.group("{", "}"))
            case r"\sqrt":
                root = np.sqrt
                if self.next_is("["):
                    root = {"3": np.cbrt}[self.take("[") and self.take()]
                    self.take("]")
                return root(self.group("{", "}"))
            case r"\max":
                return np.maximum(*self.arguments())
            case r"\min":
                return np.minimum(*self.arguments())
            case r"\ln":
                return np.log(*self.arguments())
            case r"\begin{cases}":
                return self.cases()
            case r"\left(":
                result = self.sum()
                self.take(r"\right)")
                return result
            case r"\left|":
                result = np.abs(self.sum())
                self.take(r"\right|")
                return result
            case r"\left\lceil":
                result = np.ceil(self.sum())
                self.take(r"\right\rceil")
                return result
            case "e" if self.next_is("^") and "e" not in self.values:
                self.take()
                return np.exp(self.group("{", "}"))
        if self.next_is(r"\left(") and token.lstrip("\\") in FUNCTIONS:
            return FUNCTIONS[token.lstrip("\\")](*self.arguments())
        return self.values[token] if token in self.values else float(token)
