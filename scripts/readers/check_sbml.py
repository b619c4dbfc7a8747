#!/usr/bin/env python3
"""Whether other simulators run the models that `cartrial export-sbml` writes to the trajectories of `cartrial patient`.

    pip install -r scripts/readers/requirements-sbml.txt
    python3 scripts/readers/check_sbml.py target/release/cartrial

Every case is solved by cartrial, libRoadRunner and COPASI; libSBML checks the file, units included. The archive is read by
libCombine, libSEDML and COPASI. Prints the largest difference of each case; exits with 1 if one is above 1e-6.
"""

import csv
import pathlib
import re
import subprocess
import sys
import tempfile
import tomllib
import zipfile

import basico
import libcombine
import libsbml
import libsedml
import numpy as np
import roadrunner

LARGEST = 1e-6
# Values below this, in cells/µL or pg/mL, are compared as if they were as large: a simulator that solves for them with an
# absolute tolerance does not resolve them.
RESOLVED = 1e-3
# cartrial locates what a state triggers (rescues, relapse) to 1e-8 of its threshold, in these cases to 1e-5 h and better: there
# a value counts as equal if it lies between those of the simulator this long before and after.
LOCATED_H = 1e-5
STATES = ["tumour_burden", "inflammation", "effector_ctl", "memory_ctl", "effector_helper", "memory_helper", "lymphocytes"]
SOLVER = "[solver]\nrtol = 1e-11\n"
HEAD = '[study]\nname = "case"\npatients = 1\ndays = {days}\n'
# By name: days, and what stands under [model], [population] and the arm.
CASES = {
    "curated": (30, "", ""),
    "printed": (30, '[model]\nreading = "printed"\n', ""),
    "gompertz": (30, '[model]\ngrowth = "gompertz"\n', ""),
    "exponential": (30, '[model]\ngrowth = "exponential"\n', ""),
    "half a year": (180, "", ""),
    "fixed values": (
        30,
        "[population.parameters]\nn = { fixed = 5 }\nd2 = { fixed = 1.2 }\n"
        "[population.initial]\ntumour_burden = { fixed = 500 }\ninflammation = { fixed = 20 }\n",
        "",
    ),
    "overlapping drug": (
        30,
        "",
        "suppressant = [{ day = 0, hours = 60, rate = 50 }, { day = 2, hours = 48, rate = 80 }, { day = 5.5, hours = 24, rate = 30 }]",
    ),
    "inflammation held at 0": (30, "", "suppressant = [{ day = 1, hours = 96, rate = 210 }]"),
    "held at 0, printed": (
        30,
        '[model]\nreading = "printed"\n[population.initial]\ninflammation = { fixed = 0 }\n',
        "infusions = [{ day = 2, fraction = 1 }]\nsuppressant = [{ day = 0, hours = 96, rate = 1.5 }]",
    ),
    "fractions, all else at t = 0": (
        30,
        "",
        "dose_multiplier = 1.5\ncomposition = { effector_ctl = 0.1, memory_ctl = 0.4, effector_helper = 0.2, memory_helper = 0.3 }\n"
        "infusions = [{ day = 0, fraction = 0.1 }, { day = 1, fraction = 0.3 }, { day = 2.25, fraction = 0.6 }]\n"
        "lymphodepletion = { remaining = 0.1 }\nbridging = { remaining = 0.5 }",
    ),
    "first infusion on day 3": (30, "", "infusions = [{ day = 3, fraction = 1 }]"),
    "rescue": (30, "", "rescue = { above = 160, hours = 48, rate = 60 }"),
    "rescues with delay": (
        30,
        "",
        "rescue = { above = 150, delay_hours = 7.3, hours = 10, rate = 40, at_most = 3 }",
    ),
    "rescue at t = 0, once more at its end": (
        30,
        "",
        "rescue = { above = 130, delay_hours = 0, hours = 0.5, rate = 10, at_most = 4 }",
    ),
    "rescue that holds inflammation at 0": (
        30,
        "",
        "rescue = { above = 150, delay_hours = 2, hours = 30, rate = 400, at_most = 2 }\nsuppressant = [{ day = 6, hours = 30, rate = 90 }]",
    ),
    "second infusion on a day": (60, "", "second_infusion = { day = 28.5, fraction = 0.7 }"),
    "second infusion after relapse": (
        120,
        "[endpoints]\nremission_fraction = 0.2\nrelapse_fraction = 0.3\n",
        "second_infusion = { after_relapse_days = 3.3, fraction = 1 }",
    ),
}
# The curated file of BioModels and its names of the states; its time is in hours as well.
CURATED = pathlib.Path(__file__).resolve().parents[1] / "peers" / "BIOMD0000000837.xml"
CURATED_STATES = ["B", "Inflam", "C_e", "C_m", "H_e", "H_m", "L"]
SHIPPED = ["rescue", "fractionated", "helper-rich", "relapse"]


