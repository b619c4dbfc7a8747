//! Arguments and directories that will not do: the whole message, the exit code, and nothing written.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::{Place, SMALL};

/// `run study.toml` with these arguments must end with code 2 and exactly this message.
#[track_caller]
fn run_refuses(arguments: &[&str], message: &str) {
    Place::with_study(SMALL).refuses(&[&["run", "study.toml"], arguments].concat(), 2, message);
}

/// What is said of an argument's value before anything is read.
fn invalid(value: &str, argument: &str, expected: &str) -> String {
    format!(
        "error: invalid value '{value}' for '{argument}': {expected}\n\nFor more information, try '--help'."
    )
}

#[test]
fn a_number_of_patients_that_is_none_is_refused() {
    run_refuses(
        &["--patients", "0"],
        "error: --patients: expected a whole number from 1 to 1000000000000, found 0.",
    );
    for value in ["-1", "1.5", "many"] {
        let message = invalid(value, "--patients <N>", "expected a whole number of at least 1");
        run_refuses(&["--patients", value], &message);
    }
}

#[test]
fn a_seed_that_is_none_is_refused() {
    for value in ["-1", "x", "18446744073709551616"] {
        let expected = "expected a whole number from 0 to 18446744073709551615";
        run_refuses(&["--seed", value], &invalid(value, "--seed <S>", expected));
    }
}

#[test]
fn no_threads_are_refused() {
    for value in ["0", "-2", "all", "70000"] {
        let message = invalid(value, "--threads <T>", "expected a whole number from 1 to 65535");
        run_refuses(&["--threads", value], &message);
    }
}

#[test]
fn a_follow_up_that_is_no_time_is_refused() {
    let above_0 =
        |found| format!("error: --days: expected a number above 0 and at most 36500, found {found}.");
    run_refuses(&["--days", "-3"], &above_0("-3"));
    run_refuses(&["--days", "0"], &above_0("0"));
    run_refuses(&["--days", "1e6"], &above_0("1000000"));
    run_refuses(&["--days", "nan"], "error: --days: expected a finite number, found NaN.");
    run_refuses(&["--days", "inf"], "error: --days: expected a finite number, found inf.");
    run_refuses(&["--days", "month"], &invalid("month", "--days <D>", "expected a number"));
    Place::new().refuses(&["patient", "--days", "-3"], 2, &above_0("-3"));
}

#[test]
fn an_unknown_command_is_refused_with_the_nearest() {
    Place::new().refuses(
        &["rum", "study.toml"],
        2,
        "error: unrecognized subcommand 'rum'\n\n  tip: a similar subcommand exists: 'run'\n\nUsage: cartrial \
         <COMMAND>\n\nFor more information, try '--help'.",
    );
}

#[test]
fn an_unknown_simd_level_is_refused_with_all_valid_ones() {
    let message = "error: CARTRIAL_SIMD=\"sse9\" is no SIMD level. Valid: scalar, baseline, avx2, avx512; unset it to \
                   use the best.";
    let place = Place::with_study(SMALL);
    place.refuses_with(&["run", "study.toml"], Some("sse9"), 2, message);
    place.refuses_with(&["patient"], Some("sse9"), 2, message);
}

#[test]
fn a_file_in_the_way_of_the_results_is_refused() {
    let place = Place::with_study(SMALL);
    place.write("file", "mine");
    for out in ["file", "file/below"] {
        let why = "a file stands where a directory is needed. Choose another directory with --out.";
        place.refuses(
            &["run", "study.toml", "--out", out],
            2,
            &format!("error: {out}: cannot be created: {why}"),
        );
        place.refuses(&["patient", "--out", out], 2, &format!("error: {out}: cannot be written: {why}"));
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_directory_that_nobody_can_make_is_a_failure_of_another_kind() {
    let place = Place::with_study(SMALL);
    place.refuses(
        &["run", "study.toml", "--out", "/proc/results"],
        1,
        "error: /proc/results: cannot be created: there is no such file or directory. Check the path.",
    );
    place.refuses(
        &["patient", "--out", "/proc/results"],
        1,
        "error: /proc/results: cannot be written: there is no such directory. Choose another directory with --out.",
    );
}

#[test]
fn files_of_another_program_are_not_replaced_even_with_force() {
    let place = Place::with_study(SMALL);
    std::fs::create_dir(place.path("here")).unwrap();
    place.write("here/manifest.json", "{\"name\": \"a web page\"}");
    place.refuses(
        &["run", "study.toml", "--out", "here", "--force"],
        2,
        "error: here/manifest.json: was not written by cartrial, so it is not replaced. Move it away, or choose another \
         directory with --out.",
    );
}

#[test]
fn analyse_refuses_what_holds_no_results() {
    let place = Place::with_study(SMALL);
    std::fs::create_dir(place.path("empty")).unwrap();
    let name_it = "Name the directory that a run wrote to.";
    let refuses = |of: &str, why: &str| place.refuses(&["analyse", of], 2, &format!("error: {of}: {why}"));
    refuses("empty", &format!("is no results directory: there is no manifest.json. {name_it}"));
    refuses("nowhere", "there is no such directory. Check the path.");
    refuses("study.toml", &format!("is a file, not a results directory. {name_it}"));
}

#[test]
fn analyse_refuses_an_unfinished_run() {
    let place = Place::with_study(SMALL);
    place.cartrial(&["run", "study.toml", "--out", "here"]).well();
    std::fs::remove_file(place.path("here/manifest.json")).unwrap();
    place.refuses(
        &["analyse", "here"],
        2,
        "error: here: holds an unfinished run: there is no manifest.json. Run the study again with --force.",
    );
}
