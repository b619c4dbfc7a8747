//! The data sets read back: names, labels, types, every patient, and the counts of `summary.json`.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int64Type};
use arrow_array::{Array, RecordBatch};
use arrow_schema::DataType;
use cartrial_cohort::{Cohort, Study};
use cartrial_dataset::{BlockRows, Dataset, Existing, Layout, ResultsWriter, TrajectoryRow};
use cartrial_export::{AdamFormat, ExportOptions, Exported, export_adam};
use cartrial_findings::StudyAnalysis;
use cartrial_model::{Endpoint, STATES};
use cartrial_runner::{Level, RunOptions, follow};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use sas_xport::sas::xport::{XportReader, XportValue};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;
use tempfile::TempDir;

const TWINS: &str = "[study]\nname = \"twins\"\nseed = 5\npatients = 60\ndays = 40\n[[arms]]\nname = \"control\"\n\
                     [[arms]]\nname = \"half the dose\"\ndose_multiplier = 0.5\n";
const RANDOMISED: &str = "[study]\nname = \"randomised\"\nseed = 3\npatients = 90\ndays = 40\nallocation = \"randomised\"\n\
                          [[arms]]\nname = \"control\"\nratio = 2\n[[arms]]\nname = \"rescue\"\n\
                          rescue = { above = 150, hours = 48, rate = 200 }\n";
/// Of these four patients the second and the last cannot be solved.
const FAILING: &str =
    "site,age,tumour_burden,r1\nAms,61,300,0.003\n,40.5,300,1e70\nBern,,100,0.003\nCologne-2,1,300,1e60\n";
const NAMES: [&str; 3] = ["adsl", "adlb", "adtte"];
/// What is appended to a study whose courses over time are kept.
const COURSES: &str = "[trajectories]\npatients = 9\nevery_hours = 100.5\n";

/// A study that was run, and its export.
struct Case {
    home: TempDir,
    dataset: Dataset,
    exported: Exported,
}

/// A cell in any form.
#[derive(Clone, Debug, PartialEq)]
enum Cell {
    Missing,
    Text(String),
    Number(f64),
}

/// A data set, as a file has it.
#[derive(Debug, PartialEq)]
struct Read {
    names: Vec<String>,
    labels: Vec<String>,
    texts: Vec<bool>,
    rows: Vec<Vec<Cell>>,
}

impl Case {
    fn new(study: &str) -> Self {
        let home = tempfile::tempdir().unwrap();
        let study = Study::parse(study, &home.path().join("study.toml")).unwrap();
        Self::of(home, &study, &ExportOptions::default())
    }

    fn failing() -> Self {
        let home = tempfile::tempdir().unwrap();
        std::fs::write(home.path().join("t.csv"), FAILING).unwrap();
        let text = "[study]\nname = \"failing\"\ndays = 5\n[population]\ntable = \"t.csv\"\ncarry = [\"site\", \"age\"]\n\
                    [[arms]]\nname = \"a\"\n[[arms]]\nname = \"b\"\n";
        let study = Study::parse(text, &home.path().join("study.toml")).unwrap();
        Self::of(home, &study, &ExportOptions::default())
    }

    fn of(home: TempDir, study: &Study, options: &ExportOptions<'_>) -> Self {
        let cohort = Cohort::new(study).unwrap();
        let layout = Layout::new(study, &cohort);
        let mut writer =
            ResultsWriter::create(&home.path().join("results"), &layout, Existing::Refuse).unwrap();
        let run =
            RunOptions { threads: 1, boundary: study.run.part_patients, ..RunOptions::new(Level::best()) };
        cartrial_runner::run(
            study,
            &cohort,
            0..cohort.patients(),
            &run,
            |block| BlockRows::of(&layout, &block),
            |rows| writer.write(rows).map_err(Box::<dyn std::error::Error + Send + Sync>::from),
        )
        .unwrap();
        let mut table = writer.finish().unwrap();
        if let Some(mut writer) = table.trajectory_writer().unwrap() {
            let write =
                |course| writer.write(&course).map_err(Box::<dyn std::error::Error + Send + Sync>::from);
            follow(study, &cohort, &study.sampled_patients(), &run, write).unwrap();
            table.add_trajectories(writer).unwrap();
        }
        let dataset = table.publish(None).unwrap();
        let exported = export_adam(&dataset, &AdamFormat::ALL, options).unwrap();
        Self { home, dataset, exported }
    }

