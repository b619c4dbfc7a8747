//! The page of a study.

use cartrial_analysis::ResponseScale;
use cartrial_analysis::trial::Design;
use cartrial_cohort::{Correction, EnrolmentSummary, Method, Population, TargetMethod, TargetShare, Targets};
use cartrial_dataset::{CohortSource, status_in_words};
use cartrial_model::{Growth, Reading};
use maud::{Markup, html};

use super::figures::outcomes_name;
use super::requested::requested;
use super::{Comparison, StudyFindings, comparison, results, sweep};
use crate::calibration::{few, words};
use crate::failed::{Cause, causes, day};
use crate::number::grouped;
use crate::page::{Illustration, Page, facts, figure, in_sentence, listed, percent, table};
use crate::population_words::{correlation_kind_in_words, distribution_in_words, pairs_in_words};
use crate::significant;

/// The page with the figures that there are.
pub(super) fn page(report: &StudyFindings<'_>, figures: &[Illustration]) -> String {
    let of = |name: &str| figures.iter().find(|f| f.name == name);
    let name = report.manifest.study.name.as_str();
    let asked = ("asked", "What was asked".to_owned(), asked(report));
    let found = |heading: &str| ("found", heading.to_owned(), results_section(report, &of));
    // The answer first, and then what it rests on.
    let mut sections = match (&report.comparison, report.sweep) {
        (Some(comparison), Some(sweep)) => vec![
            ("sweep", "Which arm, and for whom".to_owned(), sweep::section(sweep, &of)),
            asked,
            ("arms", "Arms compared".to_owned(), comparison::section(report, comparison, &of)),
            found("What drives toxicity in the first arm"),
        ],
        (Some(comparison), None) => vec![
            ("answer", "The answer".to_owned(), comparison::answer(report, comparison)),
            asked,
            ("arms", "Arms compared".to_owned(), comparison::section(report, comparison, &of)),
            found("What drives toxicity in each arm"),
        ],
        (None, _) => vec![found("What was found"), asked],
    };
    sections.extend([
        ("cohort", "Cohort".to_owned(), cohort(report, of("cohort"))),
        ("outcomes", "Outcomes".to_owned(), outcomes(report, &of)),
        ("failures", "Failures and corrections".to_owned(), failures(report)),
        ("repeat", "How to repeat it".to_owned(), repeat(report)),
    ]);
    Page {
        kind: "Virtual clinical trial",
        title: name,
        lead: question(report),
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

fn asked(report: &StudyFindings<'_>) -> Markup {
    let (manifest, study) = (report.manifest, &report.manifest.study);
    let days = study.days;
    let source = match &manifest.cohort {
        CohortSource::Drawn | CohortSource::Accepted(_) | CohortSource::Weighted(_) => {
            "drawn from the distributions below".to_owned()
        }
        CohortSource::Table { table, .. } => format!("of the table {table}"),
    };
    let reading = match study.model.reading {
        Reading::Curated => "as curated in BioModels BIOMD0000000837, which gives the paper's Figure 3",
        Reading::Printed => "as the preprint first printed it, which does not give the paper's Figure 3",
    };
    let growth = match study.model.growth {
        Growth::Logistic => "logistic, r1·B·(1 − B/k)",
        Growth::Gompertz => "Gompertzian, r1·B·ln(k/B)",
        Growth::Exponential => "exponential, r1·B",
    };
    html! {
        (facts(&[
            ("patients", html! {
                (count(manifest.patients)) ", " (source)
                @if let (Some(targets), Some(enrolment)) = (targets(report), manifest.cohort.enrolment()) {
                    (enrolled(targets, enrolment))
                }
                @if let Some(weights) = report.weights {
                    @if manifest.cohort.enrolment().is_none() { "." }
                    " Statistics take the weights " code { (weights.column) } " of these patients, whose effective sample size is "
                    (significant(weights.effective_sample_size, 3))
                }
            }),
            ("arms", html! {
                (report.sweep.map_or_else(|| manifest.arms.join(", "), sweep::words::arms))
                @if let Some(comparison) = &report.comparison { "; " (design(comparison)) }
            }),
            ("follow-up", html! { (days) " days" }),
            ("model", html! {
                "Seven equations for tumour, inflammation, four CAR T cell populations and other lymphocytes (S. Hanson, D. R. "
                "Grimes, J. P. Taylor-King et al., bioRxiv 049908, 2016), " (reading)
            }),
            ("tumour growth", html! { (growth) }),
        ]))
    }
}

/// What patients have to look like, if they are enrolled from candidates.
fn targets<'a>(report: &StudyFindings<'a>) -> Option<&'a Targets> {
    report.manifest.study.drawn_population()?.targets.as_ref()
}

