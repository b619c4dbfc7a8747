"""Checks a results directory from outside, with nothing but Python's standard library.

    python3 scripts/check_results.py results/hanson2016-uniform --patients 200 --days 30

Every promised file is there, manifest and summary agree with each other and with what was asked for, and every number
that the summary states is one that its own fields imply.
"""

import argparse
import json
import math
import pathlib
import sys

ALWAYS = {(predictor, scale) for predictor in ("dose_total", "tumour_burden") for scale in ("linear", "log")}
FIELDS = "arm response scale predictor n slope intercept slope_se ci95 r r_squared t p_value log10_p".split()


def check(directory, patients, days):
    """Every violation found, as sentences."""
    wrong = []

    def require(condition, sentence):
        if not condition:
            wrong.append(sentence)

    manifest = json.loads((directory / "manifest.json").read_text())
    summary = json.loads((directory / "summary.json").read_text())
    dictionary = json.loads((directory / "dictionary.json").read_text())
    study = manifest["study"]
    require(study["patients"] == patients, f"manifest: {study['patients']} patients, not {patients}")
    require(study["days"] == days, f"manifest: {study['days']} days, not {days}")
    each = 1 if study.get("allocation") == "randomised" else len(study["arms"])
    require(manifest["rows"] == patients * each, "manifest: not one row for each patient and arm that it is in")
    require(manifest.get("content_hash"), "manifest: no content hash")
    parquet = list(directory.glob("patients.parquet")) + list(directory.glob("patients/part-*.parquet"))
    require(parquet, "no Parquet file")
    for file in parquet:
        require(file.read_bytes()[:4] == b"PAR1", f"{file.name}: not Parquet")
    names = [column["name"] for column in dictionary]
    require(names[:2] == ["patient_id", "arm"] and "steps" in names, "dictionary: columns missing")

    arm = study["arms"][0]["name"]
    found = {(r["predictor"], r["scale"]) for r in summary["regressions"] if r["arm"] == arm}
    require(ALWAYS <= found, f"summary: no regression for {sorted(ALWAYS - found)}")
    for r in summary["regressions"]:
        where = f"summary: {r['scale']} regression on {r['predictor']}"
        if "not_estimated" in r:
            continue
        require(all(field in r for field in FIELDS), f"{where}: fields missing")
        require(math.isclose(r["t"], r["slope"] / r["slope_se"], rel_tol=1e-9), f"{where}: t is not slope/se")
        require(math.isclose(r["r_squared"], r["r"] ** 2, rel_tol=1e-9), f"{where}: r_squared is not r²")
        t_of_r = r["r"] * math.sqrt((r["n"] - 2) / (1 - r["r"] ** 2))
        require(math.isclose(r["t"], t_of_r, rel_tol=1e-6), f"{where}: t does not follow from r and n")
        if r["p_value"] > 1e-300:
            require(math.isclose(r["log10_p"], math.log10(r["p_value"]), abs_tol=1e-9), f"{where}: p and log10 p")
    if len(study["arms"]) > 1:
        check_comparisons(summary, study, require)
    return wrong


def check_comparisons(summary, study, require):
    """Differences between arms follow from what is said of each arm, and adjusted p-values from the others."""
    arms = [arm["name"] for arm in study["arms"]]
    entries = summary["comparisons"]
    require({e["arm"] for e in entries} == set(arms[1:]), "comparisons: not every arm is compared with the first")
    family = []
    for e in entries:
        where = f"comparisons: {e['endpoint']} in {e['arm']}"
        effects = {effect["effect"]: effect for effect in e["effects"]}
        for effect in effects.values():
            if "ci95" in effect and "estimate" in effect and effect["effect"] != "number_needed_to_treat":
                low, high = effect["ci95"]
                require(low <= effect["estimate"] <= high, f"{where}: {effect['effect']} outside of its interval")
        complete = all(d["missing"] == 0 and "not_estimated" not in d for d in e["described"])
        for name, value in {"mean_difference": "mean", "risk_difference": "risk"}.items():
            if complete and "estimate" in effects.get(name, {}):
                expected = e["described"][1][value] - e["described"][0][value]
                found = effects[name]["estimate"]
                scale = max(abs(d[value]) for d in e["described"])
                require(math.isclose(found, expected, abs_tol=1e-9 * scale), f"{where}: {name} is not {expected}")
        family += [test for test in e["tests"] if test["primary"] and "p_holm" in test]
    family.sort(key=lambda test: test["log10_p"])
    for i, test in enumerate(family):
        # Holm: the greatest so far of (m − i) p.
        expected = max(t["log10_p"] + math.log10(t["family"] - j) for j, t in enumerate(family[: i + 1]))
        require(
            math.isclose(test["log10_p_holm"], min(expected, 0.0), abs_tol=1e-9),
            f"comparisons: Holm's p of {test['test']} is not 10^{expected}",
        )
    for table in summary["power"]:
        powers = [entry["power"] for entry in table["power"] if "power" in entry]
        require(all(0 <= power <= 1 for power in powers), f"power: {table['endpoint']} is no share")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("directory", type=pathlib.Path)
    parser.add_argument("--patients", type=int, required=True)
    parser.add_argument("--days", type=float, required=True)
    arguments = parser.parse_args()
    wrong = check(arguments.directory, arguments.patients, arguments.days)
    print("\n".join(wrong) if wrong else f"{arguments.directory}: all in order")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
