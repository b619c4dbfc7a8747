//! The page of a calibration.

use cartrial_cohort::EnrolmentSummary;
use cartrial_findings::calibration::{Calibration, ShareFit};
use maud::{Markup, html};

use super::words;
use crate::number::grouped;
use crate::page::{Illustration, Page, card, facts, figure, percent, table};
use crate::significant;

/// Columns that are moved by less than this share of their standard deviation are not told.
const LEAST_SHIFT: f64 = 0.05;
const MOST_SHIFTS: usize = 12;
/// An effective sample size below this part of the plausible candidates is a warning.
const LEAST_EFFECTIVE: f64 = 0.1;

pub(super) fn page(found: &Calibration, figures: &[Illustration], command: &str) -> String {
    let of = |name: &str| figures.iter().find(|figure| figure.name == name);
    Page {
        kind: "Virtual population",
        title: &format!("How {} looks like a real trial", found.study.name),
        lead: lead(found),
        sections: vec![
            ("shares", "The trial's patients and the virtual ones".to_owned(), shares(found, of("shares"))),
            ("plausible", "Who is plausible".to_owned(), plausible(found)),
            ("shifts", "Who counts for more".to_owned(), shifts(found)),
            ("methods", "How patients are enrolled".to_owned(), methods(found)),
            ("repeat", "How to repeat it".to_owned(), repeat(found, command)),
        ],
        footer: html! {
            p { "Simulated patients, not people. A research model of one published mechanism, and no medical device." }
        },
    }
    .html()
}

fn count(n: u64) -> String {
    grouped(&n.to_string())
}

/// What came of it in a sentence.
pub(crate) fn answer(found: &Calibration) -> String {
    let met = found.shares.iter().filter(|share| share.is_met()).count();
    let all = found.shares.len();
    let shares = match (met, all) {
        (_, 0) => String::new(),
        (met, all) if met == all && all == 1 => {
            " The share asked for is within the trial's 95 % interval.".to_owned()
        }
        (met, all) if met == all => format!(" All {all} shares are within the trial's 95 % intervals."),
        (met, all) => {
            format!(
                " {met} of {all} shares {} within the trial's 95 % interval.",
                if met == 1 { "is" } else { "are" }
            )
        }
    };
    let end = if found.too_few().is_some() {
        format!("too few for the study's {} patients", count(found.study.patients))
    } else {
        format!("of whom the study takes {}", count(found.study.patients))
    };
    let (plausible, candidates) = (count(found.plausible), count(found.candidates));
    if found.is_weighted() {
        return format!("{plausible} of {candidates} candidates are plausible, {end}, with weights.{shares}");
    }
    let accepted = count(found.eligible);
    format!(
        "{plausible} of {candidates} candidates are plausible, and {accepted} are accepted, {end}.{shares}"
    )
}

/// That few unusual candidates stand for all, if they do.
pub(crate) fn few(found: &EnrolmentSummary) -> Option<String> {
    let share = found.effective_sample_size / found.plausible as f64;
    (share < LEAST_EFFECTIVE).then(|| {
        format!(
            "Few candidates bear nearly all of the weight (effective sample size {} of {}): what is asked for is rare in this model \
             with these distributions. Look at what distinguishes those who count for more before trusting them.",
            significant(found.effective_sample_size, 3),
            count(found.plausible)
        )
    })
}

fn lead(found: &Calibration) -> Markup {
    let ess = found.effective_sample_size / found.plausible as f64;
    html! {
        p.lead { (answer(found)) }
        @if let Some(text) = few(&found.summary()) { p.warning { (text) } }
        @if let Some((reason, remedy)) = found.too_few() { p.warning { (reason) ". " (remedy) } }
        div.cards {
            (card("Plausible", &percent(found.plausible as f64 / found.candidates as f64), &format!("{} of {} candidates", count(found.plausible), count(found.candidates))))
            (card("Effective sample size", &percent(ess), &format!("of the plausible candidates: {} of them, if they had one weight, would tell a mean as exactly", significant(found.effective_sample_size, 3))))
            @if found.is_weighted() {
                (card("Greatest weight", &significant(found.greatest_weight, 3), "the mean of the plausible candidates is 1"))
            } @else {
                (card("Accepted", &percent(found.eligible as f64 / found.candidates as f64), &format!("{} candidates; the greatest weight is {} times the mean", count(found.eligible), significant(found.greatest_weight, 3))))
            }
        }
    }
}

