//! `[population.targets]`: how it is read, and the full text of every refusal.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use cartrial_cohort::{
    CarriedValues, Cohort, Condition, EnrolledCandidate, Enrolment, EnrolmentSummary, PatientColumn, Study,
};
use cartrial_model::{Endpoint, Quantity};
use common::refuses;
use std::path::Path;

const TARGETS: &str = "[population.targets]\ncandidates = 1000\n\
    plausible = [{ column = \"time_of_peak_day\", above = 0.5, below = 14 }]\n\
    [[population.targets.shares]]\ncolumn = \"remission\"\nshare = 0.81\npatients = 75\nsource = \"a trial\"\n\
    [[population.targets.shares]]\ncolumn = \"relapse_day\"\nbelow = 20\nshare = 0.2\npatients = 43\nsource = \"a trial\"\n\
    among = { column = \"remission\" }\n";

fn study(text: &str) -> Study {
    Study::parse(&format!("[study]\nname = \"x\"\npatients = 3\n{text}"), Path::new("x.toml")).unwrap()
}

#[test]
fn targets_are_read_and_written() {
    let study = study(TARGETS);
    let targets = study.drawn_population().unwrap().targets.clone().unwrap();
    assert_eq!(targets.candidates, 1000);
    assert_eq!(targets.plausible[0].column, PatientColumn::Endpoint(Endpoint::TimeOfPeak));
    assert_eq!((targets.plausible[0].above, targets.plausible[0].below), (Some(0.5), Some(14.0)));
    assert_eq!(targets.shares[1].among.unwrap().column, PatientColumn::Endpoint(Endpoint::Remission));
    assert_eq!((targets.shares[1].share, targets.shares[1].patients), (0.2, 43));
    let written = Study::parse(&study.to_toml(), Path::new("x.toml")).unwrap();
    assert_eq!(written, study);
    assert_eq!(serde_json::from_value::<Study>(serde_json::to_value(&study).unwrap()).unwrap(), study);
}

#[test]
fn conditions_hold_for_events_and_for_values_in_a_range() {
    let condition = |column: &str, above, below| Condition {
        column: PatientColumn::from_name(column).unwrap(),
        above,
        below,
    };
    let holds = |condition: Condition, value: f64, event: f64| {
        condition
            .is_satisfied(|_| value, |endpoint| if endpoint == Endpoint::Relapse { event } else { value })
    };
    let burden = condition("tumour_burden", Some(100.0), Some(500.0));
    assert_eq!(
        [99.0, 100.0, 100.1, 500.0, f64::NAN].map(|x| holds(burden, x, 0.0)),
        [false, false, true, false, false]
    );
    let relapse = condition("relapse", None, None);
    assert_eq!([0.0, 1.0, f64::NAN].map(|event| holds(relapse, 0.0, event)), [false, true, false]);
    // The day on which observation ended is no day of relapse.
    let early = condition("relapse_day", None, Some(180.0));
    assert_eq!(
        [(90.0, 1.0), (90.0, 0.0), (200.0, 1.0)].map(|(day, event)| holds(early, day, event)),
        [true, false, false]
    );
}

#[test]
fn accepted_patients_are_the_candidates_of_their_numbers() {
    let study = study(TARGETS);
    let candidates = Cohort::of_candidates(study.drawn_population().unwrap(), study.seed, 1000).draw(0..1000);
    let accepted =
        [(5, 0.5), (300, 1.5), (999, 1.0)].map(|(candidate, weight)| EnrolledCandidate { candidate, weight });
    let summary = EnrolmentSummary {
        candidates: 1000,
        plausible: 900,
        eligible: 3,
        effective_sample_size: 800.0,
        greatest_weight: 1.5,
        shares_met: (2, 2),
    };
    let enrolment = Enrolment { patients: accepted.to_vec(), summary };
    let cohort = Cohort::of_enrolled(&study, study.drawn_population().unwrap(), enrolment);
    for (id, patient) in cohort.draw(0..3).iter().enumerate() {
        assert_eq!(patient.id, id as u64);
        let candidate = &candidates[accepted[id].candidate as usize];
        assert_eq!(patient.quantities, candidate.quantities);
        assert_eq!(cohort.draw(id as u64..id as u64 + 1), [*patient]);
    }
    let names: Vec<&str> = cohort.carried().iter().map(|column| column.name.as_str()).collect();
    assert_eq!(names, ["candidate_id", "prevalence_weight"]);
    assert_eq!(cohort.carried()[1].values, CarriedValues::Number(vec![Some(0.5), Some(1.5), Some(1.0)]));
    assert_ne!(candidates[0].quantities[Quantity::D2], candidates[1].quantities[Quantity::D2]);
}

#[test]
fn patients_who_have_to_be_accepted_are_not_drawn() {
    let error = Cohort::new(&study(TARGETS)).unwrap_err().to_string();
    assert!(
        error.starts_with("x: its patients are enrolled from candidates, who have to be solved first."),
        "{error}"
    );
}

