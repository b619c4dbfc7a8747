//! The part of the page that says what accounts for the variance of the peak, and what 200 patients could not tell of it.

use cartrial_analysis::sensitivity::SobolIndex;
use cartrial_analysis::{Driver, ResponseScale};
use cartrial_findings::reproduction::{
    Divisions, PaperDistribution, Reproduction, VarianceEntry, least_share_seen,
};
use maud::{Markup, html};

use super::page::count;
use crate::page::{Illustration, figure, in_sentence, percent, table};

/// The quantities, the greatest total index first.
pub(super) fn by_total_index(entry: &VarianceEntry) -> Vec<&str> {
    entry.indices.by_total().into_iter().map(|at| entry.factors[at].as_str()).collect()
}

pub(super) fn variance(reproduction: &Reproduction, illustration: Option<&Illustration>) -> Markup {
    let of = |distribution| reproduction.variance_of(distribution);
    let (Some(uniform), Some(normal)) = (of(PaperDistribution::Uniform), of(PaperDistribution::Normal))
    else {
        return html! {};
    };
    let index = |entry: &VarianceEntry, factor: &str| -> Option<SobolIndex> {
        Some(entry.indices.factors[entry.factors.iter().position(|other| other == factor)?])
    };
    let share = |index: Option<SobolIndex>, of: &dyn Fn(&SobolIndex) -> f64| {
        index.map_or_else(|| "–".to_owned(), |index| percent(of(&index).max(0.0)))
    };
    let linear = |distribution, factor: &str| {
        let driver = driver(reproduction, distribution, factor);
        driver.map_or_else(|| "–".to_owned(), |d| percent(d.coefficient.beta * d.coefficient.beta))
    };
    let rows = by_total_index(uniform).into_iter().map(|factor| {
        let mut cells = vec![reproduction.label(factor)];
        for (distribution, entry) in
            [(PaperDistribution::Uniform, uniform), (PaperDistribution::Normal, normal)]
        {
            cells.push(linear(distribution, factor));
            cells.push(share(index(entry, factor), &|index| index.first_order));
            cells.push(share(index(entry, factor), &|index| index.total));
        }
        (false, cells)
    });
    let head =
        ["quantity", "linear, uniform", "first-order", "total", "linear, normal", "first-order", "total"];
    html! {
        h3 { "By variance" }
        p { (answer(reproduction, uniform)) }
        p { (not_told(uniform)) }
        (figure(illustration, html! {
            "Total Sobol' indices of peak inflammation: the share of its variance that each quantity has a part in, alone or with others. "
            (count(uniform.indices.n)) " rows of Saltelli's design in each population, n held at 6; thin lines are 95 % bootstrap intervals, which tend to be too wide for Sobol points."
        }))
        (table(&head, 1, rows))
        p.note {
            "Shares of the variance of the peak. Linear: the squared standardised coefficient, which is what a correlation sees. First-order: all \
             that the quantity accounts for by itself, whatever the shape. Total: with what it does together with others. n varied: sobol.json."
        }
    }
}

fn driver<'a>(
    reproduction: &'a Reproduction,
    distribution: PaperDistribution,
    factor: &str,
) -> Option<&'a Driver> {
    let wanted = (distribution, Divisions::Held, ResponseScale::Linear);
    let entry = reproduction
        .drivers
        .iter()
        .find(|d| (d.setting.distribution, d.setting.n, d.setting.scale) == wanted)?;
    entry.table.drivers.iter().find(|driver| driver.predictor == factor)
}

/// What accounts for the variance, in words.
fn answer(reproduction: &Reproduction, entry: &VarianceEntry) -> String {
    let total = |factor: &&str| {
        entry.factors.iter().position(|f| f == factor).map(|i| entry.indices.factors[i].total)
    };
    let strongest: Vec<String> = by_total_index(entry)
        .iter()
        .take(3)
        .filter_map(|factor| {
            Some(format!("{} ({})", in_sentence(&reproduction.label(factor)), percent(total(factor)?)))
        })
        .collect();
    let of_all = entry.factors.iter().zip(&entry.indices.factors);
    let doses: f64 =
        of_all.filter(|(name, _)| name.starts_with("dose_")).map(|(_, index)| index.first_order).sum();
    let alone: f64 = entry.indices.factors.iter().map(|index| index.first_order).sum();
    format!(
        "Correlations see straight lines. Sobol' indices see every shape and every interaction. In the uniform population most of the \
         variance of the peak has to do with {}. The parts of the dose by themselves account for {}, all quantities by themselves for {}, \
         and their acting together for the rest.",
        strongest.join(", "),
        percent(doses.max(0.0)),
        percent(alone.clamp(0.0, 1.0)),
    )
}

/// What the paper's trial could not tell, in words.
fn not_told(entry: &VarianceEntry) -> String {
    let least = least_share_seen();
    let unseen = entry.indices.factors.iter().filter(|index| index.first_order < least).count();
    format!(
        "What 200 patients could not tell: a correlation among 200 patients has p < 0.05 only if it explains {} of the variance or more. {unseen} of \
         the {} quantities account for less than that by themselves in the population, and fewer than half of such trials would find each of them. And \
         no correlation, of however many patients, tells what quantities do together.",
        percent(least),
        entry.factors.len(),
    )
}
