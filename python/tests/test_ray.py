"""A study on a real Ray cluster of several nodes on this machine: the same hash, whatever is lost on the way."""

import json
import subprocess
import sys
import threading
import time

import pytest

import cartrial

ray = pytest.importorskip("ray")
from ray.cluster_utils import Cluster  # noqa: E402

import cartrial.ray  # noqa: E402

STUDY = """
[study]
name = "cluster"
seed = 11
patients = 65_536
days = 20
[run]
part_patients = 1024
"""
STORE = 80 * 1024 * 1024


@pytest.fixture
def cluster():
    """A head without cores and two nodes of one core."""
    cluster = Cluster(
        initialize_head=True,
        head_node_args={"num_cpus": 0, "object_store_memory": STORE, "include_dashboard": False},
    )
    cluster.workers = [cluster.add_node(num_cpus=1, object_store_memory=STORE) for _ in range(2)]
    cluster.wait_for_nodes()
    yield cluster
    ray.shutdown()
    cluster.shutdown()


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    out = tmp_path_factory.mktemp("undisturbed") / "results"
    return cartrial.Study.from_toml(STUDY).run(out, progress=False)


def bytes_of(results):
    return [(results.directory / name).read_bytes() for name in ("summary.json", "report.html")]


def test_a_cluster_comes_to_the_same_bits(cluster, undisturbed, tmp_path):
    ray.init(address=cluster.address, log_to_driver=False)
    told = []
    outcome = cartrial.ray.run(
        cartrial.Study.from_toml(STUDY), tmp_path / "out", progress=lambda done, of: told.append((done, of))
    )
    assert outcome.results.content_hash == undisturbed.content_hash
    assert bytes_of(outcome.results) == bytes_of(undisturbed)
    assert (len(outcome.shards), outcome.redone) == (8, [])
    assert {shard.node for shard in outcome.shards} == {node.node_id for node in cluster.workers}
    assert told == [(done, 8) for done in range(1, 9)]
    # The driver holds a few numbers for every shard, not its rows.
    assert sum(len(ray.cloudpickle.dumps(shard)) for shard in outcome.shards) < 8 * 1024


def test_a_node_that_is_killed_costs_only_its_shards(cluster, undisturbed, tmp_path):
    ray.init(address=cluster.address, log_to_driver=False)
    out, killed = tmp_path / "out", []

    def kill_in_the_middle():
        # While a shard of this node has files and is not finished.
        while not killed:
            lines = [len(journal.read_text().splitlines()) for journal in out.glob("shard-*/journal.jsonl")]
            if len(list(out.glob("shard-*/manifest.json"))) >= 2 and max(lines, default=0) > 1:
                cluster.remove_node(cluster.workers[0], allow_graceful=False)
                killed.append(time.monotonic())
            time.sleep(0.002)

    killer = threading.Thread(target=kill_in_the_middle)
    killer.start()
    outcome = cartrial.ray.run(cartrial.Study.from_toml(STUDY), out)
    killer.join()
    assert len(killed) == 1
    assert outcome.results.content_hash == undisturbed.content_hash
    assert bytes_of(outcome.results) == bytes_of(undisturbed)
    # A node of one core runs one shard at a time.
    assert len(outcome.redone) == 1, outcome.redone
    print(f"done again: {outcome.redone}")


def test_a_mistake_ends_the_run_with_its_message(cluster, tmp_path):
    ray.init(address=cluster.address, log_to_driver=False)
    study = cartrial.Study.from_toml(STUDY)
    (tmp_path / "file").write_text("")
    with pytest.raises(cartrial.ResultsError, match="a file stands where a directory is needed"):
        cartrial.ray.run(study, tmp_path / "file")
    cartrial.ray.run(study, tmp_path / "out", shards=2)
    with pytest.raises(cartrial.ResultsError, match="already holds results"):
        cartrial.ray.run(study, tmp_path / "out", shards=2)


def test_the_command_line(cluster, undisturbed, tmp_path):
    (tmp_path / "study.toml").write_text(STUDY)
    command = [sys.executable, "-m", "cartrial.ray", "study.toml", "--address", cluster.address, "--out", "here"]
    said = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert said.returncode == 0, said.stderr
    assert said.stdout.startswith("65,536 patients in 8 shards on 2 nodes, 0 done again, in "), said.stdout
    assert undisturbed.content_hash in said.stdout
    manifest = json.loads((tmp_path / "here" / "manifest.json").read_text())
    assert manifest["content_hash"] == undisturbed.content_hash
    said = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert (said.returncode, said.stdout) == (2, "")
    assert "already holds results" in said.stderr
