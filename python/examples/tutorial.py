"""A first hour with cartrial: run it as it is, or paste it piece by piece. Needs pandas and pyarrow."""

import tempfile
from pathlib import Path

import cartrial
import pandas as pd

# The standard patient, hour by hour: when does inflammation peak?
course = cartrial.standard_patient(days=30).to_pandas()
peak = course.nlargest(1, "inflammation").iloc[0]
print(f"The standard patient's inflammation peaks at {peak['inflammation']:.0f} pg/mL on day {peak['day']:.2f}.")

# A trial of twins: every patient without and with a rescue.
study = cartrial.Study.from_dict(
    {
        "study": {"name": "tutorial", "seed": 1, "patients": 500, "days": 30},
        "population": {"initial": {"tumour_burden": {"uniform": {"low": 1, "high": 1000}}}},
        "arms": [
            {"name": "control"},
            {"name": "rescue", "rescue": {"above": 300, "hours": 48, "rate": 200}},
        ],
    }
)
patients = cartrial.simulate(study).to_pandas()
print(patients.groupby("arm")["peak_inflammation"].describe()[["count", "mean", "max"]])

# The statistics that stand in summary.json, from what is in memory.
summary = cartrial.analyse(cartrial.simulate(study))
line = next(r for r in summary["regressions"] if r["predictor"] == "tumour_burden" and r["scale"] == "log")
print(f"ln peak on tumour burden: slope {line['slope']:.2e}, r² {line['r_squared']:.2f}, log10 p {line['log10_p']:.0f}.")

# Patients of one's own: columns by symbol; what else belongs to a patient is carried along.
own = pd.DataFrame({"tumour_burden": [50.0, 300.0, 900.0], "site": ["Leeds", "Leeds", "Oxford"]})
outcomes = cartrial.simulate_table(own, study, carry=["site"]).to_pandas()
print(outcomes[["site", "arm", "tumour_burden", "peak_inflammation", "tumour_nadir"]])

# A mistake is answered with the nearest valid name.
try:
    cartrial.simulate_table(own.rename(columns={"tumour_burden": "tumor_burden"}), carry=["site"])
except cartrial.StudyError as error:
    print(error)

# On disk: any number of patients, in constant memory. In pieces, it is the same to the bit.
with tempfile.TemporaryDirectory() as directory:
    whole = study.run(Path(directory, "whole"))
    for shard in ["1/2", "2/2"]:
        study.run_shard(shard, Path(directory, "pieces"))
    merged = cartrial.merge(Path(directory, "pieces"))
    assert merged.content_hash == whole.content_hash
    counts = whole.query("SELECT arm, count(*) AS n FROM patients WHERE severe_inflammation GROUP BY arm ORDER BY arm")
    print(counts.to_pandas())
    [file] = whole.export("parquet", where="tumour_burden > 500", columns=["patient_id", "arm", "peak_inflammation"])
    print(f"{len(pd.read_parquet(file))} rows of patients with a tumour burden above 500 exported.")
    outcomes = whole.analyse(by="tumour_burden")["outcomes"]
    severe = next(outcome for outcome in outcomes if outcome["endpoint"] == "severe_inflammation")
    effects = [f"{subgroup['estimate']:.2f}" for subgroup in severe["subgroups"]]
    print("Risk difference of severe inflammation in thirds of tumour burden:", ", ".join(effects))
    print(f"{whole.manifest['rows']} rows, page of {whole.page.stat().st_size // 1000} kB, content hash {whole.content_hash}.")
