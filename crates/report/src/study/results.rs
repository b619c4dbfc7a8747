//! The results of each arm: regressions and outcomes as tables and cards.

use cartrial_analysis::{Estimate, Regression, RegressionEntry, ResponseScale, correlation_ci95};
use maud::{Markup, html};

use super::requested::requested;
use super::{StudyFindings, symbol_in_equations};
use crate::number::grouped;
use crate::page::{card, interval, p_value, percent, table};
use crate::significant;

/// The paper's two predictors: they stand first.
const FIRST: [&str; 2] = ["tumour_burden", "dose_total"];

/// The most important numbers of one arm.
pub(super) fn cards(report: &StudyFindings<'_>, arm: &str) -> Markup {
    let response = report.response();
    let (label, unit) = report.column(response);
    let name = label.to_lowercase();
    let spread = report.outcome(arm, response).and_then(|o| Some((o, o.mean?, o.min?, o.max?)));
    let change = |predictor: &str, step: f64, what: &str| {
        let fit = report.regression(arm, predictor, ResponseScale::Log)?;
        let of = |slope: f64| 100.0 * (slope * step).exp_m1();
        let [low, high] = fit.ci95.map(|slope| significant(of(slope), 3));
        let sign = if fit.slope > 0.0 { "+" } else { "" };
        let r = correlation(report, fit);
        Some(card(
            &format!("{label} with {what}"),
            &format!("{sign}{} %", significant(of(fit.slope), 3)),
            &format!(
                "95 % CI [{low}, {high}] %; r = {r}; {} of the variance of ln({name}); {} patients",
                percent(fit.r_squared),
                grouped(&fit.n.to_string())
            ),
        ))
    };
    html! {
        div.cards {
            @if let Some((o, mean, least, most)) = spread {
                (card(
                    &format!("{label}, mean"),
                    &format!("{} {unit}", significant(mean, 4)),
                    &format!(
                        "SD {}; {} to {}; {} patients",
                        o.sd.map_or("–".to_owned(), |sd| significant(sd, 3)),
                        significant(least, 3),
                        significant(most, 3),
                        grouped(&o.n.to_string()),
                    ),
                ))
            }
            (change("tumour_burden", 100.0, "100 cells/µL more tumour").unwrap_or_default())
            (change("dose_total", 10.0, "10 cells/µL more dose").unwrap_or_default())
        }
    }
}

/// Regressions of the response in one arm on one scale: the paper's predictors, then the others by strength.
pub(super) fn regressions(report: &StudyFindings<'_>, arm: &str, scale: ResponseScale) -> Markup {
    let mut entries: Vec<_> =
        report.regressions.iter().filter(|e| e.arm == arm && e.scale == scale).collect();
    let rank = |e: &RegressionEntry| {
        let strength = e.fit.value().map_or(0.0, |fit| fit.r.abs());
        (FIRST.iter().position(|p| *p == e.predictor).unwrap_or(FIRST.len()), strength)
    };
    entries.sort_by(|a, b| {
        let (a, b) = (rank(a), rank(b));
        a.0.cmp(&b.0).then(b.1.total_cmp(&a.1))
    });
    let (label, unit) = report.column(report.response());
    let of = if scale == ResponseScale::Log { format!("ln({unit})") } else { unit.to_owned() };
    let none = |e: &RegressionEntry| {
        let fixed = requested(&report.manifest.study, &e.predictor)
            .is_some_and(|distribution| !distribution.varies());
        fixed && e.fit.value().is_none()
    };
    let rows = entries.into_iter().filter(|e| !none(e)).map(|e| {
        let (name, per) = report.column(&e.predictor);
        let name = match symbol_in_equations(&e.predictor) {
            Some(symbol) => format!("{name}, {symbol}"),
            None => name.to_owned(),
        };
        let name = if per.is_empty() { name } else { format!("{name} ({per})") };
        let row = match &e.fit {
            Estimate::Value(fit) => vec![
                name,
                correlation(report, fit),
                percent(fit.r_squared),
                interval(fit.slope, fit.ci95, 3),
                p_value(fit.log10_p),
                grouped(&fit.n.to_string()),
            ],
            Estimate::None { not_estimated } => vec![name, not_estimated.to_string()],
        };
        (FIRST.contains(&e.predictor.as_str()), row)
    });
    let response =
        if scale == ResponseScale::Log { format!("ln({})", label.to_lowercase()) } else { label.to_owned() };
    html! {
        h3 { (response) " on each quantity alone" }
        p.note { "Slopes in " (of) " per unit of the predictor." }
        (table(&["predictor", if report.weights.is_some() { "r" } else { "r [95 % CI]" }, "variance", "slope [95 % CI]", "p", "patients"], 1, rows))
    }
}

/// r with its interval, which Fisher's z does not give of weighted patients.
fn correlation(report: &StudyFindings<'_>, fit: &Regression) -> String {
    match report.weights {
        None => interval(fit.r, correlation_ci95(fit.r, fit.n as f64), 3),
        Some(_) => significant(fit.r, 3),
    }
}

/// Every outcome of one arm.
pub(super) fn outcomes(report: &StudyFindings<'_>, arm: &str) -> Markup {
    let rows = report.outcomes.iter().filter(|o| o.arm == arm).map(|o| {
        let (label, unit) = report.column(&o.outcome);
        let number = |v: Option<f64>| v.map_or("–".to_owned(), |v| significant(v, 4));
        let row = vec![
            if unit.is_empty() { label.to_owned() } else { format!("{label} ({unit})") },
            grouped(&o.n.to_string()),
            grouped(&o.missing.to_string()),
            number(o.mean),
            number(o.sd),
            number(o.min),
            number(o.max),
        ];
        (o.outcome == report.response(), row)
    });
    table(&["outcome", "patients", "without a value", "mean", "SD", "least", "greatest"], 1, rows)
}
