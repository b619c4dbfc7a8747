//! Runs that go on where they were interrupted, and directories in which they cannot.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use cartrial_cohort::{Cohort, Study};
use cartrial_dataset::{Dataset, DatasetError, Existing, Layout, Manifest, ResultsWriter, Task};
use common::{blocks, in_parts_of, listing, study, write};
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::{TempDir, tempdir};

/// A run of 80 patients in five files, and the manifest that it comes to when nothing disturbs it.
struct Run {
    home: TempDir,
    layout: Layout,
    cohort: Cohort,
    undisturbed: Manifest,
}

impl Run {
    fn new() -> Self {
        Self::of(in_parts_of(16, study(80, &["car-t"])))
    }

    fn of(study: Study) -> Self {
        let home = tempdir().unwrap();
        let cohort = Cohort::new(&study).unwrap();
        let layout = Layout::new(&study, &cohort);
        let undisturbed = write(&home.path().join("undisturbed"), &layout, &cohort, 8);
        Self { home, layout, cohort, undisturbed }
    }

    fn directory(&self) -> PathBuf {
        self.home.path().join("results")
    }

    fn file(&self, name: &str) -> PathBuf {
        self.directory().join(name)
    }

    fn create(&self, existing: Existing) -> cartrial_dataset::Result<ResultsWriter> {
        ResultsWriter::create(&self.directory(), &self.layout, existing)
    }

    /// Writes the first blocks of eight patients and leaves the rest, as if the power went.
    fn interrupted_after(&self, patients: u64) {
        let mut writer = self.create(Existing::Refuse).unwrap();
        for block in blocks(&self.layout, &self.cohort, 8).into_iter().take(patients as usize / 8) {
            writer.write(block).unwrap();
        }
        // What a process leaves that is killed: nobody tidies up.
        std::mem::forget(writer);
        fs::remove_file(self.file(".lock")).unwrap();
    }

    /// Resumes the run to its end; returns the tasks that it had and what was damaged.
    fn resume(&self) -> (Vec<Task>, Vec<String>) {
        let mut writer = self.create(Existing::Resume).unwrap();
        let (tasks, damage) = (writer.tasks(), writer.damage().iter().map(|d| self.short(d)).collect());
        let blocks = blocks(&self.layout, &self.cohort, 8);
        for task in &tasks {
            match task {
                Task::Solve(ids) => {
                    let solved = blocks.iter().filter(|block| ids.contains(&block.first_patient));
                    solved.for_each(|block| writer.write(block.clone()).unwrap());
                }
                Task::Keep(ids) => {
                    let rows: usize = writer.keep(ids).unwrap().map(|rows| rows.unwrap().len()).sum();
                    assert_eq!(rows as u64, ids.end - ids.start);
                }
            }
        }
        let dataset = writer.finish().unwrap().publish(None).unwrap();
        assert_eq!(*dataset.manifest(), self.undisturbed);
        (tasks, damage)
    }

    /// Everything is as after an undisturbed run, byte for byte.
    fn assert_undisturbed(&self) {
        let undisturbed = self.home.path().join("undisturbed");
        for below in ["", "patients"] {
            let names = listing(&undisturbed.join(below));
            assert_eq!(listing(&self.file(below)), names);
            for name in names.iter().filter(|name| *name != "patients") {
                let bytes = |of: &Path| fs::read(of.join(below).join(name)).unwrap();
                assert!(bytes(&undisturbed) == bytes(&self.directory()), "{name}");
            }
        }
    }

    fn short(&self, error: &DatasetError) -> String {
        error.to_string().replace(&self.directory().display().to_string(), "DIR")
    }

    fn refusal(&self, existing: Existing) -> String {
        self.short(&self.create(existing).err().expect("a refusal"))
    }
}

#[test]
fn a_run_goes_on_after_its_last_whole_file() {
    for patients in [0, 8, 16, 40, 72] {
        let run = Run::new();
        run.interrupted_after(patients);
        assert_eq!(
            run.short(&Dataset::open(&run.directory()).unwrap_err()),
            format!(
                "DIR: holds an unfinished run: {} of 80 patients are done. Resume the run.",
                patients / 16 * 16
            )
        );
        let whole = patients / 16;
        let kept = (0..whole).map(|i| Task::Keep(16 * i..16 * (i + 1)));
        let expected: Vec<_> = kept.chain([Task::Solve(16 * whole..80)]).collect();
        assert_eq!(run.resume(), (expected, vec![]));
        run.assert_undisturbed();
    }
}

