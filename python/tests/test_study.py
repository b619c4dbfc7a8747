"""Studies: round trips, properties, values that take the place of others."""

import pickle
from pathlib import Path

import numpy as np
import pytest

import cartrial
from cartrial import Study

SHIPPED = sorted(Path(__file__).parents[2].glob("cohorts/*.toml"))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_shipped_study_goes_through_toml_dictionaries_and_pickle(path: Path) -> None:
    study = Study.read(path)
    assert Study.from_toml(study.to_toml()) == study
    assert Study.from_dict(study.to_dict()) == study
    assert pickle.loads(pickle.dumps(study)) == study
    assert study != Study.read(path, seed=study.seed + 1)


def test_a_study_has_properties_with_every_default_filled_in(trial: str) -> None:
    study = Study.from_toml(trial)
    assert (study.name, study.seed, study.patients, study.days) == ("trial", 3, 1500, 20.0)
    assert study.arms == ["control", "rescue"]
    assert study.to_dict()["model"]["reading"] == "curated"
    assert repr(study) == '<cartrial.Study "trial": 1500 patients, 20 days, arms ["control", "rescue"]>'


def test_values_that_are_given_take_the_place_of_the_studys(trial: str) -> None:
    Path("study.toml").write_text(trial)
    expected = ("trial", 9, 7, 5.5)
    for study in [
        Study.read("study.toml", patients=7, seed=9, days=5.5),
        Study.from_toml(trial, patients=7, seed=9, days=5.5),
        Study.from_dict(Study.from_toml(trial).to_dict(), patients=7, seed=9, days=5.5),
    ]:
        assert (study.name, study.seed, study.patients, study.days) == expected


def test_a_dictionary_may_hold_numbers_of_numpy_and_tuples() -> None:
    def study(patients: object, days: object, low: object, infusions: object) -> Study:
        return Study.from_dict(
            {
                "study": {"name": "x", "patients": patients, "days": days},
                "population": {"initial": {"tumour_burden": {"uniform": {"low": low, "high": 1e3}}}},
                "arms": [{"name": 'a "quoted" \\ name', "infusions": infusions}],
            }
        )

    plain = [{"day": 0, "fraction": 0.5}, {"day": 1, "fraction": 0.5}]
    assert study(5, 2.0, 1.5, plain) == study(np.int64(5), np.float64(2), np.float32(1.5), tuple(plain))
    assert study(5, 2, 1, plain).arms == ['a "quoted" \\ name']


def test_a_table_is_found_beside_the_study_and_from_another_directory(place: Path) -> None:
    Path("data").mkdir()
    Path("data/t.csv").write_text("tumour_burden\n300\n200\n")
    text = '[study]\nname = "x"\n[population]\ntable = "t.csv"\n'
    Path("data/study.toml").write_text(text)
    study = Study.read("data/study.toml")
    assert Study.from_toml(text, "data") == study == Study.from_dict(study.to_dict(), place / "data")
    there = pickle.loads(pickle.dumps(study))
    assert cartrial.simulate(there).to_arrow()["tumour_burden"].to_pylist() == [300.0, 200.0]
    with pytest.raises(cartrial.StudyError, match='no such file: "t.csv"'):
        Study.from_toml(text)
