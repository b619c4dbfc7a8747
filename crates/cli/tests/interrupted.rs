//! `run --resume`, signals and faults: processes that are really killed, files that are really damaged.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::{Place, Said};
use std::fs;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// 60 files of a few milliseconds each.
const STUDY: &str = "\
[study]
name = \"x\"
seed = 5
patients = 15_360
days = 3
[run]
part_patients = 256
";

/// What must be the same, whatever happened on the way.
#[derive(Debug, PartialEq)]
struct Outcome {
    content_hash: String,
    summary: Vec<u8>,
    page: Vec<u8>,
    parts: usize,
}

impl Outcome {
    fn of(place: &Place, directory: &str) -> Self {
        let manifest = place.json(&format!("{directory}/manifest.json"));
        Self {
            content_hash: manifest["content_hash"].as_str().unwrap().to_owned(),
            summary: place.read(&format!("{directory}/summary.json")),
            page: place.read(&format!("{directory}/report.html")),
            parts: fs::read_dir(place.path(&format!("{directory}/patients"))).unwrap().count(),
        }
    }
}

fn start(place: &Place, arguments: &[&str]) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cartrial"));
    command.args(arguments).current_dir(place.path("")).env_remove("CARTRIAL_SIMD");
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

fn send(child: &Child, signal: &str) {
    let sent = Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
}

