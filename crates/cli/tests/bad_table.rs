//! Cohort tables that cannot be simulated: the whole message, exit code 2, and nothing written.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::Place;

const STUDY: &str = "[study]\nname = \"x\"\n[population]\ntable = \"t.csv\"\n";

/// `run` and `check` must refuse a study of that table with exactly this message.
#[track_caller]
fn refuses(table: impl AsRef<[u8]>, message: &str) {
    let place = Place::with_study(STUDY);
    place.write("t.csv", table);
    place.refuses(&["run", "study.toml"], 2, message);
    place.refuses(&["check", "study.toml"], 2, message);
}

#[test]
fn a_missing_value_is_refused_at_its_line_and_column() {
    refuses(
        "tumour_burden,r1\n300,0.003\n,0.003\n200,NA\n",
        "\
error: t.csv:3: column \"tumour_burden\": no value. Give one, or leave the column out: then every patient has the standard patient's 300.
error: t.csv:4: column \"r1\": no value. Give one, or leave the column out: then every patient has the standard patient's 0.003.",
    );
}

#[test]
fn a_value_that_is_no_number_is_refused() {
    refuses(
        "tumour_burden\n300\nhigh\n",
        "error: t.csv:3: column \"tumour_burden\": expected a number, found \"high\". Write it as 0.003 or 3e-3.",
    );
}

#[test]
fn a_value_that_is_not_finite_is_refused() {
    refuses(
        "tumour_burden\nNaN\ninf\n",
        "\
error: t.csv:2: column \"tumour_burden\": expected a finite number, found NaN.
error: t.csv:3: column \"tumour_burden\": expected a finite number, found inf.",
    );
}

#[test]
fn a_negative_value_is_refused() {
    refuses(
        "tumour_burden\n-1\n",
        "error: t.csv:2: column \"tumour_burden\": expected a number of at least 0, found -1.",
    );
}

#[test]
fn an_unknown_column_is_refused_with_the_nearest_and_with_how_to_carry_it() {
    refuses(
        "tumor_burden\n300\n",
        "\
error: t.csv:1: column \"tumor_burden\": unknown column. Did you mean \"tumour_burden\"? Valid: n, r1, r2, r3, r4, d1, d2, d3, d4, d5, p0, p1, p2, a1, a2, a3, b, l, k, tumour_burden, inflammation, dose_effector_ctl, dose_memory_ctl, dose_effector_helper, dose_memory_helper, lymphocytes. To carry it into the results, write carry = [\"tumor_burden\"] under [population].",
    );
}

#[test]
fn a_ragged_row_is_refused() {
    refuses(
        "tumour_burden,r1\n300\n",
        "error: t.csv:2: 1 value in this line, but 2 columns in the header. Separate values by commas, and quote text that has a comma.",
    );
}

#[test]
fn a_table_without_patients_or_without_anything_is_refused() {
    refuses("tumour_burden\n", "error: t.csv: has no patients. Give one row a patient.");
    refuses("", "error: t.csv: is empty. Give a header line with symbols, then one line a patient.");
}

#[test]
fn a_table_that_is_no_text_is_refused() {
    refuses(b"tumour_burden\n300\n\xff\xfe\n", "error: t.csv:3: not UTF-8 text. Save the table as UTF-8.");
}

#[test]
fn a_table_that_is_not_there_is_refused_at_the_place_that_names_it() {
    let place = Place::with_study(STUDY);
    let message = "\
error: study.toml:4:9: population.table: no such file: \"t.csv\". The path is taken relative to the study file.
 4 | table = \"t.csv\"
   |         ^^^^^^^";
    place.refuses(&["run", "study.toml"], 2, message);
}

#[test]
fn a_directory_without_parquet_files_is_refused() {
    let place = Place::with_study(STUDY);
    std::fs::create_dir(place.path("t.csv")).unwrap();
    let message = "\
error: study.toml:4:9: population.table: holds no .parquet files: \"t.csv\". The path is taken relative to the study file.
 4 | table = \"t.csv\"
   |         ^^^^^^^";
    place.refuses(&["run", "study.toml"], 2, message);
}

#[test]
fn a_file_that_is_called_parquet_and_is_none_is_refused() {
    let place = Place::with_study(&STUDY.replace("t.csv", "t.parquet"));
    place.write("t.parquet", "tumour_burden\n300\n");
    place.refuses(
        &["run", "study.toml"],
        2,
        "error: t.parquet: cannot be read as Parquet: Invalid Parquet file. Corrupt footer. Write it again; it may be cut short.",
    );
}

#[test]
fn more_patients_than_the_table_has_are_refused() {
    let place = Place::with_study(STUDY);
    place.write("t.csv", "tumour_burden\n300\n");
    place.refuses(
        &["run", "study.toml", "--patients", "2"],
        2,
        "error: --patients: 2 patients wanted, but the table has 1. Leave it out to take all.",
    );
}

#[test]
fn the_cohorts_own_table_is_not_replaced_even_with_force() {
    let place = Place::with_study(&STUDY.replace("t.csv", "here/patients.parquet"));
    place.write("first.toml", "[study]\nname = \"first\"\npatients = 3\ndays = 1\n");
    place.cartrial(&["run", "first.toml", "--out", "here"]).well();
    place.write("study.toml", "[study]\nname = \"x\"\n[population]\ntable = \"here/patients.parquet\"\n");
    place.refuses(
        &["run", "study.toml", "--out", "here", "--force"],
        2,
        "error: here/patients.parquet: is the table that the cohort comes from, so it is not replaced. Move it away, or choose another directory with --out.",
    );
}