def run(*words):
    done = subprocess.run([str(word) for word in words], capture_output=True, encoding="utf-8")
    if done.returncode != 0:
        sys.exit(f"{words}: {done.stderr}")


def complaints(document, severity):
    """What libSBML or libSEDML says at that severity or above."""
    errors = (document.getError(i) for i in range(document.getNumErrors()))
    return [error.getMessage().strip() for error in errors if error.getSeverity() >= severity]


def check_file(path):
    document = libsbml.readSBML(str(path))
    for package in (libsbml.LIBSBML_CAT_UNITS_CONSISTENCY, libsbml.LIBSBML_CAT_MODELING_PRACTICE):
        document.setConsistencyChecks(package, True)
    document.checkConsistency()
    return complaints(document, libsbml.LIBSBML_SEV_WARNING)


def with_roadrunner(path, hours, states=STATES):
    model = roadrunner.RoadRunner(str(path))
    model.timeCourseSelections = states
    integrator = model.integrator
    integrator.relative_tolerance, integrator.absolute_tolerance = 1e-11, 1e-13
    integrator.maximum_num_steps = 1_000_000
    return np.array(model.simulate(times=list(hours)))


def with_copasi(path, hours):
    model = basico.load_model(str(path))
    frame = basico.run_time_course(
        model=model,
        values=list(hours),
        method="deterministic",
        use_sbml_id=True,
        use_initial_values=True,
        r_tol=1e-11,
        a_tol=1e-13,
        max_steps=1_000_000,
    )
    basico.remove_datamodel(model)
    return frame[STATES].to_numpy()


def courses(program, study, place):
    """Days and states of cartrial, by arm."""
    out = place / "patient"
    run(program, "patient", study, "--out", out)
    with open(out / "trajectory.csv") as file:
        rows = list(csv.DictReader(file))
    arms = {}
    for row in rows:
        values = [float(row[name]) for name in ["day", *STATES]]
        arms.setdefault(row.get("arm"), []).append(values)
    return {arm: np.array(values) for arm, values in arms.items()}


def arm_of(study, name):
    return next((arm for arm in study.get("arms", []) if name is None or arm["name"] == name), {})


def is_triggered(study, arm):
    """Whether something in the arm happens when a state says so."""
    parts = arm_of(study, arm)
    return "rescue" in parts or "after_relapse_days" in parts.get("second_infusion", {})


def jumps(study, arm):
    """The hours at which cells are infused, where a state is either that before or that after."""
    parts = arm_of(study, arm)
    days = [infusion["day"] for infusion in parts.get("infusions", [])]
    days += [day for day in [parts.get("second_infusion", {}).get("day")] if day]
    return [24 * day for day in days if day > 0]


