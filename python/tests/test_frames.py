"""Frames: the rows of the program to the bit, taken by Arrow's consumers without a copy."""

import json
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import cartrial
from cartrial import Study

RANDOMISED = """\
[study]
name = "randomised"
seed = 3
patients = 2100
days = 20
allocation = "randomised"
[[arms]]
name = "control"
ratio = 2
[[arms]]
name = "early rescue"
rescue = { above = 150, hours = 48, rate = 200 }
"""


def bits(table: pa.Table) -> pa.Table:
    """The same with every number as its bits and every category as its text, so that equal means equal to the bit.

    Two columns of categories can say the same with other lists of categories.
    """
    for i, field in enumerate(table.schema):
        column = table.column(i).combine_chunks()
        if field.type == pa.float64():
            column = column.view(pa.int64())
        elif pa.types.is_dictionary(field.type):
            column = column.cast(pa.string())
        table = table.set_column(i, field.name, column)
    return table


@pytest.fixture(params=["trial", "randomised"])
def study(request: pytest.FixtureRequest, trial: str) -> Study:
    return Study.from_toml(trial if request.param == "trial" else RANDOMISED)


def test_rows_are_those_of_the_program_to_the_bit(study: Study, program) -> None:
    Path("study.toml").write_text(study.to_toml())
    assert program("run", "study.toml", "--out", "here", "--threads", "1").code == 0
    expected = pq.read_table("here/patients.parquet")
    for threads in [None, 1, 3]:
        table = cartrial.simulate(study, threads=threads).to_arrow()
        assert table.schema.equals(expected.schema, check_metadata=False)
        assert bits(table).equals(bits(expected))


def test_a_range_of_patients_is_those_rows_of_all(study: Study) -> None:
    everyone = bits(cartrial.simulate(study).to_arrow())
    ids = everyone["patient_id"].to_numpy()
    for start, count in [(0, 1), (1, 1), (17, 1100), (1023, 2), (study.patients - 1, 1), (700, None)]:
        end = study.patients if count is None else start + count
        some = bits(cartrial.simulate(study, start, count).to_arrow())
        assert some.equals(everyone.filter((start <= ids) & (ids < end)))


def test_statistics_are_those_of_summary_json_to_the_bit(study: Study, program) -> None:
    Path("study.toml").write_text(study.to_toml())
    assert program("run", "study.toml", "--out", "here").code == 0
    expected = json.loads(Path("here/summary.json").read_text())
    results = study.run("there", progress=False)
    for summary in [
        cartrial.analyse(cartrial.simulate(study)),
        cartrial.analyse("here"),
        cartrial.analyse(results),
        results.summary,
    ]:
        # JSON has the shortest text of every number that reads back to its bits.
        assert json.dumps(summary) == json.dumps(expected)


def test_a_frame_knows_its_columns_and_their_units(study: Study) -> None:
    frame = cartrial.simulate(study, 0, 10)
    schema = pa.schema(frame)
    assert frame.columns == schema.names
    assert frame.columns[:3] == ["patient_id", "arm", "n"]
    peak = schema.field("peak_inflammation").metadata
    assert (peak[b"unit"], peak[b"origin"]) == (b"pg/mL", b"outcome")
    rows = 20 if study.name == "trial" else 10
    assert len(frame) == rows
    assert repr(frame) == f"<cartrial.Frame: {rows} rows, {len(schema)} columns>"


def addresses(array: pa.Array) -> list[int]:
    return [buffer.address for buffer in array.buffers() if buffer]


def test_arrow_takes_the_rows_without_copying(study: Study) -> None:
    frame = cartrial.simulate(study)
    first, again = pa.table(frame), pa.table(frame)
    for one, other in zip(first.columns, again.columns):
        assert one.num_chunks == other.num_chunks > 1
        for chunk, same in zip(one.chunks, other.chunks):
            assert addresses(chunk) == addresses(same) != []


def test_polars_takes_the_rows_without_copying(trial: str) -> None:
    frame = cartrial.simulate(Study.from_toml(trial), 0, 500)
    taken = pl.DataFrame(frame)
    table = pa.table(frame)
    for name in ["patient_id", "peak_inflammation", "steps"]:
        # A series of several chunks would be gathered into one by a copy.
        assert taken[name].n_chunks() == 1
        values = taken[name].to_numpy(allow_copy=False)
        [chunk] = table[name].chunks
        assert values.__array_interface__["data"][0] == chunk.buffers()[1].address


def test_rows_outlive_the_frame_that_they_came_from(trial: str) -> None:
    study = Study.from_toml(trial)
    expected = cartrial.simulate(study).to_arrow()["peak_inflammation"].to_pylist()
    stream = cartrial.simulate(study).__arrow_c_stream__()
    table = pa.RecordBatchReader._import_from_c_capsule(stream).read_all()
    assert table["peak_inflammation"].to_pylist() == expected
    # A stream that nobody takes is dropped with its capsule.
    del stream
    cartrial.simulate(study, 0, 1).__arrow_c_stream__()


def test_pandas_and_polars_hold_the_same_rows(study: Study) -> None:
    frame = cartrial.simulate(study)
    table = frame.to_arrow()
    assert bits(frame.to_polars().to_arrow().cast(table.schema)).equals(bits(table))
    pandas = frame.to_pandas()
    assert list(pandas.columns) == frame.columns and len(pandas) == len(frame)
    for name in ["patient_id", "arm", "tumour_burden", "peak_inflammation"]:
        assert pandas[name].tolist() == table[name].to_pylist()


def test_the_standard_patient_is_that_of_the_program(trial: str, program) -> None:
    program("patient", "--days", "12", "--out", "one")
    frame = cartrial.standard_patient(days=12)
    assert len(frame) == 12 * 24 + 1
    expected = pl.read_csv("one/trajectory.csv")
    assert frame.to_polars().equals(expected.cast(frame.to_polars().schema))
    assert pa.schema(frame).field("inflammation").metadata[b"unit"] == b"pg/mL"

    Path("study.toml").write_text(trial)
    program("patient", "study.toml", "--out", "two")
    frame = cartrial.standard_patient(study=Study.from_toml(trial))
    assert frame.to_polars().equals(pl.read_csv("two/trajectory.csv").cast(frame.to_polars().schema))
    assert frame.columns[:2] == ["arm", "day"] and len(frame) == 2 * (20 * 24 + 1)
    assert len(cartrial.standard_patient(1.5, Study.from_toml(trial), every_hours=6)) == 2 * 7