    fn file(&self, name: &str) -> std::path::PathBuf {
        self.exported.directory.join(name)
    }

    fn parquet(&self, name: &str) -> Read {
        let file = File::open(self.file(&format!("{name}.parquet"))).unwrap();
        let builder = ParquetRecordBatchReaderBuilder::try_new(file).unwrap();
        let fields = builder.schema().fields().clone();
        let batches: Vec<RecordBatch> = builder.build().unwrap().map(Result::unwrap).collect();
        let cell = |batch: &RecordBatch, column: usize, row: usize| {
            let array = batch.column(column);
            match array.data_type() {
                _ if array.is_null(row) => Cell::Missing,
                DataType::Utf8 => Cell::Text(array.as_string::<i32>().value(row).to_owned()),
                DataType::Int64 => Cell::Number(array.as_primitive::<Int64Type>().value(row) as f64),
                _ => Cell::Number(array.as_primitive::<Float64Type>().value(row)),
            }
        };
        let of_batch = |batch: &RecordBatch| -> Vec<Vec<Cell>> {
            let row = |row| (0..batch.num_columns()).map(|column| cell(batch, column, row)).collect();
            (0..batch.num_rows()).map(row).collect()
        };
        Read {
            names: fields.iter().map(|f| f.name().clone()).collect(),
            labels: fields.iter().map(|f| f.metadata()["label"].clone()).collect(),
            texts: fields.iter().map(|f| *f.data_type() == DataType::Utf8).collect(),
            rows: batches.iter().flat_map(of_batch).collect(),
        }
    }

    fn json(&self, name: &str) -> Read {
        let content: Value =
            serde_json::from_slice(&std::fs::read(self.file(&format!("{name}.json"))).unwrap()).unwrap();
        let columns = content["columns"].as_array().unwrap();
        let text = |column: &Value, key: &str| column[key].as_str().unwrap().to_owned();
        let cell = |value: &Value| match value {
            Value::Null => Cell::Missing,
            Value::String(text) => Cell::Text(text.clone()),
            other => Cell::Number(other.as_f64().unwrap()),
        };
        let rows = content["rows"].as_array().unwrap();
        assert_eq!(content["records"], rows.len());
        assert_eq!(content["name"], name.to_uppercase());
        Read {
            names: columns.iter().map(|c| text(c, "name")).collect(),
            labels: columns.iter().map(|c| text(c, "label")).collect(),
            texts: columns.iter().map(|c| c["dataType"] == "string").collect(),
            rows: rows.iter().map(|row| row.as_array().unwrap().iter().map(cell).collect()).collect(),
        }
    }

    fn transport(&self, name: &str) -> Read {
        let reader = XportReader::from_file(File::open(self.file(&format!("{name}.xpt"))).unwrap()).unwrap();
        let mut data_set = reader.next_dataset().unwrap().unwrap();
        let schema = data_set.schema().clone();
        assert_eq!(schema.dataset_name(), name.to_uppercase());
        let cell = |value: &XportValue<'_>| match value {
            XportValue::Character(text) if text.is_empty() => Cell::Missing,
            XportValue::Character(text) => Cell::Text(text.clone().into_owned()),
            XportValue::Number(number) if number.is_nan() => Cell::Missing,
            XportValue::Number(number) => Cell::Number(*number),
        };
        let mut rows = Vec::new();
        while let Some(record) = data_set.next_record().unwrap() {
            rows.push(record.iter().map(cell).collect());
        }
        let variables = schema.variables();
        Read {
            names: variables.iter().map(|v| v.short_name().to_owned()).collect(),
            labels: variables.iter().map(|v| v.short_label().to_owned()).collect(),
            texts: variables
                .iter()
                .map(|v| v.value_type() == sas_xport::sas::SasVariableType::Character)
                .collect(),
            rows,
        }
    }

    /// The statistics of the same results, as `summary.json` has them.
    fn summary(&self) -> Value {
        serde_json::to_value(StudyAnalysis::of_dataset(&self.dataset).unwrap().summary()).unwrap()
    }
}

