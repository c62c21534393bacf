"""What other public calculators predict for the set-ups that ``setups.py`` prints.

``calculators.py SETUPS.csv`` prints a table of predicted times per output token [s];
``calculators.py SETUPS.csv --time`` prints seconds per call of each. Run by ``make peers`` and
``make bench`` with the Python of ``.venv-peers``.

Model and accelerator are described to each calculator with our own figures, through its own API,
so that only the methods differ; what it assumes beyond that, efficiencies above all, is its own
default. A set-up that a calculator can't describe, or refuses, is absent:

- models of experts: GenZ's decoding reads the experts of one token whatever the batch, the other
  two know no experts that share a batch, and none knows two widths of weights in one model;
- heads whose widths don't add up to the model's (Qwen3-32B): llm-analysis has no figure for them;
- several accelerators: mlsysim's serving model knows one.
"""

import argparse
import csv
import importlib.metadata
import logging
import math
import shutil
import sys
import timeit
import warnings
from pathlib import Path
from types import SimpleNamespace

RUNS, SECONDS = 100, 0.01  # of which a calculator is timed in the fastest
LEFT_BY_GENZ = Path("/tmp/genz")  # it leaves a few files there with each call
REFUSALS = (AssertionError, ValueError)  # how they say that something doesn't fit


def genz(s):
    """GenZ-LLM analyzer: a roofline of each operation, and messages. No beams."""
    from GenZ import decode_moddeling
    from GenZ.Models import ModelConfig

    model = ModelConfig(
        model=s.model,
        vocab_size=round(s.vocabulary),
        hidden_size=round(s.hidden_size),
        intermediate_size=round(s.mlp_width),
        num_ffi=round(s.mlp_matrices) - 1,
        num_decoder_layers=round(s.layers),
        num_attention_heads=round(s.query_heads),
        num_key_value_heads=round(s.kv_heads),
        head_dim=round(s.head_dim),
    )
    system = {
        "Flops": s.bf16 / 1e12,  # it scales to narrower formats itself
        "Memory_size": s.memory / 1e9,
        "Memory_BW": s.bandwidth / 1e9,
        "ICN": (s.link_bandwidth if s.accelerators > 1 else s.bandwidth) / 1e9,
        "real_values": True,
    }
    found = decode_moddeling(
        model=model,
        batch_size=round(s.concurrency),
        input_tokens=round(s.input_tokens),
        output_tokens=round(s.output_tokens / 2),  # on average there when a token is computed
        Bb=1,
        system_name=system,
        bits=s.precision,
        tensor_parallel=round(s.accelerators),
    )
    return found["Latency"] / 1e3


def llm_analysis(s):
    """llm-analysis: a roofline of attention and of the MLP in each layer, and messages."""
    from llm_analysis.analysis import LLMAnalysis
    from llm_analysis.config import DtypeConfig, GPUConfig, ModelConfig, ParallelismConfig

    if s.head_dim * s.query_heads != s.hidden_size:
        return None
    # Its MLP has two matrices: as many weights as ours has in three.
    width = s.mlp_width * s.mlp_matrices / 2
    model = ModelConfig(
        name=s.model,
        num_layers=round(s.layers),
        n_head=round(s.query_heads),
        hidden_dim=round(s.hidden_size),
        vocab_size=round(s.vocabulary),
        num_key_value_heads=round(s.kv_heads),
        ffn_embed_dim=width,
        expansion_ratio=width / s.hidden_size,
    )
    unknown = {"peak_i8_TFLOPS": s.fp8 / 1e12, "peak_i4_TFLOPS": s.fp4 / 1e12}
    accelerator = GPUConfig(
        name=s.accelerator,
        mem_per_GPU_in_GB=s.memory / 1e9,
        hbm_bandwidth_in_GB_per_sec=s.bandwidth / 1e9,
        intra_node_bandwidth_in_GB_per_sec=s.link_bandwidth / 1e9,
        intra_node_min_message_latency=8e-6,  # of every GPU in its catalogue
        peak_fp16_TFLOPS=s.bf16 / 1e12,
        **{name: peak for name, peak in unknown.items() if not math.isnan(peak)},
    )
    bits = {"bf16": 16, "fp8": 8, "fp4": 4}[s.precision]
    found = LLMAnalysis(
        model,
        accelerator,
        DtypeConfig(name=s.precision, weight_bits=bits, activation_bits=bits),
        ParallelismConfig(tp_size=round(s.accelerators)),
    ).inference(
        batch_size_per_gpu=round(s.concurrency),
        seq_len=round(s.input_tokens),
        num_tokens_to_generate=round(s.output_tokens),
        kv_cache_dtype_bytes=s.cache_bytes,
    )
    return found["decode_latency"]


