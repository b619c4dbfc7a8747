//! What must hold of every manifest, journal and part of results, whether `cargo test` or a fuzzer finds it: it is read for
//! what it is, or refused in few words.

#![allow(dead_code, clippy::unwrap_used, reason = "every target uses a part of it; a harness may panic")]

#[path = "../common/mod.rs"]
mod common;

use cartrial_cohort::{Cohort, Shard, Study};
use cartrial_dataset::{Dataset, DatasetError, Existing, Layout, Pieces, ResultsWriter, Task};
use cartrial_model::STATES;
use cartrial_runner::{Course, Status, Trajectory};
use common::{blocks, in_parts_of, with_arms};
use sha2::{Digest, Sha256};
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

const MANIFEST: &str = "manifest.json";
const JOURNAL: &str = "journal.jsonl";
const TRAJECTORIES: &str = "trajectories.parquet";
const PART: &str = "patients/part-00000.parquet";
/// Numbers and texts that are carried, with some missing.
const TABLE: &str = "d2,site,age\n1.5,Bern,7\n1.4,,\n1.3,Basel,12\n1.2,Bern,3\n";

/// What the fuzzer begins with: the file of a target as a run writes it, and what else its harness takes.
pub fn beginnings(target: &str) -> Vec<Vec<u8>> {
    let mut all = vec![file(target)];
    if target == "part" {
        all.push(pages(&all[0]).to_vec());
    }
    all
}

/// A file as a run writes it.
pub fn file(target: &str) -> Vec<u8> {
    RESULTS.with(|results| match target {
        "manifest" => results.manifest.clone(),
        "journal" => results.journal.clone(),
        "trajectories" => results.trajectories.clone(),
        "other part" => results.parts[1].1.clone(),
        _ => results.parts[0].1.clone(),
    })
}

/// What stands before the footer of a Parquet file.
fn pages(file: &[u8]) -> &[u8] {
    let (rest, end) = file.split_at(file.len() - 8);
    let footer = u32::from_le_bytes(end[..4].try_into().unwrap()) as usize;
    &rest[..rest.len() - footer]
}

/// The manifest of a shard, as it is and with the hash that it should have. Whether everything could be read.
pub fn manifest(input: &[u8]) -> bool {
    RESULTS.with(|results| {
        let mut is_read = false;
        let shards = results.room.path().join("shards");
        let shard = Pieces::directory_of(&shards, Shard::new(1, 2).unwrap());
        for manifest in [Some(input.to_vec()), sealed(input)].into_iter().flatten() {
            fs::write(shard.join(MANIFEST), manifest).unwrap();
            is_read = told(read(&shard));
            is_read &= told(Pieces::open(std::slice::from_ref(&shards)).and_then(|pieces| {
                pieces.accumulators().into_iter().flatten().try_for_each(|bytes| bytes.map(drop))?;
                pieces.merge_into(&results.room.path().join("merged"), Existing::Replace).map(drop)
            }));
        }
        is_read
    })
}

/// The journal of a run that is resumed: as what comes after the true first line, and as it is. Whether the run goes on.
pub fn journal(input: &[u8]) -> bool {
    RESULTS.with(|results| {
        let mut goes_on = false;
        let first = results.journal.split_inclusive(|byte| *byte == b'\n').next().unwrap();
        for journal in [[first, input].concat(), input.to_vec()] {
            let directory = results.room.path().join("begun");
            let _ = fs::remove_file(directory.join(MANIFEST));
            fs::create_dir_all(directory.join("patients")).unwrap();
            fs::write(directory.join(JOURNAL), journal).unwrap();
            results.parts.iter().for_each(|(name, bytes)| fs::write(directory.join(name), bytes).unwrap());
            assert!(Dataset::open(&directory).is_err(), "an unfinished run is no dataset");
            let run = ResultsWriter::create(&directory, &results.layout, Existing::Resume);
            goes_on = told(run.and_then(resumed));
        }
        goes_on
    })
}

/// A file of the patient table that was forged together with its hashes: its pages alone, and all of it. Whether it is read.
pub fn part(input: &[u8]) -> bool {
    let mut forged = file("part");
    let pages = pages(&forged).len().min(input.len());
    forged[..pages].copy_from_slice(&input[..pages]);
    told(read_with_part(&forged));
    told(read_with_part(input))
}

/// Reads results in which a file of the patient table was forged together with its hashes.
pub fn read_with_part(part: &[u8]) -> Result<(), DatasetError> {
    RESULTS.with(|results| {
        let directory = results.room.path().join("whole");
        fs::write(directory.join(PART), part).unwrap();
        fs::write(directory.join(MANIFEST), forged(&results.whole_manifest, "/files/0", part)).unwrap();
        read(&directory)
    })
}

/// The courses of a shard's patients, forged together with their hash. Whether they are merged with those of the other.
pub fn trajectories(input: &[u8]) -> bool {
    RESULTS.with(|results| {
        let shards = results.room.path().join("shards");
        let shard = Pieces::directory_of(&shards, Shard::new(1, 2).unwrap());
        fs::write(shard.join(TRAJECTORIES), input).unwrap();
        fs::write(shard.join(MANIFEST), forged(&results.manifest, "/trajectories", input)).unwrap();
        told(Pieces::open(std::slice::from_ref(&shards)).and_then(|pieces| {
            let merged = pieces.merge_into(&results.room.path().join("merged"), Existing::Replace)?;
            merged.publish(None).map(drop)
        }))
    })
}