#[test]
fn a_file_without_its_line_in_the_journal_is_done_again() {
    let run = Run::new();
    run.interrupted_after(40);
    let journal = fs::read_to_string(run.file("journal.jsonl")).unwrap();
    let lines: Vec<_> = journal.split_inclusive('\n').collect();
    assert_eq!(lines.len(), 3);
    // The second line was being written.
    fs::write(run.file("journal.jsonl"), lines[..2].concat() + &lines[2][..lines[2].len() / 2]).unwrap();
    assert_eq!(run.resume().0, [Task::Keep(0..16), Task::Solve(16..80)]);
    run.assert_undisturbed();
}

#[test]
fn damaged_files_are_named_and_done_again() {
    let run = Run::new();
    run.interrupted_after(72);
    let part = |i: u32| run.file(&format!("patients/part-0000{i}.parquet"));
    let mut bytes = fs::read(part(0)).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(part(0), &bytes).unwrap();
    fs::write(part(1), &bytes[..100]).unwrap();
    fs::remove_file(part(3)).unwrap();
    let (tasks, damage) = run.resume();
    assert_eq!(tasks, [Task::Solve(0..32), Task::Keep(32..48), Task::Solve(48..80)]);
    let hash = run.undisturbed.files[0].written.sha256;
    assert!(
        damage[0].starts_with("DIR/patients/part-00000.parquet: is not what was written: its SHA-256 is ")
    );
    assert!(damage[0].contains(&format!(", and should be {hash}.")), "{}", damage[0]);
    let bytes = run.undisturbed.files[1].written.bytes;
    let remedy = "Restore it from a copy, or run the study again.";
    assert_eq!(
        damage[1..],
        [
            format!("DIR/patients/part-00001.parquet: has 100 bytes, and {bytes} were written. {remedy}"),
            format!(
                "DIR/patients/part-00003.parquet: is missing, though it belongs to these results. {remedy}"
            ),
        ]
    );
    run.assert_undisturbed();
}

#[test]
fn complete_results_are_checked_and_mended() {
    let run = Run::new();
    write(&run.directory(), &run.layout, &run.cohort, 8);
    let manifest = fs::metadata(run.file("manifest.json")).unwrap().modified().unwrap();
    let (tasks, damage) = run.resume();
    assert!(tasks.iter().all(|task| matches!(task, Task::Keep(_))) && tasks.len() == 5, "{tasks:?}");
    assert_eq!(damage, [""; 0]);
    assert_eq!(fs::metadata(run.file("manifest.json")).unwrap().modified().unwrap(), manifest);

    fs::write(run.file("patients/part-00002.parquet"), "").unwrap();
    let (tasks, damage) = run.resume();
    assert_eq!((tasks.len(), damage.len()), (5, 1));
    assert_eq!(tasks[2], Task::Solve(32..48));
    run.assert_undisturbed();
}

#[test]
fn what_was_left_in_the_middle_of_a_file_is_removed() {
    let run = Run::new();
    run.interrupted_after(24);
    let temporaries = || {
        let names = listing(&run.file("patients"));
        names.into_iter().filter(|name| name.ends_with(".tmp")).count()
    };
    assert_eq!(temporaries(), 1);
    run.resume();
    assert_eq!(temporaries(), 0);
}

#[test]
fn another_run_is_not_resumed_and_what_differs_is_named() {
    let run = Run::new();
    run.interrupted_after(40);
    let before = listing(&run.directory());
    let refusal = |change: &dyn Fn(&mut Study)| {
        let mut study = in_parts_of(16, study(80, &["car-t"]));
        change(&mut study);
        let layout = Layout::new(&study, &Cohort::new(&study).unwrap());
        let refusal = ResultsWriter::create(&run.directory(), &layout, Existing::Resume).err().unwrap();
        run.short(&refusal)
    };
    let remedy = "Replace it, or choose another directory.";
    assert_eq!(
        refusal(&|study| study.seed = 8),
        format!("DIR: holds another run: study.seed is 7 there and 8 here. {remedy}")
    );
    assert_eq!(
        refusal(&|study| {
            study.days = 20.0;
            study.arms[0].name = "car".into();
            study.endpoints.severe_inflammation = 500.0;
            study.name = "other".into();
        }),
        format!(
            "DIR: holds another run: study.arms[0].name is \"car-t\" there and \"car\" here, study.days is 30.0 there and \
             20.0 here, study.endpoints.severe_inflammation is 400.0 there and 500.0 here, 1 more. {remedy}"
        )
    );
    let journal = fs::read_to_string(run.file("journal.jsonl")).unwrap();
    let version = format!("\"version\":\"{}\"", env!("CARGO_PKG_VERSION"));
    fs::write(run.file("journal.jsonl"), journal.replace(&version, "\"version\":\"0.0.9\"")).unwrap();
    assert_eq!(
        run.refusal(Existing::Resume),
        format!("DIR: holds another run: program.version is \"0.0.9\" there and \"0.1.0\" here. {remedy}")
    );
    fs::write(run.file("journal.jsonl"), journal.replace("\"format_version\":4", "\"format_version\":5"))
        .unwrap();
    assert_eq!(
        run.refusal(Existing::Resume),
        "DIR/journal.jsonl: is of format version 5, and this program reads 4. \
         Use the version of cartrial that wrote it, or run the study again."
    );
    fs::write(run.file("journal.jsonl"), &journal[..20]).unwrap();
    assert_eq!(
        run.refusal(Existing::Resume),
        "DIR/journal.jsonl: has no first line. Run the study again, and let it replace what is there."
    );
    fs::remove_file(run.file("journal.jsonl")).unwrap();
    assert_eq!(
        run.refusal(Existing::Resume),
        format!(
            "DIR: cannot be resumed: there is neither a journal nor a manifest beside its files. {remedy}"
        )
    );
    fs::write(run.file("journal.jsonl"), journal).unwrap();
    assert_eq!(listing(&run.directory()), before, "nothing was touched");
    run.resume();
}

