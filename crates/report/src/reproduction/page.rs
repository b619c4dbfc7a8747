//! The page of a reproduction.

use maud::{Markup, html};

use cartrial_analysis::ResponseScale;
use cartrial_findings::reproduction::{
    DrawnTrial, EffectEntry, PaperDistribution, PowerEntry, ReplicateEntry, Reproduction, StandardCourse,
    Verdict, verdicts,
};

use crate::number::grouped;
use crate::page::{Illustration, Page, card, facts, figure, interval, p_value, percent, table};
use crate::{Scale, fit_on_scale, significant};

/// The page with the figures that there are.
pub(super) fn page(reproduction: &Reproduction, figures: &[Illustration]) -> String {
    let of = |name: &str| figures.iter().find(|f| f.name == name);
    Page {
        kind: "Reproduction of S. Hanson, D. R. Grimes, J. P. Taylor-King et al., bioRxiv 049908 (2016)",
        title: "What the paper found, and what 200 patients could not see",
        lead: lead(reproduction),
        sections: vec![
            ("figure-3", "Figure 3: the standard patient".to_owned(), figure_3(reproduction, of("figure3"), of("readings"))),
            ("figure-4", "Figure 4: dose and tumour burden".to_owned(), figure_4(reproduction, &of)),
            ("replicates", "The trial, repeated".to_owned(), replicates(reproduction, of("replicates"))),
            ("power", "What 200 patients could not see".to_owned(), power(reproduction, of("power"))),
            ("drivers", "What drives toxicity".to_owned(), drivers(reproduction, of("drivers"))),
            ("repeat", "How to repeat it".to_owned(), repeat(reproduction)),
        ],
        footer: html! {
            p { "Simulated patients, not people. A research model of one published mechanism, and no medical device." }
        },
    }
    .html()
}

fn count(n: impl ToString) -> String {
    grouped(&n.to_string())
}

/// How much the peak changes with `step` more of the predictor, and its interval: in percent for a logarithmic fit, in
/// pg/mL for a linear one.
fn change(effect: &EffectEntry, step: f64) -> (String, String) {
    let log = effect.setting.scale == ResponseScale::Log;
    let of = |slope: f64| if log { 100.0 * (slope * step).exp_m1() } else { slope * step };
    let [low, high] = effect.fit.ci95.map(|slope| significant(of(slope), 3));
    let unit = if log { "%" } else { "pg/mL" };
    let sign = if effect.fit.slope > 0.0 { "+" } else { "" };
    (format!("{sign}{} {unit}", significant(of(effect.fit.slope), 3)), format!("[{low}, {high}]"))
}

fn lead(reproduction: &Reproduction) -> Markup {
    let effect = |predictor| reproduction.main_effect(predictor);
    let effect_card = |what, e: &EffectEntry, step| {
        let (value, ci95) = change(e, step);
        let [low, high] = e.r_ci95.map(|r| significant(r, 3));
        let r = format!("r = {} [{low}, {high}]", significant(e.fit.r, 3));
        let detail = format!(
            "95 % CI {ci95} %; {r}; {} of the variance, n = {}",
            percent(e.fit.r_squared),
            count(e.fit.n)
        );
        card(what, &value, &detail)
    };
    html! {
        p.lead {
            "Does the toxicity of CAR T cell therapy depend on the dose, or on the tumour that it meets? The paper "
            "simulated 200 virtual patients and answered: on the tumour burden (p = 5.3e−38), not on the dose "
            "(p = 0.1412). " (conclusion(reproduction))
        }
        div.cards {
            @if let Some(e) = effect("tumour_burden") {
                (effect_card("Peak inflammation with 100 cells/µL more tumour", e, 100.0))
            }
            @if let Some(e) = effect("dose_total") {
                (effect_card("Peak inflammation with 10 cells/µL more dose", e, 10.0))
            }
            @if let Some(e) = reproduction.power_at(200) {
                (card(
                    "Trials of 200 that detect the dose effect",
                    &percent(e.power),
                    &format!("{} of {} trials at α = 0.05", count(e.significant), count(e.trials)),
                ))
            }
        }
        p.note { "Uniform population, n held at 6, natural logarithm of the peak. Brackets are 95 % confidence intervals." }
    }
}

