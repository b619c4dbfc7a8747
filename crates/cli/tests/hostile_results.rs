//! Results directories that mean harm, through every command that reads one: exit code 2, a message that names the file, and
//! nothing hangs, grows or is written.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::{Place, SMALL};
use std::os::unix::fs::symlink;
use std::process::Command;

const COMMANDS: [&[&str]; 4] = [
    &["analyse", "results"],
    &["report", "results"],
    &["merge", "results", "--out", "merged"],
    &["run", "study.toml", "--out", "results", "--resume"],
];

fn finished() -> Place {
    let place = Place::with_study(SMALL);
    place.cartrial(&["run", "study.toml", "--out", "results", "--quiet"]).well();
    place
}

/// What a command wrote into the directory would stand here.
fn names(place: &Place) -> Vec<String> {
    let mut names: Vec<_> = ["", "results"]
        .iter()
        .flat_map(|directory| std::fs::read_dir(place.path(directory)).unwrap())
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name != ".lock")
        .collect();
    names.sort();
    names
}

/// Every command refuses the directory, and says why of the file of that name.
#[track_caller]
fn refuses(place: &Place, file: &str, reason: &str) {
    refuses_in(&COMMANDS, place, file, reason);
}

#[track_caller]
fn refuses_in(commands: &[&[&str]], place: &Place, file: &str, reason: &str) {
    let before = names(place);
    for command in commands {
        let said = place.cartrial(command);
        assert_eq!((said.code, said.out.as_str()), (2, ""), "{command:?}: {}", said.err);
        assert!(
            said.err.starts_with(&format!("error: results/{file}: {reason}")),
            "{command:?}: {}",
            said.err
        );
        assert!(said.err.len() < 2000 && !said.err.contains("panicked"), "{command:?}: {}", said.err);
        assert_eq!(names(place), before, "{command:?}");
    }
}

fn fifo(place: &Place, name: &str) {
    assert!(Command::new("mkfifo").arg(place.path(name)).status().unwrap().success());
}

#[test]
fn a_part_that_is_no_regular_file_is_not_opened_and_can_be_made_again() {
    const PART: &str = "results/patients.parquet";
    let readers = &COMMANDS[..3];
    let place = finished();
    let whole = place.read(PART);
    std::fs::remove_file(place.path(PART)).unwrap();
    std::fs::create_dir(place.path(PART)).unwrap();
    refuses_in(readers, &place, "patients.parquet", "is a directory.");
    std::fs::remove_dir(place.path(PART)).unwrap();
    fifo(&place, PART);
    refuses_in(
        readers,
        &place,
        "patients.parquet",
        "is no regular file. Restore it from a copy, or run the study again.",
    );
    let resumed = place.cartrial(COMMANDS[3]);
    assert_eq!(resumed.code, 0, "{}", resumed.err);
    assert!(resumed.err.contains("results/patients.parquet: is no regular file."), "{}", resumed.err);
    assert!(place.read(PART) == whole);
    std::fs::remove_file(place.path(PART)).unwrap();
    symlink("/dev/zero", place.path(PART)).unwrap();
    refuses_in(readers, &place, "patients.parquet", "is no regular file.");
    assert_eq!(place.cartrial(COMMANDS[3]).code, 0);
    assert!(place.read(PART) == whole && !place.path(PART).is_symlink());
}

#[test]
fn a_manifest_that_is_no_manifest_is_refused() {
    const MANIFEST: &str = "results/manifest.json";
    let place = finished();
    let whole = place.read(MANIFEST);
    place.write(MANIFEST, "[".repeat(1_000_000));
    refuses(&place, "manifest.json", "is not readable as JSON (recursion limit exceeded");
    place.write(MANIFEST, &whole[..whole.len() / 2]);
    refuses(&place, "manifest.json", "is not readable as JSON");
    place.write(MANIFEST, [0xff; 3000]);
    refuses(&place, "manifest.json", "is not readable as JSON");
    std::fs::File::create(place.path(MANIFEST)).unwrap().set_len(1 << 40).unwrap();
    refuses(&place, "manifest.json", "has more than 256 MiB, which no file of this kind has.");
    std::fs::remove_file(place.path(MANIFEST)).unwrap();
    fifo(&place, MANIFEST);
    refuses(&place, "manifest.json", "is no regular file.");
}

#[test]
fn a_manifest_that_was_changed_leads_nowhere() {
    const MANIFEST: &str = "results/manifest.json";
    let place = finished();
    let whole = String::from_utf8(place.read(MANIFEST)).unwrap();
    let changed = |from: &str, to: &str| {
        assert!(whole.contains(from), "{from}");
        place.write(MANIFEST, whole.replace(from, to));
    };
    for path in ["../../x.parquet", "/etc/passwd", "patients/../../x.parquet"] {
        changed("\"patients.parquet\"", &format!("{path:?}"));
        refuses(&place, "manifest.json", "");
    }
    changed("\"patients\": 6", "\"patients\": 1000000000000000000");
    refuses(&place, "manifest.json", "");
    changed("\"format_version\": 4", "\"format_version\": 999");
    refuses(&place, "manifest.json", "");
}

#[test]
fn an_unfinished_run_with_a_journal_that_is_no_file_is_refused() {
    const MANIFEST: &str = "results/manifest.json";
    const JOURNAL: &str = "results/journal.jsonl";
    let place = finished();
    std::fs::remove_file(place.path(MANIFEST)).unwrap();
    fifo(&place, JOURNAL);
    let resumed = place.cartrial(COMMANDS[3]);
    assert_eq!(resumed.code, 2, "{}", resumed.err);
    assert!(resumed.err.starts_with("error: results/journal.jsonl: is no regular file."), "{}", resumed.err);
    std::fs::remove_file(place.path(JOURNAL)).unwrap();
    place.write(JOURNAL, "[".repeat(1_000_000) + "\n");
    let resumed = place.cartrial(COMMANDS[3]);
    assert_eq!(resumed.code, 2, "{}", resumed.err);
    assert!(resumed.err.contains("recursion limit exceeded"), "{}", resumed.err);
}
