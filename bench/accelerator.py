"""Measures what decoding asks of an accelerator: bytes, products, attention, a layer, watts.

    python bench/accelerator.py --output mine.csv

Needs PyTorch 2.8 or newer and an NVIDIA accelerator; energy needs nvidia-ml-py as well, and stays
empty without it. Nothing else of this project is needed. It takes about four minutes on an H100.
``chapters/a8_accelerator.ipynb`` describes the method, ``data/README.md`` every column.
"""

import argparse
import csv
import datetime
import functools
import importlib.util
import itertools
import math
import statistics
import sys
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import torch
import torch.nn.functional as F

COLUMNS = [
    *("device", "software", "date", "measurement", "model", "part", "mode", "precision"),
    *("tokens", "context", "bytes", "flops", "kernels", "runs", "seconds", "seconds_low"),
    *("seconds_high", "joules", "watts", "sm_clock", "memory_clock", "celsius"),
]
GROUPS = 8  # heads of keys and values, in every model here
HEAD_DIM = 128
MODELS = {  # width, query heads, width of the MLP, layers, vocabulary
    "llama-3.1-8b": SimpleNamespace(width=4096, heads=32, mlp=14336, layers=32, words=128256),
    "llama-3.1-70b": SimpleNamespace(width=8192, heads=64, mlp=28672, layers=80, words=128256),
    "tiny": SimpleNamespace(width=256, heads=8, mlp=512, layers=2, words=1024),
}
POWERS = [2**n for n in range(13)]  # 1 to 4096
BATCHES = POWERS[:9]  # 1 to 256
KINDS = ["idle", "read", "copy", "matmul", "attention", "layer", "model"]


def case(
    measurement, model="", part="", mode="", precision="", tokens=0, context=0, watch=False, size=0
):
    """One row to be measured; energy as well where ``watch`` is set; ``size`` is of a stream."""
    return SimpleNamespace(**locals())


def cases(memory, names, cuda):
    """Every case that fits into ``memory`` bytes, those that share weights beside each other."""
    sizes = [2**n for n in range(20, 35)] if cuda else [2**16]
    modes = ["eager", "graph"] if cuda else ["eager"]
    precisions = (
        ["bf16", "fp8"] if cuda and torch.cuda.get_device_capability() >= (8, 9) else ["bf16"]
    )
    tokens, batches = (POWERS, BATCHES) if cuda else ([1, 4], [1, 2])
    contexts = [2**n for n in range(10, 18)] if cuda else [64]
    yield case("idle", watch=True)
    for kind in ("read", "copy"):
        for size in (size for size in sizes if 2 * size <= memory / 2):
            watch = kind == "read" and size in (2**25, 2**32)  # in the cache, and far beyond it
            yield case(kind, mode=modes[-1], watch=watch, size=size)
    for precision in precisions:
        if cuda:
            yield case("matmul", "square", "square", "graph", precision, 8192, watch=True)
        for name in names:
            for part in parts(MODELS[name]):
                watch = name == names[-1] and part == "gate_up"
                for n in tokens:
                    yield case("matmul", name, part, modes[-1], precision, n, watch=watch)
    for context in contexts:
        for n in batches[::2]:
            if cache_bytes(n, context) < memory / 8:
                for backend in ("flash", "cudnn", "efficient") if cuda else ("math",):
                    yield case("attention", names[-1], backend, modes[-1], "bf16", n, context)
    room = [(n, contexts[0]) for n in batches] + [(n, contexts[3]) for n in (1, 8, 32) if cuda]
    for name in names:
        for precision in precisions:
            for n, context in room:
                for mode in modes:
                    watch = mode == "graph"
                    yield case("layer", name, "layer", mode, precision, n, context, watch)
    if cuda:
        for n in (1, 64):
            yield case("layer", names[0], "layer", "compiled", "bf16", n, contexts[0])
    for name in names:
        for precision in precisions:
            weights = layer_weights(MODELS[name]) * bytes_of(precision)
            for n, context in room:
                if MODELS[name].layers * (weights + cache_bytes(n, context)) < 0.8 * memory:
                    yield case("model", name, "model", modes[-1], precision, n, context, True)


