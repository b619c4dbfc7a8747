//! What happens to directories that are not as one would wish, in full words.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use cartrial_cohort::{Cohort, Study};
use cartrial_dataset::{Dataset, Layout, ResultsWriter};
use common::{blocks, listing, study, write};
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::{TempDir, tempdir};

/// Results of 40 patients in two parts, and where they are.
fn results() -> (TempDir, PathBuf, Layout, Cohort) {
    let home = tempdir().unwrap();
    let study = study(40, &["car-t"]);
    let cohort = Cohort::new(&study).unwrap();
    let layout = Layout::new(&study, &cohort).with_part_patients(32);
    let directory = home.path().join("results");
    write(&directory, &layout, &cohort, 16);
    (home, directory, layout, cohort)
}

/// The error's text with the directory shown as `DIR`.
fn text<T>(result: cartrial_dataset::Result<T>, directory: &Path) -> String {
    let error = result.err().expect("an error");
    error.to_string().replace(&directory.display().to_string(), "DIR")
}

fn create(directory: &Path, layout: &Layout, overwrite: bool) -> cartrial_dataset::Result<ResultsWriter> {
    ResultsWriter::create(directory, layout, overwrite)
}

#[test]
fn results_are_not_replaced_unasked() {
    let (_home, directory, layout, _) = results();
    let before = listing(&directory);
    assert_eq!(
        text(create(&directory, &layout, false), &directory),
        "DIR: already holds results (manifest.json, patients/part-00000.parquet, patients/part-00001.parquet, 1 more). \
         Replace it, or choose another directory."
    );
    assert_eq!(listing(&directory), before);
    assert!(Dataset::open(&directory).is_ok());
}

#[test]
fn an_unfinished_run_is_not_replaced_unasked() {
    let (_home, directory, layout, _) = results();
    fs::remove_file(directory.join("manifest.json")).unwrap();
    fs::remove_file(directory.join("dictionary.json")).unwrap();
    assert_eq!(
        text(create(&directory, &layout, false), &directory),
        "DIR: already holds an unfinished run (patients/part-00000.parquet, patients/part-00001.parquet). \
         Replace it, or choose another directory."
    );
}

#[test]
fn results_are_replaced_when_asked_and_other_files_are_kept() {
    let (_home, directory, _, cohort) = results();
    fs::write(directory.join("summary.json"), "{}").unwrap();
    fs::write(directory.join("report.html"), "<html>").unwrap();
    fs::write(directory.join("notes.txt"), "mine").unwrap();
    fs::write(directory.join("patients").join("part-of-me.parquet"), "mine").unwrap();
    let small = Layout::new(&study(40, &["car-t"]), &cohort);
    let mut writer = create(&directory, &small, true).unwrap();
    assert_eq!(listing(&directory), ["notes.txt", "patients"]);
    assert_eq!(listing(&directory.join("patients")), ["part-of-me.parquet"]);
    for rows in blocks(&small, &cohort, 16) {
        writer.write(rows).unwrap();
    }
    writer.finish(Some(serde_json::json!({ "seconds": 0.25 }))).unwrap();
    let names = ["dictionary.json", "manifest.json", "notes.txt", "patients", "patients.parquet"];
    assert_eq!(listing(&directory), names);
    assert_eq!(
        Dataset::open(&directory).unwrap().manifest().timing,
        Some(serde_json::json!({ "seconds": 0.25 }))
    );
}

#[test]
fn files_of_others_are_never_replaced() {
    let (_home, directory, layout, _) = results();
    let foreign = |name: &str, reason: &str| {
        format!("DIR/{name}: {reason}, so it is not replaced. Move it away, or choose another directory.")
    };
    let manifest = directory.join("manifest.json");
    fs::write(&manifest, "{\"name\": \"a web page\"}").unwrap();
    let expected = foreign("manifest.json", "was not written by cartrial");
    assert_eq!(text(create(&directory, &layout, true), &directory), expected);
    fs::remove_file(&manifest).unwrap();
    fs::write(directory.join("patients.parquet"), "PAR1").unwrap();
    let expected = foreign("patients.parquet", "was not written by cartrial");
    assert_eq!(text(create(&directory, &layout, true), &directory), expected);
    assert_eq!(listing(&directory), ["dictionary.json", "patients", "patients.parquet"]);

    let elsewhere = tempdir().unwrap();
    fs::write(elsewhere.path().join("summary.json"), "{}").unwrap();
    let expected = foreign("summary.json", "stands there without any results");
    assert_eq!(text(create(elsewhere.path(), &layout, true), elsewhere.path()), expected);
}