/// What the study asks.
fn question(report: &StudyFindings<'_>) -> Markup {
    let (patients, days) = (count(report.manifest.patients), report.manifest.study.days);
    let text = match (&report.comparison, report.sweep) {
        (_, Some(sweep)) => format!(
            "Which of {} arms brings most patients into remission without severe inflammation, and for whom, in {patients} virtual \
             patients over {days} days?",
            sweep.arms.len()
        ),
        (Some(comparison), None) => {
            let arms = &comparison.arms.plan().arms;
            let (reference, others) =
                arms.split_first().map_or(("", &[][..]), |(first, rest)| (first.as_str(), rest));
            format!(
                "How do toxicity and the tumour change with {} instead of {reference}, in {patients} virtual patients over {days} \
                 days?",
                listed(others, "or")
            )
        }
        (None, None) => format!(
            "What does toxicity, measured as {}, depend on in {patients} virtual patients in the {days} days after infusion of CAR T \
             cells?",
            report.column(report.response()).0.to_lowercase()
        ),
    };
    html! { p.lead { (text) } }
}

/// How patients were enrolled.
fn enrolled(targets: &Targets, enrolment: &EnrolmentSummary) -> Markup {
    let share =
        |target: &TargetShare| format!("{}: {}", in_sentence(&words::share(target)), percent(target.share));
    let ranges: Vec<String> =
        targets.plausible.iter().map(|range| in_sentence(&words::condition(range))).collect();
    let shares: Vec<String> = targets.shares.iter().map(share).collect();
    html! {
        @match targets.method { TargetMethod::Acceptance => "; accepted from ", TargetMethod::Weighting => "; weighted, of " }
        (count(targets.candidates)) " candidates by what becomes of them in the first arm"
        @if !ranges.is_empty() { "; ranges: " (ranges.join(", ")) }
        @if !shares.is_empty() { "; shares of a trial: " (shares.join("; ")) }
        @let (met, all) = enrolment.shares_met;
        ". Effective sample size " (significant(enrolment.effective_sample_size, 3)) " of " (count(enrolment.plausible)) " plausible candidates"
        @if all > 0 { "; " (met) " of " (all) " shares within the trial's interval" }
        ": " code { "cartrial calibrate" } " shows how near they come."
        @if let Some(text) = few(enrolment) { span.warning { " " (text) } }
    }
}

fn design(comparison: &Comparison<'_>) -> &'static str {
    match comparison.arms.plan().design {
        Design::Paired => "every patient is treated in every arm (virtual twins)",
        Design::Independent => "every patient is allocated to one arm at random",
    }
}

fn results_section<'a>(report: &StudyFindings<'_>, of: &impl Fn(&str) -> Option<&'a Illustration>) -> Markup {
    let several = report.manifest.arms.len() > 1;
    html! {
        @for (i, arm) in told_arms(report).iter().enumerate() {
            @if several { h3 { "Arm " (arm) } }
            (results::cards(report, arm))
            @if i == 0 {
                (figure(of("regressions"), html! {
                    "Peak inflammation against total dose and initial tumour burden, with fitted line and 95 % confidence band"
                    @if several { ", arm " (arm) } "."
                }))
                (figure(of("regressions-log"), html! { "The same, fitted to the natural logarithm of the peak." }))
            }
            @if several {
                details {
                    summary { "Regressions in arm " (arm) }
                    (results::regressions(report, arm, ResponseScale::Log))
                    (results::regressions(report, arm, ResponseScale::Linear))
                }
            } @else {
                (results::regressions(report, arm, ResponseScale::Log))
                details {
                    summary { "The same on the linear scale" }
                    (results::regressions(report, arm, ResponseScale::Linear))
                }
            }
        }
        p.note {
            "Brackets are 95 % confidence intervals"
            @if report.weights.is_some() { " of weighted patients" } @else { " (r by Fisher's z)" }
            ". Rank correlations are in summary.json."
        }
    }
}

/// The arms of which everything is told. Those of a sweep are too many: of them summary.json tells all.
fn told_arms<'a>(report: &StudyFindings<'a>) -> &'a [String] {
    let arms = &report.manifest.arms;
    if report.sweep.is_some() { &arms[..arms.len().min(1)] } else { arms }
}

fn cohort(report: &StudyFindings<'_>, illustration: Option<&Illustration>) -> Markup {
    let fixed: Vec<String> = report
        .columns
        .iter()
        .filter_map(|c| {
            let distribution = requested(&report.manifest.study, &c.name)?;
            (!distribution.varies()).then(|| format!("{} {}", c.label, distribution_in_words(distribution)))
        })
        .collect();
    let correlation = match &report.manifest.study.population {
        Population::Drawn(spec) => spec.correlation.as_ref(),
        Population::Table(_) => None,
    };
    html! {
        (figure(illustration, html! {
            @match &report.manifest.cohort {
                CohortSource::Drawn | CohortSource::Accepted(_) | CohortSource::Weighted(_) => {
                    @if let Some(enrolment) = report.manifest.cohort.enrolment() {
                        "Densities: the patients (bars), who are "
                        @if report.weights.is_some() { "weighted" } @else { "accepted from " (count(enrolment.candidates)) " candidates" }
                        " for what becomes of them, against the distribution that the candidates are drawn from (line)."
                    } @else {
                        "Densities: drawn values (bars) against the requested distribution (line), of all " (count(report.manifest.patients))
                        " patients, whether they could be solved or not."
                    }
                    @if !fixed.is_empty() { " The same in every patient: " (fixed.join("; ")) "." }
                    @if let Some(correlation) = correlation {
                        " Correlated, by " (correlation_kind_in_words(correlation.kind())) ": " (pairs_in_words(correlation).join("; ")) "."
                    }
                },
                CohortSource::Table { table: path, rows, .. } => { "What the table " (path) " holds, " (count(*rows)) " rows." },
            }
        }))
        @if illustration.is_none() { p { "All patients are alike: nothing varies in this cohort." } }
    }
}