def parts(m):
    """Columns and rows of the matrices of a decoder."""
    return {
        "qkv": (m.width, (m.heads + 2 * GROUPS) * HEAD_DIM),
        "output": (m.heads * HEAD_DIM, m.width),
        "gate_up": (m.width, 2 * m.mlp),
        "down": (m.mlp, m.width),
        "head": (m.width, m.words),
    }


def bytes_of(precision):
    return {"bf16": 2, "fp8": 1}[precision]


def layer_weights(m):
    """Weights of a layer's four matrices."""
    return sum(wide * high for part, (wide, high) in parts(m).items() if part != "head")


def cache_bytes(requests, context):
    """Bytes of the keys and values of a layer, at two bytes each."""
    return requests * context * 2 * GROUPS * HEAD_DIM * 2


def attention_flops(m, requests, context):
    """A multiplication and an addition for each key and each value of every query head."""
    return requests * context * 4 * m.heads * HEAD_DIM


# What is run. Each function gives run(i), which works on the i-th copy of its data, and how many
# copies there are: so many that together they outgrow the cache, as a model's weights do.


class Matrix:
    """A linear map without bias, its weights at bf16, or at fp8 with one scale for all."""

    def __init__(self, wide, high, precision, device):
        self.fp8 = precision == "fp8"
        self.one = torch.ones((), device=device)
        self.scale = torch.full((), wide**-0.5, device=device)
        weights = random(high, wide, device=device)
        self.weights = weights.to(torch.float8_e4m3fn) if self.fp8 else weights.mul_(self.scale)
        self.bytes = self.weights.numel() * self.weights.element_size()

    def narrow(self, x):
        return x.to(torch.float8_e4m3fn) if self.fp8 else x

    def multiply(self, x):
        """The product with ``x``, narrowed already."""
        if not self.fp8:
            return F.linear(x, self.weights)
        scales = {"scale_a": self.one, "scale_b": self.scale}
        return torch._scaled_mm(
            x, self.weights.t(), **scales, out_dtype=torch.bfloat16, use_fast_accum=True
        )

    def __call__(self, x):
        return self.multiply(self.narrow(x))


def random(*shape, device):
    return torch.randn(*shape, dtype=torch.bfloat16, device=device)


def copies(bytes_of_one, machine):
    return max(1, math.ceil(4 * machine.cache / bytes_of_one))


