"""Predictions for a table of set-ups, in the same order.

Where a row doesn't say how a model is laid out, a fixed number of requests runs on all its
accelerators together (two, four or eight; then copies); as many as memory holds run in the layout
that yields most, which is how the published records are set.
"""

from types import SimpleNamespace

import click
import numpy as np
import pandas as pd
from tqdm import tqdm

from . import layout, reach, setups, tables, units
from .formulas import unit_economics
from .layout import Layout
from .model import engine, room, setup
from .setups import Setups
from .tables import InputError

OUTPUTS = (
    *("tpot_s", "ttft_s", "output_tokens_per_s", "usd_per_million_output_tokens"),
    *("joules_per_output_token", "measured"),
)
PIECE = 100_000  # rows between two movements of the progress bar
NODE = 8  # accelerators that one fast network joins
SPLITS = [layout.tensor_parallel(size) for size in (1, 2, 4, NODE)]
SPREADS = [layout.attention_parallel(size) for size in (2, 4, NODE)]  # for experts


def table(rows: pd.DataFrame, where: str, usd_per_hour: float | None = None) -> pd.DataFrame:
    """``rows`` (text) with a column for each of ``OUTPUTS``.

    ``where`` the rows came from opens each error. Rentals are those of ``data/accelerators.csv``
    unless ``usd_per_hour`` is given; an unknown one leaves the cost of that row empty.
    """
    given = Setups(rows, where)
    for name in OUTPUTS:
        if name in rows:
            raise InputError(f"{where}: column {name!r} would be overwritten; rename it")
    asked = setups.checked(given)
    if rows.empty:
        return rows.assign(**{name: [] for name in OUTPUTS})
    stacks = setups.stacks(given)
    asked = asked.assign(
        cache_bytes=np.nan,
        drafts=0.0,
        served=asked["concurrency"].notna().astype(float),  # at full load, without a server
        concurrency=asked["concurrency"].fillna(np.inf),
    )
    asked = _laid_out(given, asked, stacks)
    _check_links(given, asked)
    setups.check_ranks(given, asked)
    found = _run(asked, stacks)
    _check_fits(given, asked, found)
    per_hour = _rental(asked["accelerator"], usd_per_hour)
    all_of_them = asked["accelerators"] * asked["replicas"]
    cost = unit_economics.token_cost(all_of_them, per_hour, found.throughput, 1)
    results = (
        found.time_per_output_token,
        found.time_to_first_token,
        found.throughput,
        units.to(cost, "USD/Mtoken"),
        found.energy_per_token,
    )
    columns = {name: _digits(values) for name, values in zip(OUTPUTS[:-1], results, strict=True)}
    return rows.assign(**columns, measured=reach.judge(asked, stacks, found.batch, found.fits))


def _run(asked: pd.DataFrame, stacks) -> SimpleNamespace:
    """The engine on ``asked``; with what ``fits`` in each replica, and its ``batch``."""
    inputs = setup.resolve(asked)
    constants = setup.bind(setup.constants(), stacks)
    fits = room.capacity(inputs, constants)
    with np.errstate(all="ignore"):  # what doesn't fit is refused by name, afterwards
        batch = np.minimum(inputs.concurrency, fits)
        found = engine.predict(inputs, constants, batch)
    found.fits, found.batch, found.weights = fits, batch, room.memory(inputs).weights
    return found


def _digits(values) -> np.ndarray:
    """Rounded to six digits."""
    values = np.asarray(values, float)
    scale = 10.0 ** (5 - np.floor(np.log10(np.abs(values))))
    return np.round(values * scale) / scale


def _rental(accelerators: pd.Series, usd_per_hour: float | None):
    """Price of each accelerator [USD/s]; NaN where it isn't known."""
    if usd_per_hour is not None:
        if not 0 < usd_per_hour < np.inf:
            raise InputError(f"a rental of {usd_per_hour:g} USD/h is no price")
        return units.base(usd_per_hour, "USD/h")
    return tables.column("accelerators", accelerators, "rental")


# Layouts.


def _divided(asked: pd.DataFrame, chosen) -> pd.DataFrame:
    """``asked`` in copies of the layout ``chosen``: of one kind, or with a column for each."""
    replicas = asked["accelerators"] / chosen.size
    return asked.assign(
        accelerators=chosen.size,
        replicas=replicas,
        tensor_parallel=chosen.tensor_parallel,
        attention_ranks=chosen.attention_ranks,
        expert_parallel=chosen.expert_parallel,
        concurrency=np.minimum(asked["concurrency"] / replicas, chosen.most),
    )