def compare(program, name, study, place):
    """The largest differences of every arm of a study from both simulators; whether the files are sound."""
    sound = True
    declared = tomllib.loads(study.read_text("utf-8"))
    for arm, course in courses(program, study, place).items():
        file = place / "model.xml"
        chosen = ["--arm", arm] if arm else []
        run(program, "export-sbml", study, *chosen, "--out", file, "--force")
        said = check_file(file)
        hours, expected = course[:, 0] * 24, course[:, 1:]
        triggered = is_triggered(declared, arm)
        kept = np.all([np.abs(hours - jump) > 1e-6 for jump in jumps(declared, arm)] or [hours >= 0], axis=0)
        scale = np.maximum(np.abs(expected), RESOLVED)
        line = f"{name + (f', {arm}' if arm else ''):48}"
        for simulate in (with_roadrunner, with_copasi):
            found = simulate(file, hours)
            low = high = found
            if triggered:
                shifted = [simulate(file, np.maximum(hours + by, 0)) for by in (-LOCATED_H, LOCATED_H)]
                low, high = np.min([found, *shifted], axis=0), np.max([found, *shifted], axis=0)
            difference = (np.maximum(np.maximum(low - expected, expected - high), 0) / scale)[kept]
            row, state = np.unravel_index(np.argmax(difference), difference.shape)
            worst = difference[row, state]
            sound &= bool(worst <= LARGEST)
            line += f"  {worst:.1e} ({STATES[state]}, h {hours[kept][row]:g})"
        print(line, flush=True)
        for text in said:
            sound = False
            print(f"  libSBML: {text}")
    return sound


def compare_curated(program, study, place):
    """Whether the file of BioModels, of which the equations are, runs to the same course in libRoadRunner."""
    file = place / "model.xml"
    run(program, "export-sbml", study, "--out", file, "--force")
    hours = np.arange(0.0, 721.0)
    expected = with_roadrunner(CURATED, hours, CURATED_STATES)
    worst = np.max(np.abs(with_roadrunner(file, hours) / expected - 1))
    print(f"{'curated, against BIOMD0000000837 itself':48}  {worst:.1e}")
    return bool(worst <= LARGEST)


def check_archive(program, study, place):
    """Whether the archive's parts are what their formats ask for, and COPASI runs it."""
    path = place / "model.omex"
    run(program, "export-omex", study, "--out", path, "--force")
    said = []
    archive = libcombine.CombineArchive()
    if not archive.initializeFromArchive(str(path)):
        said.append("libCombine cannot open it")
    names = [archive.getEntry(i).getLocation() for i in range(archive.getNumEntries())]
    if not {"./model.xml", "./simulation.sedml"} <= set(names) or archive.getMasterFile() is None:
        said.append(f"libCombine finds {names}")
    with zipfile.ZipFile(path) as file:
        if file.testzip() is not None:
            said.append("damaged")
        text = file.read("simulation.sedml").decode("utf-8")
    document = libsedml.readSedMLFromString(text)
    said += complaints(document, libsedml.LIBSEDML_SEV_WARNING)
    model = basico.load_model(str(path))
    settings = basico.get_task_settings("Time-Course", model=model)["problem"]
    days = float(re.search(r'outputEndTime="([^"]+)"', text)[1]) / 24
    if abs(settings["Duration"] / 24 - days) > 1e-9:
        said.append(f"COPASI would simulate {settings['Duration'] / 24} days, not {days}")
    basico.remove_datamodel(model)
    print("archive: " + ("; ".join(said) or "read by libCombine, libSEDML and COPASI"))
    return not said


def main(program):
    program = pathlib.Path(program).resolve()
    cohorts = pathlib.Path(__file__).resolve().parents[2] / "cohorts"
    roadrunner.Logger.setLevel(roadrunner.Logger.LOG_ERROR)
    print(f"{'largest difference from cartrial':48}  libRoadRunner {roadrunner.__version__}, COPASI {basico.COPASI.__version__}")
    sound = True
    with tempfile.TemporaryDirectory() as directory:
        place = pathlib.Path(directory)
        for name, (days, model, arm) in CASES.items():
            study = place / "study.toml"
            arm = f'[[arms]]\nname = "treated"\n{arm}\n' if arm else ""
            study.write_text(HEAD.format(days=days) + SOLVER + model + arm, "utf-8")
            sound &= compare(program, name, study, place)
            if name == "curated":
                sound &= compare_curated(program, study, place)
        for name in SHIPPED:
            study = place / "study.toml"
            study.write_text((cohorts / f"{name}.toml").read_text("utf-8") + SOLVER, "utf-8")
            sound &= compare(program, f"{name}.toml", study, place)
        sound &= check_archive(program, study, place)
    sys.exit(0 if sound else 1)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
