"""Studies whose patients are accepted for what becomes of them."""

import pytest

import cartrial

STUDY = """
[study]
name = "like-a-trial"
seed = 4
patients = 200
days = 10
[population.initial]
tumour_burden = { uniform = { low = 1, high = 1000 } }
[endpoints]
severe_inflammation = 200
[population.targets]
candidates = 1000
[[population.targets.shares]]
column = "severe_inflammation"
share = 0.6
patients = 100
source = "made up"
"""


def test_the_patients_are_those_that_the_calibration_accepts() -> None:
    study = cartrial.Study.from_toml(STUDY)
    found = cartrial.calibrate(study)
    share = found["shares"][0]
    assert abs(share["weighted"] - 0.6) < abs(share["plausible"] - 0.6)
    patients = cartrial.simulate(study).to_pandas()
    assert patients["severe_inflammation"].mean() == pytest.approx(share["enrolled"]["estimate"], abs=1e-12)
    assert patients["candidate_id"].is_monotonic_increasing
    assert patients["prevalence_weight"].nunique() == 2  # with severe inflammation, and without


def test_bad_a_study_without_targets_has_nothing_to_be_calibrated_by() -> None:
    study = cartrial.Study.from_toml(STUDY.split("[population.targets]")[0])
    with pytest.raises(ValueError, match="the study has no targets. Write them under"):
        cartrial.calibrate(study)