#[test]
fn weighted_patients_have_the_column_of_their_weights() {
    let weighted = study(&TARGETS.replace("candidates", "method = \"weighting\"\ncandidates"));
    assert_eq!(weighted.weight_column(), Some("prevalence_weight"));
    assert_eq!(study(TARGETS).weight_column(), None);
    assert_eq!(Study::parse(&weighted.to_toml(), Path::new("x.toml")).unwrap(), weighted);
}

#[test]
fn statistics_of_weighted_patients_need_their_rows() {
    let weighted = "[population.targets]\nmethod = \"weighting\"\ncandidates = 2000000\nplausible = [{ column = \"relapse\" }]";
    let head = "[study]\nname = \"x\"\npatients = ";
    let too_many = |of: &str, most: &str| {
        format!(
            "x.toml:3:12: study.patients: {of} are too many. Their statistics hold every row in memory, 1000000 at most: ask for \
             {most} patients, or have them accepted in proportion to their weights (method = \"acceptance\" under [population.targets])."
        )
    };
    refuses(&[
        (&format!("{head}1000001\n{weighted}"), &too_many("1000001 weighted patients", "1000000")),
        (
            &format!("{head}600000\n{weighted}\n[[arms]]\nname = \"a\"\n[[arms]]\nname = \"b\""),
            &too_many("600000 weighted patients in 2 arms", "500000"),
        ),
        (
            &format!("STUDY\n{weighted}\n[run]\nstore = \"none\""),
            "x.toml:9:9: run.store: weighted patients need every row to be stored. Write store = \"all\", or leave it out.",
        ),
    ]);
}

#[test]
fn bad_targets_are_refused() {
    let share = "share = 0.5, patients = 10, source = \"s\"";
    let shares = |item: &str| format!("STUDY\n[population.targets]\nshares = [{{ {item} }}]");
    let column = |item: &str| shares(&format!("column = {item}, {share}"));
    refuses(&[
        (
            "STUDY\n[population]\ntargets = 3",
            "x.toml:5:11: population.targets: expected a table, found an integer. Write targets = { shares = [{ column = \
             \"remission\", share = 0.81, patients = 75, source = \"…\" }] }.",
        ),
        (
            "STUDY\n[population.targets]\ncandidates = 500",
            "x.toml:4:1: population.targets: nothing that patients could be enrolled by. Give plausible, shares or both; without \
             either every patient drawn is taken.",
        ),
        (
            "STUDY\n[population.targets]\ncandidates = 5",
            "x.toml:5:14: population.targets.candidates: expected a whole number from 100 to 10000000, found 5.",
        ),
        (
            "STUDY\n[population.targets]\nmethod = \"weigthing\"\nplausible = [{ column = \"relapse\" }]",
            "x.toml:5:10: population.targets.method: unknown value \"weigthing\". Did you mean \"weighting\"? Valid: \
             acceptance, weighting.",
        ),
        (
            &column("\"remision\""),
            "x.toml:5:22: population.targets.shares[0].column: unknown column \"remision\". Did you mean \"remission\"? Valid: COLUMNS.",
        ),
        (
            &column("\"remission\", below = 3"),
            "x.toml:5:43: population.targets.shares[0].below: has no meaning for remission, which is yes or no. Remove it.",
        ),
        (
            &column("\"relapse_day\", below = 365"),
            "x.toml:5:45: population.targets.shares[0].below: day 365 is beyond the end of the study (30 days). Lengthen the study \
             with days under [study], or move it.",
        ),
        (
            &column("\"tumour_burden\""),
            "x.toml:5:22: population.targets.shares[0].column: no range of tumour_burden. Give above, below or both.",
        ),
        (
            &column("\"tumour_burden\", above = 5, below = 5"),
            "x.toml:5:58: population.targets.shares[0].below: no value is above 5 and below 5. Exchange them, or leave one out.",
        ),
        (
            &shares("column = \"remission\", share = 0.5, patients = 10"),
            "x.toml:5:11: population.targets.shares[0].source: missing. Every item of shares needs column, share, patients and source.",
        ),
        (
            &shares("column = \"remission\", share = 50, patients = 10, source = \"s\""),
            "x.toml:5:43: population.targets.shares[0].share: expected a number of at least 0 and at most 1, found 50. It is a \
             fraction: 0.1 for 10 %.",
        ),
        (
            &shares("column = \"remission\", share = 0.5, patients = 10, source = \" \""),
            "x.toml:5:72: population.targets.shares[0].source: empty. Say where the share is published.",
        ),
        (
            "[study]\nname = \"x\"\npatients = 500\n[population.targets]\ncandidates = 200\nplausible = [{ column = \"relapse\" }]",
            "x.toml:3:12: study.patients: 500 patients cannot be enrolled from 200 candidates. Raise candidates under \
             [population.targets].",
        ),
    ].map(|(text, message)| (text, message.replace("COLUMNS", &columns()))).each_ref().map(|(text, message)| (*text, message.as_str())));
}

fn columns() -> String {
    let names = Quantity::ALL.map(Quantity::symbol).into_iter().chain(Endpoint::ALL.map(Endpoint::name));
    names.collect::<Vec<_>>().join(", ")
}
