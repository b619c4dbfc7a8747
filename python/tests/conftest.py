"""The program that the package is compared with, and a directory of its own for every test."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

PROGRAM = Path(os.environ.get("CARTRIAL", Path(__file__).parents[2] / "target/release/cartrial")).absolute()


@dataclass
class Said:
    """What the program said and how it ended."""

    code: int
    out: str
    err: str

    @property
    def message(self) -> str:
        """The message, as an exception of Python has it: without what introduces every problem."""
        lines = [line.removeprefix("error: ") for line in self.err.splitlines()]
        return "\n".join(lines)


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory in which the test, and the program, run."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def program():
    """Runs the program with arguments."""

    def run(*arguments: str) -> Said:
        done = subprocess.run([PROGRAM, *arguments], capture_output=True, text=True)
        return Said(done.returncode, done.stdout, done.stderr)

    return run


TRIAL = """\
[study]
name = "trial"
seed = 3
patients = 1500
days = 20
[[arms]]
name = "control"
[[arms]]
name = "rescue"
rescue = { above = 150, hours = 48, rate = 200 }
"""

# 60 files of a few milliseconds each.
PARTS = """\
[study]
name = "parts"
seed = 5
patients = 15_360
days = 3
[run]
part_patients = 256
"""


@pytest.fixture
def trial() -> str:
    """A study of two arms."""
    return TRIAL


@pytest.fixture
def parts() -> str:
    """A study of many files."""
    return PARTS
