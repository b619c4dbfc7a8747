//! `cartrial export` of some rows and columns, and as one Parquet file.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::{Place, SMALL};
use parquet::file::reader::{FileReader, SerializedFileReader};
use std::fs::File;

const TWINS: &str = "[[arms]]\nname = \"a\"\n[[arms]]\nname = \"b\"\n";

fn ran() -> Place {
    let place = Place::with_study(&format!("{SMALL}{TWINS}"));
    place.run_study();
    place
}

fn opened(place: &Place, name: &str) -> SerializedFileReader<File> {
    SerializedFileReader::new(File::open(place.path(name)).unwrap()).unwrap()
}

fn entry(file: &SerializedFileReader<File>, key: &str) -> Option<String> {
    let entries = file.metadata().file_metadata().key_value_metadata().unwrap();
    entries.iter().find(|entry| entry.key == key)?.value.clone()
}

#[test]
fn one_parquet_file_has_all_rows_with_what_they_are() {
    let place = ran();
    let said = place.cartrial(&["export", "here", "--format", "parquet"]).well();
    assert_eq!(said.out.lines().last(), Some("6 patients exported to here/export-parquet"));
    let (ours, exported) =
        (opened(&place, "here/patients.parquet"), opened(&place, "here/export-parquet/patients.parquet"));
    let names = |file: &SerializedFileReader<File>| -> Vec<String> {
        let schema = file.metadata().file_metadata().schema_descr();
        schema.columns().iter().map(|column| column.name().to_owned()).collect()
    };
    assert_eq!(names(&exported), names(&ours));
    assert_eq!(exported.metadata().file_metadata().num_rows(), 12);
    for key in ["cartrial.study", "cartrial.study_file", "cartrial.seed", "cartrial.version"] {
        assert!(entry(&exported, key).is_some() && entry(&exported, key) == entry(&ours, key), "{key}");
    }
    let rows = |file: SerializedFileReader<File>| -> Vec<String> {
        file.get_row_iter(None).unwrap().map(|row| row.unwrap().to_string()).collect()
    };
    assert!(rows(exported) == rows(ours), "every row is the same");
}

#[test]
fn columns_come_in_the_order_in_which_they_are_named() {
    let place = ran();
    let columns = ["--columns", "peak_inflammation,patient_id"];
    place.cartrial(&[&["export", "here", "--format", "csv"][..], &columns].concat()).well();
    let text = String::from_utf8(place.read("here/export-csv/patients.csv")).unwrap();
    assert_eq!(text.lines().next(), Some("peak_inflammation,patient_id"));
    assert_eq!(text.lines().count(), 13);
    assert!(!place.path("here/export-csv/outcomes.csv").exists());
    place.cartrial(&[&["export", "here", "--format", "parquet"][..], &columns].concat()).well();
    let file = opened(&place, "here/export-parquet/patients.parquet");
    let schema = file.metadata().file_metadata().schema_descr();
    assert_eq!((schema.column(0).name(), schema.column(1).name()), ("peak_inflammation", "patient_id"));
}

#[test]
fn bad_columns_are_refused() {
    let place = ran();
    for (arguments, message) in [
        (["csv", "--columns", "statuss"], "column \"statuss\": no such column. Did you mean \"status\"?"),
        (["parquet", "--columns", "arm,arm"], "column \"arm\": is named twice. Name it once."),
        (
            ["adam", "--columns", "arm"],
            "--columns is for --format csv and parquet: the variables of ADaM are fixed. Leave it out.",
        ),
        (["parquet", "--as", "xpt"], "--as is for --format adam. Leave it out."),
        (["parquet", "--layout", "wide"], "--layout is for --format csv. Leave it out."),
    ] {
        let [format, argument, value] = arguments;
        let all = ["export", "here", "--format", format, argument, value];
        place.refuses(&all, 2, &format!("error: {message}"));
    }
    let long = ["export", "here", "--format", "csv", "--layout", "long", "--columns", "arm"];
    let message = "error: --columns is for --layout wide: a line of the long one has a single outcome. Leave one of them out.";
    place.refuses(&long, 2, message);
}

#[cfg(feature = "query")]
#[test]
fn a_condition_takes_rows_of_tables_and_whole_subjects_of_adam() {
    let place = Place::with_study(&format!("{SMALL}[trajectories]\npatients = 6\nevery_hours = 24\n{TWINS}"));
    place.run_study();
    let export = |format: &str, condition: &str, out: &str| {
        place.cartrial(&["export", "here", "--format", format, "--where", condition, "--out", out])
    };
    export("csv", "arm = 'b' AND patient_id > 1", "rows").well();
    let text = String::from_utf8(place.read("rows/patients.csv")).unwrap();
    let ids: Vec<_> =
        text.lines().skip(1).map(|line| line.split(',').take(2).collect::<Vec<_>>().join(" ")).collect();
    assert_eq!(ids, ["2 b", "3 b", "4 b", "5 b"]);
    export("parquet", "patient_id = 3", "one").well();
    let file = opened(&place, "one/patients.parquet");
    assert_eq!(file.metadata().file_metadata().num_rows(), 2);
    assert_eq!(entry(&file, "cartrial.condition").as_deref(), Some("patient_id = 3"));
    let said = export("adam", "patient_id IN (0, 4, 5)", "subjects").well();
    assert_eq!(said.out.lines().last(), Some("3 patients exported to subjects"));
    let file = opened(&place, "subjects/adsl.parquet");
    assert_eq!(file.metadata().file_metadata().num_rows(), 3);
    // Three times of two arms, seven states each.
    let courses = opened(&place, "subjects/adtc.parquet");
    assert_eq!(courses.metadata().file_metadata().num_rows(), 3 * 3 * 2 * 7);

    let refuses = |format: &str, condition: &str, message: &str| {
        let all = ["export", "here", "--format", format, "--where", condition];
        place.refuses(&all, 2, &format!("error: {message}"));
    };
    refuses(
        "adam",
        "peak_inflammation > 1",
        "--where: peak_inflammation may differ between the arms of a subject, and ADaM has subjects whole. Choose them by what \
         is known before treatment, or give --format csv or parquet.",
    );
    refuses("csv", "patient_id > 99", "--where: no patient satisfies the condition. Choose another.");
}
