//! The page of a reproduction.

use maud::{Markup, html};

use cartrial_findings::reproduction::{
    DrawnTrial, EffectEntry, PaperDistribution, PaperPredictor, Reproduction, StandardCourse,
};

use super::effects::{change, drivers, power};
use super::replicates::replicates;
use super::variance::variance;
use crate::number::grouped;
use crate::page::table;
use crate::page::{Illustration, Page, card, facts, figure, p_equals, percent};
use crate::{Scale, fit_on_scale, significant};

/// The page with the figures that there are.
pub(super) fn page(reproduction: &Reproduction, figures: &[Illustration]) -> String {
    let of = |name: &str| figures.iter().find(|f| f.name == name);
    Page {
        kind: "Reproduction of S. Hanson, D. R. Grimes, J. P. Taylor-King et al., bioRxiv 049908 (2016)",
        title: "What the paper found, and what 200 patients are too few to show",
        lead: lead(reproduction),
        sections: vec![
            ("figure-3", "Figure 3: the standard patient".to_owned(), figure_3(reproduction, of("figure3"), of("readings"))),
            ("figure-4", "Figure 4: dose and tumour burden".to_owned(), figure_4(reproduction, &of)),
            ("replicates", "The trial, repeated".to_owned(), replicates(reproduction, of("replicates"))),
            ("power", "What 200 patients are too few to show".to_owned(), power(reproduction, of("power"))),
            ("drivers", "What drives toxicity".to_owned(), html! { (drivers(reproduction, of("drivers"))) (variance(reproduction, of("sobol"))) }),
            ("repeat", "How to repeat it".to_owned(), repeat(reproduction)),
        ],
        footer: html! {
            p { "Simulated patients, not people. A research model of one published mechanism, and no medical device." }
        },
    }
    .html()
}

pub(super) fn count(n: impl ToString) -> String {
    grouped(&n.to_string())
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
            @if let Some(e) = effect(PaperPredictor::TumourBurden) {
                (effect_card("Peak inflammation with 100 cells/µL more tumour", e, 100.0))
            }
            @if let Some(e) = effect(PaperPredictor::TotalDose) {
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
        (effect(PaperPredictor::TumourBurden), effect(PaperPredictor::TotalDose), reproduction.power_at(200))
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
            .map_or_else(|e| e.to_string(), |fit| p_equals(fit.regression.log10_p))
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
            "Data: replicates.json, power.json, drivers.json, sobol.json; figures as SVG and PNG in figures/."
        }
    }
}
