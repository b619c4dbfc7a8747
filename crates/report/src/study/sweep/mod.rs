//! The arms of a sweep: which one is best, for whom, and what was given up.

mod figures;
pub(crate) mod words;

use cartrial_analysis::Estimate;
use cartrial_analysis::trial::Effect;
use cartrial_findings::{BenefitRiskFindings, SweepFindings};
use maud::{Markup, html};

use crate::number::grouped;
use crate::page::{Illustration, card, figure, interval, table};
pub(super) use figures::figures;
use figures::{NET, name};

/// The section of the page.
pub(super) fn section<'a>(found: &SweepFindings, of: &impl Fn(&str) -> Option<&'a Illustration>) -> Markup {
    html! {
        p.lead { (words::sentence(found, &found.overall).unwrap_or_else(|| "No arm has an outcome.".to_owned())) }
        @if !found.by_tumour_burden.is_empty() {
            p { "By initial tumour burden, in cells/µL:" }
            div.cards { @for group in &found.by_tumour_burden {
                (preferred_card(found, &words::range(group.from, group.to), &group.findings).unwrap_or_default())
            } }
        }
        (figure(of("benefit-risk"), html! {
            "Remission against severe inflammation, a dot for each arm. The line joins the Pareto front: no arm has less severe inflammation and as many "
            "remissions as one of these. Beside them: " (words::keys(found)) ". The ring marks the arm with the most remissions without severe inflammation."
        }))
        @for sweep in 0..found.sweeps().count() {
            (figure(of(&name("response", sweep)), html! {
                "Share of the patients, in percent. Marked is the arm with the most remissions without severe inflammation, if it is among these."
            }))
            (figure(of(&name("by-tumour-burden", sweep)), html! {
                (NET) " by initial tumour burden: share of the patients of each group, in percent, with the best arm marked."
            }))
        }
        p.note {
            "Arms are ranked by the share of patients who come into remission without severe inflammation. Whoever weighs the two otherwise chooses another arm of "
            "the Pareto front, which is one of estimates, as the ranking is. An arm is not told apart from the best if the 95 % interval of the difference includes 0: "
            "the more patients, the fewer arms. These intervals are not adjusted for the number of arms, and the best of many arms is by chance somewhat better here than it "
            "would be in other patients."
        }
        details { summary { "Every arm" } (arms(found, &found.overall)) }
        @for group in &found.by_tumour_burden {
            details {
                summary { "Patients with a tumour burden of " (words::range(group.from, group.to)) " cells/µL" }
                (arms(found, &group.findings))
            }
        }
    }
}

/// The best arm for some patients.
fn preferred_card(found: &SweepFindings, whom: &str, of: &BenefitRiskFindings) -> Option<Markup> {
    let preferred = of.preferred?;
    let best = &of.arms[preferred];
    let others = of.not_told_apart().count();
    let detail = format!(
        "{} % in remission without severe inflammation; {} % severe inflammation, {} % remission; {} patients{}",
        percents(&best.benefit_without_risk),
        percents(&best.risk),
        percents(&best.benefit),
        grouped(&of.patients.to_string()),
        match others {
            0 => String::new(),
            1 => "; one other arm is not told apart".to_owned(),
            several => format!("; {several} other arms are not told apart"),
        }
    );
    Some(card(whom, &words::arm(found, preferred), &detail))
}

/// Every arm in some patients, the preferred one emphasised.
fn arms(found: &SweepFindings, of: &BenefitRiskFindings) -> Markup {
    let rows = of.arms.iter().enumerate().map(|(number, arm)| {
        let difference = match &arm.minus_preferred {
            None => "best".to_owned(),
            Some(difference) => percents(difference),
        };
        let row = vec![
            words::arm(found, number),
            if arm.pareto_optimal { "yes".to_owned() } else { String::new() },
            percents(&arm.risk),
            percents(&arm.benefit),
            percents(&arm.benefit_without_risk),
            difference,
            grouped(&arm.n.to_string()),
        ];
        (of.preferred == Some(number), row)
    });
    let head = [
        "arm",
        "Pareto front",
        "severe inflammation (%)",
        "remission (%)",
        "remission without (%)",
        "minus best (points)",
        "patients",
    ];
    table(&head, 2, rows)
}

fn percents(share: &Estimate<Effect>) -> String {
    match share.value() {
        Some(share) => interval(100.0 * share.estimate, share.ci95.map(|end| 100.0 * end), 3),
        None => "–".to_owned(),
    }
}
