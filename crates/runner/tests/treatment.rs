//! Arms with treatment: the same bits however they are run, and what must hold of any of them.

use cartrial_cohort::{Cohort, Study};
use cartrial_model::{CAR_T, HOURS_PER_DAY, Quantities, Quantity, TUMOUR_BURDEN};
use cartrial_runner::{
    Block, Endpoint, Level, Outcome, RunError, RunOptions, Status, run, simulate, trajectory,
};
use std::path::Path;

const POPULATION: &str = "[population.parameters]\nn = { fixed = 6 }\n[population.initial]\n\
    tumour_burden = { uniform = { low = 1, high = 1000 } }\n";

const ARMS: &str = "[[arms]]\nname = \"plain\"\n\
    [[arms]]\nname = \"scheduled\"\nsuppressant = [{ day = 1, hours = 30, rate = 500 }]\n\
    [[arms]]\nname = \"rescue\"\nrescue = { above = 250, delay_hours = 3, hours = 24, rate = 300, at_most = 3 }\n\
    [[arms]]\nname = \"again\"\nsecond_infusion = { after_relapse_days = 1 }\n\
    infusions = [{ day = 0.5, fraction = 0.5 }, { day = 2, fraction = 0.5 }]\n";

fn study(head: &str, rest: &str) -> Study {
    let text = format!("[study]\nname = \"treated\"\nseed = 11\npatients = 150\n{head}\n{POPULATION}{rest}");
    Study::parse(&text, Path::new("treated.toml")).expect("the study is valid")
}

/// Patient, arm and outcome of every row, values as bits.
fn rows(study: &Study, options: RunOptions) -> Vec<(u64, usize, Status, u32, Vec<u64>)> {
    let cohort = Cohort::new(study).expect("a cohort");
    let mut all = Vec::new();
    run(
        study,
        &cohort,
        0..cohort.patients(),
        &options,
        |block: Block| block,
        |block| {
            for row in &block.rows {
                let Outcome { status, steps, values, .. } = row.outcome;
                let bits = values.iter().map(|value| value.to_bits()).collect();
                all.push((block.patients[row.patient].id, row.arm, status, steps, bits));
            }
            Ok::<_, RunError>(())
        },
    )
    .expect("the run ends well");
    all
}

#[test]
fn prop_treated_arms_have_the_same_bits_however_they_are_run() {
    for growth in ["logistic", "gompertz"] {
        let study = study("days = 60", &format!("{ARMS}[model]\ngrowth = \"{growth}\"\n"));
        let expected = rows(&study, RunOptions { threads: 1, block: 4096, ..RunOptions::new(Level::Scalar) });
        assert_eq!(expected.len(), 4 * 150);
        for level in Level::ALL.into_iter().filter(|level| level.is_supported()) {
            for (threads, block) in [(1, 7), (3, 64)] {
                let found = rows(&study, RunOptions { threads, block, ..RunOptions::new(level) });
                assert!(found == expected, "{growth}, {threads} threads, blocks of {block}, {level}");
            }
        }
    }
}

#[test]
fn prop_a_randomised_patient_has_the_outcome_of_its_twin_in_that_arm() {
    let options = RunOptions { threads: 2, block: 32, ..RunOptions::new(Level::best()) };
    let twins = rows(&study("days = 40", ARMS), options);
    let randomised = rows(&study("days = 40\nallocation = \"randomised\"", ARMS), options);
    assert_eq!(randomised.len(), 150);
    for (i, row) in randomised.iter().enumerate() {
        assert_eq!(row.0, i as u64);
        assert!(twins.contains(row), "patient {i}");
    }
    let in_arm = |arm: usize| randomised.iter().filter(|row| row.1 == arm).count();
    assert!((0..4).all(|arm| (36..=39).contains(&in_arm(arm))), "{:?}", [0, 1, 2, 3].map(in_arm));
}

#[test]
fn prop_whom_a_treatment_never_reaches_is_the_same_in_both_arms() {
    let arms = "[[arms]]\nname = \"none\"\n[[arms]]\nname = \"rescue\"\nrescue = { above = 300, hours = 48, rate = 200 }\n";
    let all = rows(&study("", arms), RunOptions { threads: 1, block: 64, ..RunOptions::new(Level::best()) });
    let rescues =
        |row: &(u64, usize, Status, u32, Vec<u64>)| f64::from_bits(row.4[Endpoint::Rescues.index()]);
    let mut unreached = 0;
    for twins in all.chunks(2) {
        if rescues(&twins[1]) == 0.0 {
            assert_eq!((twins[0].3, &twins[0].4), (twins[1].3, &twins[1].4), "patient {}", twins[0].0);
            unreached += 1;
        }
    }
    assert!((30..140).contains(&unreached), "{unreached}");
}

