"""Other threads go on, and Ctrl-C works."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

import cartrial
from cartrial import Study


@pytest.mark.parametrize("what", ["run", "simulate"])
def test_other_threads_go_on_while_patients_are_solved(what: str, parts: str) -> None:
    study = Study.from_toml(parts, days=30)
    ticks: list[float] = []
    ended = threading.Event()

    def tick() -> None:
        while not ended.wait(0.001):
            ticks.append(time.perf_counter())

    thread = threading.Thread(target=tick)
    thread.start()
    started = time.perf_counter()
    try:
        study.run("here", progress=False) if what == "run" else cartrial.simulate(study)
    finally:
        finished = time.perf_counter()
        ended.set()
        thread.join()
    quarter = (finished - started) / 4
    within = [t for t in ticks if started + quarter < t < finished - quarter]
    assert len(within) >= 5, f"{len(within)} ticks within {2 * quarter:.3f} s"


INTERRUPTED = """\
import cartrial, sys
study = cartrial.Study.read("study.toml")
try:
    study.run("here")
except KeyboardInterrupt as error:
    print(error)
    sys.exit(7)
"""


def test_ctrl_c_raises_keyboard_interrupt_and_leaves_results_that_can_be_resumed(parts: str) -> None:
    Path("study.toml").write_text(parts.replace("days = 3", "days = 300"))
    study = Study.read("study.toml")
    child = subprocess.Popen([sys.executable, "-c", INTERRUPTED], stdout=subprocess.PIPE, text=True)
    while not list(Path("here").glob("patients/part-*.parquet")):
        assert child.poll() is None
        time.sleep(0.001)
    child.send_signal(signal.SIGINT)
    said, _ = child.communicate(timeout=60)
    assert child.returncode == 7, said
    assert said.startswith("interrupted: ") and said.endswith(
        ' of 15360 patients are done, in here. Go on with existing="resume".\n'
    )
    done = int(said.split()[1])
    assert 256 <= done < 15_360 and done % 256 == 0
    assert not Path("here/manifest.json").exists()
    resumed = study.run("here", existing="resume", progress=False)
    assert resumed.content_hash == study.run("there", progress=False).content_hash


def test_ctrl_c_ends_a_simulation_in_memory(parts: str) -> None:
    study = Study.from_toml(parts, patients=10_000_000, days=300)
    timer = threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT))
    started = time.perf_counter()
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        cartrial.simulate(study)
    # All of it would take minutes and gigabytes.
    assert time.perf_counter() - started < 20


def test_two_threads_simulate_at_once(trial: str) -> None:
    study = Study.from_toml(trial)
    expected = cartrial.simulate(study).to_arrow()
    found = []
    threads = [threading.Thread(target=lambda: found.append(cartrial.simulate(study).to_arrow())) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [table.equals(expected) for table in found] == [True, True]
