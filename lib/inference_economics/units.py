"""Names for units, as annotations; the only place that knows a conversion.

Inside the library every quantity is in base units: second, byte, FLOP, joule, USD, token,
request. Tables and pages speak the units people use (USD/h, GB, TB/s); :func:`base` and
:func:`to` stand at that border.

``value`` is one stored number: a weight, a key, an activation. Each is multiplied and added
once for every token, hence ``value = flop / token``. This makes ``2 * parameters * tokens``
a number of FLOPs, and a width in values per token times a context in tokens a number of values.
``share`` is a part of a whole, from 0 to 1.
"""

import re
from functools import cache
from typing import Annotated, Any

import pint

DEFINITIONS = """
second = [time] = s
byte = [information] = B
flop = [computation] = FLOP
joule = [energy] = J
USD = [currency]
token = [token]
request = [request]
minute = 60 * second
hour = 3600 * second = h
day = 24 * hour
year = 365.25 * day
month = year / 12
watt = joule / second = W
value = flop / token
share = 1
percent = 0.01
"""
PREFIXES = {
    "p": 1e-12,
    "n": 1e-9,
    "u": 1e-6,
    "m": 1e-3,
    "k": 1e3,
    "M": 1e6,
    "G": 1e9,
    "T": 1e12,
    "P": 1e15,
}

Number = Annotated[Any, "1"]
Share = Annotated[Any, "share"]
Exponent = Share  # of a power law, from 0 to 1
Second = Annotated[Any, "s"]
PerSecond = Annotated[Any, "1/s"]
PerWatt = Annotated[Any, "1/W"]
Byte = Annotated[Any, "B"]
BytePerSecond = Annotated[Any, "B/s"]
BytePerToken = Annotated[Any, "B/token"]
BytePerValue = Annotated[Any, "B/value"]
Flop = Annotated[Any, "FLOP"]
FlopPerSecond = Annotated[Any, "FLOP/s"]
FlopPerByte = Annotated[Any, "FLOP/B"]
FlopPerToken = Annotated[Any, "FLOP/token"]
Joule = Annotated[Any, "J"]
JoulePerByte = Annotated[Any, "J/B"]
JoulePerFlop = Annotated[Any, "J/FLOP"]
JoulePerToken = Annotated[Any, "J/token"]
JoulePerRequest = Annotated[Any, "J/request"]
Watt = Annotated[Any, "W"]
USD = Annotated[Any, "USD"]
USDPerSecond = Annotated[Any, "USD/s"]
USDPerJoule = Annotated[Any, "USD/J"]
USDPerWatt = Annotated[Any, "USD/W"]
USDPerFlop = Annotated[Any, "USD/FLOP"]
USDPerByte = Annotated[Any, "USD/B"]
USDPerToken = Annotated[Any, "USD/token"]
USDPerRequest = Annotated[Any, "USD/request"]
Value = Annotated[Any, "value"]
ValuePerToken = Annotated[Any, "value/token"]
Token = Annotated[Any, "token"]
TokenPerValue = Annotated[Any, "token/value"]
TokenPerSecond = Annotated[Any, "token/s"]
# What one request is made of, and what it waits for: not to be mixed up with a whole machine's.
Request = Annotated[Any, "request"]
RequestPerSecond = Annotated[Any, "request/s"]
TokenPerRequest = Annotated[Any, "token/request"]
SecondPerRequestToken = Annotated[Any, "s*request/token"]
SecondPerRequest = Annotated[Any, "s/request"]
SecondPerToken = Annotated[Any, "s/token"]
BytePerRequest = Annotated[Any, "B/request"]


@cache
def registry() -> pint.UnitRegistry:
    """The closed list of units, as a pint registry that knows nothing else."""
    known = pint.UnitRegistry(None, cache_folder=None)
    for name, factor in PREFIXES.items():
        known.define(f"{name}- = {factor!r}")
    for line in DEFINITIONS.split("\n"):
        if line:
            known.define(line)
    return known