/// What a large cohort says of the paper's answer, from the effects' intervals and the power of its trial.
fn conclusion(reproduction: &Reproduction) -> &'static str {
    let effect = |predictor| reproduction.main_effect(predictor);
    let (Some(burden), Some(dose), Some(trial)) =
        (effect("tumour_burden"), effect("dose_total"), reproduction.power_at(200))
    else {
        return "";
    };
    let apart = |e: &EffectEntry| e.fit.ci95[0] > 0.0 || e.fit.ci95[1] < 0.0;
    match (apart(burden), apart(dose)) {
        (true, true) if trial.power < 0.8 && dose.fit.r.abs() < burden.fit.r.abs() => {
            "The first half of that answer holds. The second does not: the dose does have an effect. It is small compared with that of \
             the tumour burden, and 200 patients are too few to detect it reliably."
        }
        (true, true) => "In a larger cohort, both have an effect.",
        (true, false) => "A larger cohort gives the same answer.",
        _ => "These cohorts are too small to tell.",
    }
}

fn figure_3(
    reproduction: &Reproduction,
    course: Option<&Illustration>,
    readings: Option<&Illustration>,
) -> Markup {
    let [curated, printed] = &reproduction.readings;
    let peak = |r: &StandardCourse| format!("{:.2} pg/mL on day {:.3}", r.peak.0, r.peak.1);
    html! {
        (figure(course, html! {
            "The standard patient over " (reproduction.days) " days, as curated in BioModels BIOMD0000000837. Inflammation peaks at "
            (peak(curated)) ". The tumour burden is lowest on day " (format!("{:.2}", curated.nadir.1)) ", at "
            (format!("{:.2}", curated.nadir.0)) " cells/µL. Shaded: the days on which the paper's patient peaks."
        }))
        h3 { "Why the curated reading" }
        p {
            "The equations as the preprint first printed them (no basal source of inflammation, no secretion by helper "
            "cells, activation linear in inflammation) do not reproduce the paper's figure: inflammation peaks at " (peak(printed))
            " and then disappears. The curated reading does reproduce it."
        }
        (figure(readings, html! { "Inflammation of the standard patient in both readings of the paper." }))
    }
}

fn figure_4<'a>(reproduction: &Reproduction, of: &impl Fn(&str) -> Option<&'a Illustration>) -> Markup {
    let names = [("figure4-uniform", "figure4-uniform-log"), ("figure4-normal", "figure4-normal-log")];
    html! {
        p {
            "Peak inflammation of " (reproduction.trials.first().map_or(0, |t| t.peak.len())) " virtual patients against the total "
            "dose and the initial tumour burden, with fitted line and 95 % confidence band. This is one draw of the trial, "
            "with our own seed. The next section shows how p varies from draw to draw."
        }
        @for (trial, (linear, log)) in reproduction.trials.iter().zip(names) {
            h3 { (capital(trial.distribution.name())) " population, n held at 6" }
            (figure(of(linear), figure_4_caption(trial, Scale::Linear)))
            (figure(of(log), figure_4_caption(trial, Scale::Log)))
        }
    }
}

