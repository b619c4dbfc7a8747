//! What happens to directories that are not as one would wish, in full words.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use cartrial_cohort::{Cohort, Shard, Study};
use cartrial_dataset::{Dataset, Existing, Layout, ResultsWriter};
use common::{blocks, in_parts_of, listing, study, write};
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::{TempDir, tempdir};

/// Results of 40 patients in two parts, and where they are.
fn results() -> (TempDir, PathBuf, Layout, Cohort) {
    let home = tempdir().unwrap();
    let study = in_parts_of(32, study(40, &["car-t"]));
    let cohort = Cohort::new(&study).unwrap();
    let layout = Layout::new(&study, &cohort);
    let directory = home.path().join("results");
    write(&directory, &layout, &cohort, 16);
    (home, directory, layout, cohort)
}

/// The error's text with the directory shown as `DIR`.
fn text<T>(result: cartrial_dataset::Result<T>, directory: &Path) -> String {
    let error = result.err().expect("an error");
    error.to_string().replace(&directory.display().to_string(), "DIR")
}

#[test]
fn results_are_not_replaced_unasked() {
    let (_home, directory, layout, _) = results();
    let before = listing(&directory);
    assert_eq!(
        text(ResultsWriter::create(&directory, &layout, Existing::Refuse), &directory),
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
        text(ResultsWriter::create(&directory, &layout, Existing::Refuse), &directory),
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
    let mut writer = ResultsWriter::create(&directory, &small, Existing::Replace).unwrap();
    assert_eq!(listing(&directory), [".lock", "journal.jsonl", "notes.txt", "patients"]);
    assert_eq!(listing(&directory.join("patients")), ["part-of-me.parquet"]);
    for rows in blocks(&small, &cohort, 16) {
        writer.write(rows).unwrap();
    }
    writer.finish().unwrap().publish(Some(serde_json::json!({ "seconds": 0.25 }))).unwrap();
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
    assert_eq!(text(ResultsWriter::create(&directory, &layout, Existing::Replace), &directory), expected);
    fs::remove_file(&manifest).unwrap();
    fs::write(directory.join("patients.parquet"), "PAR1").unwrap();
    let expected = foreign("patients.parquet", "was not written by cartrial");
    assert_eq!(text(ResultsWriter::create(&directory, &layout, Existing::Replace), &directory), expected);
    assert_eq!(listing(&directory), ["dictionary.json", "patients", "patients.parquet"]);

    let elsewhere = tempdir().unwrap();
    fs::write(elsewhere.path().join("summary.json"), "{}").unwrap();
    let expected = foreign("summary.json", "stands there without any results");
    assert_eq!(
        text(ResultsWriter::create(elsewhere.path(), &layout, Existing::Replace), elsewhere.path()),
        expected
    );
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
        text(ResultsWriter::create(&directory, &layout, Existing::Replace), &directory),
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
    assert_eq!(text(ResultsWriter::create(&path, &layout, Existing::Refuse), &path), expected);
    assert_eq!(
        text(ResultsWriter::create(&path.join("below"), &layout, Existing::Refuse), &path.join("below")),
        expected
    );
}

#[test]
fn an_abandoned_run_leaves_complete_files_alone() {
    let home = tempdir().unwrap();
    let study = in_parts_of(16, study(40, &["car-t"]));
    let cohort = Cohort::new(&study).unwrap();
    let layout = Layout::new(&study, &cohort);
    let mut writer = ResultsWriter::create(home.path(), &layout, Existing::Refuse).unwrap();
    let blocks = blocks(&layout, &cohort, 8);
    for rows in blocks.iter().take(3) {
        writer.write(rows.clone()).unwrap();
    }
    let files = listing(&home.path().join("patients"));
    assert!(
        matches!(&files[..], [temporary, part] if temporary.starts_with(".part-00001.parquet.")
        && temporary.ends_with(".tmp") && part == "part-00000.parquet"),
        "{files:?}"
    );
    assert_eq!(
        text(writer.write(blocks[4].clone()), home.path()),
        "patient 32 came where patient 24 was expected. This is a mistake in the program."
    );
    assert_eq!(
        text(writer.finish(), home.path()),
        "patient 40 came where patient 24 was expected. This is a mistake in the program."
    );
    assert_eq!(listing(&home.path().join("patients")), ["part-00000.parquet"]);
    assert_eq!(
        text(Dataset::open(home.path()), home.path()),
        "DIR: holds an unfinished run: 16 of 40 patients are done. Resume the run."
    );
}

#[test]
fn a_piece_of_a_study_has_its_own_parts() {
    let home = tempdir().unwrap();
    let study = in_parts_of(32, study(96, &["car-t"]));
    let cohort = Cohort::new(&study).unwrap();
    let whole = Layout::new(&study, &cohort);
    let all = write(&home.path().join("all"), &whole, &cohort, 16);
    let piece =
        write(&home.path().join("piece"), &whole.clone().for_shard(Shard::new(2, 3).unwrap()), &cohort, 16);
    assert_eq!((piece.first_patient, piece.patients, piece.rows), (32, 32, 32));
    assert_eq!(piece.files, all.files[1..2]);
    let bytes = |run: &str| fs::read(home.path().join(run).join("patients/part-00001.parquet")).unwrap();
    assert_eq!(bytes("all"), bytes("piece"));
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
    fs::write(&manifest, good.replace("\"format_version\": 4", "\"format_version\": 5")).unwrap();
    assert_eq!(
        open(),
        "DIR/manifest.json: is of format version 5, and this program reads 4. \
         Use the version of cartrial that wrote it, or run the study again."
    );
    fs::write(&manifest, good.replace("\"first_patient\": 0,\n      \"patients\": 32", "\"patients\": 32"))
        .unwrap();
    assert_eq!(open(), format!("DIR/manifest.json: is incomplete (missing field `first_patient`). {remedy}"));
    fs::write(&manifest, good.replace("\"seed\": 7", "\"seed\": 8")).unwrap();
    assert_eq!(
        open(),
        format!(
            "DIR/manifest.json: is not what was written: its SHA-256 is another than it says itself. {remedy}"
        )
    );
    fs::write(&manifest, &good).unwrap();

    let part = directory.join("patients").join("part-00001.parquet");
    let bytes = fs::read(&part).unwrap();
    let cut = bytes.len() - 100;
    fs::write(&part, &bytes[..cut]).unwrap();
    let named = "DIR/patients/part-00001.parquet";
    assert_eq!(open(), format!("{named}: has {cut} bytes, and {} were written. {remedy}", bytes.len()));
    fs::remove_file(&part).unwrap();
    assert_eq!(
        open(),
        format!("DIR/patients/part-00001.parquet: is missing, though it belongs to these results. {remedy}")
    );
    fs::write(&part, &bytes).unwrap();
    fs::copy(directory.join("patients/part-00000.parquet"), &part).unwrap();
    assert!(open().ends_with(&format!(" bytes, and {} were written. {remedy}", bytes.len())));
    fs::write(&part, &bytes).unwrap();
    fs::copy(&part, directory.join("patients/part-00002.parquet")).unwrap();
    assert_eq!(
        open(),
        "DIR/patients/part-00002.parquet: does not belong to these results: the manifest does not name it. Move it away."
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
