"""Errors: the messages of the command line, with the names of Python's arguments."""

from pathlib import Path

import pytest

import cartrial
from cartrial import ResultsError, Study, StudyError

BAD_STUDIES = {
    "no TOML": "[study\n",
    "unknown key": '[study]\nname = "x"\npatient = 5\n',
    "missing patients": '[study]\nname = "x"\n',
    "two mistakes": '[study]\nname = "x y"\npatients = 0\n',
    "unknown parameter": '[study]\nname = "x"\npatients = 5\n[population.parameters]\nd22 = { fixed = 1 }\n',
    "wrong type": '[study]\nname = "x"\npatients = "many"\n[[arms]]\nname = 3\n',
    "no such table": '[study]\nname = "x"\n[population]\ntable = "t.csv"\n',
}


def in_python(message: str) -> str:
    """What the command line says, with the names of Python's arguments."""
    for typed, ours in {
        "--resume": 'existing="resume"',
        "--force": 'existing="replace"',
        "--shard": "run_shard",
        "cartrial merge": "cartrial.merge",
        "--patients 200": "patients=200",
        "--": "",
    }.items():
        message = message.replace(typed, ours)
    return message


@pytest.mark.parametrize("kind", BAD_STUDIES)
def test_a_bad_study_is_answered_as_on_the_command_line(kind: str, program) -> None:
    Path("study.toml").write_text(BAD_STUDIES[kind])
    said = program("check", "study.toml")
    assert said.code == 2
    with pytest.raises(StudyError) as raised:
        Study.read("study.toml")
    assert str(raised.value) == in_python(said.message)
    assert isinstance(raised.value, ValueError)
    with pytest.raises(StudyError) as raised:
        Study.from_toml(BAD_STUDIES[kind])
    assert str(raised.value) == in_python(said.message).replace("study.toml:", "<text>:")


def test_a_study_that_is_not_there_is_answered_as_on_the_command_line(program) -> None:
    said = program("check", "nowhere.toml")
    with pytest.raises(StudyError) as raised:
        Study.read("nowhere.toml")
    assert str(raised.value) == said.message
    assert str(raised.value).startswith("nowhere.toml: no such file.")


def test_the_problems_of_a_study_can_be_had_one_by_one() -> None:
    with pytest.raises(StudyError) as raised:
        Study.from_toml(BAD_STUDIES["two mistakes"])
    first, second = raised.value.problems
    assert (first["file"], first["line"], first["column"], first["key"]) == ("<text>", 2, 8, "study.name")
    assert first["reason"] == "\"x y\" has the character ' '"
    assert second["key"] == "study.patients"


def test_a_dictionary_is_answered_by_its_keys() -> None:
    def refused(values: dict) -> str:
        with pytest.raises(StudyError) as raised:
            Study.from_dict(values)
        return str(raised.value)

    assert refused({"study": {"name": "x", "patients": 0}}).startswith(
        "study.patients: expected a whole number from 1 to "
    )
    assert refused({"study": {"name": "x", "patients": 5}, "population": {"parameters": {"d22": {}}}}).startswith(
        'population.parameters.d22: unknown parameter. Did you mean "d2"? Valid: n, r1,'
    )
    assert refused({"study": {"name": None}}) == (
        "study.name: None is no value of a study. Leave the key out to take the default."
    )
    assert refused({"study": {"name": "x", 3: 4}}) == "study: the key 3 is no text."
    assert refused({"arms": [{"name": b"x"}]}) == "arms[0].name: b'x' is no value of a study."


def test_values_beside_the_study_are_answered_by_their_names(trial: str, program) -> None:
    Path("study.toml").write_text(trial)
    said = program("run", "study.toml", "--days", "0")
    with pytest.raises(StudyError) as raised:
        Study.read("study.toml", days=0)
    assert str(raised.value) == in_python(said.message)
    assert str(raised.value).startswith("days: expected a number")
    with pytest.raises(ValueError, match="^patients: expected a whole number of at least 1, found -5.$"):
        Study.read("study.toml", patients=-5)