@cache
def factor(unit: str) -> float:
    """How many base units make one ``unit``.

    Raises ``ValueError`` for a unit outside the closed list.

    >>> factor("kWh"), round(factor("USD/kWh") * 3.6e6, 9), factor("%")
    (3600000.0, 1.0, 0.01)
    """
    if not unit.strip():
        raise ValueError("unknown unit '': write 1 for a plain number")
    try:
        quantity = registry().Quantity(1.0, registry().parse_units(_spell(unit)))
        return float(quantity.to_base_units().magnitude)
    except (pint.PintError, AttributeError, TypeError, ValueError, AssertionError) as error:
        raise ValueError(f"unknown unit {unit!r}") from error


def ratio(unit: str, into: str, rates: tuple[tuple[str, float], ...] = ()) -> float:
    """By what a number of ``unit`` is multiplied to become one of ``into``.

    ``rates`` are further currencies with the USD that one of each costs. Raises ``ValueError`` for
    a unit that is not known, and for one that measures something else.

    >>> ratio("USD/MWh", "USD/kWh"), ratio("EUR/h", "USD/h", (("EUR", 1.25),)), ratio("%", "share")
    (0.001, 1.25, 0.01)
    """
    known = _with_currencies(rates)
    try:
        given = known.Quantity(1.0, known.parse_units(_spell(_singular(unit))))
        wanted = known.Quantity(1.0, known.parse_units(_spell(into)))
    except (pint.PintError, AttributeError, TypeError, ValueError, AssertionError) as error:
        raise ValueError(f"unknown unit {unit!r}; it must be {into}, or convert to it") from error
    if not given.is_compatible_with(wanted):
        raise ValueError(f"{unit} can't become {into}")
    return float((given / wanted).to_base_units().magnitude)


@cache
def _with_currencies(rates: tuple[tuple[str, float], ...]) -> pint.UnitRegistry:
    known = registry.__wrapped__()
    for name, rate in rates:
        known.define(f"{name} = {rate!r} * USD")
    return known


def _singular(unit: str) -> str:
    """The unit of ``18 months``."""
    return re.sub(r"\b(token|request|month|year|day|hour|second|byte|value)s\b", r"\1", unit)


def base(quantity, unit: str):
    """``quantity`` given in ``unit``, in base units. A number, an array or a traced number.

    >>> base(90.0, "USD/MWh") == base(0.09, "USD/kWh")
    True
    """
    return quantity if factor(unit) == 1.0 else quantity * factor(unit)


def to(quantity, unit: str):
    """``quantity`` given in base units, in ``unit``.

    >>> to(1.5, "ms")
    1500.0
    """
    return quantity if factor(unit) == 1.0 else quantity / factor(unit)


def dimension(annotation) -> pint.Unit:
    """The base units that an annotation such as ``USDPerSecond`` promises."""
    return registry().parse_units(_spell(annotation.__metadata__[0]))


def spoken(unit: str) -> str:
    """A unit as a reader says it.

    >>> spoken("GUSD/year"), spoken("USD/Mtoken"), spoken("token/request"), spoken("J/token")
    ('billion USD/year', 'USD/million tokens', 'tokens', 'J/token')
    """
    plain = {
        "1": "",
        "share": "(a share of 1)",
        "us": "µs",
        "us/request": "µs for each request",
        "request": "requests",
        "Gvalue": "billion weights",
        "token/request": "tokens",
        "B/value": "bytes",
        "USD/request": "USD",
        "USD/krequest": "USD per 1,000",
        "J/request": "J",
        "request/s": "requests a second",
        "year": "years",
        "day": "days",
        "month": "months",
    }
    words = {"k": "thousand", "M": "million", "G": "billion", "T": "trillion"}
    if unit in plain:
        return plain[unit]
    named = re.sub(
        r"\b(k(?=USD)|[MGT])(USD|request|token)",
        lambda found: f"{words[found[1]]} {found[2]}",
        unit,
    )
    return re.sub(r"(?<![\w/])(request|token)\b|(?<=lion )(request|token)\b", r"\g<0>s", named)


def _spell(unit: str) -> str:
    """Spellings that people use and pint does not read: ``%`` and the joined ``kWh``."""
    if unit == "1":
        return ""
    return re.sub(r"\b([kMGT]?)Wh\b", r"(\1W*h)", unit.replace("%", "percent"))