impl Read {
    fn column(&self, name: &str) -> Vec<Cell> {
        let at = self.names.iter().position(|n| n == name).unwrap_or_else(|| panic!("no variable {name}"));
        self.rows.iter().map(|row| row[at].clone()).collect()
    }

    fn numbers(&self, name: &str) -> Vec<Option<f64>> {
        let number = |cell| match cell {
            Cell::Number(number) => Some(number),
            Cell::Missing => None,
            Cell::Text(text) => panic!("{name} has the text {text}"),
        };
        self.column(name).into_iter().map(number).collect()
    }

    fn texts(&self, name: &str) -> Vec<String> {
        let text = |cell| match cell {
            Cell::Text(text) => text,
            Cell::Missing => String::new(),
            Cell::Number(number) => panic!("{name} has the number {number}"),
        };
        self.column(name).into_iter().map(text).collect()
    }
}

/// A column of the patient table, NaN where it is null.
fn patient_column(dataset: &Dataset, name: &str) -> Vec<f64> {
    let chunks = dataset.chunks(&[name]).unwrap();
    chunks.flat_map(|rows| rows.unwrap().f64_column(name).unwrap().into_owned()).collect()
}

#[test]
fn every_form_says_the_same_in_short_names_and_labels() {
    for case in [Case::new(TWINS), Case::new(RANDOMISED), Case::failing()] {
        for name in NAMES {
            let read = case.parquet(name);
            assert!(read == case.json(name), "{name} as JSON");
            assert!(read == case.transport(name), "{name} as transport file");
            let expected =
                case.exported.files.iter().find(|(file, _)| *file == format!("{name}.xpt")).unwrap();
            assert_eq!(expected.1, Some(read.rows.len() as u64));
            for (variable, label) in read.names.iter().zip(&read.labels) {
                assert!((1..=8).contains(&variable.len()) && variable.is_ascii(), "{variable}");
                assert!((1..=40).contains(&label.len()), "{variable}: {label}");
            }
        }
    }
}

#[test]
fn every_patient_is_there_once_with_its_arms() {
    let (twins, randomised) = (Case::new(TWINS), Case::new(RANDOMISED));
    for (case, patients) in [(&twins, 60), (&randomised, 90)] {
        let adsl = case.parquet("adsl");
        let expected: Vec<_> = (0..patients).map(|id| Some(f64::from(id))).collect();
        assert_eq!(adsl.numbers("PATID"), expected);
        assert_eq!(adsl.texts("USUBJID")[7], format!("{}-07", case.dataset.manifest().study.name));
        assert!(adsl.texts("COMPLFL").iter().all(|flag| flag == "Y"));
        let growth: Vec<f64> = adsl.numbers("R1").into_iter().flatten().collect();
        let rows = case.dataset.manifest().rows as usize / patients as usize;
        let stored = patient_column(&case.dataset, "r1");
        assert_eq!(growth, stored.into_iter().step_by(rows).collect::<Vec<_>>());
    }
    let adsl = twins.parquet("adsl");
    assert!(adsl.texts("TRT01P").iter().all(|arm| arm == "control"));
    assert!(adsl.texts("TRT02A").iter().all(|arm| arm == "half the dose"));
    assert!(adsl.numbers("TRT02PN").iter().all(|arm| *arm == Some(2.0)));
    assert!(adsl.texts("ARM").iter().all(|arm| arm == "ALL ARMS"));

    let adsl = randomised.parquet("adsl");
    assert!(!adsl.names.iter().any(|name| name.starts_with("TRT02")));
    assert_eq!(adsl.texts("TRT01P"), adsl.texts("ARM"));
    let rescued = adsl.texts("TRT01A").iter().filter(|arm| *arm == "rescue").count();
    assert_eq!(rescued, 30);
    assert_eq!(adsl.numbers("TRT01AN").iter().filter(|arm| **arm == Some(2.0)).count(), 30);
}