def stream(c, machine):
    """Reading (a sum) or copying (zero is added) ``c.size`` bytes, the same ones every time."""
    source = torch.randn(c.size // 4, device=machine.device)
    target = torch.empty_like(source)
    if c.measurement == "read":
        return (lambda i: source.sum()), 1, c.size, c.size // 4
    return (lambda i: torch.add(source, 0, out=target)), 1, 2 * c.size, c.size // 4


@functools.lru_cache(maxsize=1)
def matrices(model, part, precision, machine):
    wide, high = parts(MODELS[model])[part] if part != "square" else (8192, 8192)
    count = copies(wide * high * bytes_of(precision), machine)
    return [Matrix(wide, high, precision, machine.device) for _ in range(count)], wide, high


def product(c, machine):
    """One matrix of a decoder times ``c.tokens`` tokens."""
    maps, wide, high = matrices(c.model, c.part, c.precision, machine)
    x = maps[0].narrow(random(c.tokens, wide, device=machine.device))
    size = maps[0].bytes + x.numel() * x.element_size() + 2 * c.tokens * high
    return (lambda i: maps[i].multiply(x)), len(maps), size, 2 * c.tokens * wide * high


BACKENDS = {
    "flash": torch.nn.attention.SDPBackend.FLASH_ATTENTION,
    "cudnn": torch.nn.attention.SDPBackend.CUDNN_ATTENTION,
    "efficient": torch.nn.attention.SDPBackend.EFFICIENT_ATTENTION,
    "math": torch.nn.attention.SDPBackend.MATH,
}


def attend(c, machine):
    """A step's attention over keys and values; the query heads of a group are its rows."""
    heads = MODELS[c.model].heads
    size = cache_bytes(c.tokens, c.context)
    count = copies(size, machine)
    shape = (2, c.tokens, GROUPS, c.context, HEAD_DIM)
    caches = [random(*shape, device=machine.device) for _ in range(count)]
    query = random(c.tokens, GROUPS, heads // GROUPS, HEAD_DIM, device=machine.device)

    def run(i):
        with torch.nn.attention.sdpa_kernel(BACKENDS[c.part]):
            return F.scaled_dot_product_attention(query, caches[i][0], caches[i][1])

    size += 2 * query.numel() * query.element_size()
    return run, count, size, attention_flops(MODELS[c.model], c.tokens, c.context)


class Layer:
    """A decoder layer of Llama in plain PyTorch: two norms, attention with a cache, an MLP."""

    def __init__(self, m, precision, device):
        self.m = m
        self.maps = {
            part: Matrix(*shape, precision, device)
            for part, shape in parts(m).items()
            if part != "head"
        }
        self.norm = torch.ones(m.width, dtype=torch.bfloat16, device=device)
        angles = torch.rand(1, 1, 1, HEAD_DIM, device=device) * math.tau
        self.cos, self.sin = angles.cos().bfloat16(), angles.sin().bfloat16()

    def rotate(self, x):
        a, b = x.chunk(2, -1)
        return x * self.cos + torch.cat((-b, a), -1) * self.sin

    def __call__(self, x, cache):
        m, n = self.m, len(x)
        normed = F.rms_norm(x, (m.width,), self.norm)
        heads = self.maps["qkv"](normed).view(n, m.heads + 2 * GROUPS, 1, HEAD_DIM)
        query, key, value = heads.split((m.heads, GROUPS, GROUPS), 1)
        cache[0, :, :, -1:] = self.rotate(key)
        cache[1, :, :, -1:] = value
        query = self.rotate(query).view(n, GROUPS, m.heads // GROUPS, HEAD_DIM)
        # Split over the context, flash fills the chip with few requests; the other is faster.
        order = ("flash", "cudnn") if n * GROUPS < 100 else ("cudnn", "flash")
        order = [BACKENDS[name] for name in (*order, "efficient", "math")]
        with torch.nn.attention.sdpa_kernel(order, set_priority=True):
            found = F.scaled_dot_product_attention(query, cache[0], cache[1])
        x = x + self.maps["output"](found.reshape(n, m.heads * HEAD_DIM))
        normed = F.rms_norm(x, (m.width,), self.norm)
        gate, up = self.maps["gate_up"](normed).chunk(2, -1)
        return x + self.maps["down"](F.silu(gate) * up)


@functools.lru_cache(maxsize=1)
def stack(model, count, precision, machine):
    return [Layer(MODELS[model], precision, machine.device) for _ in range(count)]


def decoder(c, machine):
    """A step of one layer, or of the whole model with its head, each request with its own cache."""
    m = MODELS[c.model]
    whole = c.measurement == "model"
    layers = stack(c.model, m.layers if whole else 1, c.precision, machine)
    shape = (2, c.tokens, GROUPS, c.context, HEAD_DIM)
    caches = [random(*shape, device=machine.device) for _ in layers]
    x = random(c.tokens, m.width, device=machine.device)
    head = Matrix(m.width, m.words, "bf16", machine.device) if whole else None
    steps = [
        torch.compile(layer.__call__, dynamic=False) if c.mode == "compiled" else layer
        for layer in layers
    ]

    def run(i):
        state = x
        for step, cache in zip(steps, caches, strict=True):
            state = step(state, cache)
        return head(F.rms_norm(state, (m.width,), layers[0].norm)).argmax(-1) if whole else state

    per_layer = sum(part.bytes for part in layers[0].maps.values())
    size = len(layers) * (per_layer + cache_bytes(c.tokens, c.context))
    flops = len(layers) * (
        2 * c.tokens * layer_weights(m) + attention_flops(m, c.tokens, c.context)
    )
    if whole:
        size, flops = size + head.bytes, flops + 2 * c.tokens * m.width * m.words
    return run, 1, size, flops


BUILDERS = {
    "idle": lambda c, machine: ((lambda i: time.sleep(0.01)), 1, 0, 0),
    "read": stream,
    "copy": stream,
    "matmul": product,
    "attention": attend,
    "layer": decoder,
    "model": decoder,
}


# How it is timed.


class Cuda:
    """The first NVIDIA accelerator: its clock, its CUDA graphs, its energy meter."""

    device = "cuda"

    def __init__(self):
        found = torch.cuda.get_device_properties(0)
        self.name, self.memory, self.cache = found.name, found.total_memory, found.L2_cache_size
        self.software = f"torch {torch.__version__}"
        self.meter = None
        if importlib.util.find_spec("pynvml"):
            import pynvml

            pynvml.nvmlInit()
            uuid = f"GPU-{found.uuid}"
            self.meter, self.nvml = pynvml.nvmlDeviceGetHandleByUUID(uuid), pynvml
            self.energy()
            limit = pynvml.nvmlDeviceGetEnforcedPowerLimit(self.meter) / 1000
            self.software += f", driver {pynvml.nvmlSystemGetDriverVersion()}, limit {limit:.0f} W"

    def wait(self):
        torch.cuda.synchronize()

    def clock(self):
        """An event in the accelerator's queue; two of them give a time without the host's."""
        event = torch.cuda.Event(enable_timing=True)
        event.record()
        return event

    def between(self, start, end):
        return start.elapsed_time(end) / 1000

    def state(self):
        if not self.meter:
            return {}
        read = functools.partial(self.nvml.nvmlDeviceGetClockInfo, self.meter)
        return {
            "sm_clock": read(self.nvml.NVML_CLOCK_SM),
            "memory_clock": read(self.nvml.NVML_CLOCK_MEM),
            "celsius": self.nvml.nvmlDeviceGetTemperature(
                self.meter, self.nvml.NVML_TEMPERATURE_GPU
            ),
        }

    def energy(self):
        return self.nvml.nvmlDeviceGetTotalEnergyConsumption(self.meter) / 1000

    def captured(self, run, count, runs):
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            for i in range(runs):
                run(i % count)
        return graph.replay

    def kernels(self, run):
        """How many kernels, copies included, one run launches."""
        from torch.profiler import ProfilerActivity, profile

        with profile(activities=[ProfilerActivity.CUDA]) as found:
            run(0)
            self.wait()
        return sum(e.device_type == torch.autograd.DeviceType.CUDA for e in found.events())


class Cpu:
    """The host, to try the script without an accelerator: its numbers mean nothing."""

    device, name, memory, cache, meter = "cpu", "cpu", 2**30, 2**20, None
    software = f"torch {torch.__version__}"

    def wait(self):
        pass

    def clock(self):
        return time.perf_counter()

    def between(self, start, end):
        return end - start

    def state(self):
        return {}


def measure(c, machine, window):
    """The row of case ``c``."""
    run, count, size, flops = BUILDERS[c.measurement](c, machine)
    for i in range(3):
        run(i % count)
    machine.wait()
    kernels = ""
    if c.measurement in ("layer", "model") and c.mode != "eager" and machine.device == "cuda":
        kernels = machine.kernels(run)
    first = once(run, count, machine, count)
    runs = count * math.ceil(min(max(0.003 / first, 1), 300) / count)  # in a sample
    if c.mode in ("graph", "compiled"):
        replay = machine.captured(run, count, runs)
    else:

        def replay():
            for i in range(runs):
                run(i % count)

    warm_until = time.perf_counter() + window / 20
    while time.perf_counter() < warm_until:
        replay()
        machine.wait()
    guess = sampled(replay, machine, 3)
    number = int(min(max(window / 10 / statistics.median(guess), 10), 200))
    times = sorted(sampled(replay, machine, number))
    row = {
        "bytes": size,
        "flops": flops,
        "kernels": kernels,
        "runs": runs * number,
        "seconds": statistics.median(times) / runs,
        "seconds_low": times[len(times) // 10] / runs,
        "seconds_high": times[-1 - len(times) // 10] / runs,
    }
    if c.watch and machine.meter:
        row |= watched(replay, runs, machine, window)
    else:
        replay()
        row |= machine.state()  # while it works
    machine.wait()
    return row


def once(run, count, machine, runs):
    start = machine.clock()
    for i in range(runs):
        run(i % count)
    end = machine.clock()
    machine.wait()
    return max(machine.between(start, end) / runs, 1e-7)


def sampled(replay, machine, number):
    """Times of ``number`` replays, one after the other without a pause."""
    marks = [machine.clock()]
    for _ in range(number):
        replay()
        marks.append(machine.clock())
    machine.wait()
    return [machine.between(a, b) for a, b in itertools.pairwise(marks)]


def watched(replay, runs, machine, window):
    """Joules of a run and mean watts over ``window`` seconds of load, after a quarter as long.

    The meter moves a few times a second: only what lies between two of its moves is counted.
    """
    seen, states, over = [], [], threading.Event()

    def look():
        last = machine.energy()
        while not over.wait(0.004):
            now = machine.energy()
            if now != last:
                seen.append((time.perf_counter(), now))
                last = now

    replay()
    machine.wait()
    begin, done = time.perf_counter(), 0
    settled = begin + window / 4
    watcher = threading.Thread(target=look)
    watcher.start()
    while time.perf_counter() < settled + window:
        replay()
        replay()
        states.append(machine.state() if len(states) % 50 == 0 else states[-1])
        machine.wait()
        done += 2 * runs
    seconds = (time.perf_counter() - begin) / done
    over.set()
    watcher.join()
    kept = [move for move in seen if move[0] >= settled]
    if len(kept) < 3:
        return states[-1]
    watts = (kept[-1][1] - kept[0][1]) / (kept[-1][0] - kept[0][0])
    return states[-1] | {"joules": watts * seconds, "watts": watts}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--output", type=Path, required=True, help="a CSV file to be made")
    parser.add_argument("--device", choices=["cuda", "cpu"], default="cuda", help="cpu: a trial")
    parser.add_argument("--only", choices=KINDS, action="append", help="one measurement")
    parser.add_argument("--window", type=float, default=1.0, help="seconds of load for energy")
    given = parser.parse_args()
    if given.output.exists():
        parser.error(f"{given.output} exists; name another file")
    if given.device == "cuda" and not torch.cuda.is_available():
        parser.error("PyTorch finds no NVIDIA accelerator here; --device cpu only tries the script")
    if not 0 < given.window < math.inf:
        parser.error(f"--window {given.window:g}: must be above 0")
    torch.manual_seed(0)
    machine = Cuda() if given.device == "cuda" else Cpu()
    names = ["llama-3.1-8b", "llama-3.1-70b"] if given.device == "cuda" else ["tiny"]
    kinds = given.only or KINDS
    todo = [
        c for c in cases(machine.memory, names, given.device == "cuda") if c.measurement in kinds
    ]
    left_out = run_all(todo, machine, given)
    print(f"\n{given.output}: {len(todo) - left_out} rows; {left_out} left out", file=sys.stderr)


def run_all(todo, machine, given):
    """Write a row for each of ``todo`` as soon as it is measured; how many could not be."""
    same = {
        "device": machine.name,
        "software": machine.software,
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
    }
    weight = [1 + 8 * c.watch for c in todo]
    start, left_out = time.perf_counter(), 0
    with given.output.open("w", newline="") as file, torch.inference_mode():
        table = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        table.writeheader()
        weights = None
        for place, c in enumerate(todo):
            if weights != (weights := (c.measurement, c.model, c.part, c.precision)):
                matrices.cache_clear()
                stack.cache_clear()
            shown = {key: value for key, value in vars(c).items() if key in COLUMNS}
            try:
                row = measure(c, machine, given.window)
                table.writerow(same | shown | {key: neat(value) for key, value in row.items()})
                file.flush()
            except RuntimeError as error:  # no such kernel here, or no room
                left_out += 1
                reason = str(error).strip().split("\n")[0][:150]
                print(f"\nleft out {' '.join(map(str, shown.values()))}: {reason}", file=sys.stderr)
            if machine.device == "cuda":
                torch.cuda.empty_cache()
            spent, done = time.perf_counter() - start, sum(weight[: place + 1])
            left = spent / done * (sum(weight) - done)
            print(f"\r{place + 1}/{len(todo)}, {left:.0f} s left   ", end="", file=sys.stderr)
    return left_out


def neat(value):
    return f"{value:.6g}" if isinstance(value, float) else value


if __name__ == "__main__":
    main()
