"""Runs one study in every way that this machine allows, and compares what it comes to.

    python3 scripts/same_hash.py target/release/cartrial

One thread and two, killed and resumed, in shards, from Python, on a Ray cluster whole and with a node killed, on a Slurm cluster whole
and with a node lost. Python needs the wheel, Ray its extra `ray`, Slurm its daemons and root; what is not there is said to be left out.
Ends with exit code 1 if a content hash, a summary or a page differs, or nothing had to be done again though a node was lost.

Two nodes on one machine prove scheduling, fault tolerance and identity. They prove nothing about scaling.
"""

import importlib.util
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass

STUDY = """
[study]
name = "same-hash"
seed = 2016
patients = 65_536
days = 365
[solver]
method = "tsit5"
rtol = 1e-9
[run]
part_patients = 256
[[arms]]
name = "control"
[[arms]]
name = "rescue"
rescue = { above = 300, hours = 48, rate = 200 }
"""
SHARDS = 8
STORE = 80 * 1024 * 1024
RUN_HERE = pathlib.Path(__file__).parent / "slurm" / "run_here.sh"


@dataclass
class Way:
    """One way to run the study, and what it came to."""

    name: str
    directory: pathlib.Path
    seconds: float
    shards: str = ""
    redone: str = ""
    #: Whether a node is lost on the way, so that something has to be redone.
    lossy: bool = False

    def comes_to(self):
        """Content hash, summary and page."""
        manifest = (self.directory / "manifest.json").read_text()
        # The last one is the table's; those before are its files'.
        content_hash = manifest.rpartition('"content_hash": "')[2].partition('"')[0]
        return content_hash, *((self.directory / name).read_bytes() for name in ("summary.json", "report.html"))


class LeftOut(Exception):
    """A way that this machine does not allow, and why."""


def needs(way, **packages):
    """Leaves a way out without all of these packages."""
    for name, missing in packages.items():
        if not importlib.util.find_spec(name):
            raise LeftOut(f"{way}: {missing}")


def has_parts(journal):
    """Whether an unfinished shard has finished parts: lines after the first."""
    try:
        return journal.read_bytes().count(b"\n") > 1
    except FileNotFoundError:  # it is finished
        return False


class Place:
    """A directory in which the study is run."""

    def __init__(self, program, home):
        self.program, self.home, self.study = program, home, home / "study.toml"
        self.study.write_text(STUDY)

    def cartrial(self, *arguments):
        subprocess.run([self.program, *map(str, arguments)], check=True, stdout=subprocess.DEVNULL)

    def threads(self, threads):
        out, started = self.home / f"threads-{threads}", time.monotonic()
        self.cartrial("run", self.study, "--out", out, "--threads", threads, "--quiet")
        return Way(f"{threads} thread{'s' * (threads > 1)}", out, time.monotonic() - started)

    def killed(self, times):
        out, started, kills = self.home / "killed", time.monotonic(), 0
        draw = random.Random(1)
        command = [self.program, "run", str(self.study), "--out", str(out), "--quiet", "--resume"]
        while kills < times:
            process = subprocess.Popen(command)
            try:
                process.wait(draw.uniform(0.2, 3))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                kills += 1
            else:
                break
        subprocess.run(command, check=True)
        return Way(f"kill -9 and resume, {kills} times", out, time.monotonic() - started)

    def shards(self):
        out, started = self.home / "shards", time.monotonic()
        for shard in range(SHARDS, 0, -1):
            self.cartrial("run", self.study, "--shard", f"{shard}/{SHARDS}", "--out", out, "--quiet")
        self.cartrial("merge", out, "--quiet")
        return Way("shards, last one first", out, time.monotonic() - started, shards=str(SHARDS), redone="0")

    def python(self):
        needs("Python", cartrial="the wheel is not installed")
        import cartrial

        out, started = self.home / "python", time.monotonic()
        cartrial.Study.read(self.study).run(out, progress=False)
        return Way("Python", out, time.monotonic() - started)

    def ray(self, kill):
        name = "Ray, a node killed" if kill else "Ray"
        needs(name, cartrial="the wheel is not installed", ray="not installed")
        import threading

        import ray
        from ray.cluster_utils import Cluster

        import cartrial
        import cartrial.ray

        out = self.home / ("ray-killed" if kill else "ray")
        head = {"num_cpus": 0, "object_store_memory": STORE, "include_dashboard": False}
        cluster = Cluster(initialize_head=True, head_node_args=head)
        nodes = [cluster.add_node(num_cpus=1, object_store_memory=STORE) for _ in range(2)]
        cluster.wait_for_nodes()
        ray.init(address=cluster.address, log_to_driver=False)

        def kill_a_node():
            # Each node has one core: of two shards that have parts and are not finished, one is the first node's.
            while sum(map(has_parts, out.glob("shard-*/journal.jsonl"))) < 2:
                time.sleep(0.005)
            cluster.remove_node(nodes[0], allow_graceful=False)

        started = time.monotonic()
        if kill:
            threading.Thread(target=kill_a_node, daemon=True).start()
        outcome = cartrial.ray.run(cartrial.Study.read(self.study), out)
        ray.shutdown()
        cluster.shutdown()
        return Way(name, out, time.monotonic() - started, str(len(outcome.shards)), str(len(outcome.redone)), kill)

    def slurm(self, lose):
        name = "Slurm, a node lost" if lose else "Slurm"
        out = self.home / ("slurm-lost" if lose else "slurm")
        command = [RUN_HERE, self.program, self.study, str(SHARDS), out] + ["lose-a-node"] * lose
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode == 77:
            raise LeftOut(f"{name}: {done.stderr.strip()}")
        if done.returncode:
            sys.exit(f"{name}: exit code {done.returncode}\n{done.stderr}")
        starts, seconds = map(int, done.stdout.split())
        return Way(name, out, seconds, str(SHARDS), str(starts - SHARDS), lose)


def ways(place):
    """Every way there is."""
    yield lambda: place.threads(1)
    yield lambda: place.threads(2)
    yield lambda: place.killed(10)
    yield place.shards
    yield place.python
    yield lambda: place.ray(kill=False)
    yield lambda: place.ray(kill=True)
    yield lambda: place.slurm(lose=False)
    yield lambda: place.slurm(lose=True)


def main():
    program = shutil.which(sys.argv[1]) if len(sys.argv) == 2 else None
    if program is None:
        sys.exit(__doc__)
    with tempfile.TemporaryDirectory() as home:
        place = Place(str(pathlib.Path(program).absolute()), pathlib.Path(home))
        expected, failed = None, []
        table = [f"{'way':32} {'shards':>6} {'redone':>6} {'seconds':>8}  content hash"]
        try:
            for way in ways(place):
                try:
                    done = way()
                except LeftOut as reason:
                    table.append(f"{reason} (left out)")
                    continue
                found = done.comes_to()
                expected = expected or found
                wrong = "" if found == expected else "  DIFFERS"
                if done.lossy and done.redone == "0":
                    wrong += "  LOST NOTHING"
                failed += [done.name] * bool(wrong)
                table.append(f"{done.name:32} {done.shards:>6} {done.redone:>6} {done.seconds:8.1f}  {found[0][-12:]}{wrong}")
        finally:
            # At the end, since Ray says much about a node that is killed.
            print("\n".join(table))
    sys.exit(f"failed: {', '.join(failed)}" if failed else 0)


if __name__ == "__main__":
    main()
