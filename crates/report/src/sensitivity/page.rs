//! The page of a sensitivity analysis.

use cartrial_analysis::Estimate;
use cartrial_analysis::sensitivity::SobolIndices;
use cartrial_findings::sensitivity::{OutcomeSensitivity, Sensitivity};
use cartrial_model::{Importance, STATES};
use maud::{Markup, html};

use super::words::{brackets, factor_label, outcome_label, ranked, shown};
use crate::number::grouped;
use crate::page::{Illustration, Page, card, facts, figure, in_sentence, percent, table};

/// Cards with the strongest factors.
const CARDS: usize = 3;
/// Factors of an outcome that are listed, at most, and the least share of the variance of one.
const LISTED: usize = 6;
const LEAST_SHARE: f64 = 0.01;
/// Factors in the table of convergence.
const CONVERGING: usize = 5;

/// The page with the figures that there are.
pub(super) fn page(found: &Sensitivity, figures: &[Illustration], command: &str) -> String {
    let of = |name: String| figures.iter().find(|figure| figure.name == name);
    let mut sections = vec![
        ("outcomes", "What drives the outcomes".to_owned(), outcomes(found, &of)),
        ("all", "Outcome by outcome".to_owned(), every_outcome(found)),
    ];
    if !found.courses.is_empty() {
        sections.push(("time", "Over time".to_owned(), over_time(found, &of)));
    }
    sections.push(("convergence", "Are there enough rows?".to_owned(), convergence(found)));
    sections.push(("methods", "What the numbers are".to_owned(), methods(found)));
    sections.push(("repeat", "How to repeat it".to_owned(), repeat(found, command)));
    Page {
        kind: "Global sensitivity analysis",
        title: &format!("What drives the outcomes of {}", found.study.name),
        lead: lead(found),
        sections,
        footer: html! {
            p { "Simulated patients, not people. A research model of one published mechanism, and no medical device." }
        },
    }
    .html()
}

fn count(n: u64) -> String {
    grouped(&n.to_string())
}

fn lead(found: &Sensitivity) -> Markup {
    let several = found.study.arms.len() > 1;
    let shown = shown(found);
    let Some((outcome, indices)) = shown.first() else {
        let reason = found.outcomes.iter().find_map(|outcome| match outcome.sobol {
            Estimate::None { not_estimated } => Some(not_estimated.to_string()),
            Estimate::Value(_) => None,
        });
        return html! { p.lead { "There are no indices of the outcomes that answer the question of a study: " (reason.unwrap_or_default()) "." } };
    };
    let strongest = ranked(found, indices);
    html! {
        p.lead { (answer(found, outcome, indices)) }
        div.cards {
            @for (factor, index) in strongest.iter().take(CARDS) {
                (card(
                    &format!("{}: {}", outcome_label(&outcome.column, several), factor_label(factor)),
                    &percent(index.total),
                    &format!(
                        "of the variance has to do with it{}; {} with it alone",
                        brackets(index.total_ci95), percent(index.first_order.max(0.0)),
                    ),
                ))
            }
        }
        p.note { "Brackets are 95 % bootstrap intervals. Shares are of the variance between the virtual patients of this population; another \
                  population has other ones." }
    }
}

/// What drives an outcome, in a sentence.
fn answer(found: &Sensitivity, outcome: &OutcomeSensitivity, indices: &SobolIndices) -> String {
    let strongest = ranked(found, indices);
    let together: f64 = indices.factors.iter().map(|index| index.first_order).sum();
    let what = outcome_label(&outcome.column, found.study.arms.len() > 1);
    let Some((factor, index)) = strongest.first() else { return String::new() };
    let second = strongest.get(1).map_or(String::new(), |(factor, index)| {
        format!(" Next comes {} with {}.", in_sentence(&factor_label(factor)), percent(index.total))
    });
    let interaction = (1.0 - together).max(0.0);
    format!(
        "{what} depends most on {}: {} of its variance has to do with it, {} with it alone.{second} Factors by themselves account for {} in \
         all, and their acting together for {}.",
        in_sentence(&factor_label(factor)),
        percent(index.total),
        percent(index.first_order.max(0.0)),
        percent(together.clamp(0.0, 1.0)),
        percent(interaction.min(1.0)),
    )
}

/// Trajectories that the effects of an outcome rest on.
fn effects_n(outcome: &OutcomeSensitivity) -> u64 {
    let effects = outcome.effects.as_ref().and_then(|effects| effects.value());
    effects.and_then(|effects| effects.first()).map_or(0, |effects| effects.n)
}

fn outcomes<'a>(found: &Sensitivity, of: &impl Fn(String) -> Option<&'a Illustration>) -> Markup {
    let several = found.study.arms.len() > 1;
    html! {
        @for (i, (outcome, indices)) in shown(found).into_iter().enumerate() {
            h3 { (outcome_label(&outcome.column, several)) }
            p { (answer(found, outcome, indices)) }
            (figure(of(format!("sobol-{}", i + 1)), html! {
                "Sobol' indices of " (count(indices.n)) " rows"
                @if indices.left_out > 0 {
                    ", " (count(indices.left_out)) " more left out because a solve failed, so that they are those of the patients who can be solved"
                }
                "; lines are 95 % bootstrap intervals. Left: the share of the variance that a factor accounts for by itself. Right: the share \
                 that it has a part in, alone or with others."
            }))
            (figure(of(format!("tornado-{}", i + 1)), html! {
                "Which way each quantity pushes: partial rank correlations"
                @if let Some(table) = outcome.drivers.value() { " (the first " (count(table.ranked)) " patients)" }
                " and standardised coefficients of the regression on all quantities"
                @if let Some(table) = outcome.drivers.value() {
                    " (" (count(table.n)) " patients), which explains " (percent(table.r_squared)) " of the variance"
                }
                "."
            }))
            (figure(of(format!("effects-{}", i + 1)), html! {
                "Elementary effects: twice what the outcome changes by when a factor moves over half of its distribution, in "
                (count(effects_n(outcome))) " trajectories. A σ as large as μ* tells of curvature or interaction; of groups there is no σ."
            }))
        }
    }
}