fn end(child: Child) -> Said {
    let output = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Said { code: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
}

/// Waits until so many parts of a run are finished.
fn wait_for_parts(place: &Place, directory: &str, parts: usize) {
    let started = Instant::now();
    let lines = || fs::read_to_string(place.path(directory).join("journal.jsonl")).unwrap_or_default();
    while lines().lines().count() <= parts {
        assert!(started.elapsed() < Duration::from_secs(60), "the run does not get on");
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Numbers that differ from each other as random ones do, and not from run to run.
fn random(seed: u64) -> impl FnMut(u64) -> u64 {
    let mut state = seed;
    move |below| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    }
}

#[test]
fn fifty_kills_at_random_instants_leave_no_trace() {
    let place = Place::with_study(STUDY);
    let started = Instant::now();
    place.cartrial(&["run", "study.toml", "--out", "undisturbed"]).well();
    let whole = started.elapsed().as_micros() as u64;
    let expected = Outcome::of(&place, "undisturbed");
    assert_eq!(expected.parts, 60);

    let mut random = random(9);
    let (mut kills, mut in_the_middle, mut finished) = (0, 0, 0);
    while kills < 50 {
        let mut child = start(&place, &["run", "study.toml", "--out", "killed", "--resume", "--quiet"]);
        std::thread::sleep(Duration::from_micros(random(whole)));
        child.kill().unwrap();
        if child.wait().unwrap().code().is_none() {
            kills += 1;
            let complete = place.path("killed/manifest.json").exists();
            in_the_middle += u32::from(place.path("killed/journal.jsonl").exists() && !complete);
        } else {
            finished += 1;
            assert_eq!(Outcome::of(&place, "killed"), expected);
        }
        // What is complete is begun anew, so that kills meet every stage of a run.
        if place.path("killed/manifest.json").exists() {
            fs::remove_dir_all(place.path("killed")).unwrap();
        }
    }
    eprintln!("{kills} kills, {in_the_middle} with a run left unfinished, {finished} runs that were quicker");
    assert!(in_the_middle >= 20, "{in_the_middle} of {kills} kills met a run at work");
    place.cartrial(&["run", "study.toml", "--out", "killed", "--resume"]).well();
    assert_eq!(Outcome::of(&place, "killed"), expected);
}

#[test]
fn an_interrupted_run_says_what_is_done_and_goes_on() {
    let place = Place::with_study(STUDY);
    place.cartrial(&["run", "study.toml", "--out", "undisturbed"]).well();
    for (signal, code) in [("-INT", 130), ("-TERM", 143)] {
        let child = start(&place, &["run", "study.toml", "--out", "here", "--force"]);
        wait_for_parts(&place, "here", 3);
        send(&child, signal);
        let said = end(child);
        assert_eq!((said.code, said.out.as_str()), (code, ""), "{said:?}");
        let done: u64 =
            said.err.lines().nth(1).and_then(|line| line.split(' ').nth(1)?.parse().ok()).unwrap();
        assert!((3 * 256..15_360).contains(&done) && done.is_multiple_of(256), "{said:?}");
        assert_eq!(
            said.err,
            format!(
                "Finishing the part in hand. Once more stops at once, and loses it.\n\
                 interrupted: {done} of 15360 patients are done, in here. Go on with:\n\
                 cartrial run study.toml --out here --resume\n"
            )
        );
        let refusal = format!(
            "error: here: holds an unfinished run: {done} of 15360 patients are done. \
             Go on with it: run the study with --resume."
        );
        place.refuses(&["analyse", "here"], 2, &refusal);
        place.refuses(&["report", "here"], 2, &refusal);
        place.refuses(&["merge", "here", "--out", "there"], 2, &refusal);
        place.refuses(
            &["run", "study.toml", "--out", "here"],
            2,
            "error: here: already holds an unfinished run (journal.jsonl, patients/part-00000.parquet, \
             patients/part-00001.parquet, 2 more). Give --resume to go on with it, --force to replace it, or another directory \
             with --out."
                .replace("2 more", &format!("{} more", done / 256 - 2))
                .as_str(),
        );
        place.refuses(
            &["run", "study.toml", "--out", "here", "--resume", "--seed", "6"],
            2,
            "error: here: holds another run: study.seed is 5 there and 6 here. \
             Give --force to replace it, or another directory with --out.",
        );
        place.cartrial(&["run", "study.toml", "--out", "here", "--resume"]).well();
        assert_eq!(Outcome::of(&place, "here"), Outcome::of(&place, "undisturbed"));
    }
}

#[test]
fn an_interrupted_shard_is_run_again() {
    let place = Place::with_study(STUDY);
    let shard = ["run", "study.toml", "--out", "here", "--shard", "1/2", "--quiet"];
    let child = start(&place, &shard);
    wait_for_parts(&place, "here/shard-1-of-2", 3);
    send(&child, "-TERM");
    let said = end(child);
    assert_eq!(said.code, 143);
    let (_, advice) =
        said.err.split_once(" of 4096 patients are done, in here/shard-1-of-2. Go on with:\n").unwrap();
    assert_eq!(advice, "cartrial run study.toml --out here --shard 1/2 --quiet --resume\n");
    let said = place.cartrial(&["merge", "here"]);
    assert_eq!(said.code, 2);
    assert!(
        said.err.starts_with("error: here/shard-1-of-2: holds shard 1/2, which is unfinished: "),
        "{said:?}"
    );
    let advice = " of 4096 patients are done. Run shard 1/2 again: it goes on from there.\n";
    assert!(said.err.ends_with(advice), "{said:?}");
    place.cartrial(&shard).well();
    place.cartrial(&["run", "study.toml", "--out", "here", "--shard", "2/2"]).well();
    place.cartrial(&["merge", "here"]).well();
    place.cartrial(&["run", "study.toml", "--out", "undisturbed"]).well();
    let of = |directory: &str| Outcome { parts: 0, ..Outcome::of(&place, directory) };
    assert_eq!(of("here"), of("undisturbed"));
}

#[test]
fn weighted_patients_go_on_where_a_run_was_killed() {
    let targets = "[population.targets]\nmethod = \"weighting\"\ncandidates = 20_000\n\
                   shares = [{ column = \"severe_inflammation\", share = 0.5, patients = 100, source = \"made up\" }]\n\
                   [[arms]]\nname = \"a\"\n[[arms]]\nname = \"b\"\ndose_multiplier = 0.5\n";
    let place = Place::with_study(&format!("{STUDY}{targets}"));
    place.cartrial(&["run", "study.toml", "--out", "undisturbed"]).well();
    let mut child = start(&place, &["run", "study.toml", "--out", "killed", "--quiet"]);
    wait_for_parts(&place, "killed", 3);
    child.kill().unwrap();
    assert!(child.wait().unwrap().code().is_none(), "it was killed at work");
    place.cartrial(&["run", "study.toml", "--out", "killed", "--resume"]).well();
    assert_eq!(Outcome::of(&place, "killed"), Outcome::of(&place, "undisturbed"));
}

#[test]
fn candidates_are_given_up_at_once() {
    // Minutes of candidates.
    let targets = "[population.targets]\ncandidates = 10_000_000\nplausible = [{ column = \"peak_inflammation\", above = 1 }]\n";
    let place = Place::with_study(&format!("{STUDY}{targets}").replace("days = 3", "days = 300"));
    let child = start(&place, &["run", "study.toml", "--out", "here"]);
    std::thread::sleep(Duration::from_millis(500));
    send(&child, "-INT");
    let sent = Instant::now();
    let said = end(child);
    assert!(sent.elapsed() < Duration::from_secs(20), "{:?}", sent.elapsed());
    assert_eq!((said.code, said.out.as_str()), (130, ""), "{said:?}");
    assert_eq!(
        said.err,
        "Finishing the part in hand. Once more stops at once, and loses it.\n\
         interrupted while candidates were solved, of which nothing is kept. Start again with:\n\
         cartrial run study.toml --out here\n"
    );
    assert!(!place.path("here").exists());
}

#[test]
fn a_second_signal_stops_at_once() {
    let place = Place::with_study(&STUDY.replace("part_patients = 256", "part_patients = 16_384"));
    let child = start(&place, &["run", "study.toml", "--days", "3000", "--threads", "1"]);
    let journal = place.path("results/x/journal.jsonl");
    while !journal.exists() {
        std::thread::sleep(Duration::from_millis(1));
    }
    send(&child, "-INT");
    std::thread::sleep(Duration::from_millis(100));
    send(&child, "-INT");
    let started = Instant::now();
    assert_eq!(end(child).code, 130);
    assert!(started.elapsed() < Duration::from_secs(1), "it took {:?}", started.elapsed());
}

#[test]
fn a_second_run_into_one_directory_is_refused() {
    let place = Place::with_study(STUDY);
    let first = start(&place, &["run", "study.toml", "--out", "here"]);
    wait_for_parts(&place, "here", 1);
    for way in ["--resume", "--force", "--quiet"] {
        let said = place.cartrial(&["run", "study.toml", "--out", "here", way]);
        let refusal = format!(
            "error: here: a run (process {}) is writing to it. Wait until it has ended, or choose another directory.\n",
            first.id()
        );
        assert_eq!((said.code, said.err), (2, refusal));
    }
    assert_eq!(end(first).code, 0);
    place.cartrial(&["run", "study.toml", "--out", "there"]).well();
    assert_eq!(Outcome::of(&place, "here"), Outcome::of(&place, "there"));
    // The lock died with its process.
    place.cartrial(&["run", "study.toml", "--out", "here", "--resume"]).well();
}

#[test]
fn damage_is_found_before_anything_is_made_of_it_and_mended_on_request() {
    let place = Place::with_study(STUDY);
    place.cartrial(&["run", "study.toml", "--out", "here"]).well();
    let expected = Outcome::of(&place, "here");
    let name = "here/patients/part-00007.parquet";
    let good = place.read(name);
    let mut random = random(4);
    for _ in 0..10 {
        let mut bytes = good.clone();
        let at = random(good.len() as u64) as usize;
        bytes[at] ^= 1 << random(8);
        place.write(name, &bytes);
        for command in ["analyse", "report"] {
            let before = place.contents();
            let said = place.cartrial(&[command, "here"]);
            assert_eq!((said.code, said.out.as_str()), (2, ""), "byte {at}: {said:?}");
            assert!(said.err.starts_with(&format!("error: {name}: ")), "byte {at}: {said:?}");
            assert!(place.contents() == before, "byte {at}");
        }
    }
    place.write(name, &good[..good.len() / 2]);
    let said = place.cartrial(&["analyse", "here"]);
    assert!(
        said.code == 2 && said.err.starts_with(&format!("error: {name}: has {} bytes, and ", good.len() / 2))
    );

    let said = place.cartrial(&["run", "study.toml", "--out", "here", "--resume", "--quiet"]);
    assert_eq!(
        (said.code, said.err),
        (
            0,
            format!(
                "{name}: has {} bytes, and {} were written. Restore it from a copy, or run the study again. \
                 It has been made again.\n",
                good.len() / 2,
                good.len()
            )
        )
    );
    assert_eq!(Outcome::of(&place, "here"), expected);
}