/// A manifest that says of the file at `place` that it has these bytes.
fn forged(manifest: &[u8], place: &str, bytes: &[u8]) -> Vec<u8> {
    let mut manifest: serde_json::Value = serde_json::from_slice(manifest).unwrap();
    let file = manifest.pointer_mut(place).unwrap();
    file["bytes"] = bytes.len().into();
    file["sha256"] = sha256(bytes).into();
    sealed(serde_json::to_string_pretty(&manifest).unwrap().as_bytes()).unwrap()
}

/// Everything that is in results.
fn read(directory: &Path) -> Result<(), DatasetError> {
    let dataset = Dataset::open(directory)?;
    assert!(!dataset.manifest().arms.is_empty());
    dataset.accumulators()?;
    for rows in dataset.chunks(&[])? {
        let rows = rows?;
        assert_eq!(rows.len(), rows.patients() * if rows.are_twins() { rows.arms() } else { 1 });
        for arm in 0..rows.arms() {
            let _ = rows.f64_in_arm("peak_inflammation", arm);
        }
        drop(rows.of_patients(0..rows.patients()));
    }
    dataset.verify().map(drop)
}

/// Every patient is to be solved or kept, once.
fn resumed(mut run: ResultsWriter) -> Result<(), DatasetError> {
    let mut next = 0;
    for task in run.tasks() {
        let (Task::Solve(ids) | Task::Keep(ids)) = task.clone();
        assert!(ids.start == next && ids.end > next, "{task:?} after {next}");
        next = ids.end;
    }
    assert_eq!(next, 4);
    if let Some(Task::Keep(ids)) = run.tasks().first() {
        for rows in run.keep(ids)? {
            rows?;
        }
    }
    Ok(())
}

/// Whether it went well. If not, a line says so that names a file or directory.
fn told(read: Result<(), DatasetError>) -> bool {
    let Err(error) = read else { return true };
    let text = error.to_string();
    assert!(text.lines().count() == 1 && text.len() < 3000, "{text}");
    assert!(text.starts_with('/') && text.ends_with('.'), "{text}");
    false
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A manifest with the hash that it should have, at its end.
pub fn sealed(manifest: &[u8]) -> Option<Vec<u8>> {
    const KEY: &str = "\"manifest_hash\":";
    let mut text = String::from_utf8(manifest.to_vec()).ok()?;
    let key = text.rfind(KEY)? + KEY.len();
    let digits = key + text.get(key..)?.find('"')? + 1;
    let digits = digits..digits + 64;
    text.get(digits.clone())?;
    text.replace_range(digits.clone(), &"0".repeat(64));
    let hash = sha256(text.as_bytes());
    text.replace_range(digits, &hash);
    Some(text.into_bytes())
}

thread_local! { static RESULTS: Results = Results::new(); }

/// Results of four patients in two arms: of a run in two parts, and of two shards.
struct Results {
    room: TempDir,
    layout: Layout,
    manifest: Vec<u8>,
    whole_manifest: Vec<u8>,
    journal: Vec<u8>,
    trajectories: Vec<u8>,
    parts: Vec<(String, Vec<u8>)>,
}

impl Results {
    fn new() -> Self {
        let room = tempfile::tempdir().unwrap();
        fs::write(room.path().join("t.csv"), TABLE).unwrap();
        let text = "[study]\nname = \"x\"\n[population]\ntable = \"t.csv\"\ncarry = [\"site\", \"age\"]\n";
        let study = Study::parse(text, &room.path().join("study.toml")).unwrap();
        let mut study = in_parts_of(2, with_arms(study, &["control", "car-t"]));
        study.trajectories.patients = 2;
        let cohort = Cohort::new(&study).unwrap();
        let layout = Layout::new(&study, &cohort);
        let whole = room.path().join("whole");
        let begun = write(&whole, &layout, &cohort);
        let journal = fs::read(whole.join(JOURNAL)).unwrap();
        begun.finish().unwrap().publish(None).unwrap();
        let shards: Vec<PathBuf> = Shard::all(2)
            .map(|shard| {
                let directory = Pieces::directory_of(&room.path().join("shards"), shard);
                let begun = write(&directory, &layout.clone().for_shard(shard), &cohort);
                let mut table = begun.finish().unwrap();
                table.add_accumulators(b"accumulated").unwrap();
                let mut courses = table.trajectory_writer().unwrap().unwrap();
                for arm in [0, 1] {
                    courses.write(&course(shard.index() - 1, arm)).unwrap();
                }
                table.add_trajectories(courses).unwrap();
                table.publish(None).unwrap();
                directory
            })
            .collect();
        let parts = ["patients/part-00000.parquet", "patients/part-00001.parquet"];
        Self {
            manifest: fs::read(shards[0].join(MANIFEST)).unwrap(),
            trajectories: fs::read(shards[0].join(TRAJECTORIES)).unwrap(),
            whole_manifest: fs::read(whole.join(MANIFEST)).unwrap(),
            journal,
            parts: parts.map(|name| (name.to_owned(), fs::read(whole.join(name)).unwrap())).into(),
            layout,
            room,
        }
    }
}

fn write(directory: &Path, layout: &Layout, cohort: &Cohort) -> ResultsWriter {
    let mut writer = ResultsWriter::create(directory, layout, Existing::Refuse).unwrap();
    blocks(layout, cohort, 1).into_iter().for_each(|rows| writer.write(rows).unwrap());
    writer
}

/// A made-up course.
fn course(patient: u64, arm: usize) -> Course {
    let days: Vec<f64> = (0..10).map(f64::from).collect();
    let states = days.iter().map(|day| [*day; STATES.len()]).collect();
    Course { patient, arm, trajectory: Trajectory { days, states, status: Status::Completed } }
}
