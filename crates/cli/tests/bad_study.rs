//! Study files that cannot be run: the whole message, exit code 2, and nothing written.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::{Place, SMALL};

/// `run` and `check` must refuse the study with exactly this message.
#[track_caller]
fn refuses(study: &str, message: &str) {
    let place = Place::with_study(study);
    place.refuses(&["run", "study.toml"], 2, message);
    place.refuses(&["run", "study.toml", "--force", "--quiet"], 2, message);
    place.refuses(&["check", "study.toml"], 2, message);
}

/// As [`refuses`], of a study to which lines are added; they begin in line 6.
#[track_caller]
fn refuses_addition(lines: &str, message: &str) {
    refuses(&format!("{SMALL}{lines}\n"), message);
}

#[test]
fn an_unknown_key_is_refused_with_the_nearest_valid_one() {
    refuses_addition(
        "dayz = 30",
        "\
error: study.toml:6:1: study.dayz: unknown key. Did you mean \"days\"? Valid: name, seed, patients, days, allocation.
 6 | dayz = 30
   | ^^^^",
    );
}

#[test]
fn a_misspelt_parameter_is_refused_with_all_valid_ones() {
    refuses_addition(
        "[population.parameters]\nr1 = { fixed = 0.003 }\nd11 = { fixed = 1 }",
        "\
error: study.toml:8:1: population.parameters.d11: unknown parameter. Did you mean \"d1\"? Valid: n, r1, r2, r3, r4, d1, d2, d3, d4, d5, p0, p1, p2, a1, a2, a3, b, l, k.
 8 | d11 = { fixed = 1 }
   | ^^^",
    );
}

#[test]
fn a_misspelt_section_is_refused_with_the_nearest_valid_one() {
    refuses_addition(
        "[populaton]\nspread = 0.1",
        "\
error: study.toml:6:2: populaton: unknown table or key. Did you mean \"population\"? Valid: study, model, population, solver, endpoints, run, trajectories, arms.
 6 | [populaton]
   |  ^^^^^^^^^",
    );
}

#[test]
fn a_negative_spread_is_refused() {
    refuses_addition(
        "[population]\nspread = -0.25",
        "\
error: study.toml:7:10: population.spread: expected a number of at least 0, found -0.25.
 7 | spread = -0.25
   |          ^^^^^",
    );
}

#[test]
fn no_patients_are_refused() {
    refuses(
        "[study]\nname = \"x\"\npatients = 0\n",
        "\
error: study.toml:3:12: study.patients: expected a whole number from 1 to 1000000000000, found 0.
 3 | patients = 0
   |            ^",
    );
}

#[test]
fn a_range_upside_down_is_refused() {
    refuses_addition(
        "[population.initial]\ntumour_burden = { uniform = { low = 1000, high = 1 } }",
        "\
error: study.toml:7:37: population.initial.tumour_burden.uniform.low: low = 1000 is above high = 1. Exchange them.
 7 | tumour_burden = { uniform = { low = 1000, high = 1 } }
   |                                     ^^^^",
    );
}

#[test]
fn a_value_of_the_wrong_type_is_refused() {
    refuses(
        "[study]\nname = \"x\"\npatients = \"two hundred\"\n",
        "\
error: study.toml:3:12: study.patients: expected a whole number, found a string.
 3 | patients = \"two hundred\"
   |            ^^^^^^^^^^^^^",
    );
}

#[test]
fn a_value_that_no_patient_can_have_is_refused_with_the_standard_patients() {
    refuses_addition(
        "[population.parameters]\nd2 = { fixed = 0 }",
        "\
error: study.toml:7:16: population.parameters.d2.fixed: expected a number above 0 (decay rate of inflammation, in 1/h), found 0. The standard patient has 1.5.
 7 | d2 = { fixed = 0 }
   |                ^",
    );
}

#[test]
fn a_syntax_error_is_refused_at_its_place() {
    refuses(
        "[study]\nname = \"x\npatients = 1\n",
        "\
error: study.toml:2:10: not valid TOML: invalid basic string, expected `\"`.
 2 | name = \"x
   |          ^",
    );
    refuses(
        "[study\nname = \"x\"\n",
        "\
error: study.toml:1:7: not valid TOML: unclosed table, expected `]`.
 1 | [study
   |       ^",
    );
}

#[test]
fn every_mistake_is_told_at_once_in_the_order_of_the_file() {
    refuses(
        "[study]\nname = \"a/b\"\npatients = 1\n[solver]\nmethod = \"euler\"\nrtol = 1\n",
        "\
error: study.toml:2:8: study.name: \"a/b\" has the character '/'. The results directory bears this name: up to 100 letters, digits, '-', '_' and '.', beginning with a letter or digit.
 2 | name = \"a/b\"
   |        ^^^^^
error: study.toml:5:10: solver.method: unknown value \"euler\". Valid: tsit5, rodas5p, dopri5, bs3, rk4.
 5 | method = \"euler\"
   |          ^^^^^^^
error: study.toml:6:8: solver.rtol: expected a number of at least 1e-12 and at most 0.01, found 1.
 6 | rtol = 1
   |        ^",
    );
}

#[test]
fn a_study_without_a_name_or_patients_is_refused_with_what_to_write() {
    refuses(
        "[study]\nseed = 1\n",
        "\
error: study.toml:1:1: study.name: missing. Write name = \"my-study\" under [study].
 1 | [study]
   | ^^^^^^^
error: study.toml:1:1: study.patients: missing. Write patients = 200 under [study], or give --patients 200.
 1 | [study]
   | ^^^^^^^",
    );
}

#[test]
fn a_fraction_of_failures_above_one_is_refused() {
    refuses_addition(
        "[run]\nmax_failed_fraction = 5",
        "\
error: study.toml:7:23: run.max_failed_fraction: expected a number of at least 0 and at most 1, found 5.
 7 | max_failed_fraction = 5
   |                       ^",
    );
}

#[test]
fn a_study_file_that_is_not_there_is_refused() {
    let place = Place::new();
    let message = "error: study.toml: no such file. Check the path; it is taken from the current directory.";
    for command in ["run", "check", "patient"] {
        place.refuses(&[command, "study.toml"], 2, message);
    }
}

#[test]
fn a_directory_in_place_of_a_study_file_is_refused() {
    let place = Place::new();
    std::fs::create_dir(place.path("study.toml")).unwrap();
    let message = "error: study.toml: is a directory, not a file. Name the file itself.";
    for command in ["run", "check", "patient"] {
        place.refuses(&[command, "study.toml"], 2, message);
    }
}

#[test]
fn a_study_file_that_is_no_text_is_refused_at_the_line() {
    let place = Place::new();
    place.write("study.toml", b"[study]\nname = \"\xff\"\n");
    place.refuses(
        &["run", "study.toml"],
        2,
        "error: study.toml:2: not UTF-8 text. Save the study file as UTF-8.",
    );
}
