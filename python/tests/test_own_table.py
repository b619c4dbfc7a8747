"""People's own patients: the same rows and messages as through a study file."""

from pathlib import Path

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import cartrial
from cartrial import Study, StudyError

PATIENTS = {
    "tumour_burden": [50.0, 300.0, 900.0],
    "d2": [1.9, 2.0, 2.1],
    "site": ["Leeds", None, "Oxford"],
    "age": [40.0, 61.5, None],
}
FORMS = {
    "pyarrow": lambda columns: pa.table(columns),
    "polars": lambda columns: pl.DataFrame(columns),
    "pandas": lambda columns: pd.DataFrame(columns),
    "reader": lambda columns: pa.table(columns).to_reader(),
    "chunks": lambda columns: pa.concat_tables([pa.table(columns)[:1], pa.table(columns)[1:]]),
}
WITH_TABLE = """
[population]
table = "t.parquet"
carry = {carry}
"""


@pytest.mark.parametrize("form", FORMS)
def test_own_patients_are_those_of_a_study_file_with_the_same_table(form: str, trial: str) -> None:
    pq.write_table(pa.table(PATIENTS), "t.parquet")
    text = trial.replace("patients = 1500\n", "") + WITH_TABLE.format(carry='["site", "age"]')
    expected = cartrial.simulate(Study.from_toml(text))
    frame = cartrial.simulate_table(FORMS[form](PATIENTS), Study.from_toml(trial), carry=["site", "age"])
    assert frame.to_arrow().equals(expected.to_arrow())
    assert frame.columns[-2:] == ["site", "age"] and len(frame) == 6
    assert frame.to_arrow()["site"].to_pylist() == ["Leeds", "Leeds", None, None, "Oxford", "Oxford"]
    assert cartrial.analyse(frame)["arms"] == ["control", "rescue"]


def test_without_a_study_there_are_the_papers_model_and_30_days() -> None:
    frame = cartrial.simulate_table(pa.table({"tumour_burden": [300.0]}))
    study = Study.from_dict(
        {"study": {"name": "x", "patients": 1}, "population": {"distribution": "fixed"}}
    )
    assert frame.to_arrow().equals(cartrial.simulate(study).to_arrow())


@pytest.mark.parametrize("kind", [pa.int8(), pa.uint64(), pa.float32(), pa.string(), pa.large_string(), pa.decimal128(25, 2)])
def test_numbers_may_be_of_any_type(kind: pa.DataType) -> None:
    expected = cartrial.simulate_table(pa.table({"tumour_burden": [50.0, 100.0]})).to_arrow()
    column = pa.array([50, 100]).cast(kind)
    assert cartrial.simulate_table(pa.table({"tumour_burden": column})).to_arrow().equals(expected)
    if kind == pa.string():
        dictionary = pa.table({"tumour_burden": column.dictionary_encode()})
        assert cartrial.simulate_table(dictionary).to_arrow().equals(expected)


BAD_TABLES = {
    "unknown column": ({"tumor_burden": [300.0]}, []),
    "no value": ({"tumour_burden": [300.0, None], "r1": [None, 0.003]}, []),
    "no number": ({"tumour_burden": ["high"]}, []),
    "not finite": ({"tumour_burden": [float("inf")]}, []),
    "negative": ({"tumour_burden": [-1.0]}, []),
    "many": ({"tumour_burden": [-1.0] * 9}, []),
    "no patients": ({"tumour_burden": pa.array([], pa.float64())}, []),
    "no quantity": ({"patient_id": [0]}, []),
    "out of order": ({"patient_id": [1], "tumour_burden": [300.0]}, []),
    "nothing to carry": ({"tumour_burden": [300.0]}, ["site"]),
}


@pytest.mark.parametrize("kind", BAD_TABLES)
def test_a_bad_table_is_answered_as_on_the_command_line(kind: str, program) -> None:
    columns, carry = BAD_TABLES[kind]
    pq.write_table(pa.table(columns), "t.parquet")
    names = str(carry).replace("'", '"')
    Path("study.toml").write_text('[study]\nname = "x"\n' + WITH_TABLE.format(carry=names))
    said = program("check", "study.toml")
    assert said.code == 2 and said.message.startswith("t.parquet: ")
    with pytest.raises(StudyError) as raised:
        cartrial.simulate_table(pa.table(columns), carry=carry)
    expected = said.message.replace("t.parquet: ", "table: ").replace(" under [population]", "")
    assert str(raised.value) == expected


def test_what_cannot_be_carried_is_refused() -> None:
    table = pa.table({"tumour_burden": [300.0], "site": ["Leeds"]})
    for carry, message in [
        (["site", "site"], 'carry[1]: "site" is named twice. Remove it, or rename the table\'s column.'),
        (
            ["tumour_burden"],
            'carry[0]: "tumour_burden" is a column of the results already. Remove it, or rename the table\'s column.',
        ),
    ]:
        with pytest.raises(StudyError) as raised:
            cartrial.simulate_table(table, carry=carry)
        assert str(raised.value) == message


def test_what_is_no_table_is_refused() -> None:
    with pytest.raises(TypeError) as raised:
        cartrial.simulate_table([{"tumour_burden": 300.0}])
    assert str(raised.value) == (
        "table: expected an object with __arrow_c_stream__, such as a table of pyarrow, polars or pandas (2.2 or later), "
        "found list."
    )


def test_nothing_is_left_behind(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import tempfile

    monkeypatch.setattr(tempfile, "tempdir", str(place))
    cartrial.simulate_table(pa.table({"tumour_burden": [300.0]}))
    with pytest.raises(StudyError):
        cartrial.simulate_table(pa.table({"tumour_burden": [-1.0]}))
    assert list(place.iterdir()) == []