fn figure_4_caption(trial: &DrawnTrial, scale: Scale) -> Markup {
    let p = |x: &[f64]| {
        fit_on_scale(x, &trial.peak, scale)
            .map_or_else(|e| e.to_string(), |fit| format!("p = {}", p_value(fit.regression.log10_p)))
    };
    html! {
        (if scale == Scale::Log { "Natural logarithm of the peak" } else { "Peak" }) ": linear fit on total CAR T cell dose "
        (p(&trial.dose_total)) " (paper: p = 0.1412); on initial tumour burden " (p(&trial.tumour_burden))
        " (paper: p = 5.3e−38" @if trial.distribution == PaperDistribution::Normal { ", of its uniform population" } ")."
    }
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn replicates(reproduction: &Reproduction, illustration: Option<&Illustration>) -> Markup {
    let all = verdicts(&reproduction.replicates);
    let trials = reproduction.replicates.iter().map(|e| e.trials).max().unwrap_or(0);
    let mut ordinary: Vec<_> = all.iter().filter(|(_, verdict, _)| *verdict == Verdict::Ordinary).collect();
    ordinary.sort_by(|a, b| from_median(a.2[0]).total_cmp(&from_median(b.2[0])));
    let share = |e: &ReplicateEntry| percent(e.paper_percentile / 100.0);
    let ordinary: Vec<_> =
        ordinary.iter().map(|(setting, _, [burden, _])| (setting.words(), share(burden))).collect();
    let unreached: Vec<_> = all
        .iter()
        .filter(|(_, verdict, _)| *verdict == Verdict::OutOfReach)
        .map(|(setting, ..)| setting.words())
        .collect();
    let rows = all.iter().flat_map(|(setting, verdict, entries)| {
        entries.map(|e| {
            let [low, median, high] = [e.log10_p.q05, e.log10_p.median, e.log10_p.q95].map(p_value);
            let first = e.predictor == "tumour_burden";
            let row = vec![
                if first { setting.words() } else { String::new() },
                if first { "tumour burden" } else { "total dose" }.to_owned(),
                format!("{:.3}", e.mean_r),
                median,
                format!("[{low}, {high}]"),
                p_value(e.paper_log10_p),
                share(e),
                if first { verdict.words().to_owned() } else { String::new() },
            ];
            (*verdict == Verdict::Ordinary, row)
        })
    });
    html! {
        p {
            "The p-value of a trial is a random number, and the paper's is one draw of it. We repeated the trial " (count(trials))
            " times, each time with 200 new patients, in every population and on each scale that the paper's text allows."
        }
        p {
            @if ordinary.is_empty() { "In no setting are both of the paper's p-values ordinary." }
            @else {
                "Both of the paper's p-values are ordinary (within the middle 90 % of trials) with "
                @for (i, (setting, share)) in ordinary.iter().enumerate() {
                    @if i > 0 { ", and with " }
                    b { (setting) } " (" (share) " of trials have a p of at most 5.3e−38)"
                }
                "."
            }
            @if !unreached.is_empty() {
                " Out of reach, because all " (count(trials)) " trials fall on the same side of one of the paper's p-values: "
                (unreached.join("; ")) "."
            }
        }
        (figure(illustration, html! {
            "Median (dot) and 5 % to 95 % range of log10 p over " (count(trials)) " replicate trials of 200 patients, compared with the paper's p."
        }))
        (table(
            &["population, response", "predictor", "mean r", "median p", "[5 %, 95 %]", "paper's p", "at or below it", "verdict"],
            2,
            rows,
        ))
    }
}

/// How far from the median of the trials the paper's p lies, in percent of them.
fn from_median(entry: &ReplicateEntry) -> f64 {
    (entry.paper_percentile - 50.0).abs()
}

fn power(reproduction: &Reproduction, illustration: Option<&Illustration>) -> Markup {
    let effects = reproduction.power.effects.iter().map(|e| {
        let step = if e.predictor == "dose_total" { 10.0 } else { 100.0 };
        let (value, ci95) = change(e, step);
        let row = vec![
            e.setting.words(),
            reproduction.label(e.predictor),
            interval(e.fit.r, e.r_ci95, 3),
            percent(e.fit.r_squared),
            format!("{value} {ci95}"),
            p_value(e.fit.log10_p),
        ];
        (e.setting.is_main(), row)
    });
    let main: Vec<&PowerEntry> = reproduction.power.trials.iter().filter(|e| e.setting.is_main()).collect();
    let rows = main.iter().map(|e| {
        let [low, high] = e.power_ci95.map(percent);
        let row = vec![
            count(e.patients_per_trial),
            count(e.trials),
            format!("{} [{low}, {high}]", percent(e.power)),
            percent(e.analytic_power),
        ];
        (e.patients_per_trial == 200, row)
    });
    let patients = reproduction.power.effects.first().map_or(0, |e| e.fit.n);
    html! {
        @if let Some(e) = reproduction.main_effect("dose_total") {
            @let (raise, raise_ci95) = change(e, 10.0);
            p {
                "The dose does matter, a little: over " (count(patients)) " patients, an additional 10 cells/µL changes the peak by "
                (raise) " " (raise_ci95) " (r = " (interval(e.fit.r, e.r_ci95, 3)) ", p = " (p_value(e.fit.log10_p)) ")."
                @if let Some(at) = reproduction.power_at(200) {
                    " A trial of 200 patients detects this effect in " (percent(at.power)) " of cases"
                    @if let Some(enough) = main.iter().find(|e| e.power >= 0.9) {
                        "; one of " (count(enough.patients_per_trial)) " detects it in " (percent(enough.power))
                    }
                    ". “Not significant” in so small a trial is weak evidence against an effect."
                }
            }
        }
        (figure(illustration, html! {
            "Share of trials that detect the effect of the total dose at α = 0.05. Points: consecutive, non-overlapping parts of the cohort, "
            "with 95 % confidence intervals (Wilson). Lines: what Fisher's z predicts from the correlation in the whole cohort."
        }))
        (table(&["patients in a trial", "trials", "that detect the dose effect", "predicted (Fisher's z)"], 0, rows))
        p.note { "Uniform population, n held at 6, ln(peak). The other settings are in power.json." }
        h3 { "How large the effects are" }
        p.note {
            "Over " (count(patients)) " patients, with 95 % confidence intervals. The change of the peak is that for 10 cells/µL more dose, or "
            "100 cells/µL more tumour."
        }
        (table(
            &["population, response", "predictor", "r", "variance", "change of the peak", "p"],
            2,
            effects,
        ))
    }
}

fn drivers(reproduction: &Reproduction, illustration: Option<&Illustration>) -> Markup {
    let Some(entry) = reproduction.main_drivers() else {
        return html! { p { "Not estimated: too few patients." } };
    };
    let table = &entry.table;
    let doses: Vec<_> = table.drivers.iter().filter(|d| d.predictor.starts_with("dose_")).collect();
    let strongest = |sign: f64| doses.iter().find(|d| d.coefficient.beta * sign > 0.0);
    html! {
        p {
            "Together, the quantities that vary between patients explain " (percent(table.r_squared)) " of the variance of ln(peak) in a "
            "linear model. The bars show the contribution of each, with the others held constant."
        }
        @if let (Some(up), Some(down)) = (strongest(1.0), strongest(-1.0)) {
            p {
                "The total dose hides two opposite effects of its parts: " (lower(&reproduction.label(&up.predictor))) " raises the peak (β = "
                (interval(up.coefficient.beta, up.beta_ci95, 3)) "), and " (lower(&reproduction.label(&down.predictor))) " lowers it (β = "
                (interval(down.coefficient.beta, down.beta_ci95, 3)) ")."
            }
        }
        (figure(illustration, html! {
            "Left: standardised coefficient in the multiple regression of ln(peak) on all quantities, n = " (count(table.n))
            ": standard deviations of ln(peak) per standard deviation of the quantity. Right: partial rank correlation with the peak, over the first "
            (count(table.ranked)) " patients, because ranks need every patient in memory. Thin lines: 95 % confidence intervals. "
            "Uniform population, n held at 6; the other settings are in drivers.json."
        }))
    }
}

/// A label within a sentence.
fn lower(label: &str) -> String {
    let mut letters = label.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

fn repeat(reproduction: &Reproduction) -> Markup {
    let cohorts = reproduction.cohorts.iter().map(|c| {
        let row = vec![
            format!("cohorts/{}.toml", c.study),
            count(c.patients),
            count(c.patients_corrected),
            count(c.patients_failed),
            c.content_hash.clone(),
        ];
        (false, row)
    });
    html! {
        pre { (reproduction.command) }
        (facts(&[
            ("program", html! { "cartrial " (env!("CARGO_PKG_VERSION")) }),
            ("seed", html! { (reproduction.seed) }),
            ("solver", html! { (reproduction.solver) }),
            ("content hash", html! { code { (reproduction.content_hash) } " over the rows of all four cohorts" }),
        ]))
        (table(&["study file, with another number of patients", "patients", "with a corrected draw", "failed", "content hash"], 1, cohorts))
        p.note {
            "The same command gives the same hash on any machine, with any number of threads. Trial k consists of patients 200k to 200k + 199 of a cohort. "
            "Data: replicates.json, power.json, drivers.json; figures as SVG and PNG in figures/."
        }
    }
}