def test_results_in_the_way_are_answered_as_on_the_command_line(trial: str, program) -> None:
    Path("study.toml").write_text(trial)
    study = Study.read("study.toml")
    study.run("here", progress=False)
    before = Path("here/manifest.json").read_bytes()
    said = program("run", "study.toml", "--out", "here")
    with pytest.raises(ResultsError) as raised:
        study.run("here", progress=False)
    assert str(raised.value) == in_python(said.message)
    assert str(raised.value).endswith(
        'Give existing="replace" to replace it, or another directory with out.'
    )
    said = program("run", "study.toml", "--out", "here", "--seed", "4", "--resume")
    with pytest.raises(ResultsError) as raised:
        Study.read("study.toml", seed=4).run("here", existing="resume", progress=False)
    assert str(raised.value) == in_python(said.message)
    Path("file").write_text("")
    said = program("run", "study.toml", "--out", "file")
    with pytest.raises(ResultsError) as raised:
        study.run("file", progress=False)
    assert str(raised.value) == in_python(said.message)
    assert Path("here/manifest.json").read_bytes() == before


def test_what_are_no_results_is_answered_as_on_the_command_line(place: Path, program) -> None:
    for directory in ["nowhere", "."]:
        said = program("analyse", directory)
        with pytest.raises(ResultsError) as raised:
            cartrial.analyse(directory)
        assert str(raised.value) == in_python(said.message)


def test_missing_shards_are_answered_as_on_the_command_line(trial: str, program) -> None:
    study = Study.from_toml(trial)
    study.run_shard("1/3", "here", progress=False)
    said = program("merge", "here")
    assert said.code == 2
    with pytest.raises(ResultsError) as raised:
        cartrial.merge("here")
    assert str(raised.value) == in_python(said.message)
    with pytest.raises(ValueError, match="^the merged results need a directory of their own. Give one with out.$"):
        cartrial.merge(["here/shard-1-of-3", "there"])
    with pytest.raises(ValueError, match="^1501 shards are more than the study's 1500 patients. Give fewer.$"):
        study.run_shard("1/1501", "here")


def test_arguments_are_checked_before_anything_is_written(trial: str, place: Path) -> None:
    study = Study.from_toml(trial)
    for wrong, message in [
        ({"threads": 0}, "threads: expected a whole number from 1 to 65535, found 0."),
        ({"existing": "keep"}, 'existing: unknown value "keep". Valid: "refuse", "resume", "replace".'),
    ]:
        with pytest.raises(ValueError) as raised:
            study.run("here", **wrong)
        assert str(raised.value) == message
    with pytest.raises(ValueError, match="^shard: shards are numbered from 1 to 3, found 4.$"):
        study.run_shard("4/3", "here")
    with pytest.raises(TypeError, match="progress: expected True, False or a function .*, found int."):
        study.run("here", progress=3)
    for wrong, message in [
        ({"start": -1}, "start: expected a whole number of at least 0, found -1."),
        ({"count": 0}, "count: expected a whole number of at least 1, found 0."),
        ({"start": 1400, "count": 101}, "start=1400, count=101: the study has the patients 0 to 1499."),
        ({"start": 1500}, "start=1500, count=0: the study has the patients 0 to 1499."),
    ]:
        with pytest.raises(ValueError) as raised:
            cartrial.simulate(study, **wrong)
        assert str(raised.value) == message
    assert list(place.iterdir()) == []


def test_what_has_no_statistics_is_refused() -> None:
    with pytest.raises(ValueError, match="^the frame has the course of a patient, and statistics need outcomes."):
        cartrial.analyse(cartrial.standard_patient())
    with pytest.raises(TypeError, match="^source: expected what cartrial.simulate returns, .*, found list.$"):
        cartrial.analyse([1])
    with pytest.raises(ValueError, match="^every_hours: expected a finite number above 0, found 0.$"):
        cartrial.standard_patient(every_hours=0)
    with pytest.raises(StudyError, match="^days: expected a number above 0"):
        cartrial.standard_patient(days=-1)


def test_an_unknown_level_of_instructions_is_answered_as_on_the_command_line(
    trial: str, program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CARTRIAL_SIMD", "abacus")
    Path("study.toml").write_text(trial)
    said = program("run", "study.toml")
    assert said.code == 2
    with pytest.raises(ValueError) as raised:
        cartrial.simulate(Study.from_toml(trial))
    assert str(raised.value) == said.message
