//! Cohort diagnostics: what was asked for against what was drawn.

use crate::Result;
use cartrial_analysis::distribution::normal;
use cartrial_analysis::{KolmogorovSmirnov, Summary};
use cartrial_cohort::{Correction, Distribution, PopulationSpec, Sampling};
use cartrial_dataset::Dataset;
use cartrial_model::Quantity;
use serde::Serialize;

/// Patients whose quantities are compared with their distributions, the first of the study.
const PATIENTS: usize = 100_000;

/// One quantity as it was asked for and as it was drawn.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct QuantityDiagnostic {
    /// Its symbol.
    pub quantity: &'static str,
    /// Its unit.
    pub unit: &'static str,
    /// Its distribution.
    pub distribution: Distribution,
    /// Patients.
    pub n: u64,
    /// Mean of the distribution, before corrections.
    pub mean_asked: f64,
    /// Mean of the patients; nothing of none.
    pub mean_drawn: Option<f64>,
    /// Standard deviation of the distribution, before corrections.
    pub sd_asked: f64,
    /// Standard deviation of the patients; nothing of one.
    pub sd_drawn: Option<f64>,
    /// Kolmogorov and Smirnov's D: the largest distance of the two distribution functions.
    pub kolmogorov_smirnov: f64,
    /// Probability of a larger D by chance, from its asymptotic distribution; nothing of designed samples, which fill space
    /// more evenly than chance would.
    pub p_value: Option<f64>,
}

pub(super) fn diagnose(dataset: &Dataset, spec: &PopulationSpec) -> Result<Vec<QuantityDiagnostic>> {
    let varied: Vec<_> = spec.varied().collect();
    let names: Vec<_> = varied.iter().map(|quantity| quantity.symbol()).collect();
    let mut columns = vec![Vec::new(); varied.len()];
    for rows in dataset.chunks(&names)? {
        let rows = rows?;
        let left = PATIENTS - columns.first().map_or(0, Vec::len);
        for (name, column) in names.iter().zip(&mut columns) {
            let values = rows.f64_column(name)?;
            // Of twins, every patient once.
            let each = if rows.are_twins() { rows.arms() } else { 1 };
            column.extend(values.iter().step_by(each).take(left));
        }
        if columns.first().is_none_or(|column| column.len() >= PATIENTS) {
            break;
        }
    }
    Ok(varied.into_iter().zip(columns).map(|(quantity, drawn)| diagnostic(quantity, drawn, spec)).collect())
}

fn diagnostic(quantity: Quantity, mut drawn: Vec<f64>, spec: &PopulationSpec) -> QuantityDiagnostic {
    let distribution = spec.distribution(quantity);
    let mut summary = Summary::new();
    summary.extend(&drawn);
    let (mean_asked, sd_asked) = moments(distribution);
    // Values that no patient can have were drawn again: what is left follows the distribution above 0.
    let below = match spec.correction {
        Correction::Resample => cdf(distribution, 0.0),
        Correction::Clamp => 0.0,
    };
    let asked = |x: f64| (cdf(distribution, x) - below) / (1.0 - below);
    let KolmogorovSmirnov { d, p_value } = KolmogorovSmirnov::of(&mut drawn, asked);
    QuantityDiagnostic {
        quantity: quantity.symbol(),
        unit: quantity.unit(),
        distribution,
        n: summary.n(),
        mean_asked,
        mean_drawn: summary.mean(),
        sd_asked,
        sd_drawn: summary.sd(),
        kolmogorov_smirnov: d,
        p_value: (spec.sampling == Sampling::Random).then_some(p_value),
    }
}

/// Mean and standard deviation.
fn moments(distribution: Distribution) -> (f64, f64) {
    match distribution {
        Distribution::Fixed(value) => (value, 0.0),
        Distribution::Uniform { low, high } => (0.5 * (low + high), (high - low) / libm::sqrt(12.0)),
        Distribution::Normal { mean, sd } => (mean, sd),
        Distribution::LogNormal { mean, cv } => (mean, cv * mean),
    }
}

/// The distribution function.
fn cdf(distribution: Distribution, x: f64) -> f64 {
    match distribution {
        Distribution::Fixed(value) => f64::from(u8::from(x >= value)),
        Distribution::Uniform { low, high } => ((x - low) / (high - low)).clamp(0.0, 1.0),
        Distribution::Normal { mean, sd } => normal::cdf((x - mean) / sd),
        Distribution::LogNormal { .. } if x <= 0.0 => 0.0,
        Distribution::LogNormal { mean, cv } => {
            let variance = libm::log1p(cv * cv);
            normal::cdf((libm::log(x / mean) + 0.5 * variance) / libm::sqrt(variance))
        }
    }
}
