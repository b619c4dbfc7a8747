//! What is written is what is read.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use arrow_array::Array;
use arrow_array::cast::AsArray;
use arrow_array::types::Float64Type;
use cartrial_cohort::{Cohort, ROW_COLUMNS, Study};
use cartrial_dataset::{
    BlockRows, CohortSource, Column, Dataset, Existing, Layout, ResultsWriter, write_trajectories,
};
use cartrial_model::{Quantity, STATES};
use cartrial_runner::{Endpoint, Status, Trajectory};
use common::{block, blocks, in_parts_of, listing, publish, study, with_arms, write};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use std::borrow::Cow;
use std::fs;
use tempfile::tempdir;

/// A cohort table with texts, numbers, both zeros and gaps, and the study that carries them.
fn carrying(directory: &std::path::Path, patients: u64, arms: &[&str]) -> Study {
    let mut table = String::from("r1,site,age,zero\n");
    for i in 0..patients {
        let site = ["Łódź", "", "Oxford"][i as usize % 3];
        let age = if i % 7 == 0 { "NA".into() } else { format!("{}", 30 + i % 40) };
        let zero = if i % 2 == 0 { "0" } else { "-0" };
        table += &format!("{},{site},{age},{zero}\n", 1e-3 + i as f64 * 1e-7);
    }
    fs::write(directory.join("cohort.csv"), table).unwrap();
    let text = "[study]\nname = \"carried\"\n[population]\ntable = \"cohort.csv\"\ncarry = [\"site\", \"age\", \"zero\"]\n";
    with_arms(Study::parse(text, &directory.join("carried.toml")).unwrap(), arms)
}

/// Reads everything and compares it, cell by cell and bit by bit, with one block of the whole cohort.
fn assert_reads_back(dataset: &Dataset, layout: &Layout, cohort: &Cohort) {
    let whole = BlockRows::of(layout, &block(cohort, layout.patients(), layout.arms().len())).rows;
    let mut at = 0;
    for rows in dataset.chunks(&[]).unwrap() {
        let rows = rows.unwrap();
        let expected = whole.batch().slice(at, rows.len());
        assert_eq!(rows.batch().schema().fields(), expected.schema().fields());
        for (column, expected) in rows.batch().columns().iter().zip(expected.columns()) {
            assert_eq!(column.nulls(), expected.nulls().filter(|n| n.null_count() > 0), "at row {at}");
            match (column.as_primitive_opt::<Float64Type>(), expected.as_primitive_opt::<Float64Type>()) {
                (Some(found), Some(expected)) => {
                    let bits = |x: &f64| if x.is_nan() { None } else { Some(x.to_bits()) };
                    assert!(found.values().iter().map(bits).eq(expected.values().iter().map(bits)));
                }
                _ => assert_eq!(column, expected),
            }
        }
        at += rows.len();
    }
    assert_eq!(at, whole.len());
}

#[test]
fn every_cell_comes_back_bit_for_bit_from_parts() {
    let home = tempdir().unwrap();
    let study = in_parts_of(256, carrying(home.path(), 700, &["control", "car-t"]));
    let cohort = Cohort::new(&study).unwrap();
    let layout = Layout::new(&study, &cohort);
    let results = home.path().join("results");
    let manifest = write(&results, &layout, &cohort, 64);

    let files: Vec<_> = manifest.files.iter().map(|f| (f.path.as_str(), f.first_patient, f.rows)).collect();
    assert_eq!(
        files,
        [
            ("patients/part-00000.parquet", 0, 512),
            ("patients/part-00001.parquet", 256, 512),
            ("patients/part-00002.parquet", 512, 376),
        ]
    );
    assert_eq!(listing(&results), ["dictionary.json", "manifest.json", "patients"]);
    assert_eq!(listing(&results.join("patients")), [0, 1, 2].map(|i| format!("part-0000{i}.parquet")));

    let dataset = Dataset::open(&results).unwrap();
    assert_eq!(*dataset.manifest(), manifest);
    assert_eq!(dataset.columns(), layout.columns());
    let carried: Vec<_> = layout.columns().iter().rev().take(3).map(|c| c.kind.name()).collect();
    assert_eq!(carried, ["f64", "f64", "text"]);
    assert_reads_back(&dataset, &layout, &cohort);
    assert_eq!(dataset.verify().unwrap(), manifest.content_hash);
    assert!(matches!(&manifest.cohort, CohortSource::Table { table, rows: 700, sha256 }
        if table == "cohort.csv" && sha256.len() == 64));
}

