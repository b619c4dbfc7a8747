"""Shards of a study as Ray tasks.

    python -m cartrial.ray STUDY.toml --address auto --out DIR

Every task runs one shard and writes its rows to storage that all nodes share, under the same path. To the driver it returns a few
numbers; what the shard accumulated lies beside its rows, and merging reads that. A task whose worker or node is lost is done again
elsewhere, and goes on with the files that the lost one had finished. Needs the extra ``ray``: ``pip install './python[ray]'``.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import ray
from ray.exceptions import RayTaskError, RaySystemError, WorkerCrashedError, NodeDiedError, LocalRayletDiedError

import cartrial

#: Losses that are nobody's mistake: the task is done again.
LOSSES = (WorkerCrashedError, NodeDiedError, LocalRayletDiedError, RaySystemError)
#: Patients of the smallest shard that leaves accumulators for merging.
SEGMENT = 4096


@dataclass(frozen=True)
class Shard:
    """What a task tells the driver of its shard: a few numbers, however many patients it has."""

    shard: str
    directory: str
    node: str
    seconds: float


@dataclass(frozen=True)
class Outcome:
    """What became of a study on a cluster."""

    #: The merged results.
    results: cartrial.Results
    #: Every shard, in the order in which they were finished.
    shards: list[Shard]
    #: Shards that were done again since their worker or node was lost, once for each time.
    redone: list[str]
    #: How long it took, merging included.
    seconds: float


def run(
    study: cartrial.Study,
    out: str | Path,
    *,
    shards: int | None = None,
    cpus_per_task: int = 1,
    retries: int = 3,
    existing: Literal["refuse", "resume", "replace"] = "refuse",
    progress: Callable[[int, int], None] | None = None,
) -> Outcome:
    """Runs a study on the Ray cluster to which this process is connected.

    ``out`` is a directory on storage that all nodes share; relative paths are taken from here. ``shards`` is by default four for
    each task that the cluster can run at once, of at least 4,096 patients each. ``progress`` is told after every shard how many
    are done, and how many there are. A shard that is finished is not done again: after a failure, the same call goes on.

    Raises what ``Study.run_shard`` and ``merge`` raise, and the loss of a worker or node that happens to one shard more than
    ``retries`` times.
    """
    started = time.monotonic()
    out = Path(out).absolute()
    if existing == "refuse" and (out / "manifest.json").exists():
        raise cartrial.ResultsError(f"{out}: already holds results. Pass existing='replace' to replace them.")
    if shards is None:
        at_once = max(1, int(ray.cluster_resources().get("CPU", 1)) // cpus_per_task)
        shards = max(1, min(4 * at_once, study.patients // SEGMENT))
    # Losses are counted here, not hidden by Ray.
    task = _run_shard.options(num_cpus=cpus_per_task, max_retries=0)
    shared = ray.put(study)

    def submit(shard: str) -> ray.ObjectRef[Shard]:
        return task.remote(shared, shard, str(out), cpus_per_task)

    running = {submit(shard): shard for shard in (f"{i}/{shards}" for i in range(1, shards + 1))}
    done: list[Shard] = []
    redone: list[str] = []
    while running:
        (ready,), _ = ray.wait(list(running), num_returns=1)
        shard = running.pop(ready)
        try:
            done.append(ray.get(ready))
        except RayTaskError as error:
            raise error.cause if isinstance(error.cause, Exception) else error
        except LOSSES:
            if redone.count(shard) == retries:
                raise
            redone.append(shard)
            running[submit(shard)] = shard
            continue
        if progress is not None:
            progress(len(done), shards)
    # Shards of an earlier call that were cut otherwise may lie beside them.
    results = cartrial.merge([shard.directory for shard in done], out, existing=existing)
    return Outcome(results, done, redone, time.monotonic() - started)


@ray.remote
def _run_shard(study: cartrial.Study, shard: str, out: str, threads: int) -> Shard:
    started = time.monotonic()
    directory = study.run_shard(shard, out, threads=threads, progress=False)
    node = ray.get_runtime_context().get_node_id()
    return Shard(shard, str(directory), node, time.monotonic() - started)


def _show(done: int, of: int) -> None:
    """A line on a terminal, and nothing elsewhere."""
    if sys.stderr.isatty():
        print(f"\r{done} of {of} shards", end="\n" if done == of else "", file=sys.stderr, flush=True)


def main(arguments: list[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m cartrial.ray", description="Runs a study on a Ray cluster.")
    parser.add_argument("study", help="study file (TOML)")
    parser.add_argument("--out", help="results directory, on storage that all nodes share [default: results/NAME]")
    parser.add_argument("--address", help="address of the cluster, or 'auto' [default: a cluster of this machine]")
    parser.add_argument("--patients", type=int, help="number of patients, instead of the study file's")
    parser.add_argument("--shards", type=int, help="shards [default: four for each task that runs at once]")
    parser.add_argument("--cpus-per-task", type=int, default=1, metavar="C", help="cores of a task [default: 1]")
    parser.add_argument("--retries", type=int, default=3, help="how often a shard may be lost [default: 3]")
    parser.add_argument("--force", action="store_true", help="replace results that the directory already holds")
    given = parser.parse_args(arguments)
    try:
        study = cartrial.Study.read(given.study, patients=given.patients)
        ray.init(address=given.address, log_to_driver=False)
        outcome = run(
            study,
            given.out or Path("results") / study.name,
            shards=given.shards,
            cpus_per_task=given.cpus_per_task,
            retries=given.retries,
            existing="replace" if given.force else "refuse",
            progress=_show,
        )
    except (cartrial.StudyError, cartrial.ResultsError, ConnectionError) as error:
        print(error, file=sys.stderr)
        return 2
    nodes = len({shard.node for shard in outcome.shards})
    print(
        f"{study.patients:,} patients in {len(outcome.shards)} shards on {nodes} node{'s' * (nodes > 1)}, "
        f"{len(outcome.redone)} done again, in {outcome.seconds:.1f} s\n"
        f"{outcome.results.content_hash}\nPage: {outcome.results.page}"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