def mlsysim(s):
    """mlsysim: weights and cache over the bandwidth, and a time for each layer."""
    from mlsysim.core.units import Q_
    from mlsysim.hardware.types import ComputeCore, HardwareNode, MemoryHierarchy
    from mlsysim.models.types import TransformerWorkload
    from mlsysim.solvers import ServingModel

    if s.accelerators > 1:
        return None
    model = TransformerWorkload(
        name=s.model,
        architecture="Transformer",
        parameters=Q_(s.parameters, "param"),
        layers=round(s.layers),
        hidden_dim=round(s.hidden_size),
        heads=round(s.query_heads),
        kv_heads=round(s.kv_heads),
        head_dim=round(s.head_dim),
    )
    accelerator = HardwareNode(
        name=s.accelerator,
        release_year=2020,  # asked for, not used
        compute=ComputeCore(peak_flops=Q_(s.bf16, "flop/s")),
        memory=MemoryHierarchy(capacity=Q_(s.memory, "byte"), bandwidth=Q_(s.bandwidth, "byte/s")),
    )
    found = ServingModel().solve(
        model,
        accelerator,
        seq_len=round(s.input_tokens + s.output_tokens / 2),
        batch_size=round(s.concurrency),
        precision={"fp4": "int4"}.get(s.precision, s.precision),  # its name for four bits
    )
    return found.itl.to("s").magnitude if found.feasible else None


# Name on the package index, and adapter.
CALCULATORS = {"genz-llm": genz, "llm-analysis": llm_analysis, "mlsysim": mlsysim}


def read(path):
    """The set-ups of dense models in ``path``."""
    words = {"point", "model", "accelerator", "precision"}
    with open(path, newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            cells = {
                key: cell if key in words else float(cell or "nan") for key, cell in row.items()
            }
            s = SimpleNamespace(**cells)
            if math.isnan(s.experts):
                yield s


def predicted(adapter, s):
    """Seconds per output token, or None where the calculator refuses."""
    try:
        return adapter(s)
    except REFUSALS:
        return None


def timed(adapter, setups):
    """Seconds per call, in the fastest of the runs; each call describes the set-up anew."""
    s = next(s for s in setups if predicted(adapter, s))
    clock = timeit.Timer(lambda: adapter(s))
    number = max(1, round(SECONDS / clock.timeit(1)))
    return min(clock.repeat(RUNS, number)) / number


def tell(setups, time):
    """Prints the one table or the other."""
    write = csv.writer(sys.stdout, lineterminator="\n").writerow
    if time:
        write(["peer", "seconds"])
        for name, adapter in CALCULATORS.items():
            write([name, f"{timed(adapter, setups):.3g}"])
        return
    write(["point", "peer", "predicted", "version"])
    for s in setups:
        for name, adapter in CALCULATORS.items():
            if seconds := predicted(adapter, s):
                write([s.point, name, f"{seconds:.6g}", importlib.metadata.version(name)])


def main():
    options = argparse.ArgumentParser(description="Other calculators' times per output token.")
    options.add_argument("setups", help="as printed by setups.py")
    options.add_argument("--time", action="store_true", help="seconds per call instead")
    asked = options.parse_args()
    logging.disable(logging.WARNING)
    warnings.simplefilter("ignore")
    was_there = LEFT_BY_GENZ.exists()
    try:
        tell(list(read(asked.setups)), asked.time)
    finally:
        if not was_there:
            shutil.rmtree(LEFT_BY_GENZ, ignore_errors=True)


if __name__ == "__main__":
    main()