/// The strongest factors of the outcomes that are compared between arms.
fn every_outcome(found: &Sensitivity) -> Markup {
    let several = found.study.arms.len() > 1;
    let told = |o: &&OutcomeSensitivity| o.column.endpoint.importance() != Importance::Descriptive;
    let rows = found.outcomes.iter().filter(told).filter_map(|outcome| {
        let indices = outcome.sobol()?;
        let strongest = ranked(found, indices).into_iter().filter(|(_, index)| index.total >= LEAST_SHARE);
        let strongest = strongest
            .take(LISTED)
            .map(|(factor, index)| format!("{} {:.0}", factor.name, 100.0 * index.total));
        let strongest = strongest.collect::<Vec<_>>().join(", ");
        Some((false, vec![outcome_label(&outcome.column, several), strongest, count(indices.n)]))
    });
    html! {
        (table(&["Outcome", "Strongest factors, total index in %", "Rows"], 2, rows))
        p.note { "Total indices add up to more than 100 % where factors act together. What varies no more than the solver is accurate is left \
                  out. sensitivity.parquet has all outcomes, factors and statistics." }
    }
}

fn over_time<'a>(found: &Sensitivity, of: &impl Fn(String) -> Option<&'a Illustration>) -> Markup {
    let several = found.study.arms.len() > 1;
    let rows = found.plan.courses.map_or(0, |courses| courses.rows);
    html! {
        @for (i, state) in found.courses.iter().enumerate() {
            @let what = STATES.iter().find(|s| s.name == state.state).map_or(state.state, |s| s.label);
            (figure(of(format!("courses-{}", i + 1)), html! {
                (what) @if several { ", " (state.arm) } ": total indices of the strongest factors at every time, from " (count(rows))
                " rows, without intervals."
            }))
        }
    }
}

fn convergence(found: &Sensitivity) -> Markup {
    let shown = shown(found);
    let Some((outcome, indices)) = shown.first() else { return html! {} };
    let places: Vec<usize> = indices.by_total().into_iter().take(CONVERGING).collect();
    let names: Vec<&str> = places.iter().map(|&i| found.plan.factors[i].name.as_str()).collect();
    let head: Vec<&str> = std::iter::once("Rows").chain(names).collect();
    let rows = indices.convergence.iter().map(|at| {
        let cells = places.iter().map(|&i| format!("{:.3}", at.total[i]));
        (false, std::iter::once(count(at.n)).chain(cells).collect())
    });
    html! {
        p {
            "Total indices of " (outcome_label(&outcome.column, found.study.arms.len() > 1)) " from the first rows of the design. Where \
             the last lines agree as far as matters, there are enough."
        }
        (table(&head, 0, rows))
    }
}

fn methods(found: &Sensitivity) -> Markup {
    html! {
        (facts(&[
            ("First-order index", html! { "V[E(Y|Xᵢ)] / V(Y), by Saltelli's estimator of 2010; Jansen's is in the files as well." }),
            ("Total index", html! { "E[V(Y|X₋ᵢ)] / V(Y), by Jansen's estimator (1999)." }),
            ("Intervals", html! {
                "Percentiles of " (count(found.plan.bootstrap_samples.into())) " bootstrap samples of rows"
                ", drawn from up to 256 batches of consecutive rows"
                @if found.is_balanced() { "; rows of a balanced design are not independent, so these tend to be too wide" } "."
            }),
            ("Elementary effects", html! { "Morris (1991): four levels, at 1/8, 3/8, 5/8 and 7/8 of a distribution, and steps of half of it." }),
            ("Differences between arms", html! { "Within the patient, who goes through every arm." }),
            ("Correlated quantities", html! { "Factors have to be independent, so correlated quantities are one factor." }),
        ]))
    }
}

fn repeat(found: &Sensitivity, command: &str) -> Markup {
    let plan = &found.plan;
    html! {
        pre { (command) }
        (facts(&[
            ("program", html! { "cartrial " (found.version) }),
            ("seed", html! { (found.study.seed) }),
            ("factors", html! { (plan.factors.len()) }),
            ("Saltelli's design", html! { (count(plan.rows)) " rows of " (plan.factors.len() + 2) " patients" }),
            ("Morris' design", html! {
                @if plan.trajectories == 0 { "not asked for" }
                @else { (count(plan.trajectories)) " trajectories of " (plan.factors.len() + 1) " patients" }
            }),
            ("sampling", html! { (found.sampling().map_or("", |sampling| sampling.name())) }),
            ("patients", html! { (count(found.patients)) ", each in " (found.study.arms.len()) " arm" @if found.study.arms.len() > 1 { "s" } }),
            ("failed solves", html! { (count(found.failed_solves)) @if found.failed_solves > 0 { "; their rows and trajectories are left out" } }),
        ]))
        p.note { "The same command gives the same numbers on any machine, with any number of threads. Data: sensitivity.json, "
                 "sensitivity.parquet; figures as SVG and PNG in figures/." }
    }
}