#[test]
fn every_endpoint_of_every_row_is_the_analysis_value_of_one_record() {
    for case in [Case::new(TWINS), Case::new(RANDOMISED), Case::failing()] {
        let (adlb, adtte) = (case.parquet("adlb"), case.parquet("adtte"));
        let mut found: BTreeMap<String, Vec<Option<f64>>> = BTreeMap::new();
        for records in [&adlb, &adtte] {
            for (source, value) in records.texts("SRCVAR").into_iter().zip(records.numbers("AVAL")) {
                found.entry(source).or_default().push(value);
            }
        }
        assert_eq!(found.len(), Endpoint::COUNT);
        for endpoint in Endpoint::ALL {
            let stored = patient_column(&case.dataset, endpoint.name());
            let stored: Vec<_> = stored.into_iter().map(|x| (!x.is_nan()).then_some(x)).collect();
            assert!(found[endpoint.name()] == stored, "{endpoint}");
        }
    }
}

#[test]
fn baselines_changes_and_days_belong_to_the_value() {
    let case = Case::new(TWINS);
    let adlb = case.parquet("adlb");
    let (codes, values) = (adlb.texts("PARAMCD"), adlb.numbers("AVAL"));
    let (bases, changes, days) = (adlb.numbers("BASE"), adlb.numbers("CHG"), adlb.numbers("ADY"));
    let of = |column: &[Option<f64>], code: &str| -> Vec<Option<f64>> {
        codes.iter().zip(column).filter(|(c, _)| *c == code).map(|(_, value)| *value).collect()
    };
    let burden: Vec<_> = patient_column(&case.dataset, "tumour_burden").into_iter().map(Some).collect();
    assert_eq!(of(&bases, "TUMNADIR"), burden);
    assert_eq!(of(&bases, "TUMEND"), burden);
    assert!(of(&bases, "CARTPEAK").iter().all(Option::is_none));
    for ((value, base), change) in values.iter().zip(&bases).zip(&changes) {
        assert_eq!(*change, value.zip(*base).map(|(value, base)| value - base));
    }
    let peaks = patient_column(&case.dataset, "time_of_peak_day");
    let expected: Vec<_> = peaks.iter().map(|day| Some(day.floor() + 1.0)).collect();
    assert_eq!(of(&days, "INFLPEAK"), expected);
    assert!(of(&days, "TUMEND").iter().all(|day| *day == Some(41.0)));
    assert!(of(&days, "INFLAUC").iter().all(Option::is_none));
}

#[test]
fn censoring_adds_up_to_the_counts_of_the_summary() {
    for case in [Case::new(TWINS), Case::new(RANDOMISED)] {
        let (summary, adtte) = (case.summary(), case.parquet("adtte"));
        let (sources, arms) = (adtte.texts("SRCVAR"), adtte.texts("TRTP"));
        let (censored, flags, about) =
            (adtte.numbers("CNSR"), adtte.texts("ANL01FL"), adtte.texts("EVNTDESC"));
        let mut compared = 0;
        for entry in summary["comparisons"].as_array().unwrap() {
            for described in entry["described"].as_array().unwrap() {
                let of_it = |i: &usize| sources[*i] == entry["endpoint"] && arms[*i] == described["arm"];
                let records: Vec<usize> = (0..sources.len()).filter(of_it).collect();
                if records.is_empty() {
                    continue;
                }
                let count = |is: &dyn Fn(usize) -> bool| records.iter().filter(|i| is(**i)).count();
                assert_eq!(described["n"], count(&|i| flags[i] == "Y"));
                assert_eq!(described["missing"], count(&|i| flags[i].is_empty()));
                assert_eq!(described["events"], count(&|i| censored[i] == Some(0.0)), "{described}");
                assert_eq!(
                    count(&|i| about[i] == "No event by the end of the study"),
                    count(&|i| censored[i] == Some(1.0))
                );
                let not_at_risk = count(&|i| about[i] == "Never in remission, so not at risk");
                assert_eq!(not_at_risk, count(&|i| flags[i].is_empty()));
                compared += 1;
            }
        }
        assert_eq!(compared, 6);
        assert!(about.iter().any(|text| text == "Remission"));
    }
}

