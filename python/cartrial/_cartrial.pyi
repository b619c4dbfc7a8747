"""Virtual clinical trials of CAR T cell therapy, by the million."""

from collections.abc import Callable, Sequence
from os import PathLike
from pathlib import Path
from typing import Any, Literal, Protocol, TypeAlias, final

import pandas
import polars
import pyarrow

__all__ = [
    "FailedPatientsError",
    "Frame",
    "Results",
    "ResultsError",
    "Study",
    "StudyError",
    "__version__",
    "analyse",
    "calibrate",
    "merge",
    "simulate",
    "simulate_table",
    "standard_patient",
]

__version__: str

_Path: TypeAlias = str | PathLike[str]
_Existing: TypeAlias = Literal["refuse", "resume", "replace"]
_Progress: TypeAlias = bool | Callable[[int, int], object]

class _ArrowTable(Protocol):
    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...

class StudyError(ValueError):
    """A study or a table of patients is wrong.

    The text names every mistake with its place, its reason and a remedy.
    """

    problems: list[dict[str, Any]]
    """The mistakes one by one: `file`, `line`, `column`, `key`, `reason`, `remedy`."""

class ResultsError(Exception):
    """Results could not be written or read. The text names the place, the reason and a remedy."""

class FailedPatientsError(ResultsError):
    """More patients failed than the study's `[run] max_failed_fraction` allows. Everything is written; `results` has it."""

    results: Results
    """What was written."""

@final
class Study:
    """What is to be run, with every default filled in and every value checked.

    Studies can be compared and pickled. A value given as `patients`, `seed` or `days` (of follow-up) takes the place of
    the study's own.
    """

    @classmethod
    def read(
        cls, path: _Path, *, patients: int | None = None, seed: int | None = None, days: float | None = None
    ) -> Study:
        """Reads and checks a study file (TOML), and the table of patients that it may name.

        Raises `StudyError`.
        """

    @classmethod
    def from_toml(
        cls,
        text: str,
        directory: _Path = "",
        *,
        patients: int | None = None,
        seed: int | None = None,
        days: float | None = None,
    ) -> Study:
        """Checks the text of a study file. A table of patients is looked up in `directory`.

        Raises `StudyError`.
        """

    @classmethod
    def from_dict(
        cls,
        values: dict[str, Any],
        directory: _Path = "",
        *,
        patients: int | None = None,
        seed: int | None = None,
        days: float | None = None,
    ) -> Study:
        """Checks a study file's content as dictionaries and lists: `{"study": {"name": "x", "patients": 200}}`.

        Raises `StudyError`.
        """

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def seed(self) -> int:
        """Seed of every draw."""

    @property
    def patients(self) -> int:
        """Number of patients."""

    @property
    def days(self) -> float:
        """Length of follow-up in days."""

    @property
    def arms(self) -> list[str]:
        """Names of the arms, in order."""

    def to_toml(self) -> str:
        """The study as a study file, every default included. `from_toml` reads it as an equal study."""

    def to_dict(self) -> dict[str, Any]:
        """The same as dictionaries and lists. `from_dict` reads it as an equal study."""

    def run(
        self,
        out: _Path | None = None,
        *,
        threads: int | None = None,
        existing: _Existing = "refuse",
        progress: _Progress = True,
    ) -> Results:
        """Simulates every patient in every arm and writes patient table, statistics, figures and page.

        Memory does not grow with the number of patients. No argument changes a single bit of the results.

        Args:
            out: Directory of the results; `results/NAME` by default.
            threads: Worker threads; one for each core by default.
            existing: What becomes of results that the directory already holds. "resume" goes on with an interrupted run.
            progress: A bar on standard error where that is a terminal, nothing, or a function that is called with the
                patients done and the patients in all, some twenty times a second at most.

        Raises:
            ResultsError: The directory holds results already, or cannot be written to.
            FailedPatientsError: More patients failed than the study allows; everything is written.
            KeyboardInterrupt: Ctrl-C. The file in hand was finished first, and existing="resume" goes on from there.
        """

    def run_shard(
        self,
        shard: str,
        out: _Path | None = None,
        *,
        threads: int | None = None,
        existing: _Existing = "resume",
        progress: _Progress = True,
    ) -> Path:
        """Simulates the patients of one shard, "I/K" (the first of four is "1/4"), for `merge`.

        Returns the shard's own directory, `shard-I-of-K` below `out`. Run again, it does only what is missing.
        """