#[test]
fn the_cohorts_own_table_is_never_replaced() {
    let (_home, directory, _, cohort) = results();
    fs::remove_dir_all(directory.join("patients")).unwrap();
    fs::remove_file(directory.join("manifest.json")).unwrap();
    fs::remove_file(directory.join("dictionary.json")).unwrap();
    write(&directory, &Layout::new(&study(40, &["car-t"]), &cohort), &cohort, 40);
    let toml = "[study]\nname = \"again\"\n[population]\ntable = \"patients.parquet\"\n";
    let again = Study::parse(toml, &directory.join("again.toml")).unwrap();
    let layout = Layout::new(&again, &Cohort::new(&again).unwrap());
    assert_eq!(
        text(create(&directory, &layout, true), &directory),
        "DIR/patients.parquet: is the table that the cohort comes from, so it is not replaced. \
         Move it away, or choose another directory."
    );
    assert!(Dataset::open(&directory).is_ok());
}

#[test]
fn a_file_in_the_place_of_the_directory_is_named() {
    let (home, _, layout, _) = results();
    let path = home.path().join("file");
    fs::write(&path, "").unwrap();
    let expected =
        "DIR: cannot be created: a file stands where a directory is needed. Choose another directory.";
    assert_eq!(text(create(&path, &layout, false), &path), expected);
    assert_eq!(text(create(&path.join("below"), &layout, false), &path.join("below")), expected);
}

#[test]
fn an_abandoned_run_leaves_complete_files_alone() {
    let home = tempdir().unwrap();
    let study = study(40, &["car-t"]);
    let cohort = Cohort::new(&study).unwrap();
    let layout = Layout::new(&study, &cohort).with_part_patients(16);
    let mut writer = create(home.path(), &layout, false).unwrap();
    let blocks = blocks(&layout, &cohort, 8);
    for rows in blocks.iter().take(3) {
        writer.write(rows.clone()).unwrap();
    }
    assert_eq!(listing(&home.path().join("patients")), [".part-00001.parquet.tmp", "part-00000.parquet"]);
    assert_eq!(
        text(writer.write(blocks[4].clone()), home.path()),
        "patient 32 came where patient 24 was expected. This is a mistake in the program."
    );
    assert_eq!(
        text(writer.finish(None), home.path()),
        "patient 40 came where patient 24 was expected. This is a mistake in the program."
    );
    assert_eq!(listing(&home.path().join("patients")), ["part-00000.parquet"]);
    assert_eq!(
        text(Dataset::open(home.path()), home.path()),
        "DIR: holds an unfinished run: there is no manifest.json. Run the study again."
    );
}

#[test]
fn a_piece_of_a_study_has_its_own_parts() {
    let home = tempdir().unwrap();
    let study = study(96, &["car-t"]);
    let cohort = Cohort::new(&study).unwrap();
    let whole = Layout::new(&study, &cohort).with_part_patients(32);
    let all = write(&home.path().join("all"), &whole, &cohort, 16);
    let piece = write(&home.path().join("piece"), &whole.clone().for_patients(32..96), &cohort, 16);
    assert_eq!((piece.first_patient, piece.patients, piece.rows), (32, 64, 64));
    assert_eq!(piece.files, all.files[1..]);
    assert_eq!(all.files[0].content_hash.plus(piece.content_hash), all.content_hash);
    for name in ["part-00001.parquet", "part-00002.parquet"] {
        let bytes = |run: &str| fs::read(home.path().join(run).join("patients").join(name)).unwrap();
        assert_eq!(bytes("all"), bytes("piece"));
    }
}

#[test]
fn directories_without_results_are_named() {
    let home = tempdir().unwrap();
    let path = home.path().join("nowhere");
    assert_eq!(text(Dataset::open(&path), &path), "DIR: there is no such directory. Check the path.");
    fs::write(&path, "").unwrap();
    assert_eq!(
        text(Dataset::open(&path), &path),
        "DIR: is a file, not a results directory. Name the directory that a run wrote to."
    );
    assert_eq!(
        text(Dataset::open(home.path()), home.path()),
        "DIR: is no results directory: there is no manifest.json. Name the directory that a run wrote to."
    );
}