#[test]
fn courses_over_time_are_there_where_they_were_kept() {
    for study in [TWINS, RANDOMISED] {
        let case = Case::new(&format!("{study}{COURSES}"));
        let adtc = case.parquet("adtc");
        assert!(adtc == case.json("adtc") && adtc == case.transport("adtc"));
        let stored: Vec<_> = case.dataset.trajectories().unwrap().unwrap().flat_map(Result::unwrap).collect();
        // Ten times in 40 days, of nine patients in each of their arms, and seven states.
        let arms = case.dataset.manifest().rows / case.dataset.manifest().patients;
        assert_eq!((stored.len() as u64, adtc.rows.len()), (10 * 9 * arms, 7 * stored.len()));
        let values: Vec<_> = stored.iter().flat_map(|row| row.state.map(Some)).collect();
        assert_eq!(adtc.numbers("AVAL"), values);
        let starts: Vec<_> = stored.chunks(10).flat_map(|course| [course[0].state; 10]).collect();
        let bases: Vec<_> = starts.iter().flat_map(|state| state.map(Some)).collect();
        assert_eq!(adtc.numbers("BASE"), bases);
        let hours = |record: usize| (record / 7 % 10) as f64 * 100.5;
        for (i, (found, day)) in adtc.numbers("ATPTN").into_iter().zip(adtc.numbers("ADY")).enumerate() {
            assert_eq!((found, day), (Some(hours(i)), Some((hours(i) / 24.0).floor() + 1.0)));
        }
        let flagged = |i: usize| if hours(i) == 0.0 { "Y" } else { "" };
        assert_eq!(adtc.texts("ABLFL"), (0..adtc.rows.len()).map(flagged).collect::<Vec<_>>());
        let expected = |names: &[&str]| -> Vec<String> {
            names.iter().cycle().take(adtc.rows.len()).map(|name| (*name).to_owned()).collect()
        };
        let codes = ["TUMBURD", "INFLAM", "EFFCTL", "MEMCTL", "EFFHLP", "MEMHLP", "LYMPH"];
        assert_eq!(adtc.texts("PARAMCD"), expected(&codes));
        assert_eq!(adtc.texts("SRCVAR"), expected(&STATES.each_ref().map(|state| state.name)));
        let arm = |row: &TrajectoryRow| case.dataset.manifest().arms[row.arm].clone();
        let treatments: Vec<_> = stored.iter().flat_map(|row| vec![arm(row); 7]).collect();
        assert_eq!(adtc.texts("TRTA"), treatments);
        let mut last = (String::new(), 0.0);
        for (subject, number) in adtc.texts("SUBJID").into_iter().zip(adtc.numbers("ASEQ")) {
            let number = number.unwrap();
            assert_eq!(number, if subject == last.0 { last.1 + 1.0 } else { 1.0 });
            last = (subject, number);
        }
        let subjects = case.parquet("adsl").texts("USUBJID");
        assert!(adtc.texts("USUBJID").iter().all(|subject| subjects.contains(subject)));
    }
}

