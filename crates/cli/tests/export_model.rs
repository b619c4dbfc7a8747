//! `cartrial export-sbml` and `export-omex`.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::{Place, SMALL};

const ARMS: &str = "[[arms]]\nname = \"control\"\n[[arms]]\nname = \"early rescue\"\nrescue = { above = 150, hours = 48, rate = 200 }\n";

fn two_arms() -> Place {
    Place::with_study(&format!("{SMALL}{ARMS}"))
}

#[test]
fn the_model_goes_to_a_file_with_the_studys_name() {
    let place = Place::with_study(SMALL);
    let said = place.cartrial(&["export-sbml", "study.toml"]).well();
    assert_eq!(said.out, "Arm: car-t\nModel: small.xml\n");
    let text = String::from_utf8(place.read("small.xml")).unwrap();
    assert!(text.contains(
        "<sbml xmlns=\"http://www.sbml.org/sbml/level3/version2/core\" level=\"3\" version=\"2\">"
    ));
    let said = place.cartrial(&["export-omex", "study.toml"]).well();
    assert_eq!(said.out, "Arm: car-t\nModel: small.omex\n");
    assert!(place.read("small.omex").starts_with(b"PK"));
}

#[test]
fn of_several_arms_the_first_is_taken_and_said_or_the_one_that_is_named() {
    let place = two_arms();
    let said = place.cartrial(&["export-sbml", "study.toml"]).well();
    assert_eq!(said.out, "Arm: control (the first of 2; --arm takes another)\nModel: small.xml\n");
    let arguments = ["export-sbml", "study.toml", "--arm", "early rescue", "--out", "rescue.xml"];
    assert_eq!(place.cartrial(&arguments).well().out, "Arm: early rescue\nModel: rescue.xml\n");
    let has_rescue = |name: &str| String::from_utf8(place.read(name)).unwrap().contains("rescue_ordered");
    assert_eq!((has_rescue("small.xml"), has_rescue("rescue.xml")), (false, true));
}

#[test]
fn an_arm_that_the_study_does_not_have_is_refused_with_the_valid_ones() {
    for command in ["export-sbml", "export-omex"] {
        two_arms().refuses(
            &[command, "study.toml", "--arm", "rescue"],
            2,
            "error: --arm: the study has no arm \"rescue\". Valid: control, early rescue.",
        );
    }
}

#[test]
fn a_file_that_is_there_is_replaced_only_with_force() {
    let place = Place::with_study(SMALL);
    place.write("small.xml", "mine");
    place.refuses(
        &["export-sbml", "study.toml"],
        2,
        "error: small.xml: is there already. Give --force to replace it, or another file with --out.",
    );
    place.cartrial(&["export-sbml", "study.toml", "--force"]).well();
    assert!(place.read("small.xml").starts_with(b"<?xml"));
}

#[test]
fn a_place_where_no_file_can_be_is_refused() {
    let place = Place::with_study(SMALL);
    place.refuses(
        &["export-omex", "study.toml", "--out", "nowhere/x.omex"],
        1,
        "error: nowhere/x.omex: cannot be written: there is no such directory. Choose another file with --out.",
    );
    place.refuses(
        &["export-omex", "study.toml", "--out", "study.toml/x.omex"],
        2,
        "error: study.toml/x.omex: cannot be written: a file stands where a directory is needed. Choose another file with --out.",
    );
}

#[test]
fn a_study_with_a_mistake_is_refused_as_by_run() {
    let place = Place::with_study(&format!("{SMALL}[modell]\n"));
    let said = place.cartrial(&["export-sbml", "study.toml"]);
    let message = "error: study.toml:6:2: modell: unknown table or key. Did you mean \"model\"?";
    assert!(said.code == 2 && said.err.starts_with(message), "{said:?}");
    assert!(!place.path("small.xml").exists());
}

#[test]
fn the_patient_of_the_file_is_the_one_that_patient_follows() {
    let place =
        Place::with_study(&format!("{SMALL}[population.initial]\ntumour_burden = {{ fixed = 512 }}\n"));
    place.cartrial(&["export-sbml", "study.toml"]).well();
    place.cartrial(&["patient", "study.toml", "--out", "course"]).well();
    let text = String::from_utf8(place.read("small.xml")).unwrap();
    assert!(text.contains("id=\"tumour_burden\" name=\"Tumour burden\" value=\"512.0\""));
    let course = String::from_utf8(place.read("course/trajectory.csv")).unwrap();
    assert!(course.lines().nth(1).unwrap().starts_with("0.0,512.0,140.0,"), "{course}");
}