fn shares(found: &Calibration, illustration: Option<&Illustration>) -> Markup {
    let share = |share: Option<f64>| share.map_or_else(|| "–".to_owned(), percent);
    let row = |fit: &ShareFit| {
        let [low, high] = fit.target_ci95;
        let patients = fit.enrolled.value().map(|share| share.estimate);
        let row = vec![
            words::share(&fit.target),
            if fit.is_met() { "yes" } else { "no" }.to_owned(),
            format!("{} [{}, {}]", percent(fit.target.share), percent(low), percent(high)),
            count(fit.target.patients),
            share(fit.plausible),
            share(fit.weighted),
            share(patients),
        ];
        (!fit.is_met(), row)
    };
    let head = [
        "share of patients",
        "met",
        "trial [95 % CI]",
        "trial's patients",
        "plausible candidates",
        "weighted",
        "study's patients",
    ];
    html! {
        @if found.shares.is_empty() { p { "No shares were asked for: every plausible candidate has the same weight." } } @else {
            (figure(illustration, html! {
                "Bars: the trial's 95 % interval, with its share. Hollow dots: plausible candidates as they are drawn. Full dots: the study's patients" @if found.is_weighted() { " by their weights" } "."
            }))
            (table(&head, 2, found.shares.iter().map(row)))
            @for fit in found.shares.iter().filter(|fit| fit.empties_its_base()) { p.warning {
                (words::share(&fit.target)) ": weights leave few of those of whom it is taken, "
                (percent(fit.among_weighted)) " instead of " (percent(fit.among_plausible)) " of the candidates. Give a share for them too."
            } }
            h3 { "Where the trial's shares are published" }
            ul { @for fit in &found.shares { li { (words::share(&fit.target)) ": " (fit.target.source) } } }
            p.note {
                "A share counts as met if the weighted share is within Wilson's 95 % interval of the trial's. One that is missed contradicts another, rests on few of "
                "the trial's patients, or is one that hardly any candidate has: then the model or the distributions do not give it."
            }
        }
    }
}

fn plausible(found: &Calibration) -> Markup {
    let rows = found.ranges.iter().map(|count_of| {
        let share = count_of.candidates as f64 / found.candidates as f64;
        (false, vec![words::condition(&count_of.range), count(count_of.candidates), percent(share)])
    });
    html! {
        @if found.ranges.is_empty() { p { "No ranges were asked for: every candidate who can be solved is plausible." } } @else {
            (table(&["range", "candidates who keep it", "share"], 1, rows))
        }
        @if found.failed > 0 { p.warning { (count(found.failed)) " candidates could not be solved, and count as not plausible." } }
    }
}

fn shifts(found: &Calibration) -> Markup {
    let rows: Vec<_> = found
        .shifts
        .iter()
        .filter(|shift| shift.standardised_difference.abs() >= LEAST_SHIFT)
        .take(MOST_SHIFTS)
        .map(|shift| {
            let unit = match shift.column.unit() {
                "1" | "" => String::new(),
                unit => format!(" ({unit})"),
            };
            let number = |value: f64| significant(value, 3);
            let row = vec![
                format!("{}{unit}", words::label(shift.column)),
                number(shift.plausible_mean),
                number(shift.plausible_sd),
                number(shift.weighted_mean),
                format!("{:+.2}", shift.standardised_difference).replace('-', "−"),
            ];
            (false, row)
        })
        .collect();
    html! {
        @if rows.is_empty() { p { "Weights move no quantity and no outcome by a twentieth of its standard deviation." } } @else {
            p { "What the weights move most, as a part of the standard deviation of the plausible candidates." }
            (table(&["quantity or outcome", "mean", "SD", "weighted mean", "difference / SD"], 1, rows))
        }
    }
}

fn methods(found: &Calibration) -> Markup {
    let arm = found.study.arms.first().map_or("", |arm| arm.name.as_str());
    html! {
        p {
            "Candidates are drawn from the distributions of the study and solved in its first arm, " (arm) ". Those who keep every range are plausible. Their prevalence "
            "weights are as equal as they can be while the weighted shares come near to the trial's: they minimise (1/N) Σ w ln w plus, for each share, half the square "
            "of its distance from the trial's in standard errors of the trial's (entropy balancing: Hainmueller, Political Analysis 20:25, 2012; for surveys Deville & "
            "Särndal, JASA 87:376, 1992). A share that is known less exactly pulls less. The two terms weigh alike, and shares count as independent: both are choices."
        }
        p {
            @if found.is_weighted() {
                "Every plausible candidate can be a patient, and statistics take the weights: the study's method is weighting. "
            } @else {
                "A candidate is accepted with probability w / max w, as the ratio of the wanted density to the drawn one (Allen, Rieger & Musante, CPT Pharmacometrics Syst. "
                "Pharmacol. 5:140, 2016). Accepted patients have equal weights, so that no statistic of the study has to know of weights. "
            }
            "Intervals and tests speak of these virtual patients; how "
            "well the trial's shares are known is not in them. "
            "The effective sample size is (Σw)²/Σw² (Kish 1965). Each patient's weight stands in the column prevalence_weight."
        }
        p.note { "Weights follow what becomes of candidates in the first arm, so that effects of other arms are predictions, and this arm's shares are not." }
    }
}

fn repeat(found: &Calibration, command: &str) -> Markup {
    html! {
        pre { (command) }
        p { "The study's run enrols the same patients by itself:" }
        pre { "cartrial run study.toml" }
        details { summary { "study.toml" } pre { (found.study.to_toml()) } }
        (facts(&[("program", html! { "cartrial " (found.version) }), ("seed", html! { (found.study.seed) })]))
    }
}