#[test]
fn an_unfinished_run_is_not_replaced_unasked_but_when_asked() {
    let run = Run::new();
    run.interrupted_after(40);
    assert_eq!(
        run.refusal(Existing::Refuse),
        "DIR: already holds an unfinished run (journal.jsonl, patients/part-00000.parquet, patients/part-00001.parquet). \
         Resume it, replace it, or choose another directory."
    );
    drop(run.create(Existing::Replace).unwrap());
    assert_eq!(listing(&run.file("patients")), [""; 0]);
    assert_eq!(run.resume().0, [Task::Solve(0..80)]);
}

#[test]
fn two_runs_never_write_to_one_directory() {
    let run = Run::new();
    let first = run.create(Existing::Refuse).unwrap();
    let process = std::process::id();
    for existing in [Existing::Refuse, Existing::Resume, Existing::Replace] {
        assert_eq!(
            run.refusal(existing),
            format!(
                "DIR: a run (process {process}) is writing to it. Wait until it has ended, or choose another directory."
            )
        );
    }
    let reading = Dataset::open(&run.directory()).unwrap_err();
    assert!(run.short(&reading).starts_with("DIR: a run (process "), "{reading}");
    drop(first);
    run.resume();
}

#[test]
fn a_file_of_others_among_the_parts_stops_the_run_and_stays() {
    let run = Run::new();
    run.interrupted_after(40);
    let mine = run.file("patients/part-00007.parquet");
    fs::write(&mine, "mine").unwrap();
    assert_eq!(
        run.refusal(Existing::Resume),
        "DIR/patients/part-00007.parquet: was not written by cartrial, so it is not replaced. \
         Move it away, or choose another directory."
    );
    assert_eq!(fs::read_to_string(&mine).unwrap(), "mine");
    fs::remove_file(mine).unwrap();
    // One of ours that belongs to no run any more would be counted by who reads all there is.
    fs::copy(run.file("patients/part-00000.parquet"), run.file("patients/part-00007.parquet")).unwrap();
    run.resume();
    run.assert_undisturbed();
}

#[cfg(unix)]
#[test]
fn a_lock_that_leads_elsewhere_is_not_written_to() {
    let run = Run::new();
    let precious = run.home.path().join("precious");
    fs::write(&precious, "mine").unwrap();
    fs::create_dir(run.directory()).unwrap();
    std::os::unix::fs::symlink(&precious, run.file(".lock")).unwrap();
    assert_eq!(
        run.refusal(Existing::Refuse),
        "DIR/.lock: is no regular file, so it is not replaced. Move it away, or choose another directory."
    );
    assert_eq!(fs::read_to_string(&precious).unwrap(), "mine");
}

#[cfg(unix)]
#[test]
fn a_temporary_name_that_leads_elsewhere_is_not_followed() {
    let run = Run::new();
    let precious = run.home.path().join("precious");
    fs::write(&precious, "mine").unwrap();
    fs::create_dir(run.directory()).unwrap();
    for name in ["manifest.json", "journal.jsonl", "dictionary.json"] {
        std::os::unix::fs::symlink(&precious, run.file(&format!(".{name}.0123.tmp"))).unwrap();
    }
    write(&run.directory(), &run.layout, &run.cohort, 8);
    assert_eq!(fs::read_to_string(&precious).unwrap(), "mine");
}