#[test]
fn prop_an_arm_without_treatment_is_the_study_without_arms() {
    let options = RunOptions { threads: 1, block: 64, ..RunOptions::new(Level::best()) };
    let plain = rows(&study("", ""), options);
    let in_trial: Vec<_> = rows(&study("", ARMS), options).into_iter().filter(|row| row.1 == 0).collect();
    assert!(plain == in_trial);
}

/// One arm of that treatment, and its outcomes.
fn treated(days: u32, treatment: &str) -> (Study, Vec<Outcome>) {
    let study = study(&format!("days = {days}"), &format!("[[arms]]\nname = \"treated\"\n{treatment}"));
    let patients = Cohort::new(&study).expect("a cohort").draw(0..study.patients);
    let outcomes = simulate(&study, &study.arms[0], Level::best(), &patients);
    assert!(outcomes.iter().all(|outcome| outcome.status == Status::Completed));
    (study, outcomes)
}

#[test]
fn prop_no_drug_drives_inflammation_below_zero() {
    for rate in [150.0, 250.0, 1e3, 1e6] {
        let (_, outcomes) =
            treated(10, &format!("suppressant = [{{ day = 0.3, hours = 236, rate = {rate} }}]"));
        let ends = outcomes.iter().map(|outcome| outcome.values[Endpoint::InflammationEnd.index()]);
        assert!(ends.clone().all(|end| end >= 0.0), "{rate}");
        if rate > 1e5 {
            assert!(ends.clone().all(|end| end == 0.0), "nothing is left under such a rate");
        }
    }
}

#[test]
fn a_rescue_without_delay_and_with_a_strong_drug_ends_the_rise_at_its_threshold() {
    let (_, outcomes) = treated(30, "rescue = { above = 200, hours = 2000, rate = 1e5 }");
    let mut rescued = 0;
    for outcome in &outcomes {
        let value = |endpoint: Endpoint| outcome.values[endpoint.index()];
        if value(Endpoint::Rescues) > 0.0 {
            let peak = value(Endpoint::PeakInflammation);
            assert!((0.0..1e-8).contains(&(peak / 200.0 - 1.0)), "{peak}");
            let hours = 720.0 - HOURS_PER_DAY * value(Endpoint::TimeOfPeak);
            assert!((value(Endpoint::SuppressantGiven) / (1e5 * hours) - 1.0).abs() < 1e-12);
            rescued += 1;
        }
    }
    assert!((20..140).contains(&rescued), "{rescued}");
}

#[test]
fn a_rescue_is_ordered_at_once_where_inflammation_starts_above_its_threshold() {
    let (_, outcomes) = treated(3, "rescue = { above = 139, delay_hours = 12, hours = 6, rate = 10 }");
    let rescues: Vec<_> = outcomes.iter().map(|outcome| outcome.values[Endpoint::Rescues.index()]).collect();
    assert!(rescues.iter().all(|&rescues| rescues == 1.0), "{rescues:?}");
}

#[test]
fn fixed_steps_meet_events_as_adaptive_ones_do() {
    for treatment in [
        "rescue = { above = 250, hours = 24, rate = 300, at_most = 3 }",
        "suppressant = [{ day = 1.01, hours = 30.3, rate = 500 }]",
    ] {
        let (_, adaptive) = treated(20, treatment);
        let (_, fixed) = treated(20, &format!("{treatment}\n[solver]\nmethod = \"rk4\"\nstep_hours = 0.25"));
        for (a, b) in adaptive.iter().zip(&fixed) {
            for endpoint in [Endpoint::PeakInflammation, Endpoint::SuppressantGiven, Endpoint::LymphocytesEnd]
            {
                let (a, b) = (a.values[endpoint.index()], b.values[endpoint.index()]);
                assert!((a - b).abs() < 1e-3 * a.abs().max(1.0), "{endpoint:?}: {a} and {b}");
            }
        }
    }
}