fn outcomes<'a>(report: &StudyFindings<'_>, of: &impl Fn(&str) -> Option<&'a Illustration>) -> Markup {
    let several = report.manifest.arms.len() > 1;
    html! {
        @for (i, arm) in told_arms(report).iter().enumerate() {
            @let content = html! {
                (figure(of(&outcomes_name(i)), html! {
                    "Distribution of each outcome in which the patients differ. Up to 0.1 % of the values at either end may lie outside the panel."
                }))
                (results::outcomes(report, arm))
            };
            @if several { details { summary { "Arm " (arm) } (content) } } @else { (content) }
        }
    }
}

fn failures(report: &StudyFindings<'_>) -> Markup {
    let (failures, corrections) = (&report.manifest.failures, &report.manifest.corrections);
    let failed = failures.by_arm.iter().flat_map(|arm| {
        let told =
            |(rows, cause): (u64, Cause<'_>)| format!("{} in arm {}: {}", count(rows), arm.arm, cause.text());
        causes(&arm.by_status).into_iter().map(told)
    });
    let first = failures.first.iter().map(|row| {
        let cause = status_in_words(row.status).to_owned();
        (false, vec![row.arm.clone(), cause, row.patient_id.to_string(), day(row.failed_at_day)])
    });
    let correction = match &report.manifest.study.population {
        Population::Drawn(drawn) => match drawn.correction {
            Correction::Clamp => "set to a physical floor",
            Correction::Resample => "drawn again",
        },
        // A table with such values is refused, so that none of them are corrected.
        Population::Table(_) => "refused",
    };
    html! {
        @if failures.rows == 0 {
            p { "No solve failed: all " (count(report.manifest.patients)) " patients were solved in every arm." }
        } @else {
            p.warning {
                (count(failures.patients)) " of " (count(report.manifest.patients)) " patients could not be solved in every arm. "
                "Their rows are in the table, with the status and without outcomes, and no statistic counts them."
            }
            ul { @for line in failed { li { (line) } } }
            details {
                summary {
                    @if failures.rows > failures.first.len() as u64 { "The first " (failures.first.len()) " solves that failed" }
                    @else { "The solves that failed" }
                }
                (table(&["arm", "cause", "patient", "day"], 2, first))
                p.note {
                    "The day is the one that the solve had reached. All of them, with parameters, status and failed_at_day: the rows of the patient "
                    "table whose status is not ok."
                }
            }
        }
        @if corrections.total == 0 {
            p { "No draw had to be corrected." }
        } @else {
            p {
                (count(corrections.total)) " draws of " (count(corrections.patients)) " patients were not physical values. They were "
                (correction)
                ": " (corrections.by_quantity.iter().map(|(q, n)| format!("{q} ({})", count(*n))).collect::<Vec<_>>().join(", ")) "."
            }
        }
    }
}

fn repeat(report: &StudyFindings<'_>) -> Markup {
    let (manifest, study) = (report.manifest, &report.manifest.study);
    let method = study.solver.method;
    let accuracy = match method {
        Method::Rk4 { step_hours } => format!("fixed steps of {step_hours} h"),
        Method::Tsit5 | Method::Rodas5P | Method::Dopri5 | Method::Bs3 => {
            format!("relative accuracy {:?} of an outcome", study.solver.rtol)
        }
    };
    html! {
        pre { "cartrial run study.toml" }
        p { "with this study file, which spells out every default:" }
        details { summary { "study.toml" } pre { (study.to_toml()) } }
        (facts(&[
            ("program", html! { (manifest.program.name) " " (manifest.program.version) }),
            ("seed", html! { (study.seed) }),
            ("solver", html! { (method.name()) ", " (accuracy) "; " (count(manifest.steps)) " steps in all" }),
            ("content hash", html! { code { (manifest.content_hash) } }),
            ("cohort table", match &manifest.cohort {
                CohortSource::Drawn | CohortSource::Accepted(_) | CohortSource::Weighted(_) => html! { "none" },
                CohortSource::Table { table, sha256, .. } => html! { (table) ", SHA-256 " code { (sha256) } },
            }),
        ]))
        p.note {
            "The same study gives the same hash on any machine, with any number of threads. The Parquet table beside this page has every row, "
            "summary.json every statistic, and dictionary.json every column with its unit."
        }
    }
}
