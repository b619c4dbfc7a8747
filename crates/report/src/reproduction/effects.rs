//! The sections of the page that say how large the effects are: of the dose and of the tumour burden, and of every quantity.

use cartrial_analysis::ResponseScale;
use cartrial_findings::reproduction::{EffectEntry, PaperPredictor, PowerEntry, Reproduction};
use maud::{Markup, html};

use super::page::count;
use crate::page::{Illustration, figure, in_sentence, interval, p_equals, p_value, percent, table};
use crate::significant;

/// How much the peak changes with `step` more of the predictor, and its interval: in percent for a logarithmic fit, in
/// pg/mL for a linear one.
pub(super) fn change(effect: &EffectEntry, step: f64) -> (String, String) {
    let log = effect.setting.scale == ResponseScale::Log;
    let of = |slope: f64| if log { 100.0 * (slope * step).exp_m1() } else { slope * step };
    let [low, high] = effect.fit.ci95.map(|slope| significant(of(slope), 3));
    let unit = if log { "%" } else { "pg/mL" };
    let sign = if effect.fit.slope > 0.0 { "+" } else { "" };
    (format!("{sign}{} {unit}", significant(of(effect.fit.slope), 3)), format!("[{low}, {high}]"))
}

pub(super) fn power(reproduction: &Reproduction, illustration: Option<&Illustration>) -> Markup {
    let effects = reproduction.power.effects.iter().map(|e| {
        let step = if e.predictor == PaperPredictor::TotalDose { 10.0 } else { 100.0 };
        let (value, ci95) = change(e, step);
        let row = vec![
            e.setting.words(),
            reproduction.label(e.predictor.name()),
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
        @if let Some(e) = reproduction.main_effect(PaperPredictor::TotalDose) {
            @let (raise, raise_ci95) = change(e, 10.0);
            p {
                "The dose does matter, a little: over " (count(patients)) " patients, an additional 10 cells/µL changes the peak by "
                (raise) " " (raise_ci95) " (r = " (interval(e.fit.r, e.r_ci95, 3)) ", " (p_equals(e.fit.log10_p)) ")."
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

pub(super) fn drivers(reproduction: &Reproduction, illustration: Option<&Illustration>) -> Markup {
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
                "The total dose hides two opposite effects of its parts: " (in_sentence(&reproduction.label(&up.predictor))) " raises the peak (β = "
                (interval(up.coefficient.beta, up.beta_ci95, 3)) "), and " (in_sentence(&reproduction.label(&down.predictor))) " lowers it (β = "
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
