"""Runs one study in every way that this machine allows, and compares what it comes to.

    python3 scripts/same_hash.py target/release/cartrial

One thread and two, killed and resumed, in shards, from Python, on a Ray cluster whole and with a node killed. Python needs the wheel, Ray
`cartrial[ray]`; what is not there is said to be left out. Slurm has a proof of its own, `scripts/slurm/prove.sh`, with the same
comparison. Ends with exit code 1 if a content hash, a summary or a page differs.

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
days = 30
[run]
part_patients = 2048
[[arms]]
name = "control"
[[arms]]
name = "rescue"
rescue = { above = 300, hours = 48, rate = 200 }
"""
STORE = 80 * 1024 * 1024


@dataclass
class Way:
    """One way to run the study, and what it came to."""

    name: str
    directory: pathlib.Path
    seconds: float
    shards: str = ""
    redone: str = ""

    def comes_to(self):
        """Content hash, summary and page."""
        manifest = (self.directory / "manifest.json").read_text()
        # The last one is the table's; those before are its files'.
        content_hash = manifest.rpartition('"content_hash": "')[2].partition('"')[0]
        return content_hash, *((self.directory / name).read_bytes() for name in ("summary.json", "report.html"))


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
                process.wait(draw.uniform(0.05, 0.6))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                kills += 1
            else:
                break
        subprocess.run(command, check=True)
        return Way(f"kill -9 and resume, {kills} times", out, time.monotonic() - started)

    def shards(self, of):
        out, started = self.home / "shards", time.monotonic()
        for shard in range(of, 0, -1):
            self.cartrial("run", self.study, "--shard", f"{shard}/{of}", "--out", out, "--quiet")
        self.cartrial("merge", out, "--quiet")
        return Way("shards, last one first", out, time.monotonic() - started, shards=str(of), redone="0")

    def python(self):
        import cartrial

        out, started = self.home / "python", time.monotonic()
        cartrial.Study.read(self.study).run(out, progress=False)
        return Way("Python", out, time.monotonic() - started)

    def ray(self, kill):
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
            while len(list(out.glob("shard-*/manifest.json"))) < 2:
                time.sleep(0.005)
            cluster.remove_node(nodes[0], allow_graceful=False)

        started = time.monotonic()
        if kill:
            threading.Thread(target=kill_a_node, daemon=True).start()
        outcome = cartrial.ray.run(cartrial.Study.read(self.study), out)
        ray.shutdown()
        cluster.shutdown()
        name = "Ray, a node killed" if kill else "Ray"
        return Way(name, out, time.monotonic() - started, str(len(outcome.shards)), str(len(outcome.redone)))


def ways(place):
    """Every way that this machine allows; a text for one that it does not."""
    yield lambda: place.threads(1)
    yield lambda: place.threads(2)
    yield lambda: place.killed(10)
    yield lambda: place.shards(8)
    if importlib.util.find_spec("cartrial"):
        yield place.python
        if importlib.util.find_spec("ray"):
            yield lambda: place.ray(kill=False)
            yield lambda: place.ray(kill=True)
        else:
            yield "Ray: not installed"
    else:
        yield "Python and Ray: the wheel is not installed"
    yield "Slurm: scripts/slurm/prove.sh, which starts a cluster of its own"


def main():
    program = shutil.which(sys.argv[1]) if len(sys.argv) == 2 else None
    if program is None:
        sys.exit(__doc__)
    with tempfile.TemporaryDirectory() as home:
        place = Place(str(pathlib.Path(program).absolute()), pathlib.Path(home))
        expected, differ = None, []
        table = [f"{'way':32} {'shards':>6} {'redone':>6} {'seconds':>8}  content hash"]
        for way in ways(place):
            if isinstance(way, str):
                table.append(f"{way} (left out)")
                continue
            done = way()
            found = done.comes_to()
            expected = expected or found
            same = "" if found == expected else "  DIFFERS"
            differ += [done.name] * bool(same)
            line = f"{done.name:32} {done.shards:>6} {done.redone:>6} {done.seconds:8.1f}  {found[0][-12:]}{same}"
            table.append(line)
        # At the end, since Ray says much about a node that is killed.
        print("\n".join(table))
    sys.exit(f"other bits by: {', '.join(differ)}" if differ else 0)


if __name__ == "__main__":
    main()
