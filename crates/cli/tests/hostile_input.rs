//! Study files and tables that mean harm: exit code 2, a message with place, reason and remedy, and nothing written.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::Place;
use std::os::unix::fs::symlink;
use std::path::Path;

const STUDY: &str = "[study]\nname = \"x\"\npatients = 10\n";
const TABLE: &str = "[study]\nname = \"x\"\n[population]\ntable = \"t.csv\"\n";

/// `check` and `run` must refuse the study with a message that begins so, of no more lines than a screen has.
#[track_caller]
fn refuses(place: &Place, beginning: &str) {
    let before = std::fs::read_dir(place.path(".")).unwrap().count();
    for command in ["check", "run"] {
        let said = place.cartrial(&[command, "study.toml"]);
        assert_eq!((said.code, said.out.as_str()), (2, ""), "{}", said.err);
        assert!(said.err.starts_with(beginning), "{}", said.err);
        assert!(said.err.len() < 20_000 && said.err.lines().count() < 80, "{} bytes", said.err.len());
        assert!(!said.err.contains("panicked"), "{}", said.err);
    }
    assert_eq!(std::fs::read_dir(place.path(".")).unwrap().count(), before, "something was written");
}

#[track_caller]
fn refuses_text(text: &str, beginning: &str) {
    refuses(&Place::with_study(text), beginning);
}

fn fifo(path: &Path) {
    assert!(std::process::Command::new("mkfifo").arg(path).status().unwrap().success());
}

#[test]
fn a_study_file_that_is_no_regular_file_is_not_opened() {
    let odd = "is a pipe, a socket or a device, not a regular file. Save what it delivers in a file, and name that.";
    let place = Place::new();
    fifo(&place.path("study.toml"));
    refuses(&place, &format!("error: study.toml: {odd}"));
    let place = Place::new();
    symlink("/dev/zero", place.path("study.toml")).unwrap();
    refuses(&place, &format!("error: study.toml: {odd}"));
    let place = Place::new();
    std::fs::create_dir(place.path("study.toml")).unwrap();
    refuses(&place, "error: study.toml: is a directory, not a file. Name the file itself.");
    let place = Place::new();
    symlink("study.toml", place.path("study.toml")).unwrap();
    refuses(&place, "error: study.toml: cannot be read: Too many levels of symbolic links");
}

#[test]
fn a_table_that_is_no_regular_file_is_not_opened() {
    let odd = "error: study.toml:4:9: population.table: is a pipe, a socket or a device, not a regular file: \"t.csv\".";
    let place = Place::with_study(TABLE);
    fifo(&place.path("t.csv"));
    refuses(&place, odd);
    let place = Place::with_study(TABLE);
    symlink("/dev/zero", place.path("t.csv")).unwrap();
    refuses(&place, odd);
    let place = Place::with_study(TABLE);
    symlink("t.csv", place.path("t.csv")).unwrap();
    refuses(
        &place,
        "error: study.toml:4:9: population.table: cannot be read: Too many levels of symbolic links",
    );
}

#[test]
fn files_are_read_up_to_a_size_that_the_message_states() {
    let grown = |place: &Place, name: &str, length| {
        std::fs::File::create(place.path(name)).unwrap().set_len(length).unwrap();
    };
    let place = Place::new();
    grown(&place, "study.toml", 1 << 40);
    refuses(
        &place,
        "error: study.toml: is larger than 1 MiB, which a study file is not. Name the study file itself; patients of \
         your own go into a table beside it.",
    );
    let place = Place::with_study(TABLE);
    grown(&place, "t.csv", 1 << 40);
    refuses(
        &place,
        "error: study.toml:4:9: population.table: is larger than 4 GiB, which a cohort table is not: \"t.csv\". Divide \
         the cohort into several studies, or write the table as Parquet.",
    );
}

#[test]
fn deep_nesting_ends_in_a_message() {
    let deep =
        |open: &str, close: &str| format!("{STUDY}x = {}1{}\n", open.repeat(100_000), close.repeat(100_000));
    let too_deep = "not valid TOML: cannot recurse further; max recursion depth met.";
    refuses_text(&deep("[", "]"), &format!("error: study.toml:4:85: {too_deep}"));
    refuses_text(&deep("{a=", "}"), &format!("error: study.toml:4:245: {too_deep}"));
    refuses_text(
        &format!("{STUDY}x{} = 1\n", ".a".repeat(200_000)),
        "error: study.toml: not valid TOML: recursion limit.",
    );
}

#[test]
fn of_thousands_of_mistakes_the_first_are_told_and_the_others_counted() {
    let keys: String = (0..50_000).map(|i| format!("k{i} = 1\n")).collect();
    let place = Place::with_study(&format!("{STUDY}{keys}"));
    refuses(&place, "error: study.toml:4:1: study.k0: unknown key.");
    let said = place.cartrial(&["check", "study.toml"]);
    assert!(said.err.ends_with("\nerror: study.toml: and 49980 more mistakes.\n"), "{}", said.err);
}

