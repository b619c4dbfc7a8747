"""Queries, subgroups and exports: what the program answers and writes, and its messages."""

import json
import re
from pathlib import Path

import polars
import pyarrow.parquet
import pytest

import cartrial
from cartrial import Results, Study

BURDEN = "[population.initial]\ntumour_burden = { uniform = { low = 1, high = 1000 } }\n"
COURSES = "[trajectories]\npatients = 3\nevery_hours = 120\n"


@pytest.fixture
def results(trial: str) -> Results:
    return Study.from_toml(trial + BURDEN + COURSES, patients=120).run("here", progress=False)


def in_python(message: str) -> str:
    """What the command line says, with the names of Python's arguments."""
    message = re.sub(r"--(format|layout) (csv|adam|wide)", r"\1=\2", message)
    return message.replace("--as", "forms").replace("--", "")


def test_an_answer_is_that_of_the_program(results: Results, program) -> None:
    sql = (
        "SELECT arm, status, remission, count(*) AS n, avg(peak_inflammation) AS mean, min(remission_day) AS first"
        " FROM patients GROUP BY arm, status, remission ORDER BY arm, remission"
    )
    assert program("query", "here", sql, "--out", "answer.parquet").code == 0
    frame = results.query(sql)
    assert frame.columns == ["arm", "status", "remission", "n", "mean", "first"]
    expected = pyarrow.parquet.read_table("answer.parquet")
    assert frame.to_arrow().to_pylist() == expected.to_pylist()
    assert len(frame) == len(expected) > 1
    # Any number of times, by every reader.
    assert frame.to_polars().equals(polars.DataFrame(frame))
    assert frame.to_pandas()["n"].sum() == 240


def test_an_answer_has_all_rows_and_courses_are_a_table(results: Results) -> None:
    everything = results.query("SELECT * FROM patients")
    stored = pyarrow.parquet.read_table(results.files[0])
    assert everything.columns == stored.column_names and len(everything) == 240
    assert everything.to_arrow()["peak_inflammation"].to_pylist() == stored["peak_inflammation"].to_pylist()
    assert len(results.query("SELECT * FROM trajectories WHERE day > 5")) == 3 * 2 * 3
    none = results.query("SELECT arm, steps FROM patients WHERE steps < 0")
    assert (len(none), none.columns) == (0, ["arm", "steps"])


BAD_QUERIES = [
    "SELECT arm,\n peak_inflamation FROM patients",
    "SELECT arm FORM patients",
    "DROP TABLE patients",
    "SELECT * FROM read_csv('study.toml')",
    "SELECT dose_total + arm FROM patients",
]


@pytest.mark.parametrize("sql", BAD_QUERIES)
def test_a_bad_query_is_answered_as_on_the_command_line(sql: str, results: Results, program) -> None:
    said = program("query", "here", sql)
    assert said.code == 2
    with pytest.raises(ValueError) as raised:
        results.query(sql)
    assert str(raised.value) == said.message


def test_rows_that_are_not_stored_are_told(program) -> None:
    text = '[study]\nname = "x"\npatients = 600\ndays = 1\n[run]\npart_patients = 256\n'
    sample = Study.from_toml(text + 'store = "sample"\nsample_patients = 256\n').run("sample", progress=False)
    with pytest.warns(UserWarning, match="^the table has 256 of 600 rows: .run. store keeps no more.$"):
        assert len(sample.query("SELECT steps FROM patients")) == 256
    none = Study.from_toml(text + 'store = "none"\n').run("none", progress=False)
    for command, ask in [
        (["query", "none", "SELECT steps FROM patients"], lambda: none.query("SELECT steps FROM patients")),
        (["analyse", "none", "--by", "remission"], lambda: none.analyse(by="remission")),
        (["export", "none", "--format", "csv"], lambda: none.export("csv")),
    ]:
        said = program(*command)
        with pytest.raises(cartrial.ResultsError) as raised:
            ask()
        assert str(raised.value) == said.message.replace("--force", 'existing="replace"')


def test_subgroups_are_those_of_the_program(results: Results, program) -> None:
    for arguments, asked in [
        (["--by", "tumour_burden"], {"by": "tumour_burden"}),
        (["--where", "dose_total > 0", "--by", "tumour_burden:250,500"], {"where": "dose_total > 0", "by": "tumour_burden:250,500"}),
        (["--where", "tumour_burden > 500"], {"where": "tumour_burden > 500"}),
    ]:
        found = results.analyse(**asked)
        assert not Path("here/subgroups.json").exists(), "nothing is written"
        assert program("analyse", "here", *arguments).code == 0
        assert found == json.loads(Path("here/subgroups.json").read_text())
        Path("here/subgroups.json").unlink()


