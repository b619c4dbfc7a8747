"""Opens the results of a run with the readers that people use, and repeats what summary.json says.

    pip install --requirement scripts/readers/requirements.txt
    python3 scripts/readers/check_dataset.py results/rescue

pyarrow, pandas, polars and DuckDB each open the patient table, find rows, types, missing values and, where they show them,
labels and units, and give the columns from which SciPy repeats the regressions, and lifelines the Kaplan–Meier estimates and the
log-rank tests. Ends with exit code 1 at the first figure that differs by more than 1e-10 of it.
"""

import json
import math
import pathlib
import sys
from dataclasses import dataclass

import duckdb
import lifelines
import numpy
import pandas
import polars
import pyarrow.parquet
from lifelines.statistics import logrank_test
from scipy import stats

TOLERANCE = 1e-10


@dataclass
class Table:
    """The patient table as one reader gives it: how many rows, the kind of each column, and a column as an array."""

    rows: int
    kinds: dict
    column: callable


def files(directory):
    whole = directory / "patients.parquet"
    return [whole] if whole.exists() else sorted((directory / "patients").glob("part-*.parquet"))


def by_pyarrow(paths):
    table = pyarrow.concat_tables(pyarrow.parquet.read_table(path) for path in paths).unify_dictionaries()

    def kind(field):
        return "category" if pyarrow.types.is_dictionary(field.type) else str(field.type)

    kinds = {field.name: kind(field) for field in table.schema}
    return Table(table.num_rows, kinds, lambda name: table[name].to_pandas().to_numpy())


def by_pandas(paths):
    frame = pandas.concat([pandas.read_parquet(path) for path in paths])
    if len(paths) > 1:  # pandas makes objects of categories that it puts together
        frame = frame.astype({"arm": "category", "status": "category"})
    # A column of flags with missing values is one of objects: True, False and None.
    flags = {name for name in frame if frame[name].dropna().isin([True, False]).all() and frame[name].dtype in (bool, object)}
    kinds = {name: "bool" if name in flags else str(dtype) for name, dtype in frame.dtypes.items()}
    return Table(len(frame), kinds, lambda name: frame[name].to_numpy())


def by_polars(paths):
    frame = polars.concat([polars.read_parquet(path).cast({polars.Categorical: polars.String}) for path in paths])
    is_category = {name for name, kind in polars.read_parquet(paths[0]).schema.items() if kind == polars.Categorical}
    kinds = {name: "category" if name in is_category else str(kind) for name, kind in frame.schema.items()}
    return Table(frame.height, kinds, lambda name: frame[name].to_pandas().to_numpy())


def by_duckdb(paths):
    relation = duckdb.read_parquet([str(path) for path in paths])
    kinds = dict(zip(relation.columns, map(str, relation.types)))
    return Table(len(relation), kinds, lambda name: relation.select(f'"{name}"').df()[name].to_numpy())


READERS = {"pyarrow": by_pyarrow, "pandas": by_pandas, "polars": by_polars, "DuckDB": by_duckdb}
#: What each reader calls the types of dictionary.json. DuckDB has no categories that it would infer.
KINDS = {
    "u64": {"uint64", "UInt64", "UBIGINT"},
    "u32": {"uint32", "UInt32", "UINTEGER"},
    "f64": {"double", "float64", "Float64", "DOUBLE"},
    "bool": {"bool", "Boolean", "BOOLEAN"},
    "category": {"category", "VARCHAR"},
    "text": {"string", "str", "object", "String", "VARCHAR"},
}


class Check:
    """Counts figures that agree, and stops at one that does not."""

    def __init__(self, reader):
        self.reader, self.figures = reader, 0

    def that(self, condition, what):
        self.figures += 1
        if not condition:
            sys.exit(f"{self.reader}: {what}")

    def equal(self, found, stated, what):
        agrees = math.isclose(found, stated, rel_tol=TOLERANCE, abs_tol=1e-300)
        self.that(agrees, f"{what}: {found!r}, and summary.json has {stated!r}")


def numbers(column):
    """A column of numbers or flags, NaN where it is missing."""
    return numpy.array([math.nan if pandas.isna(x) else float(x) for x in column])


