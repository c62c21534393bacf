"""Prints what ``make bench`` measured: microseconds per evaluation, and the ratios to the aims."""

import csv
import json
import sys

US = 1e6
AIMS = {"chain": 1.0, "numpy": 3.0, "fastest": 1000.0}


def main(ours, theirs):
    with open(ours, encoding="utf-8") as file:
        runs = json.load(file)["benchmarks"]
    each = {run["name"]: run["stats"]["min"] / run["extra_info"]["evaluations"] for run in runs}
    each = {name: US * seconds for name, seconds in each.items()}
    sizes = {run["params"]["size"]: each[run["name"]] for run in runs if run["params"]}
    chain, whole = sizes[min(sizes)], sizes[max(sizes)]
    with open(theirs, newline="", encoding="utf-8") as file:
        peers = {row["peer"]: US * float(row["seconds"]) for row in csv.DictReader(file)}
    fastest = min(peers, key=peers.get)
    rows = {
        f"the chain, {min(sizes):,} set-ups at a time": chain,
        f"the chain, {max(sizes):,} at once": whole,
        "NumPy alone, as many operations": each["test_numpy_alone"],
    }
    rows |= {f"{name}, a call": time for name, time in sorted(peers.items())}
    rows |= {"predict, a row from file to file": each["test_predict"]}
    print(f"{'':38}{'µs':>10}  over the chain")
    for name, time in rows.items():
        print(f"{name:38}{time:10.3g}{time / chain:12.3g}")
    print(f"\nA million rows of predict: {each['test_predict']:.1f} s")
    print(f"Per evaluation: {chain:.2f} µs; aim: at most {AIMS['chain']:g}")
    times = chain / each["test_numpy_alone"]
    print(f"Times NumPy alone: {times:.1f}; aim: at most {AIMS['numpy']:g}")
    times = peers[fastest] / chain
    print(f"Times as fast as {fastest}: {times:,.0f}; aim: at least {AIMS['fastest']:,g}")


if __name__ == "__main__":
    main(*sys.argv[1:])