@final
class Results:
    """The results of a complete run, on disk."""

    @property
    def directory(self) -> Path:
        """Their directory."""

    @property
    def page(self) -> Path:
        """`report.html`, a page that needs no other file."""

    @property
    def files(self) -> list[Path]:
        """The Parquet files of the patient table, in order: `polars.read_parquet(results.files)`."""

    @property
    def summary(self) -> dict[str, Any]:
        """Every statistic: the content of `summary.json`."""

    @property
    def manifest(self) -> dict[str, Any]:
        """What was run and what came out: the content of `manifest.json` but for its own hash."""

    @property
    def content_hash(self) -> str:
        """Identifies the rows: the same study has the same, wherever and however it was run."""

    def query(self, sql: str) -> Frame:
        """Answers one SELECT over the tables of the results: `patients`, and `trajectories` where the study asked for them.

        The SQL is that of polars; docs/query.md has it. All rows of the answer are kept in memory. A column of an answer has
        no label and no unit.

        Raises:
            ValueError: What is asked is no question, or names what there is not. The text names the place and a remedy.
            ResultsError: The tables are not stored, or cannot be read.
        """

    def analyse(self, *, where: str | None = None, by: str | None = None) -> dict[str, Any]:
        """The main outcomes in subgroups of the patients: what `cartrial analyse --where --by` writes to `subgroups.json`.

        Nothing is written. The files are checked byte for byte first.

        Args:
            where: The patients that satisfy this condition alone, as after SQL's WHERE: "tumour_burden > 500".
            by: The column that forms subgroups: by its values, or of a number by cuts, as in "tumour_burden:250,500"
                (thirds by default).

        Raises:
            ValueError: The condition or the column is none, would part what is compared, or leaves nobody.
            ResultsError: The rows are not stored, or cannot be read.
        """

    def export(
        self,
        format: Literal["adam", "csv", "parquet"],
        out: _Path | None = None,
        *,
        where: str | None = None,
        columns: Sequence[str] = (),
        first: int | None = None,
        forms: Sequence[Literal["parquet", "json", "xpt"]] = (),
        layout: Literal["wide", "long", "both"] | None = None,
        existing: Literal["refuse", "replace"] = "refuse",
        progress: _Progress = False,
    ) -> list[Path]:
        """Writes the results in the format of others, as `cartrial export` does, and returns the paths of the files.

        Args:
            format: "adam" (CDISC ADaM), "csv", or "parquet" (one file, with labels and units).
            out: Directory for the files; `export-FORMAT` in the results directory by default.
            where: An extract: the rows that satisfy this condition, as after SQL's WHERE; of ADaM, the subjects.
            columns: Columns of the patient table, in this order; all by default.
            first: An extract: the first patients alone, as many as this.
            forms: Forms of the ADaM data sets: "parquet", "json", "xpt"; all by default.
            layout: How values stand in CSV: "wide", "long" or "both", the default.
            existing: What becomes of an export that the directory already holds.
            progress: As of `Study.run`.

        Raises:
            ValueError: What is asked for does not fit together, names what there is not, or leaves nobody.
            ResultsError: The results cannot be read, or the directory cannot be written to.
            KeyboardInterrupt: Ctrl-C, once the export is written.
        """

@final
class Frame:
    """Rows in memory, which pyarrow, polars and every other consumer of Arrow take without copying.

    `pyarrow.table(frame)`, `polars.DataFrame(frame)`, `frame.to_pandas()`. Every field of the Arrow schema has `label`
    and `unit` as metadata, but in the answer to a query.
    """

    @property
    def columns(self) -> list[str]:
        """Names of the columns, in order."""

    def to_arrow(self) -> pyarrow.Table:
        """The rows as a table of pyarrow, which has to be installed; nothing is copied."""

    def to_pandas(self) -> pandas.DataFrame:
        """The rows as a frame of pandas, through pyarrow; both have to be installed."""

    def to_polars(self) -> polars.DataFrame:
        """The rows as a frame of polars, which has to be installed."""

    def __len__(self) -> int: ...
    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """The Arrow PyCapsule interface."""

    def __arrow_c_schema__(self) -> object:
        """The Arrow PyCapsule interface."""

def calibrate(study: Study, *, threads: int | None = None, progress: _Progress = False) -> dict[str, Any]:
    """How near the patients of a study with `[population.targets]` come to the shares of a real trial: what `cartrial calibrate` writes to
    `calibration.json`.

    `Study.run` and `simulate` enrol the same patients by themselves.

    Raises:
        ValueError: The study has no targets, no candidate is plausible, or no weights come near to the shares.
        KeyboardInterrupt: Ctrl-C.
    """

def simulate(
    study: Study,
    start: int = 0,
    count: int | None = None,
    *,
    threads: int | None = None,
    progress: _Progress = False,
) -> Frame:
    """Simulates `count` patients from number `start` on (all by default) and keeps them in memory.

    Returns one row for each patient and arm, where patients are randomised one for each patient, with the columns of the
    patient table: the same bits as `Study.run` writes. A row takes about 450 bytes; patients by the million belong in
    `Study.run`. An outcome of a failed patient is null, and `status` says why.
    """

def simulate_table(
    table: _ArrowTable,
    study: Study | None = None,
    *,
    carry: Sequence[str] = (),
    threads: int | None = None,
    progress: _Progress = False,
) -> Frame:
    """Simulates people's own patients, one in each row of `table`, in every arm of `study`.

    Columns are named by symbol as in the patient table (`tumour_burden` in cells/µL, `d2` in 1/hour, …). A missing column
    takes the standard patient's value; an unknown one is an error unless `carry` names it, which takes it into the
    result unchanged. `study` gives arms, days (30 by default), solver and endpoints; its own patients are left aside.

    Returns the columns of the patient table and the carried ones.

    Raises `StudyError` naming every bad cell by row (from 1) and column.
    """

def standard_patient(
    days: float | None = None, study: Study | None = None, *, every_hours: float = 1.0
) -> Frame:
    """Follows the standard patient through every arm of `study`.

    Args:
        days: Length of follow-up; the study's own, or 30 days, by default.
        study: Gives model, solver and arms; the paper's model in one arm by default.
        every_hours: Time between two rows.

    Returns days·24/every_hours + 1 rows for each arm: `arm` where there are several, `day`, `tumour_burden` (cells/µL),
    `inflammation` (pg/mL), `effector_ctl`, `memory_ctl`, `effector_helper`, `memory_helper` and `lymphocytes` (cells/µL).
    """

def merge(pieces: _Path | Sequence[_Path], out: _Path | None = None, *, existing: _Existing = "refuse") -> Results:
    """Makes one study's results of those of all its shards: the same, bit for bit, as if it had been run at once.

    `pieces` are directories of shards or directories that hold several; a single one of those is `out` by default.
    """

def analyse(source: Frame | Results | _Path) -> dict[str, Any]:
    """Every statistic of simulated patients, or of results on disk: what stands in `summary.json`.

    A frame is what `simulate` or `simulate_table` returned, as it is. Results are checked byte for byte first.
    """
