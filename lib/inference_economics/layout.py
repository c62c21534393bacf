"""How people write down what a model runs on: ``TP8``, ``tp=8 adp=1 moe_ep=8``, ``vllm 0.18.0``."""

import re
from typing import NamedTuple

from .tables import InputError, nearest

KEYS = ("tp", "adp", "dp", "moe_tp", "moe_ep", "ep", "max_num_seqs")
NEW_VLLM = (0, 15)
EXAMPLES = "write TP8, DEP8 or tp=8 adp=1 moe_tp=1 moe_ep=8"


class Layout(NamedTuple):
    """One replica: ``size`` accelerators, the ranks that split attention (``tensor_parallel``)
    or attend to requests of their own (``attention_ranks``), and those that the experts are
    spread over; ``most`` requests run at once in it."""

    size: float
    tensor_parallel: float
    attention_ranks: float
    expert_parallel: float
    most: float = float("inf")


def tensor_parallel(size: float) -> Layout:
    """All weights split over all accelerators.

    >>> tensor_parallel(8).tensor_parallel
    8
    """
    return Layout(size, size, 1, 1)


def attention_parallel(size: float) -> Layout:
    """Each accelerator attends to requests of its own; the experts are spread over all.

    >>> attention_parallel(8).attention_ranks
    8
    """
    return Layout(size, 1, size, size)


def parse(written: str) -> Layout:
    """What ``written`` means.

    >>> parse("tp=8 adp=1 moe_tp=1 moe_ep=8")
    Layout(size=8, tensor_parallel=8, attention_ranks=1, expert_parallel=8, most=inf)
    >>> parse("DEP4") == attention_parallel(4)
    True
    """
    short = re.fullmatch(r"(TP|DEP|TEP)(\d{1,4})", written.strip(), re.IGNORECASE)
    if short and int(short[2]):
        size = int(short[2])
        if short[1].upper() == "TEP":
            return Layout(size, size, 1, size)
        return (tensor_parallel if short[1].upper() == "TP" else attention_parallel)(size)
    found = {}
    for word in written.split():
        key, sign, number = word.partition("=")
        if key not in KEYS or not sign:
            raise InputError(f"can't read {written!r}: {word!r}{nearest(key, KEYS)}; {EXAMPLES}")
        if number and not (number.isascii() and number.isdigit() and 0 < int(number) < 10**6):
            raise InputError(f"can't read {written!r}: {word!r} is no count; {EXAMPLES}")
        if number:
            found[key] = int(number)
    if not found.keys() & {"tp", "adp", "dp", "ep", "moe_ep", "moe_tp"}:
        raise InputError(f"can't read {written!r}; {EXAMPLES}")
    ranks = found.get("adp", found.get("dp", 1))
    split = found.get("tp", 1)
    spread = found.get("moe_ep", found.get("ep", 1))
    # vLLM's ep spreads the experts over accelerators that split attention as well.
    if "ep" in found and split * ranks < spread:
        split = spread // ranks
    size = split * ranks
    if found.get("moe_tp", size // spread) * spread != size:
        raise InputError(
            f"{written!r} does not add up: attention is on {size} accelerators, the experts are "
            f"on {found.get('moe_tp', 1) * spread}"
        )
    return Layout(size, split, ranks, spread, found.get("max_num_seqs", float("inf")))


def stack(written: str, accelerator: str, known) -> str:
    """The stack of the calibration table that ``written`` means; the usual one if it is empty.

    >>> stack("vllm 0.18.0", "B200", ["vllm", "vllm-0.15"])
    'vllm-0.15'
    """
    amd = accelerator.startswith("MI")
    name = written.strip()
    if not name:
        return "vllm-rocm" if amd else "vllm-0.15"
    if name in known and not (amd and name.startswith("vllm")):
        return name
    if name.startswith("MLPerf"):
        return "vllm-rocm" if "AMD" in name else "vllm" if "RedHat" in name else "trtllm"
    if found := re.match(r"vllm[ -]v?(\d+)\.(\d+)", name):
        new = (int(found[1]), int(found[2])) >= NEW_VLLM
        return "vllm-rocm" if amd else "vllm-0.15" if new else "vllm"
    if name in ("vllm", "vllm-rocm") and amd:
        return "vllm-rocm"
    for family in ("trtllm", "sglang"):
        if re.match(rf"{family}([ -]|$)", name):
            return family
    raise InputError(f"no stack {written!r}{nearest(name, known)}")