#[test]
fn regress_a_flat_top_without_a_change_of_sign_is_solved_again() {
    // Of the million, two patients in whom no step shows dI/dt change its sign at the highest inflammation.
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cohorts/million.toml");
    let study = Study::read(&path).expect("the study is valid");
    let mut accurate = study.clone();
    accurate.solver.rtol = 1e-11;
    let cohort = Cohort::new(&study).expect("a cohort");
    for id in [136_313, 180_218] {
        let patient = cohort.draw(id..id + 1);
        let day = |study: &Study| {
            simulate(study, &study.arms[0], Level::best(), &patient)[0].values[Endpoint::TimeOfPeak.index()]
        };
        let error_h = HOURS_PER_DAY * (day(&study) - day(&accurate)).abs();
        assert!(error_h < 1e-2, "patient {id}: off by {error_h} h");
    }
}

#[test]
fn regress_a_quick_rise_through_a_low_threshold_does_not_collapse_the_step() {
    // Over long studies the least step is longer than the way that a cut before an event may leave.
    let (_, outcomes) = treated(1000, "rescue = { above = 50, hours = 6, rate = 1000, at_most = 5 }");
    assert!(outcomes.iter().all(|outcome| outcome.values[Endpoint::Rescues.index()] > 0.0));
}

#[test]
fn regress_whoever_relapses_at_once_after_remission_is_infused_again() {
    let levels = "[endpoints]\nremission_fraction = 0.3\nrelapse_fraction = 0.3000001\n";
    let (_, outcomes) = treated(120, &format!("second_infusion = {{ after_relapse_days = 0 }}\n{levels}"));
    let (_, once) = treated(120, levels);
    let mut again = 0;
    for (a, b) in outcomes.iter().zip(&once) {
        let given = |o: &Outcome| o.values[Endpoint::CarTGiven.index()];
        let relapsed = a.values[Endpoint::Relapse.index()] == 1.0;
        assert!((given(a) / given(b) - if relapsed { 2.0 } else { 1.0 }).abs() < 1e-12);
        again += usize::from(relapsed);
    }
    assert!(again > 5, "{again}");
}

#[test]
fn prop_flag_day_and_duration_of_severe_inflammation_agree() {
    let levels =
        "rescue = { above = 399.9999, hours = 24, rate = 500, at_most = 4 }\n[solver]\nrtol = 1e-3\n";
    let (_, outcomes) = treated(30, levels);
    for outcome in &outcomes {
        let value = |endpoint: Endpoint| outcome.values[endpoint.index()];
        let is_severe = value(Endpoint::SevereInflammation) == 1.0;
        assert_eq!(is_severe, value(Endpoint::DaysSevere) > 0.0);
        assert_eq!(is_severe, value(Endpoint::SevereInflammationDay) < 30.0);
    }
}

#[test]
fn prop_a_trajectory_ends_where_the_outcome_does() {
    let text =
        "second_infusion = { after_relapse_days = 1 }\nrescue = { above = 250, hours = 24, rate = 300 }";
    let (study, outcomes) = treated(120, text);
    let patients = Cohort::new(&study).expect("a cohort").draw(0..study.patients);
    let mut infused_again = 0;
    for (patient, outcome) in patients.iter().zip(&outcomes).take(60) {
        let course = trajectory(&study, &study.arms[0], 24.0, &patient.quantities);
        let end = course.states.last().expect("a state at the end");
        for (state, endpoint) in end.iter().zip(Endpoint::AT_END) {
            let expected = outcome.values[endpoint.index()];
            assert!(
                (state - expected).abs() < 1e-5 * expected.max(0.01),
                "{endpoint:?}: {state}, {expected}"
            );
        }
        infused_again += usize::from(outcome.values[Endpoint::Relapse.index()] == 1.0);
    }
    assert!(infused_again > 5, "{infused_again}");
}

#[test]
fn the_standard_patient_is_followed_through_a_trial_arm() {
    let study = study(
        "days = 5",
        "[[arms]]\nname = \"halved\"\ninfusions = [{ day = 1, fraction = 0.5 }, { day = 3, fraction = 0.5 }]",
    );
    let standard = Quantities::standard();
    let course = trajectory(&study, &study.arms[0], 6.0, &standard);
    let car_t = |i: usize| CAR_T.iter().map(|&state| course.states[i][state]).sum::<f64>();
    assert_eq!((car_t(0), car_t(4)), (0.0, 0.0), "before the first infusion, and just before it");
    assert!((car_t(5) / standard.dose_total() - 0.5).abs() < 0.2, "{}", car_t(5));
    assert!(car_t(13) > car_t(12) + 0.4 * standard.dose_total());
    assert_eq!(course.states[0][TUMOUR_BURDEN], standard[Quantity::TumourBurden]);
}
