//! Cohort diagnostics: what was asked for against what was drawn.

use crate::Result;
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
    pub n: usize,
    /// Mean of the distribution, before corrections.
    pub mean_asked: f64,
    /// Mean of the patients.
    pub mean_drawn: f64,
    /// Standard deviation of the distribution, before corrections.
    pub sd_asked: f64,
    /// Standard deviation of the patients.
    pub sd_drawn: f64,
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
    let n = drawn.len();
    let mean = drawn.iter().sum::<f64>() / n as f64;
    let square = drawn.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>();
    let (mean_asked, sd_asked) = moments(distribution);
    drawn.sort_by(f64::total_cmp);
    // Values that no patient can have were drawn again: what is left follows the distribution above 0.
    let below = match spec.correction {
        Correction::Resample => cdf(distribution, 0.0),
        Correction::Clamp => 0.0,
    };
    let asked = |x: f64| (cdf(distribution, x) - below) / (1.0 - below);
    let distance = |(i, &x): (usize, &f64)| {
        let f = asked(x);
        (f - i as f64 / n as f64).abs().max(((i + 1) as f64 / n as f64 - f).abs())
    };
    let d = drawn.iter().enumerate().map(distance).fold(0.0, f64::max);
    QuantityDiagnostic {
        quantity: quantity.symbol(),
        unit: quantity.unit(),
        distribution,
        n,
        mean_asked,
        mean_drawn: mean,
        sd_asked,
        sd_drawn: libm::sqrt(square / (n as f64 - 1.0)),
        kolmogorov_smirnov: d,
        p_value: (spec.sampling == Sampling::Random).then(|| kolmogorov(libm::sqrt(n as f64) * d)),
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
    let normal = |z: f64| 0.5 * libm::erfc(-z / libm::sqrt(2.0));
    match distribution {
        Distribution::Fixed(value) => f64::from(u8::from(x >= value)),
        Distribution::Uniform { low, high } => ((x - low) / (high - low)).clamp(0.0, 1.0),
        Distribution::Normal { mean, sd } => normal((x - mean) / sd),
        Distribution::LogNormal { .. } if x <= 0.0 => 0.0,
        Distribution::LogNormal { mean, cv } => {
            let variance = libm::log1p(cv * cv);
            normal((libm::log(x / mean) + 0.5 * variance) / libm::sqrt(variance))
        }
    }
}

/// The probability that √n D exceeds `x` for a large n: 2 Σ (−1)^(k−1) exp(−2 k² x²).
///
/// Source: A. Kolmogorov, "Sulla determinazione empirica di una legge di distribuzione", 1933.
fn kolmogorov(x: f64) -> f64 {
    if x < 0.2 {
        // The series hardly converges, and its value is 1 to twelve digits.
        return 1.0;
    }
    let term = |k: i32| {
        let sign = if k % 2 == 1 { 2.0 } else { -2.0 };
        sign * libm::exp(-2.0 * f64::from(k * k) * x * x)
    };
    (1..=100).map(term).sum::<f64>().clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ref_scipy_1_17_1_tail_of_the_kolmogorov_distribution() {
        // scipy.stats.kstwobign.sf
        for (x, p) in [
            (0.3, 0.9999906941986655),
            (0.5, 0.9639452436648751),
            (1.0, 0.26999967167735456),
            (2.0, 0.0006709252557796953),
        ] {
            assert!((kolmogorov(x) - p).abs() < 1e-12, "{x}: {}", kolmogorov(x));
        }
    }
}
