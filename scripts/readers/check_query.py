"""Holds `cartrial query` against DuckDB: the same SQL over the same files has the same answer.

Usage: check_query.py PROGRAM RESULTS, with a program that was built with the feature `query`.
"""

import csv
import math
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb

QUERIES = [
    "SELECT arm, count(*) AS n, avg(peak_inflammation) AS mean, stddev(peak_inflammation) AS sd FROM patients GROUP BY arm ORDER BY arm",
    "SELECT arm, quantile_cont(peak_inflammation, 0.9) AS p90, median(tumour_nadir) AS median FROM patients GROUP BY arm ORDER BY arm",
    "SELECT arm, avg(CAST(severe_inflammation AS DOUBLE)) AS risk FROM patients WHERE tumour_burden > 500 GROUP BY arm ORDER BY arm",
    "SELECT CASE WHEN tumour_burden > 500 THEN 'high' ELSE 'low' END AS burden, count(*) AS n, min(remission_day) AS first"
    " FROM patients WHERE remission GROUP BY burden ORDER BY burden",
    "SELECT patient_id, arm, peak_inflammation, relapse FROM patients WHERE peak_inflammation BETWEEN 300 AND 400 ORDER BY patient_id, arm",
    "SELECT corr(tumour_burden, peak_inflammation) AS r FROM patients",
    "SELECT relapse, count(*) AS n FROM patients GROUP BY relapse ORDER BY n",
    "SELECT a.patient_id, b.peak_inflammation - a.peak_inflammation AS change FROM patients a JOIN patients b"
    " ON a.patient_id = b.patient_id AND a.arm < b.arm ORDER BY change, a.patient_id LIMIT 20",
    "WITH severe AS (SELECT patient_id FROM patients WHERE severe_inflammation GROUP BY patient_id HAVING count(*) = 1)"
    " SELECT count(*) AS n, max(steps) AS steps FROM patients WHERE patient_id IN (SELECT patient_id FROM severe)",
]


def ours(program: str, results: str, sql: str, directory: str) -> tuple[list[str], list[list[str]]]:
    answer = Path(directory) / "answer.csv"
    subprocess.run([program, "query", results, sql, "--out", answer, "--force"], check=True, capture_output=True)
    with open(answer, newline="") as file:
        head, *rows = csv.reader(file)
    return head, rows


def same(found: str, expected: object) -> bool:
    if expected is None:
        return found == ""
    if isinstance(expected, bool):
        return found == str(expected).lower()
    if isinstance(expected, (int, float)):
        return math.isclose(float(found), expected, rel_tol=1e-11)
    return found == expected


def main(program: str, results: str) -> None:
    files = [str(path) for path in sorted(Path(results).glob("patients*.parquet")) + sorted(Path(results).glob("patients/part-*.parquet"))]
    database = duckdb.connect()
    database.execute(f"CREATE VIEW patients AS SELECT * FROM read_parquet({files!r})")
    with tempfile.TemporaryDirectory() as directory:
        for sql in QUERIES:
            head, rows = ours(program, results, sql, directory)
            relation = database.sql(sql)
            expected = relation.fetchall()
            assert head == relation.columns, (sql, head, relation.columns)
            assert len(rows) == len(expected) > 0, (sql, len(rows), len(expected))
            for found, wanted in zip(rows, expected):
                assert all(map(same, found, wanted)), (sql, found, wanted)
    print(f"{len(QUERIES)} queries have DuckDB {duckdb.__version__}'s answers")


if __name__ == "__main__":
    main(*sys.argv[1:])
