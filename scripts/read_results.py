"""Reads the results of a run: what the columns are, and the paper's two regressions once more.

    pip install pyarrow scipy
    python3 scripts/read_results.py results/hanson2016-uniform

An example to start from. The patient table is one Parquet file or, of a large cohort, many; label and unit of every
column stand in its schema. A patient that could not be solved has a row with its status and nulls for outcomes.
"""

import argparse
import json
import pathlib

import numpy
import pyarrow.parquet
from scipy import stats

PREDICTORS = ("dose_total", "tumour_burden")
RESPONSE = "peak_inflammation"


def patient_table(directory, columns=None):
    """The patient table, of one file or of parts, with all columns or a few."""
    whole = directory / "patients.parquet"
    return pyarrow.parquet.read_table(whole if whole.exists() else directory / "patients", columns=columns)


def numbers(table, column):
    """A column as numpy array, NaN where it is null."""
    return table[column].to_numpy().astype(float)


def describe(schema):
    """Prints every column with its label and unit."""
    for field in schema:
        label, unit = (field.metadata[key].decode() for key in (b"label", b"unit"))
        print(f"  {field.name:24} {label}{f' ({unit})' if unit not in ('', '1') else ''}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("directory", type=pathlib.Path, help="results directory of a finished run")
    directory = parser.parse_args().directory

    table = patient_table(directory)
    print(f"{directory}: {table.num_rows} rows")
    describe(table.schema)

    summary = json.loads((directory / "summary.json").read_text())
    arms = numpy.array(table["arm"].to_pylist())
    for arm in summary["arms"]:
        for predictor in PREDICTORS:
            x, y = numbers(table, predictor)[arms == arm], numbers(table, RESPONSE)[arms == arm]
            solved = ~numpy.isnan(y)
            fit = stats.linregress(x[solved], y[solved])
            print(f"\n{RESPONSE} on {predictor}, arm {arm}\n  {'':14} {'slope':>22} {'r':>22} {'p':>22}")
            print(f"  {'scipy':14} {fit.slope:22.15e} {fit.rvalue:22.15e} {fit.pvalue:22.15e}")
            for entry in summary["regressions"]:
                if (entry["arm"], entry["scale"], entry["predictor"]) == (arm, "linear", predictor):
                    print(f"  {'summary.json':14} {entry['slope']:22.15e} {entry['r']:22.15e} {entry['p_value']:22.15e}")


if __name__ == "__main__":
    main()
