"""What every peer does alike: one process a core, each prepares itself, then all solve blocks of patients by the clock.

A peer is a file that hands `main` its `prepare`, which returns a function from initial states (7, N) and parameters
(19, N) to N peaks. Imports, compilation and everything else in `prepare` are not timed. Each peer has the loosest
tolerance, in powers of ten, whose worst error of a peak stays below 1e-6. Run one alone with

    python scripts/peers/peer_heyoka.py target/peers/patients.npz --out heyoka.npz
"""

import argparse
import importlib.metadata
import json
import multiprocessing
import os
import pathlib
import statistics
import time

import numpy

worker = {}


def cores():
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()


def begin(prepare, file, ready):
    """In each process: its own solver, its own copy of the patients."""
    with numpy.load(file) as arrays:
        worker.update(arrays)
    worker["solve"] = prepare()
    ready.wait()


def peaks(block):
    """In each process: the peaks of one block of patients."""
    group, start, stop = block
    initial, parameters = (worker[f"{group}_{part}"][:, start:stop] for part in ("initial", "parameters"))
    return worker["solve"](initial, parameters)


def blocks(group, patients, size):
    """Patients cut in blocks."""
    return [(group, start, min(start + size, patients)) for start in range(0, patients, size)]


def main(*, name, package, method, prepare, block, at_most):
    """Peaks of the patients to check, then the time of the patients to clock; written as arrays and JSON."""
    parser = argparse.ArgumentParser(description=name)
    parser.add_argument("patients", type=pathlib.Path, help="initial states and parameters, as compare.py writes them")
    parser.add_argument("--out", type=pathlib.Path, required=True, help="file for peaks; figures go beside it")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--processes", type=int, default=cores())
    arguments = parser.parse_args()

    with numpy.load(arguments.patients) as arrays:
        to_check, to_clock = (arrays[f"{group}_initial"].shape[1] for group in ("check", "clock"))
    to_clock = min(to_clock, at_most)
    context = multiprocessing.get_context("spawn")
    ready = context.Barrier(arguments.processes + 1)
    with context.Pool(arguments.processes, begin, (prepare, arguments.patients, ready)) as pool:
        ready.wait()
        spread = min(block, -(-to_check // arguments.processes))
        checked = numpy.concatenate(pool.map(peaks, blocks("check", to_check, spread), chunksize=1))
        seconds = []
        for _ in range(arguments.repeats):
            started = time.perf_counter()
            pool.map(peaks, blocks("clock", to_clock, block), chunksize=1)
            seconds.append(time.perf_counter() - started)
    numpy.savez(arguments.out, peaks=checked)
    figures = {
        "peer": name,
        "version": importlib.metadata.version(package),
        "method": method,
        "processes": arguments.processes,
        "patients": to_clock,
        "seconds": seconds,
        "us_per_patient": statistics.median(seconds) / to_clock * 1e6,
    }
    arguments.out.with_suffix(".json").write_text(json.dumps(figures, indent=2) + "\n")
