//! `cartrial patient`, `check`, `analyse` and `schema`.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::{Place, SMALL, UNIFORM};
use serde_json::Value;

/// Whether every file is as before.
fn touches_nothing(place: &Place, arguments: &[&str]) -> String {
    let before = place.contents();
    let said = place.cartrial(arguments).well();
    assert!(place.contents() == before, "{arguments:?} touched a file");
    said.out
}

#[test]
fn analyse_writes_the_same_summary_again_byte_by_byte() {
    let place = Place::new();
    place.cartrial(&["run", UNIFORM, "--patients", "3000", "--out", "here"]).well();
    let (summary, everything) = (place.read("here/summary.json"), place.contents());
    std::fs::remove_file(place.path("here/summary.json")).unwrap();
    let said = place.cartrial(&["analyse", "here"]).well();
    assert!(place.read("here/summary.json") == summary);
    assert!(place.contents() == everything);
    assert!(said.out.contains("tumour_burden"), "{}", said.out);
    assert!(said.out.ends_with("\nStatistics written to here/summary.json\n"), "{}", said.out);
}

#[test]
fn analyse_shows_every_arm_under_its_name() {
    let place =
        Place::with_study(&format!("{SMALL}[[arms]]\nname = \"first\"\n[[arms]]\nname = \"second\"\n"));
    place.cartrial(&["run", "study.toml", "--out", "here"]).well();
    let summary = place.read("here/summary.json");
    let said = place.cartrial(&["analyse", "here"]).well();
    assert!(place.read("here/summary.json") == summary);
    let headings: Vec<_> = said.out.lines().filter(|line| line.starts_with("Arm ")).collect();
    assert_eq!(headings, ["Arm first", "Arm second"]);
}

#[test]
fn ref_dop853_the_standard_patient_peaks_and_has_its_nadir_as_in_figure_3() {
    let place = Place::new();
    let said = place.cartrial(&["patient"]).well();
    let mut lines = said.out.lines();
    assert_eq!(lines.next(), Some("Peak inflammation   167.8896 pg/mL    on day 6.6778"));
    let nadir = lines.next().unwrap();
    assert!(nadir.starts_with("Tumour nadir         39.0692 cells/µL on day 28.943"), "{nadir}");
    assert_eq!(lines.next(), Some(""));
    assert_eq!(lines.next(), Some("Course: results/patient/trajectory.csv"));
    assert_eq!(lines.next(), Some("Figure: results/patient/trajectory.png"));
}

#[test]
fn patient_writes_the_course_and_a_figure_to_the_directory_named() {
    let place = Place::new();
    place.cartrial(&["patient", "--days", "2", "--out", "course"]).well();
    let csv = String::from_utf8(place.read("course/trajectory.csv")).unwrap();
    let mut lines = csv.lines();
    assert_eq!(
        lines.next(),
        Some(
            "day,tumour_burden,inflammation,effector_ctl,memory_ctl,effector_helper,memory_helper,lymphocytes"
        )
    );
    assert_eq!(lines.next(), Some("0.0,300.0,140.0,10.0,10.0,10.0,10.0,1600.0"));
    assert_eq!(csv.lines().count(), 1 + 2 * 24 + 1);
    assert!(csv.lines().last().unwrap().starts_with("2.0,"));
    assert_eq!(place.read("course/trajectory.png")[1..4], *b"PNG");
    assert!(place.read("course/trajectory.svg").starts_with(b"<svg"));
}

#[test]
fn patient_follows_the_studys_model() {
    let place = Place::with_study(&format!("{SMALL}[model]\nreading = \"printed\"\n"));
    let said = place.cartrial(&["patient", "study.toml"]).well();
    assert!(said.out.starts_with("Peak inflammation   25"), "{}", said.out);
}

#[test]
fn check_says_what_would_run_and_touches_nothing() {
    let place = Place::new();
    let out = touches_nothing(&place, &["check", UNIFORM]);
    let (place_of_study, rest) = out.split_once(": valid\n").unwrap();
    assert_eq!(place_of_study, UNIFORM);
    let expected = "  study     hanson2016-uniform, seed 20160424
  patients  200, random sampling, varied: r1 r2 r3 r4 d1 d2 d3 d4 d5 p0 p1 p2 a1 a2 a3 b l k tumour_burden \
                    dose_effector_ctl dose_memory_ctl dose_effector_helper dose_memory_helper lymphocytes
  arms      car-t
  model     curated reading, logistic growth, 30 days
  solver    rodas5p, rtol 1e-6
  results   200 rows of ";
    assert!(rest.starts_with(expected), "{rest}");
    assert!(rest.ends_with(" on disk\n"), "{rest}");
}

#[test]
fn check_shows_truncations_correlations_and_what_a_design_asks_of_the_number_of_patients() {
    let check = |patients: u32, sampling: &str| {
        let study = format!(
            "[study]\nname = \"x\"\npatients = {patients}\n[population]\nsampling = {sampling:?}\n\
             [population.correlation]\nkind = \"spearman\"\npairs = [[\"k\", \"d2\", 0.5], [\"b\", \"l\", -0.3]]\n\
             [population.parameters]\nd2 = {{ normal = {{ mean = 1.5, sd = 0.3, low = 1 }} }}\n"
        );
        let out = touches_nothing(&Place::with_study(&study), &["check", "study.toml"]);
        let lines: Vec<_> = out.lines().skip(3).take_while(|line| !line.contains("arms")).collect();
        lines.iter().map(|line| format!("{}\n", line.trim_start())).collect::<String>()
    };
    let common = "d2: normal, 1.5 ± 0.3, truncated below 1\n\
        correlated, by Spearman’s rank correlation:\nk and d2 0.5\nb and l −0.3\n";
    assert_eq!(check(1000, "random"), common);
    assert_eq!(check(1024, "sobol"), common);
    let balance = "balanced only for powers of two: 512 or 1,024 patients would be\n";
    assert_eq!(check(1000, "sobol"), format!("{common}{balance}"));
    let strata = "1,000 strata a quantity, those of the whole study: shards divide them, and another number of\n\
        patients (--patients) makes other patients of all\n";
    assert_eq!(check(1000, "latin-hypercube"), format!("{common}{strata}"));
}

#[test]
fn check_counts_the_rows_of_a_table() {
    let place = Place::with_study("[study]\nname = \"x\"\n[population]\ntable = \"t.csv\"\n");
    place.write("t.csv", "tumour_burden,k\n3,4800\n5,4800\n");
    let out = touches_nothing(&place, &["check", "study.toml"]);
    assert!(out.contains("\n  patients  2, from t.csv (2 rows)\n"), "{out}");
    assert!(out.contains("\n  results   2 rows of "), "{out}");
}

#[test]
fn schema_is_json_that_names_every_parameter_and_initial_value() {
    let out = touches_nothing(&Place::new(), &["schema"]);
    let schema: Value = serde_json::from_str(&out).unwrap();
    let population = &schema["properties"]["population"]["properties"];
    for quantity in cartrial_model::Quantity::ALL {
        let table = match quantity.role() {
            cartrial_model::Role::Parameter => "parameters",
            cartrial_model::Role::Initial => "initial",
        };
        let named = &population[table]["properties"][quantity.symbol()];
        assert!(named.is_object(), "{table}.{}", quantity.symbol());
    }
}

#[test]
#[cfg(unix)]
fn regress_a_reader_that_goes_away_is_no_failure() {
    use std::process::{Command, Stdio};
    let mut child = Command::new(env!("CARGO_BIN_EXE_cartrial"))
        .arg("schema")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), &b""[..]));
}