#[test]
fn of_thousands_of_bad_columns_the_first_are_told_and_the_others_counted() {
    let place = Place::with_study(TABLE);
    let header: Vec<_> = (0..50_000).map(|i| format!("c{i}")).collect();
    place.write("t.csv", format!("{}\n", header.join(",")));
    refuses(&place, "error: t.csv:1: column \"c0\": unknown column.");
    let said = place.cartrial(&["check", "study.toml"]);
    assert!(said.err.ends_with("\nerror: t.csv: and 49990 more bad columns.\n"), "{}", said.err);
}

#[test]
fn long_values_are_quoted_in_part() {
    let long = "y".repeat(900_000);
    refuses_text(
        &STUDY.replace("\"x\"", &format!("\"{long}\"")),
        "error: study.toml:2:8: study.name: 900000 characters",
    );
    refuses_text(
        &format!("{STUDY}seed = {}\n", "9".repeat(900_000)),
        "error: study.toml:4:8: study.seed: expected",
    );
    refuses_text(&format!("{STUDY}{long} = 1\n"), "error: study.toml:4:1: study.yyyy");
    let place = Place::with_study(TABLE);
    place.write("t.csv", "z".repeat(3_000_000));
    refuses(&place, "error: t.csv:1: column \"zzzz");
    place.write("t.csv", format!("d2\n{}\n", "z".repeat(3_000_000)));
    refuses(&place, "error: t.csv:2: column \"d2\": expected a number, found \"zzzz");
    place.write("t.csv", vec![0_u8; 3_000_000]);
    refuses(&place, "error: t.csv:1: column \"\\0\\0");
}

#[test]
fn absurd_counts_are_refused_with_the_range() {
    let most = "expected a whole number from 1 to 1000000000000, found 1000000000000000000.";
    refuses_text(
        &STUDY.replace("10", "1000000000000000000"),
        &format!("error: study.toml:3:12: study.patients: {most}"),
    );
    let place = Place::with_study(STUDY);
    place.refuses(
        &["run", "study.toml", "--patients", "1000000000000000000"],
        2,
        &format!("error: --patients: {most}"),
    );
    let arms: String = (0..30_000).map(|i| format!("[[arms]]\nname = \"a{i}\"\n")).collect();
    refuses_text(
        &format!("{STUDY}{arms}"),
        "error: study.toml:104:1: arms: 30000 arms are too many. At most 50",
    );
    let doses = "{day=0,hours=1,rate=1},".repeat(30_000);
    refuses_text(
        &format!("{STUDY}[[arms]]\nname = \"a\"\nsuppressant = [{doses}]\n"),
        "error: study.toml:6:15: arms[0].suppressant: 30000 items are too many. At most 1000 can be given.",
    );
    refuses_text(
        &format!("{STUDY}[solver]\nmethod = \"rk4\"\nstep_hours = 1e-300\n"),
        "error: study.toml:6:14: solver.step_hours: a step of 1e-300 h makes 7.2e302 of them a patient. 10000000 are the \
         most; a step of 0.1 h is short.",
    );
    refuses_text(
        &format!("{STUDY}days = 1e308\n"),
        "error: study.toml:4:8: study.days: expected a number above 0 and at most 36500",
    );
}

#[test]
fn the_largest_valid_numbers_are_checked_at_once() {
    let text = "[study]\nname = \"x\"\npatients = 1000000000000\ndays = 36500\n[population]\nsampling = \"latin-hypercube\"\n\
                [population.parameters]\nd2 = { normal = { mean = 1e308, sd = 1e308 } }\n";
    let said = Place::with_study(text).cartrial(&["check", "study.toml"]).well();
    assert!(said.out.contains("1,000,000,000,000"), "{}", said.out);
    let rk4 = format!("{text}[solver]\nmethod = \"rk4\"\nstep_hours = 1e9\n");
    refuses_text(
        &rk4,
        "error: study.toml:11:14: solver.step_hours: a step of 1000000000 h is longer than the study.",
    );
}

#[test]
fn a_table_that_is_damaged_or_lies_is_refused() {
    let fixture = concat!(env!("CARGO_MANIFEST_DIR"), "/../cohort/tests/fixtures/pyarrow_zstd.parquet");
    let bytes = std::fs::read(fixture).unwrap();
    let place = Place::with_study(&TABLE.replace("t.csv", "t.parquet"));
    let length = bytes.len();
    for cut in [0, 1, 7, 12, length / 2, length - 1] {
        place.write("t.parquet", &bytes[..cut]);
        refuses(&place, "error: t.parquet: cannot be read as Parquet: ");
    }
    // A footer that is longer than the file.
    let mut long = bytes.clone();
    long[length - 8..length - 4].copy_from_slice(&u32::MAX.to_le_bytes());
    place.write("t.parquet", &long);
    refuses(&place, "error: t.parquet: cannot be read as Parquet: ");
    // Page headers that claim 2 GiB when unpacked: fields 1 and 2 are a type and that size.
    let header = bytes.windows(3).position(|w| w[0] == 0x15 && w[2] == 0x15).unwrap();
    let end = header + 3 + bytes[header + 3..].iter().position(|b| b & 0x80 == 0).unwrap() + 1;
    let mut lying = bytes[..header + 3].to_vec();
    lying.extend([0xfe, 0xff, 0xff, 0xff, 0x0f]);
    lying.extend(&bytes[end..]);
    place.write("t.parquet", &lying);
    refuses(&place, "error: t.parquet: ");
}
