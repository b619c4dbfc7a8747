"""Time per patient and worst error of cartrial and its peers, all on the same patients, as one Markdown table.

    bash scripts/peers/run.sh --patients 200000 --json peers.json

Patients are those of cohorts/million.toml, exported by cartrial and followed for --days. run.sh installs the peers and
builds cartrial first; neither that nor any compilation by a peer is timed.
"""

import argparse
import csv
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import time

import numpy
import pyarrow.parquet

import model
from harness import cores
from table import markdown

ROOT = pathlib.Path(__file__).resolve().parents[2]
STUDY = ROOT / "cohorts" / "million.toml"
FIXTURES = ROOT / "crates" / "runner" / "tests" / "fixtures"
PEERS = "heyoka diffrax roadrunner scipy".split()
EXPORTED = 65536  # as many as the fastest peer is timed on
WANTED = [*model.STATES, *model.PARAMETERS, "peak_inflammation"]

KNOWN_STUDY = """[study]
name = "known"
seed = 0
patients = {patients}
days = {days}

[population]
table = "known.csv"
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--patients", type=int, default=200_000, help="patients of cartrial; slower peers get fewer")
    parser.add_argument("--days", type=int, default=30, help="length of follow-up")
    parser.add_argument("--check", type=int, default=256, help="how many of them errors are taken on")
    parser.add_argument("--repeats", type=int, default=5, help="timed runs, of which the median counts")
    parser.add_argument("--peers", nargs="*", default=PEERS, choices=PEERS)
    parser.add_argument("--json", type=pathlib.Path, help="file for the same figures as JSON")
    parser.add_argument("--target", type=pathlib.Path, default=ROOT / "target", help="where run.sh built everything")
    options = parser.parse_args()
    target = options.target.resolve()
    work = target / "peers"
    work.mkdir(parents=True, exist_ok=True)
    os.environ["PEERS_DAYS"] = str(options.days)

    note("cartrial")
    rows = [*cartrial(target, work, options)]
    exported = {name: column[:EXPORTED] for name, column in read_parquet(work / "run", WANTED).items()}
    first = {name: column[: options.check] for name, column in exported.items()}
    known = known_patients()
    peaks = numpy.append(cartrial_peaks(target, work, known, options.days), first["peak_inflammation"])
    found = [peaks, peaks]

    save(work / "patients.npz", check=[known, first], clock=[exported])
    for peer in ("truth", *options.peers):
        note(peer)
        figures, peaks = run_peer(peer, work, options.repeats)
        rows.append(figures)
        found.append(peaks)

    truth = found[2]
    split = len(known["n"])
    # The reference outcomes are those of 30 days.
    kept = read_csv(FIXTURES / "reference_outcomes.csv")["peak_inflammation_pg_per_ml"]
    reference = kept if options.days == 30 else truth[1:split]
    for row, peaks in zip(rows, found):
        row["standard_patient_peak"] = peaks[0]
        row["worst_error_reference"] = worst(peaks[1:split], reference)
        row["worst_error"] = None if peaks is truth else worst(peaks[split:], truth[split:])
        row["over_alone"], row["over_whole"] = (row["us_per_patient"] / rows[i]["us_per_patient"] for i in (0, 1))
    result = {
        "machine": {"processor": processor(), "cores": cores(), "system": platform.platform()},
        "python": platform.python_version(),
        "revision": answer("git", "-C", ROOT, "describe", "--always", "--dirty"),
        "study": str(STUDY.relative_to(ROOT)),
        "days": options.days,
        "patients_checked": len(first["n"]),
        "repeats": options.repeats,
        "rows": rows,
    }
    print(markdown(result))
    if options.json:
        options.json.write_text(json.dumps(result, indent=2) + "\n")


def cartrial(target, work, options):
    """The two rows of cartrial: solving alone, which times itself, and its whole command, from start to end."""
    example, program = target / "release" / "examples" / "solve", target / "release" / "cartrial"
    study = work / STUDY.name
    study.write_text(STUDY.read_text().replace("\ndays = 30\n", f"\ndays = {options.days}\n"))
    alone = json.loads(answer(example, study, options.patients, cores(), options.repeats))
    whole = []
    arguments = ["--patients", options.patients, "--threads", cores(), "--force", "--quiet", "--out", work / "run"]
    for _ in range(options.repeats):
        started = time.perf_counter()
        answer(program, "run", study, *arguments)
        whole.append(time.perf_counter() - started)
    solver = json.loads((work / "run" / "manifest.json").read_text())["study"]["solver"]
    for part, seconds in (("solving alone", alone["seconds"]), ("whole command", whole)):
        yield {
            "peer": f"cartrial, {part}",
            "version": answer(program, "--version").split()[-1],
            "method": f"{solver['method']}, {alone['simd']}, rtol {solver['rtol']:g}",
            "processes": cores(),
            "patients": options.patients,
            "seconds": seconds,
            "us_per_patient": statistics.median(seconds) / options.patients * 1e6,
        }


def cartrial_peaks(target, work, patients, days):
    """cartrial's answer for patients of a table."""
    with open(work / "known.csv", "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(patients)
        writer.writerows(zip(*(column.tolist() for column in patients.values())))
    study = work / "known.toml"
    study.write_text(KNOWN_STUDY.format(patients=len(patients["n"]), days=days))
    answer(target / "release" / "cartrial", "run", study, "--force", "--quiet", "--out", work / "known")
    return read_parquet(work / "known", ["peak_inflammation"])["peak_inflammation"]


def known_patients():
    """The standard patient and the 64 reference patients, by column."""
    reference = read_csv(FIXTURES / "reference_patients.csv")
    return {name: numpy.append(value, reference[name]) for name, value in model.STANDARD.items()}


def run_peer(peer, work, repeats):
    """A peer in a process of its own: its row of the table, and its peaks of the patients to check."""
    out = work / f"{peer}.npz"
    script = pathlib.Path(__file__).with_name(f"peer_{peer}.py")
    answer(sys.executable, script, work / "patients.npz", "--out", out, "--repeats", repeats)
    with numpy.load(out) as arrays:
        return json.loads(out.with_suffix(".json").read_text()), arrays["peaks"]


def save(file, **groups):
    """Initial states and parameters for the peers to read: of each group, tables one after another."""
    arrays = {}
    for group, tables in groups.items():
        both = zip(*map(model.patients, tables))
        arrays[f"{group}_initial"], arrays[f"{group}_parameters"] = (numpy.concatenate(one, axis=1) for one in both)
    numpy.savez(file, **arrays)


def read_parquet(directory, names):
    """Columns of the patient table by name: all patients or, of a large cohort, those of its first part."""
    first = min(directory.glob("patients/part-*.parquet"), default=directory / "patients.parquet")
    table = pyarrow.parquet.read_table(first, columns=names)
    return {name: table[name].to_numpy() for name in names}


def read_csv(file):
    """Columns of numbers by name."""
    with open(file, newline="") as lines:
        rows = [*csv.DictReader(lines)]
    return {name: numpy.array([float(row[name]) for row in rows]) for name in rows[0]}


def worst(found, expected):
    """Largest relative error; infinite if a patient has no answer."""
    error = numpy.abs(found / expected - 1.0)
    return float(numpy.where(numpy.isnan(error), numpy.inf, error).max())


def answer(*command):
    """What a command prints; if it fails, so does the comparison."""
    return subprocess.run([*map(str, command)], check=True, stdout=subprocess.PIPE, text=True).stdout.strip()


def note(name):
    """Says what is being timed."""
    print(f"timing {name} …", file=sys.stderr, flush=True)


def processor():
    """The name that the processor gives itself."""
    try:
        lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
        return next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


if __name__ == "__main__":
    main()
