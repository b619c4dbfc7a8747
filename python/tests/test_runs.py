"""Runs on disk: the program's results to the bit, shards, progress, failures, memory."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

import cartrial
from cartrial import Study


def hash_of(directory: str) -> str:
    return json.loads(Path(directory, "manifest.json").read_text())["content_hash"]


def test_results_are_those_of_the_program_to_the_bit(trial: str, program) -> None:
    Path("study.toml").write_text(trial)
    assert program("run", "study.toml", "--out", "here").code == 0
    results = Study.read("study.toml").run("there", progress=False)
    assert results.directory == Path("there") and results.page == Path("there/report.html")
    assert results.files == [Path("there/patients.parquet")]
    assert results.content_hash == hash_of("here") == hash_of("there")
    for name in ["patients.parquet", "summary.json", "dictionary.json", "report.html"]:
        assert Path("here", name).read_bytes() == Path("there", name).read_bytes(), name
    assert results.summary == json.loads(Path("there/summary.json").read_text())
    manifest = json.loads(Path("there/manifest.json").read_text())
    del manifest["manifest_hash"]
    assert results.manifest == manifest
    assert repr(results) == "<cartrial.Results there: 3000 rows>"


def test_results_go_to_the_name_of_the_study_and_are_replaced_on_request(trial: str) -> None:
    study = Study.from_toml(trial, patients=5)
    assert study.run(progress=False).directory == Path("results/trial")
    other = Study.from_toml(trial, patients=6).run(existing="replace", progress=False)
    assert other.manifest["patients"] == 6
    assert study.run(Path("elsewhere"), existing="resume", progress=False).manifest["patients"] == 5


def test_shards_merge_to_the_results_of_one_run(trial: str, program) -> None:
    Path("study.toml").write_text(trial)
    study = Study.read("study.toml")
    whole = study.run("whole", progress=False)
    assert study.run_shard("1/3", "here", progress=False) == Path("here/shard-1-of-3")
    assert program("run", "study.toml", "--out", "here", "--shard", "2/3", "--quiet").code == 0
    there = study.run_shard("3/3", Path("there"), progress=False)
    merged = cartrial.merge(["here", there], "merged")
    assert merged.content_hash == whole.content_hash
    for name in ["summary.json", "report.html"]:
        assert Path("merged", name).read_bytes() == Path("whole", name).read_bytes(), name


def test_progress_is_called_in_the_callers_thread_and_ends_with_all(parts: str) -> None:
    import threading

    calls = []
    Study.from_toml(parts).run("here", progress=lambda *now: calls.append((now, threading.get_ident())))
    assert calls[-1] == ((15_360, 15_360), threading.get_ident())
    assert [now for now, _ in calls] == sorted({now for now, _ in calls})
    assert {thread for _, thread in calls} == {threading.get_ident()}
    calls.clear()
    cartrial.simulate(Study.from_toml(parts), 100, 2000, progress=lambda *now: calls.append(now))
    assert calls[-1] == (2000, 2000)


def test_without_a_terminal_nothing_is_printed(parts: str) -> None:
    Path("study.toml").write_text(parts)
    script = "import cartrial; cartrial.Study.read('study.toml').run('here')"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_an_error_of_the_callback_is_raised_and_leaves_what_is_done(parts: str) -> None:
    study = Study.from_toml(parts, days=300)

    def fail(done: int, total: int) -> None:
        raise LookupError("no display")

    with pytest.raises(LookupError, match="no display") as raised:
        study.run("here", progress=fail)
    [note] = raised.value.__notes__
    assert note.startswith("interrupted: ") and note.endswith('in here. Go on with existing="resume".')
    assert study.run("here", existing="resume", progress=False).manifest["patients"] == 15_360


FAILING = "tumour_burden,r1\n300,0.003\n300,1e300\n100,0.003\n300,1e200\n"


def test_more_failures_than_allowed_are_raised_with_the_results(program) -> None:
    Path("t.csv").write_text(FAILING)
    text = '[study]\nname = "x"\ndays = 2\n[population]\ntable = "t.csv"\n'
    Path("study.toml").write_text(text)
    said = program("run", "study.toml", "--out", "here", "--quiet")
    assert said.code == 3
    with pytest.raises(cartrial.FailedPatientsError) as raised:
        Study.read("study.toml").run("there", progress=False)
    assert str(raised.value) == said.message
    assert raised.value.results.content_hash == hash_of("here")
    status = cartrial.simulate(Study.read("study.toml")).to_arrow()
    assert status["status"].to_pylist() == ["ok", "step_collapsed", "ok", "step_collapsed"]
    assert status["peak_inflammation"].is_null().to_pylist() == [False, True, False, True]


def test_damage_that_is_mended_is_warned_of(parts: str) -> None:
    study = Study.from_toml(parts)
    whole = study.run("here", progress=False)
    whole.files[7].write_bytes(b"gone")
    with pytest.warns(UserWarning, match=r"part-00007.parquet.* It has been made again\."):
        mended = study.run("here", existing="resume", progress=False)
    assert mended.content_hash == whole.content_hash


MEMORY = """\
import cartrial, resource, sys
study = cartrial.Study.from_toml('''[study]
name = "memory"
patients = %d
days = 1
[run]
part_patients = 16_384
''')
study.run("%s", progress=False)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def test_memory_of_a_run_does_not_grow_with_the_cohort() -> None:
    def kilobytes(patients: int) -> int:
        script = MEMORY % (patients, f"of-{patients}")
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
        return int(done.stdout)

    small, large = kilobytes(60_000), kilobytes(360_000)
    # The rows of the difference would take 130 MB.
    assert large < small + 40_000, f"{small} kB and {large} kB"
