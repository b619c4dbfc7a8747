//! The arms of a trial against its reference: the answer, and everything that it rests on.

mod conclusions;
mod evidence;
mod figures;
mod power;
mod tables;
mod treatment;
mod view;

use cartrial_analysis::trial::{ArmComparison, Design};
use cartrial_model::{Endpoint, When};
use maud::{Markup, html};

use super::{Comparison, StudyFindings};
use crate::number::grouped;
use crate::page::{Illustration, figure, listed};
pub(super) use figures::figures;
use view::View;

/// The answer in words and cards.
pub(super) fn answer(report: &StudyFindings<'_>, comparison: &Comparison<'_>) -> Markup {
    conclusions::conclusions(&View { report, comparison })
}

/// What the answer rests on.
pub(super) fn section<'a>(
    report: &StudyFindings<'_>,
    comparison: &Comparison<'_>,
    of: &impl Fn(&str) -> Option<&'a Illustration>,
) -> Markup {
    let view = View { report, comparison };
    html! {
        @if report.sweep.is_some() {
            details { summary { "Each arm against " (view.reference()) " in words" } (conclusions::conclusions(&view)) }
        }
        h3 { "What was done to the patients" }
        (tables::arms(&view))
        (figure(of("arms"), html! {
            "The arms side by side. Dots: share of the patients with 95 % interval. Boxes: the middle half of the patients, with the median; lines: 90 %. "
            "Numbers: share or median. The vertical line marks the value of " (view.reference()) "."
        }))
        (figure(of("survival"), html! {
            "Share of the patients that had the event up to each day (one minus Kaplan and Meier's estimate, with 95 % band), and how many were still "
            "without it. A curve after whose last step nothing happens for more than half of the follow-up is not shown to the end; of curves that coincide, dashes show all."
            @if view.happened(Endpoint::Relapse.name()) { " Relapse is that of patients who came into remission, counted from the first infusion." }
        }))
        (changes(&view, of))
        h3 { "Every outcome against " (view.reference()) }
        (tables::comparisons(&view))
        details { summary { "Every estimate and every test" } (tables::everything(&view)) }
        (power::section(&view))
        h3 { "What these numbers can say" }
        (assumptions(&view))
    }
}

/// Changes within patients: those of the first arm shown, those of further ones folded.
fn changes<'a>(view: &View<'_>, of: &impl Fn(&str) -> Option<&'a Illustration>) -> Markup {
    let figures_of = |i: usize, arm: &str| {
        let caption = |endpoint: Endpoint| {
            html! {
                (endpoint.label()) " of each patient with " (arm) " minus that of the same patient with " (view.reference())
                ", from the greatest rise to the greatest fall. The dot is the median patient. Changes within the accuracy of the solver count as none."
            }
        };
        html! {
            @for endpoint in figures::changing_numbers() {
                (figure(of(&figures::change_name(endpoint, i)), caption(endpoint)))
            }
        }
    };
    html! {
        @for (i, arm) in view.others().iter().enumerate() {
            @if i == 0 {
                (figures_of(1, arm))
            } @else if figures::changing_numbers().any(|endpoint| of(&figures::change_name(endpoint, i + 1)).is_some()) {
                details { summary { "Changes within each patient with " (arm) } (figures_of(i + 1, arm)) }
            }
        }
    }
}

/// Follow-up from which on relapses of tumours that had all but died out are seen, in days.
const LONG_DAYS: f64 = 365.0;

/// What a comparison of relapses cannot say, where an arm waits for one, and how accurate late ones are.
fn about_relapses(view: &View<'_>) -> Markup {
    let study = &view.report.manifest.study;
    let waits = |arm: &cartrial_cohort::Arm| {
        arm.treatment.second_infusion.is_some_and(|second| matches!(second.when, When::AfterRelapse(_)))
    };
    let waiting: Vec<&str> =
        study.arms.iter().filter(|arm| waits(arm)).map(|arm| arm.name.as_str()).collect();
    let (others, one) = (waiting.len() < view.arms().len(), waiting.len() == 1);
    html! {
        @if !waiting.is_empty() { p {
            "The second infusion with " (listed(&waiting, "and")) " waits for a relapse, and cannot undo it: relapse after remission and the days until it "
            @if others { "compare only the other arms. " } @else { "say nothing about it. " }
            "What " @if one { "it does" } @else { "they do" } " shows in the tumour burden and in who is in remission at the end."
        } }
        @if view.happened(Endpoint::Relapse.name()) && study.days >= LONG_DAYS { p.note {
            "A tumour that all but died out grows again with its relative error, so that the day of a late relapse is the least accurate of all times: "
            "it may be off by 0.02 h."
        } }
    }
}

fn assumptions(view: &View<'_>) -> Markup {
    let kept = ArmComparison::KEPT_PATIENTS as u64;
    html! {
        p {
            "All patients are simulated. Simulating more of them makes p-values as small as you like: p says whether this many virtual patients show "
            "a difference between the arms of this model, not whether a treatment helps people. The size of an effect matters more than its p."
        }
        @match (view.design(), view.report.weights.is_some()) {
            (Design::Paired, false) => p {
                "Every patient was treated in every arm (virtual twins), so that arms are compared within patients: numbers by the paired t-test and "
                "Wilcoxon's signed ranks, events by McNemar's test, times by a paired t-test of the days without the event. The log-rank test and the "
                "difference of mean times between curves treat the arms as independent groups, which twins are not: where twins resemble each other "
                "these are conservative, with intervals too wide and p too large. No real trial has twins; the sizes above are for trials without them."
            },
            (Design::Independent, false) => p {
                "Every patient was allocated to one arm at random, as in a randomised trial: numbers are compared by Welch's t-test and Wilcoxon's rank "
                "sums, events by Fisher's exact test, times by the log-rank test, which is most powerful where one hazard is a multiple of the other."
            },
            (design, true) => p {
                @match design {
                    Design::Paired => { "Every patient was treated in every arm (virtual twins), so that arms are compared within patients: numbers, events and days "
                        "without the event by the paired t-test of weighted patients. No real trial has twins; the sizes above are for trials without them. " },
                    Design::Independent => { "Every patient was allocated to one arm at random, as in a randomised trial: numbers and events are compared by Welch's t-test of "
                        "weighted patients, times by the robust log-rank test. " },
                }
                "Estimates are those of a population in which each patient stands for as many as the weight says. Their errors are linearised, those of curves "
                "the infinitesimal jackknife's (R's packages survey and survival). Numbers of patients and of events are counted, not weighted. "
                "Distributions, changes within patients and trials are drawn from as many patients of equal weight."
            },
        }
        p {
            "Intervals of means and t-tests rest on means of many patients being normally distributed. "
            @if view.compares(Endpoint::Relapse.name()) {
                "Relapse is compared between patients who came into remission"
                @if view.design() == Design::Paired { " in both arms" }
                ", and these are no random sample of all where the arm changes who comes into remission. "
            }
            "Intervals, and p where it is not called adjusted, are each of one comparison alone. Holm's p controls the chance of any false finding among "
            "the main tests of all outcomes and arms together."
        }
        (about_relapses(view))
        @if view.report.manifest.patients > kept && view.report.weights.is_none() {
            p.note {
                "Ranks, survival curves, changes within patients and sizes of trials rest on the first " (grouped(&kept.to_string()))
                " patients; means, risks and their tests on all."
            }
        }
    }
}