#[test]
fn an_extract_has_the_courses_of_its_patients_alone() {
    let case = Case::new(&format!("{TWINS}{COURSES}"));
    let whole = case.parquet("adtc");
    let there = case.home.path().join("extract");
    let options = ExportOptions { directory: Some(&there), first: Some(30), ..ExportOptions::default() };
    let exported = export_adam(&case.dataset, &AdamFormat::ALL, &options).unwrap();
    let records = exported.files.iter().find(|(file, _)| file == "adtc.json").unwrap().1.unwrap();
    assert!(records > 0 && records < whole.rows.len() as u64);
    let extract = Case { exported, ..case };
    assert_eq!(extract.transport("adtc").rows, whole.rows[..records as usize]);
    assert_eq!(extract.json("adtc").rows.len() as u64, records);
}

#[test]
fn patients_that_failed_are_there_with_the_reason_and_without_values() {
    let case = Case::failing();
    let adsl = case.parquet("adsl");
    assert_eq!(adsl.texts("COMPLFL"), ["Y", "N", "Y", "N"]);
    assert_eq!(adsl.texts("EOSSTT")[..2], ["COMPLETED", "DISCONTINUED"]);
    assert_eq!(adsl.texts("DCSREAS"), ["", "STEP COLLAPSED", "", "STEP COLLAPSED"]);
    assert_eq!(adsl.numbers("R1"), [Some(0.003), Some(1e70), Some(0.003), Some(1e60)]);
    assert_eq!(adsl.texts("SITE"), ["Ams", "", "Bern", "Cologne-2"]);
    assert_eq!(adsl.numbers("AGE"), [Some(61.0), Some(40.5), None, Some(1.0)]);
    for name in ["adlb", "adtte"] {
        let records = case.parquet(name);
        let (values, flags) = (records.numbers("AVAL"), records.texts("ANL01FL"));
        for (i, subject) in records.texts("USUBJID").iter().enumerate() {
            if ["failing-1", "failing-3"].contains(&subject.as_str()) {
                assert_eq!((values[i], flags[i].as_str()), (None, ""));
                assert_eq!(records.texts("DCSREAS")[i], "STEP COLLAPSED");
            } else {
                assert_eq!(values[i].is_some(), flags[i] == "Y");
            }
        }
    }
}

#[test]
fn an_extract_has_the_first_patients_and_the_same_records() {
    let case = Case::new(TWINS);
    let there = case.home.path().join("extract");
    let options = ExportOptions { directory: Some(&there), first: Some(7), ..ExportOptions::default() };
    let exported = export_adam(&case.dataset, &AdamFormat::ALL, &options).unwrap();
    assert_eq!((exported.patients, exported.directory.as_path()), (7, there.as_path()));
    let whole = NAMES.map(|name| case.parquet(name));
    let extract = Case { exported, ..case };
    for (name, whole) in NAMES.into_iter().zip(whole) {
        let part = extract.transport(name);
        assert_eq!(part.rows, whole.rows[..whole.rows.len() * 7 / 60]);
        assert_eq!(part, extract.json(name));
    }
}

#[test]
fn the_same_results_give_the_same_bytes() {
    let case = Case::new(RANDOMISED);
    let bytes = |directory: &Path, file: &str| std::fs::read(directory.join(file)).unwrap();
    let there = case.home.path().join("again");
    let options = ExportOptions { directory: Some(&there), ..ExportOptions::default() };
    let again = export_adam(&case.dataset, &AdamFormat::ALL, &options).unwrap();
    assert_eq!(again.files.len(), 10);
    for (file, _) in &again.files {
        assert!(bytes(&there, file) == bytes(&case.exported.directory, file), "{file}");
    }
    let created = ExportOptions { replace: true, created: 1_700_000_000, ..options };
    export_adam(&case.dataset, &AdamFormat::ALL, &created).unwrap();
    let json: Value = serde_json::from_slice(&bytes(&there, "adsl.json")).unwrap();
    assert_eq!(json["datasetJSONCreationDateTime"], "2023-11-14T22:13:20Z");
    assert!(String::from_utf8_lossy(&bytes(&there, "adsl.xpt")[..400]).contains("14NOV23:22:13:20"));
    assert!(String::from_utf8_lossy(&bytes(&there, "define.xml")).contains("\"2023-11-14T22:13:20Z\""));
}