def check_columns(check, table, dictionary, manifest):
    check.that(table.rows == manifest["rows"], f"{table.rows} rows, and {manifest['rows']} were written")
    names = [column["name"] for column in dictionary]
    check.that(list(table.kinds) == names, f"columns {list(table.kinds)}")
    for column in dictionary:
        name, kind = column["name"], table.kinds[column["name"]]
        check.that(kind in KINDS[column["type"]], f"{name} is {kind}, and {column['type']} in dictionary.json")
    for column in (column for column in dictionary if column["type"] == "category"):
        found = set(table.column(column["name"]))
        check.that(found <= {category["value"] for category in column["categories"]}, f"{column['name']}: {found}")
    ok = table.column("status").astype(str) == "ok"
    missing = numpy.isnan(numbers(table.column("peak_inflammation")))
    check.that((missing == ~ok).all(), "outcomes are not missing exactly where a solve failed")


def check_regressions(check, table, summary):
    arms = table.column("arm").astype(str)
    for stated in summary["regressions"]:
        if "not_estimated" in stated:
            continue
        x, y = (numbers(table.column(stated[key]))[arms == stated["arm"]] for key in ("predictor", "response"))
        y = numpy.log(y) if stated["scale"] == "log" else y
        solved = numpy.isfinite(x) & numpy.isfinite(y)
        fit = stats.linregress(x[solved], y[solved])
        what = f"{stated['scale']} regression of {stated['response']} on {stated['predictor']}, {stated['arm']}"
        for key, found in (("n", solved.sum()), ("slope", fit.slope), ("slope_se", fit.stderr), ("r", fit.rvalue)):
            check.equal(found, stated[key], f"{what}, {key}")


def check_survival(check, table, summary):
    arms = table.column("arm").astype(str)
    for stated in (entry for entry in summary.get("comparisons", []) if entry["kind"] == "time_to_event"):
        day = stated["endpoint"]
        # Of twins, those whose time is known in both arms.
        times, events = numbers(table.column(day)), numbers(table.column(day.removesuffix("_day")))
        known = {arm: ~numpy.isnan(times[arms == arm]) for arm in (stated["reference"], stated["arm"])}
        if stated["design"] == "paired":
            known = dict.fromkeys(known, numpy.logical_and(*known.values()))
        of_arm = {arm: (times[arms == arm][who], events[arms == arm][who]) for arm, who in known.items()}
        for described in stated["described"]:
            if "not_estimated" in described:
                continue
            what = f"{day}, {described['arm']}"
            t, e = of_arm[described["arm"]]
            curve = lifelines.KaplanMeierFitter().fit(t, e)
            horizon = described["horizon"]
            check.equal(e.sum(), described["events"], f"{what}, events")
            check.equal(curve.predict(horizon), described["survival_at_horizon"], f"{what}, survival")
            mean = lifelines.utils.restricted_mean_survival_time(curve, t=horizon)
            check.equal(mean, described["restricted_mean"], f"{what}, restricted mean")
        for test in stated["tests"]:
            if test["test"] == "log_rank" and "statistic" in test:
                (t, e), (u, f) = of_arm.values()
                check.equal(logrank_test(t, u, e, f).test_statistic, test["statistic"], f"{day}, log-rank")


def check_labels(check, paths, dictionary, manifest):
    """Labels and units stand in every file, and so does what it is a file of."""
    for path in paths:
        schema = pyarrow.parquet.read_schema(path)
        for column in dictionary:
            found = {key.decode(): value.decode() for key, value in schema.field(column["name"]).metadata.items()}
            for key in ("label", "unit", "origin"):
                check.that(found[key] == column[key], f"{path.name}: {key} of {column['name']}: {found[key]}")
        query = f"SELECT key::VARCHAR, value::VARCHAR FROM parquet_kv_metadata('{path}')"
        entries = dict(duckdb.sql(query).fetchall())
        check.that(entries["cartrial.study"] == manifest["study"]["name"], f"{path.name}: {entries['cartrial.study']}")
        check.that("cartrial.content_hash" in entries and "cartrial.study_file" in entries, f"{path.name}: {list(entries)}")


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    directory = pathlib.Path(sys.argv[1])
    read = {name: json.loads((directory / f"{name}.json").read_text()) for name in ("manifest", "summary", "dictionary")}
    paths = files(directory)
    check = Check("pyarrow")
    check_labels(check, paths, read["dictionary"], read["manifest"])
    print(f"{'labels':10} {check.figures:6} in {len(paths)} file{'s' * (len(paths) > 1)}")
    for name, reader in READERS.items():
        check, table = Check(name), reader(paths)
        check_columns(check, table, read["dictionary"], read["manifest"])
        check_regressions(check, table, read["summary"])
        check_survival(check, table, read["summary"])
        print(f"{name:10} {check.figures:6} figures agree, of {table.rows} rows")


if __name__ == "__main__":
    main()