def test_bad_subgroups_are_answered_as_on_the_command_line(results: Results, program) -> None:
    for arguments, asked in [
        (["--by", "tumor_burden"], {"by": "tumor_burden"}),
        (["--by", "remission"], {"by": "remission"}),
        (["--by", "arm"], {"by": "arm"}),
        (["--where", "peak_inflammation > 1"], {"where": "peak_inflammation > 1"}),
        (["--where", "tumour_burden > 1e9"], {"where": "tumour_burden > 1e9"}),
        (["--where", "patient_id > 5000"], {"where": "patient_id > 5000"}),
    ]:
        said = program("analyse", "here", *arguments)
        assert said.code == 2
        with pytest.raises(ValueError) as raised:
            results.analyse(**asked)
        assert str(raised.value) == in_python(said.message)
    with pytest.raises(ValueError, match="^where, by: neither is given. Give one of them; cartrial.analyse has"):
        results.analyse()
    with pytest.raises(ValueError, match="^by: expected COLUMN, or .* with rising numbers, found \"steps:5,1\".$"):
        results.analyse(by="steps:5,1")


def test_exports_are_those_of_the_program(results: Results, program) -> None:
    for name, arguments, asked in [
        ("csv", ["--format", "csv"], {"format": "csv"}),
        (
            "some",
            ["--format", "parquet", "--where", "arm = 'rescue' AND patient_id < 7", "--columns", "patient_id,arm,steps"],
            {"format": "parquet", "where": "arm = 'rescue' AND patient_id < 7", "columns": ["patient_id", "arm", "steps"]},
        ),
        ("long", ["--format", "csv", "--layout", "long", "--first", "5"], {"format": "csv", "layout": "long", "first": 5}),
        (
            "subjects",
            ["--format", "adam", "--as", "json,parquet", "--where", "tumour_burden > 500"],
            {"format": "adam", "forms": ["json", "parquet"], "where": "tumour_burden > 500"},
        ),
    ]:
        theirs, ours = Path("theirs", name), Path("ours", name)
        said = program("export", "here", *arguments, "--out", str(theirs), "--quiet")
        assert said.code == 0, said.err
        files = results.export(out=ours, **asked)
        assert files and {file.parent for file in files} == {ours}
        assert sorted(file.name for file in files) == sorted(file.name for file in ours.iterdir())
        assert sorted(file.name for file in theirs.iterdir()) == sorted(file.name for file in ours.iterdir())
        for file in files:
            assert file.read_bytes() == (theirs / file.name).read_bytes(), file
    [some] = results.export("parquet", "ours/some", where="patient_id = 3", existing="replace")
    assert pyarrow.parquet.read_metadata(some).num_rows == 2
    assert results.export("parquet", first=2) == [Path("here/export-parquet/patients.parquet")]


def test_progress_of_an_export_ends_with_all(results: Results) -> None:
    calls = []
    results.export("csv", progress=lambda *now: calls.append(now))
    assert calls[-1] == (120, 120)


def test_bad_exports_are_answered_as_on_the_command_line(results: Results, program) -> None:
    for arguments, asked in [
        (["--format", "csv", "--columns", "statuss"], {"format": "csv", "columns": ["statuss"]}),
        (["--format", "parquet", "--columns", "arm,arm"], {"format": "parquet", "columns": ["arm", "arm"]}),
        (["--format", "adam", "--columns", "arm"], {"format": "adam", "columns": ["arm"]}),
        (["--format", "parquet", "--as", "xpt"], {"format": "parquet", "forms": ["xpt"]}),
        (["--format", "parquet", "--layout", "wide"], {"format": "parquet", "layout": "wide"}),
        (
            ["--format", "csv", "--layout", "both", "--columns", "arm"],
            {"format": "csv", "layout": "both", "columns": ["arm"]},
        ),
        (["--format", "adam", "--where", "remission"], {"format": "adam", "where": "remission"}),
        (["--format", "csv", "--where", "steps > 9000"], {"format": "csv", "where": "steps > 9000"}),
        (["--format", "csv", "--where", "stepps > 1"], {"format": "csv", "where": "stepps > 1"}),
    ]:
        said = program("export", "here", *arguments)
        assert said.code == 2
        with pytest.raises(ValueError) as raised:
            results.export(**asked)
        assert str(raised.value) == in_python(said.message)
    assert not list(Path("here").glob("export-*"))
    results.export("csv")
    said = program("export", "here", "--format", "csv")
    with pytest.raises(cartrial.ResultsError) as raised:
        results.export("csv")
    assert str(raised.value) == said.message.replace("--force", 'existing="replace"').replace("--", "")


def test_arguments_of_an_export_are_checked(results: Results, monkeypatch: pytest.MonkeyPatch, program) -> None:
    for wrong, message in [
        ({"format": "sas"}, 'format: unknown value "sas". Valid: "adam", "csv", "parquet".'),
        ({"format": "adam", "forms": ["sas"]}, 'forms: unknown value "sas". Valid: "parquet", "json", "xpt".'),
        ({"format": "csv", "layout": "flat"}, 'layout: unknown value "flat". Valid: "wide", "long", "both".'),
        ({"format": "csv", "existing": "resume"}, 'existing: unknown value "resume". Valid: "refuse", "replace".'),
        ({"format": "csv", "first": 0}, "first: expected a whole number of at least 1, found 0."),
        (
            {"format": "csv", "first": 1, "where": "remission"},
            "first, where: an extract is the first patients or those of a condition. Leave one of them out.",
        ),
    ]:
        with pytest.raises(ValueError) as raised:
            results.export(**wrong)
        assert str(raised.value) == message
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "today")
    said = program("export", "here", "--format", "csv")
    with pytest.raises(ValueError) as raised:
        results.export("csv")
    assert str(raised.value) == said.message