#[test]
fn every_cell_comes_back_bit_for_bit_from_one_file_of_several_row_groups() {
    let home = tempdir().unwrap();
    let study = study(70_000, &["car-t"]);
    let cohort = Cohort::new(&study).unwrap();
    let layout = Layout::new(&study, &cohort);
    let manifest = write(home.path(), &layout, &cohort, 1000);

    assert_eq!(listing(home.path()), ["dictionary.json", "manifest.json", "patients.parquet"]);
    let dataset = Dataset::open(home.path()).unwrap();
    assert_reads_back(&dataset, &layout, &cohort);
    assert_eq!(dataset.verify().unwrap(), manifest.content_hash);
    assert_eq!(manifest.cohort, CohortSource::Drawn);
    let size = home.path().join("patients.parquet").metadata().unwrap().len();
    assert!(size < layout.estimated_bytes(), "{size} bytes, estimated {}", layout.estimated_bytes());
}

#[test]
fn the_same_results_are_the_same_bytes() {
    let study = study(300, &["control", "car-t"]);
    let cohort = Cohort::new(&study).unwrap();
    let layout = Layout::new(&study, &cohort);
    let bytes = || {
        let home = tempdir().unwrap();
        write(home.path(), &layout, &cohort, 64);
        listing(home.path()).iter().map(|name| fs::read(home.path().join(name)).unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(bytes(), bytes());
}

#[test]
fn failed_patients_have_their_rows_with_null_outcomes() {
    let home = tempdir().unwrap();
    let study = study(54, &["control", "car-t"]);
    let cohort = Cohort::new(&study).unwrap();
    let layout = Layout::new(&study, &cohort);
    let manifest = write(home.path(), &layout, &cohort, 10);
    let dataset = Dataset::open(home.path()).unwrap();
    let rows = dataset.chunks(&["patient_id", "arm", "status", "peak_inflammation", "steps"]).unwrap();
    let rows: Vec<_> = rows.map(Result::unwrap).collect();
    let [rows] = &rows[..] else { panic!("{} chunks", rows.len()) };

    let ids: Vec<_> = (0..54_u64).flat_map(|id| [id, id]).collect();
    assert_eq!(rows.u64_column("patient_id").unwrap(), ids);
    assert!(
        rows.text_column("arm")
            .unwrap()
            .eq(ids.iter().enumerate().map(|(i, _)| Some(["control", "car-t"][i % 2])))
    );
    let status: Vec<_> = rows.text_column("status").unwrap().flatten().collect();
    assert_eq!(
        (status[0], status[2 * 3], status[2 * 11 + 1], status[2 * 21]),
        ("ok", "step_collapsed", "non_finite", "too_many_steps")
    );
    let peak = rows.batch().column_by_name("peak_inflammation").unwrap();
    for (i, shown) in rows.f64_column("peak_inflammation").unwrap().iter().enumerate() {
        assert_eq!(peak.is_null(i), status[i] != "ok", "row {i}");
        assert_eq!(shown.is_nan(), status[i] != "ok", "row {i}");
    }
    assert_eq!(rows.u32_column("steps").unwrap()[..2], [100, 101]);

    let failures = &manifest.failures;
    assert_eq!((failures.patients, failures.rows), (12, 12));
    let by_status: Vec<_> = failures.by_status.iter().map(|(status, n)| (status.as_str(), *n)).collect();
    assert_eq!(
        by_status,
        [
            ("negative_state", 0),
            ("non_finite", 4),
            ("step_collapsed", 4),
            ("step_too_long", 0),
            ("too_many_steps", 4),
            ("underflow", 0)
        ]
    );
    let by_arm: Vec<_> = failures.by_arm.iter().map(|arm| (arm.arm.as_str(), arm.rows)).collect();
    assert_eq!(by_arm, [("control", 6), ("car-t", 6)]);
    assert!(manifest.too_many_failed());
    assert_eq!(manifest.steps, 54 * (100 + 101));
    // Eleven patients were corrected, six of them twice; two arms do not count them twice.
    assert_eq!((manifest.corrections.patients, manifest.corrections.total), (11, 17));
    let by_quantity: Vec<_> =
        manifest.corrections.by_quantity.iter().map(|(q, n)| (q.as_str(), *n)).collect();
    assert_eq!(by_quantity, [("d2", 11), ("k", 6)]);
}

#[test]
fn an_outcome_without_a_value_is_null_though_the_solve_succeeded() {
    let study = study(2, &["car-t"]);
    let cohort = Cohort::new(&study).unwrap();
    let mut block = block(&cohort, 0..2, 1);
    block.rows[1].outcome.values[0] = f64::NAN;
    let solved = BlockRows::of(&Layout::new(&study, &cohort), &block);
    let peak = solved.rows.batch().column_by_name("peak_inflammation").unwrap();
    assert_eq!((peak.is_null(0), peak.is_null(1)), (false, true));
    assert_eq!(solved.counts.patients_failed, 0);
}

#[test]
fn randomised_patients_have_one_row_each_and_are_found_by_arm() {
    let directory = tempfile::tempdir().unwrap();
    let text = "[study]\nname = \"example\"\npatients = 60\nallocation = \"randomised\"\n\
                [[arms]]\nname = \"a\"\n[[arms]]\nname = \"b\"\nratio = 2\n";
    let study = Study::parse(text, std::path::Path::new("example.toml")).unwrap();
    let cohort = Cohort::new(&study).unwrap();
    let layout = Layout::new(&study, &cohort);
    let allocated = cohort.allocation(0..60).unwrap();
    let mut all = block(&cohort, 0..60, 2);
    all.rows.retain(|row| row.arm == allocated[row.patient]);
    let solved = BlockRows::of(&layout, &all);
    let mut writer = ResultsWriter::create(&directory.path().join("r"), &layout, Existing::Refuse).unwrap();
    writer.write(solved.clone()).unwrap();
    let manifest = publish(writer);
    assert_eq!((manifest.patients, manifest.rows, layout.rows()), (60, 60, 60));
    let dataset = Dataset::open(&directory.path().join("r")).unwrap();
    assert_eq!(dataset.verify().unwrap(), manifest.content_hash);
    let rows = dataset.chunks(&["tumour_nadir"]).unwrap().next().unwrap().unwrap();
    assert_eq!((rows.patients(), rows.arms()), (60, 2));
    for (arm, size) in [(0, 20), (1, 40)] {
        let of_arm = all.rows.iter().filter(|row| row.arm == arm);
        let expected: Vec<u64> =
            of_arm.map(|row| row.outcome.values[Endpoint::TumourNadir.index()].to_bits()).collect();
        for rows in [&rows, &solved.rows] {
            let found = rows.f64_in_arm("tumour_nadir", arm).unwrap();
            assert_eq!(found.iter().map(|x| x.to_bits()).collect::<Vec<_>>(), expected);
        }
        assert_eq!(expected.len(), size);
    }
}

#[test]
fn a_column_can_be_had_arm_by_arm() {
    let two = study(40, &["control", "car-t"]);
    let cohort = Cohort::new(&two).unwrap();
    let rows = &blocks(&Layout::new(&two, &cohort), &cohort, 40)[0].rows;
    let all = rows.f64_column("tumour_nadir").unwrap();
    for arm in 0..2 {
        let found = rows.f64_in_arm("tumour_nadir", arm).unwrap();
        let expected: Vec<_> = all.chunks(2).map(|patient| patient[arm].to_bits()).collect();
        assert_eq!(found.iter().map(|x| x.to_bits()).collect::<Vec<_>>(), expected);
    }
    let one = study(40, &["car-t"]);
    let rows = &blocks(&Layout::new(&one, &cohort), &cohort, 40)[0].rows;
    assert!(matches!(rows.f64_in_arm("tumour_nadir", 0).unwrap(), Cow::Borrowed(all) if all.len() == 40));
}

#[test]
fn columns_stand_in_the_published_order() {
    let home = tempdir().unwrap();
    let study = carrying(home.path(), 3, &["car-t"]);
    let layout = Layout::new(&study, &Cohort::new(&study).unwrap());
    let names: Vec<_> = layout.columns().iter().map(|c| c.name.as_str()).collect();
    let joined = names.join(" ");
    assert!(
        joined.starts_with(
            "patient_id arm n r1 r2 r3 r4 d1 d2 d3 d4 d5 p0 p1 p2 a1 a2 a3 b l k tumour_burden inflammation \
             dose_effector_ctl dose_memory_ctl dose_effector_helper dose_memory_helper dose_total lymphocytes \
             peak_inflammation time_of_peak_day inflammation_auc tumour_nadir time_of_nadir_day tumour_burden_end \
             inflammation_end effector_ctl_end memory_ctl_end effector_helper_end memory_helper_end lymphocytes_end "
        ),
        "{joined}"
    );
    assert!(joined.ends_with(" failed_at_day corrections status steps site age zero"), "{joined}");
    // A cohort table may hold exactly these columns beside quantities, endpoints and its own.
    let others = names.iter().filter(|name| {
        let is_in_a_table = Quantity::from_symbol(name).is_some() || Endpoint::from_name(name).is_some();
        !is_in_a_table && !["site", "age", "zero"].contains(name)
    });
    assert_eq!(others.copied().collect::<Vec<_>>(), ROW_COLUMNS);
}

#[test]
fn label_unit_and_origin_stand_in_the_file_and_in_the_dictionary() {
    let home = tempdir().unwrap();
    let study = carrying(home.path(), 3, &["car-t"]);
    let cohort = Cohort::new(&study).unwrap();
    let layout = Layout::new(&study, &cohort);
    let results = home.path().join("results");
    write(&results, &layout, &cohort, 3);

    let file = fs::File::open(results.join("patients.parquet")).unwrap();
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).unwrap();
    let schema = reader.schema();
    let metadata = |name: &str| {
        let field = schema.field_with_name(name).unwrap();
        ["label", "unit", "origin"].map(|key| field.metadata()[key].clone()).join(" | ")
    };
    assert_eq!(metadata("d1"), "Tumour killing rate by effector CTL | µL/(cells·h) | parameter");
    assert_eq!(metadata("dose_total"), "Total CAR T cell dose | cells/µL | derived");
    assert_eq!(metadata("inflammation_auc"), "Area under the inflammation curve | pg·day/mL | outcome");
    assert_eq!(metadata("site"), "site |  | carried");
    let entries = reader.metadata().file_metadata().key_value_metadata().unwrap();
    let entry = |key: &str| entries.iter().find(|e| e.key == key).and_then(|e| e.value.as_deref());
    assert_eq!(entry("cartrial.study"), Some("carried"));
    assert_eq!(entry("cartrial.seed"), Some(study.seed.to_string().as_str()));
    assert_eq!(entry("cartrial.version"), Some(env!("CARGO_PKG_VERSION")));

    let dictionary = fs::read_to_string(results.join("dictionary.json")).unwrap();
    assert!(dictionary.starts_with(
        "[\n  {\n    \"name\": \"patient_id\",\n    \"label\": \"Patient number in the cohort, from 0\",\n    \
         \"unit\": \"\",\n    \"type\": \"u64\",\n    \"origin\": \"id\",\n    \"nullable\": false\n  },"
    ));
    let columns: Vec<Column> = serde_json::from_str(&dictionary).unwrap();
    assert_eq!(columns, layout.columns());
}

#[test]
fn a_trajectory_reads_back_to_the_same_bits() {
    let home = tempdir().unwrap();
    let path = home.path().join("trajectory.csv");
    let states = vec![
        [300.0, 140.0, 10.0, 10.0, 10.0, 10.0, 1600.0],
        [1.0 / 3.0, 1e-300, 0.1 + 0.2, 0.0, 1e21, 7e-7, 5.0],
    ];
    let trajectory = Trajectory { days: vec![0.0, 0.25], states, status: Status::Completed };
    write_trajectories(&path, &[("car-t", trajectory.clone())]).unwrap();
    let text = fs::read_to_string(&path).unwrap();
    let mut lines = text.lines();
    assert_eq!(
        lines.next(),
        Some(
            "day,tumour_burden,inflammation,effector_ctl,memory_ctl,effector_helper,memory_helper,lymphocytes"
        )
    );
    assert_eq!(lines.next(), Some("0.0,300.0,140.0,10.0,10.0,10.0,10.0,1600.0"));
    let last: Vec<f64> = lines.next().unwrap().split(',').map(|x| x.parse().unwrap()).collect();
    assert_eq!(last.len(), 1 + STATES.len());
    assert_eq!((last[0], &last[1..]), (0.25, &trajectory.states[1][..]));

    write_trajectories(&path, &[("a", trajectory.clone()), ("b, c", trajectory)]).unwrap();
    let text = fs::read_to_string(&path).unwrap();
    let starts: Vec<_> = text.lines().map(|line| &line[..9]).collect();
    assert_eq!(starts, ["arm,day,t", "a,0.0,300", "a,0.25,0.", "\"b, c\",0.", "\"b, c\",0."]);
}

#[test]
fn numbers_of_the_summary_read_back_to_the_same_bits() {
    let home = tempdir().unwrap();
    let study = study(4, &["car-t"]);
    let cohort = Cohort::new(&study).unwrap();
    write(home.path(), &Layout::new(&study, &cohort), &cohort, 4);
    let numbers = vec![0.1 + 0.2, 5.3e-38, f64::MIN_POSITIVE, 1.0 / 3.0];
    Dataset::open(home.path()).unwrap().replace_summary(&numbers).unwrap();
    let text = fs::read_to_string(home.path().join("summary.json")).unwrap();
    assert!(text.ends_with("]\n"));
    assert_eq!(serde_json::from_str::<Vec<f64>>(&text).unwrap(), numbers);
}