#[test]
fn damage_is_found_and_named() {
    let (_home, directory, ..) = results();
    let open = || text(Dataset::open(&directory), &directory);
    let remedy = "Restore it from a copy, or run the study again.";
    let manifest = directory.join("manifest.json");
    let good = fs::read_to_string(&manifest).unwrap();

    fs::write(&manifest, &good[..good.len() / 2]).unwrap();
    let found = open();
    assert!(found.starts_with("DIR/manifest.json: is not readable as JSON (EOF while parsing"), "{found}");
    assert!(found.ends_with(&format!("). {remedy}")), "{found}");

    fs::write(&manifest, "{\"name\": \"a web page\"}").unwrap();
    assert_eq!(
        open(),
        "DIR/manifest.json: is no manifest of cartrial results (\"format\" is not \"cartrial-results\"). \
         Name the directory that a run wrote to."
    );
    fs::write(&manifest, good.replace("\"format_version\": 1", "\"format_version\": 2")).unwrap();
    assert_eq!(
        open(),
        "DIR/manifest.json: is of format version 2, and this program reads 1. \
         Use the version of cartrial that wrote it, or run the study again."
    );
    fs::write(&manifest, good.replace("\"first_patient\": 0,\n      \"patients\": 32", "\"patients\": 32"))
        .unwrap();
    assert_eq!(open(), format!("DIR/manifest.json: is incomplete (missing field `first_patient`). {remedy}"));
    fs::write(&manifest, good.replace("\"rows\": 32", "\"rows\": 31")).unwrap();
    assert_eq!(
        open(),
        format!("DIR/patients/part-00000.parquet: has 32 rows, and the manifest says 31. {remedy}")
    );
    fs::write(&manifest, good.replace("\"rows\": 40", "\"rows\": 41")).unwrap();
    assert_eq!(
        open(),
        format!("DIR/manifest.json: does not add up: 41 rows of 1 arms, and 40 in its files. {remedy}")
    );
    fs::write(&manifest, &good).unwrap();

    let part = directory.join("patients").join("part-00001.parquet");
    let bytes = fs::read(&part).unwrap();
    fs::write(&part, &bytes[..bytes.len() - 100]).unwrap();
    let found = open();
    assert!(found.starts_with("DIR/patients/part-00001.parquet: is no complete Parquet file ("), "{found}");
    fs::remove_file(&part).unwrap();
    assert_eq!(
        open(),
        format!("DIR/patients/part-00001.parquet: is missing, though the manifest names it. {remedy}")
    );
}

#[test]
fn verifying_finds_a_number_that_was_changed() {
    let (_home, directory, _, cohort) = results();
    let dataset = Dataset::open(&directory).unwrap();
    let good = dataset.verify().unwrap();
    let part = directory.join("patients").join("part-00000.parquet");
    let mut bytes = fs::read(&part).unwrap();
    let number = cohort.draw(9..10)[0].quantities.0[5].to_le_bytes();
    let at = bytes.windows(8).position(|w| w == number).expect("the number stands in the file");
    bytes[at] ^= 1;
    fs::write(&part, bytes).unwrap();
    let found = text(dataset.verify(), &directory);
    let hashes: Vec<_> = found.split(' ').filter(|word| word.starts_with("xxh3-128-sum:")).collect();
    assert!(
        found.starts_with("DIR/patients/part-00000.parquet: has the content xxh3-128-sum:")
            && found.ends_with(". Restore it from a copy, or run the study again."),
        "{found}"
    );
    assert_eq!(hashes.len(), 2);
    assert_eq!(hashes[1], format!("{}.", dataset.manifest().files[0].content_hash));
    assert_ne!(good, hashes[0].trim_end_matches(',').parse().unwrap());
}

#[test]
fn columns_that_there_are_not_are_named() {
    let (_home, directory, ..) = results();
    let dataset = Dataset::open(&directory).unwrap();
    assert_eq!(
        text(dataset.chunks(&["peak_inflamation"]), &directory),
        "column \"peak_inflamation\": no such column. Did you mean \"peak_inflammation\"?"
    );
    let rows = dataset.chunks(&["steps", "arm"]).unwrap().next().unwrap().unwrap();
    assert_eq!(
        text(rows.f64_column("weight"), &directory),
        "column \"weight\": no such column. There are: arm, steps."
    );
    assert_eq!(
        text(rows.f64_column("steps"), &directory),
        "column \"steps\": holds u32, not f64. dictionary.json has the type of every column."
    );
}