def _laid_out(given: Setups, asked: pd.DataFrame, stacks) -> pd.DataFrame:
    """``asked`` in replicas: as written in ``parallelism``, or as usual."""
    written = given.cells("parallelism")
    usual = layout.tensor_parallel(1)
    layouts, codes = given.each("parallelism", lambda text: layout.parse(text) if text else usual)
    total = asked["accelerators"].to_numpy()
    size = np.gcd(total.astype(np.int64), NODE).astype(float)
    columns = np.column_stack([size, size, *np.ones((2, len(size))), np.full(len(size), np.inf)])
    said = (written != "").to_numpy()
    if said.any():
        columns[said] = np.array(layouts)[codes[said]]
    chosen = Layout(*columns.T)
    full = ~said & np.isinf(asked["concurrency"].to_numpy())
    if full.any():
        columns[full] = _best(asked[full], stacks[full])
        chosen = Layout(*columns.T)
    given.refuse(
        "parallelism",
        total % chosen.size != 0,
        "{cell!r} needs {size:g} accelerators, or several times as many; the row has {total:g}",
        size=chosen.size,
        total=total,
    )
    divided = _divided(asked, chosen)
    given.refuse(
        "concurrency",
        divided["concurrency"] < 1,
        "{cell!r} is less than a request for each of {replicas:g} copies of the model; "
        "give more, or say in column parallelism how its accelerators work together",
        replicas=divided["replicas"],
    )
    return divided


def _best(asked: pd.DataFrame, stacks) -> np.ndarray:
    """The layout with the largest throughput for each row, as rows of numbers."""
    mixture = np.isfinite(tables.column("models", asked["model"], "experts"))
    best = np.full(len(asked), -np.inf)
    chosen = np.array([layout.tensor_parallel(1)] * len(asked), float)
    for candidate in SPLITS + SPREADS:
        fits = asked["accelerators"].to_numpy() % candidate.size == 0
        fits &= mixture | (candidate not in SPREADS)
        if not fits.any():
            continue
        found = _run(_divided(asked[fits], candidate), stacks[fits])
        throughput = np.full(len(asked), -np.inf)
        throughput[fits] = np.where(found.fits >= 1, found.throughput, -1 / candidate.size)
        better = throughput > best
        best[better], chosen[better] = throughput[better], candidate
    return chosen


# What can't be.


def _check_links(given: Setups, asked: pd.DataFrame) -> None:
    links = tables.column("accelerators", asked["accelerator"], "link_bandwidth")
    given.refuse(
        "accelerator",
        (asked["accelerators"] > 1) & np.isnan(links),
        "data/accelerators.csv: link_bandwidth of {cell} is not known, and {size:g} work together",
        size=asked["accelerators"],
    )


def _check_fits(given: Setups, asked: pd.DataFrame, found) -> None:
    memory = tables.column("accelerators", asked["accelerator"], "memory")
    given.refuse(
        "accelerators",
        ~(found.fits >= 1),
        "{model} at {precision} does not fit: its weights take {weights:.0f} of the {memory:.0f} GB"
        " of each of {size:g} accelerators, and the rest holds no request of {length:g} tokens",
        model=asked["model"],
        precision=asked["precision"],
        weights=units.to(found.weights, "GB"),
        memory=units.to(memory, "GB"),
        size=asked["accelerators"],
        length=asked["input_tokens"] + asked["output_tokens"],
    )


def command(points, options: dict, usd_per_hour: float | None, output) -> str:
    """What ``inference-economics predict`` prints."""
    chosen = {name: text for name, text in options.items() if text is not None}
    if points and chosen:
        raise InputError(f"give a table or --{next(iter(chosen)).replace('_', '-')}, not both")
    if not points and not chosen:
        raise InputError("give a table of set-ups, or one by --model, --accelerator, ...")
    if points:
        rows, where = setups.read(points), str(points)
    else:
        rows, where = _single(chosen), "options"
    pieces = [rows.iloc[at : at + PIECE] for at in range(0, len(rows) or 1, PIECE)]
    shown = {"unit_scale": PIECE, "unit": " rows", "disable": len(pieces) < 2}
    with tqdm(pieces, "Predicting", **shown) as bar:  # ends its line before an error is told
        found = pd.concat([table(piece, where, usd_per_hour) for piece in bar])
    if found["usd_per_million_output_tokens"].isna().any():
        unknown = found.loc[found["usd_per_million_output_tokens"].isna(), "accelerator"]
        click.echo(
            f"Note: no rental price of {', '.join(sorted(set(unknown)))} is known; its cost is "
            "left empty. --usd-per-hour gives one.",
            err=True,
        )
    for version, (stack, known) in setups.unknown_versions(Setups(rows, where)).items():
        click.echo(
            f"Note: {version!r} was not measured, and is computed as {stack!r}; measured versions "
            f"are {', '.join(known)}.",
            err=True,
        )
    text = found.to_csv(index=False, lineterminator="\n")
    if output is None:
        return text
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(f"{output}: can't be written ({error.strerror})") from None
    return f"{len(found):,} rows: {output}\n"


def _single(chosen: dict) -> pd.DataFrame:
    for name in setups.COLUMNS:
        if name != "concurrency" and not chosen.get(name, "").strip():
            raise InputError(f"--{name.replace('_', '-')} is missing")
    return pd.DataFrame([dict.fromkeys(setups.COLUMNS, "") | chosen], index=[1])
