"""A formula's typeset form, from its source: what stands beside a chart can't drift from it."""

import ast
import html
import inspect
import re
import textwrap

from latex2mathml.converter import convert

# The field's letters; a name without one is set in words.
SYMBOLS = {
    "batch": "B",
    "bandwidth": "W",
    "peak_flops": "F",
    "parameters": "P",
    "active_parameters": "P_a",
    "layers": "L",
    "kv_heads": r"h_{kv}",
    "query_heads": "h",
    "head_dim": "d",
    "context": "S",
    "input_tokens": "I",
    "output_tokens": "O",
    "bytes_per_value": "b",
    "accelerators": "n",
    "intensity": r"\mathcal{I}",
    "rate": "r",
    "life": "y",
    "tokens": "T",
    "pue": r"\mathrm{PUE}",
}
OPERATORS = {ast.Add: (1, " + "), ast.Sub: (1, " - "), ast.Mult: (2, r" \, "), ast.Pow: (4, "")}
COMPARISONS = {ast.Lt: "<", ast.LtE: r"\le", ast.Gt: ">", ast.GtE: r"\ge", ast.Eq: "="}
FUNCTIONS = {
    "maximum": r"\max\left({0},\ {1}\right)",
    "minimum": r"\min\left({0},\ {1}\right)",
    "exp": r"e^{{{0}}}",
    "log": r"\ln\left({0}\right)",
    "sqrt": r"\sqrt{{{0}}}",
    "cbrt": r"\sqrt[3]{{{0}}}",
    "ceil": r"\left\lceil {0} \right\rceil",
    "floor": r"\left\lfloor {0} \right\rfloor",
    "abs": r"\left| {0} \right|",
    "where": r"\begin{{cases}} {1} & {0} \\ {2} & \text{{otherwise}} \end{{cases}}",
    "clip": r"\min\left(\max\left({0},\ {1}\right),\ {2}\right)",
}


def latex(formula) -> str:
    """The equation of ``formula``: its name, and what it returns; its steps first.

    >>> def power_cost(power, price, pue):
    ...     return power * pue * price / 2
    >>> print(latex(power_cost))
    \\text{power cost} = \\frac{\\text{power} \\cdot \\mathrm{PUE} \\cdot \\text{price}}{2}
    """
    tree = ast.parse(textwrap.dedent(inspect.getsource(formula))).body[0]
    lines = []
    for statement in tree.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                lines.append(f"{symbol(name)} = {_write(value)[0]}")
            case ast.Return(value=value):
                lines.append(f"{symbol(tree.name)} = {_write(value)[0]}")
            case ast.Expr(value=ast.Constant()):
                continue
            case _:
                raise TypeError(f"formula {tree.name}: {ast.unparse(statement)!r} has no equation")
    if len(lines) == 1:
        return lines[0]
    steps = r" \\ ".join(line.replace("=", "&=", 1) for line in lines)
    return rf"\begin{{split}} {steps} \end{{split}}"


def symbol(name: str) -> str:
    """The letter for ``name``, or its words."""
    return SYMBOLS.get(name) or rf"\text{{{name.replace('_', ' ').strip()}}}"


def _write(node) -> tuple[str, int]:
    """LaTeX of an expression and its binding: 1 sum, 2 product, 3 sign, 4 power, 5 atom."""
    match node:
        case ast.Name(id=name):
            return symbol(name), 5
        case ast.Constant(value=value):
            return re.sub(r"e[+]?(-?)0*(\d+)$", r" \\cdot 10^{\1\2}", f"{value:g}"), 5
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return "-" + _bind(operand, 3), 3
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            return rf"\frac{{{_write(left)[0]}}}{{{_write(right)[0]}}}", 4
        case ast.BinOp(left=left, op=ast.Pow(), right=right):
            return f"{_bind(left, 5)}^{{{_write(right)[0]}}}", 4
        case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATORS:
            level, sign = OPERATORS[type(op)]
            first, second = _bind(left, level), _bind(right, level + 1)
            if level == 2 and (isinstance(right, ast.Constant) or r"\text" in first + second):
                sign = r" \cdot "  # words side by side would read as one name
            return first + sign + second, level
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return f"{_write(left)[0]} {COMPARISONS[type(op)]} {_write(right)[0]}", 0
        case ast.Call(func=ast.Attribute(value=ast.Name(id="np"), attr=name), args=arguments):
            return FUNCTIONS[name].format(*(_write(item)[0] for item in arguments)), 5
        case ast.Call(
            func=ast.Name(id=name) | ast.Attribute(attr=name), args=arguments
        ):  # another formula
            inside = r",\ ".join(_write(item)[0] for item in arguments)
            return rf"{symbol(name)}\left({inside}\right)", 5
    raise TypeError(f"{ast.unparse(node)!r} has no typeset form")


def _bind(node, level: int) -> str:
    text, binds = _write(node)
    return text if binds >= level else rf"\left({text}\right)"


class Equation:
    """A formula on the page: its equation, and what each letter and name means."""

    def __init__(self, formula):
        self.formula = formula

    def _repr_mimebundle_(self, **_):
        equation = latex(self.formula)
        mathml = convert(equation, display="block")
        legend = "; ".join(
            (convert(SYMBOLS[name]) + " " if name in SYMBOLS else "")
            + f"<em>{name.replace('_', ' ')}</em>: {html.escape(said)}"
            for name, said in meanings(self.formula).items()
        )
        return {
            "text/html": f'<div class="math" tabindex="0" role="group">{mathml}</div>'
            f'<p class="where">{legend}</p>',
            "text/latex": f"$${equation}$$",
            "text/plain": self.formula.__name__,
        }


def equation(formula) -> Equation:
    """Shows the equation of ``formula`` as a notebook's output."""
    return Equation(formula)


def meanings(formula) -> dict[str, str]:
    """What each parameter of ``formula`` means, with its unit, from its docstring.

    >>> from inference_economics.formulas.roofline import ridge_point
    >>> meanings(ridge_point)["bandwidth"]
    'peak memory bandwidth, above 0 [B/s]'
    """
    block = (inspect.getdoc(formula) or "").partition("Parameters\n----------\n")[2]
    found = {}
    for names, said in re.findall(r"^([\w, ]+) : (.*(?:\n    .*)*)", block, re.MULTILINE):
        text = re.sub(r"\s+", " ", said)
        unit = re.search(r" \[[^\]]*\](?=,|$)", text)
        if unit:  # said last, wherever it stood
            text = text.replace(unit[0], "", 1) + unit[0]
        text = re.sub(r" \[1\]$", "", text)
        found |= {name.strip(): text for name in names.split(",")}
    parameters = inspect.signature(formula).parameters
    return {name: found[name] for name in parameters if name in found}
