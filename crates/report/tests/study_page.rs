//! What the page of a study of several arms says, and that one of a single arm says nothing of them.

use cartrial_analysis::trial::Design;
use cartrial_model::{SecondInfusion, When};
use cartrial_report::study::{self, FIGURE_BEGINNINGS, FIGURES, is_figure};

mod made_up;

use made_up::{Arm, MadeUp, half_dose, rescue, standard};

/// A page's words, without its markup and pictures.
fn words(page: &str) -> String {
    let (mut text, mut tag, mut hidden) = (String::new(), false, false);
    for (i, c) in page.char_indices() {
        let rest = &page[i..];
        match c {
            '<' => {
                tag = true;
                hidden = (hidden || rest.starts_with("<svg") || rest.starts_with("<style"))
                    && !(rest.starts_with("</svg") || rest.starts_with("</style"));
                text.push(' ');
            }
            '>' => tag = false,
            _ if !tag && !hidden => text.push(c),
            _ => {}
        }
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn page(patients: usize, design: Design, arms: &[Arm]) -> (String, Vec<String>) {
    let made_up = MadeUp::new(patients, design, arms);
    let report = made_up.report();
    let figures = study::figures(&report);
    let page = study::page(&report, &figures);
    assert!(!page.contains("NaN") && !page.contains(">inf"), "a number that is none");
    (page, figures.into_iter().map(|f| f.name).collect())
}

fn assert_says(page: &str, expected: &[&str]) {
    let words = words(page);
    for text in expected {
        assert!(words.contains(text), "{text} is not in\n{words}");
    }
}

#[test]
fn twins_are_answered_in_words_cards_figures_and_tables() {
    let (page, figures) = page(1000, Design::Paired, &[standard(), rescue()]);
    assert_says(
        &page,
        &[
            "How do toxicity and the tumour change with rescue instead of standard, in 1000 virtual patients over 30 days?",
            "every patient is treated in every arm (virtual twins)",
            "The answer Severe inflammation: 29.5 % with standard, 4.7 % with rescue; one case prevented for every 4.0 \
             treated.",
            "Remission: 29.1 % with standard, 28.7 % with rescue; one remission lost for every 250 treated by this comparison \
             alone, which may be chance: p = 0.2500 adjusted for 8 tests.",
            "−0.40 percentage points, 95 % CI [−1.0, −0.02]; one remission lost for every 250 treated [98, 6332]; p = 0.1250 \
             (McNemar, exact, which is stricter than the interval); adjusted by Holm's method for 8 tests p = 0.2500",
            "odds ratio within patients 1000 0 [0, 1.51]",
            "Relapse after remission: 22.7 % with standard, 22.6 % with rescue; among 287 patients in remission in both arms, no difference.",
            "Peak inflammation is lower in 70.7 % of the patients and higher in 0 %; that of the median patient is 32.8 pg/mL \
             lower.",
            "29.5 % → 4.7 % −24.8 percentage points, 95 % CI [−27.6, −22.2]; one case prevented for every 4.0 treated [3.6, 4.5]; p = ",
            "(McNemar, exact); adjusted by Holm's method for 8 tests p = ",
            "Peak inflammation, median change within a patient −32.8 pg/mL lower in 70.7 %, higher in 0 %",
            "rescue The patient's own dose on day 0; immunosuppressant whenever inflammation exceeds 200 pg/mL",
            "outcome twins standard → rescue difference [95 % CI] ratio [95 % CI] p p, Holm",
            "McNemar, exact",
            "Intervals and p are each of one comparison alone; p by Holm's method is adjusted for the 8 tests of this table.",
            "How many patients a randomised trial would need",
            "patients for 80 % [95 % CI]",
            "Severe inflammation rescue Fisher's exact",
            "All patients are simulated. Simulating more of them makes p-values as small as you like",
            "The size of an effect matters more than its p.",
            "treat the arms as independent groups, which twins are not",
            "What drives toxicity in each arm",
        ],
    );
    let drawn = [
        "cohort",
        "outcomes",
        "outcomes-arm-2",
        "arms",
        "survival",
        "change-peak-inflammation",
        "change-tumour-nadir",
    ];
    assert_eq!(figures, drawn);
    assert_eq!(page.matches("<figure>").count(), drawn.len(), "all of them shown");
}

#[test]
fn what_differs_by_errors_of_the_solver_is_unchanged() {
    let same = Arm { name: "same", dose: 1.0 + 1e-9, ..standard() };
    let (page, figures) = page(200, Design::Paired, &[standard(), same]);
    assert_says(
        &page,
        &[
            "Peak inflammation: no patient differs.",
            "Peak inflammation, median change within a patient unchanged no patient differs",
            "0 no patient differs",
        ],
    );
    assert!(!figures.iter().any(|name| name.starts_with("change-")), "nothing changes: {figures:?}");
}

#[test]
fn events_that_nobody_has_are_said_and_not_drawn() {
    let nobody = |arm: Arm| Arm { dose: 0.0, ..arm };
    let made_up = MadeUp::new(100, Design::Paired, &[nobody(standard()), nobody(rescue())]);
    let figures = study::figures(&made_up.report());
    let page = study::page(&made_up.report(), &figures);
    assert_says(&page, &["Remission: in no patient of either arm."]);
    let survival = figures.iter().find(|f| f.name == "survival").expect("severe inflammation happens");
    assert!(survival.svg.contains("Severe inflammation (%)") && !survival.svg.contains("Remission (%)"));
}

#[test]
fn three_arms_are_each_compared_with_the_first() {
    let (page, figures) = page(200, Design::Paired, &[standard(), rescue(), half_dose()]);
    assert_says(
        &page,
        &[
            "rescue against standard",
            "half dose against standard",
            "change with rescue or half dose instead of standard",
            "half dose 0.5 times the patient's own dose on day 0",
            "outcome arm twins standard → arm",
            "adjusted for the 16 tests of this table",
            "Changes within each patient with half dose",
            "Regressions in arm half dose",
            "patients in remission in both arms",
        ],
    );
    assert!(figures.contains(&"change-peak-inflammation-arm-3".to_owned()), "{figures:?}");
}

#[test]
fn an_arm_that_waits_for_a_relapse_is_said_not_to_change_it() {
    let mut waiting = Arm { name: "at relapse", dose: 0.9, ..standard() };
    waiting.treatment.second_infusion =
        Some(SecondInfusion { when: When::AfterRelapse(14.0), fraction: 2.0 });
    let (waits, _) = page(200, Design::Paired, &[standard(), waiting]);
    assert_says(
        &waits,
        &[
            "a second infusion of twice the dose 14 days after a relapse",
            "The second infusion with at relapse waits for a relapse, and cannot undo it: relapse after remission and the days \
             until it compare only the other arms. What it does shows in the tumour burden and in who is in remission at the end.",
        ],
    );
    let (other, _) = page(200, Design::Paired, &[standard(), rescue()]);
    assert!(!words(&other).contains("cannot undo it"));
}

#[test]
fn outcomes_by_which_no_trial_can_be_sized_are_no_row_but_have_a_reason() {
    let (same, _) = page(200, Design::Paired, &[standard(), Arm { name: "same", ..standard() }]);
    assert_says(
        &same,
        &["No outcome has a difference that a trial could be sized for. Why Peak inflammation, same: "],
    );
    let (differs, _) = page(1000, Design::Paired, &[standard(), rescue()]);
    assert_says(&differs, &["Severe inflammation rescue Fisher's exact"]);
    assert!(!words(&differs).contains("a trial could be sized for"));
}

#[test]
fn randomised_patients_have_no_changes_of_their_own() {
    let (page, figures) = page(400, Design::Independent, &[standard(), rescue()]);
    assert_says(
        &page,
        &[
            "every patient is allocated to one arm at random",
            "Peak inflammation, mean",
            "Fisher's exact",
            "Welch's t",
            "times by the log-rank test",
        ],
    );
    assert!(!figures.iter().any(|name| name.starts_with("change-")), "{figures:?}");
    assert!(!words(&page).contains("twins are not"));
}

#[test]
fn a_single_arm_is_not_compared() {
    let (page, figures) = page(200, Design::Paired, &[standard()]);
    assert_says(&page, &["What was found", "What does toxicity, measured as peak inflammation, depend on"]);
    assert!(!words(&page).contains("Arms compared") && !words(&page).contains("(virtual twins)"));
    assert_eq!(figures, ["cohort", "outcomes"]);
}

#[test]
fn a_handful_of_patients_makes_a_page_all_the_same() {
    for patients in [1, 2, 5] {
        for design in [Design::Paired, Design::Independent] {
            page(patients, design, &[standard(), rescue(), half_dose()]);
        }
    }
}

#[test]
fn every_figure_has_a_name_that_is_known() {
    let (_, figures) = page(60, Design::Paired, &[standard(), rescue(), half_dose()]);
    for name in &figures {
        assert!(is_figure(name), "{name}");
    }
    assert!(FIGURES.into_iter().chain(FIGURE_BEGINNINGS).all(is_figure) && !is_figure("mine"));
}

#[test]
fn the_same_study_makes_the_same_page() {
    let make = || page(100, Design::Paired, &[standard(), rescue()]);
    assert_eq!(make(), make());
}
