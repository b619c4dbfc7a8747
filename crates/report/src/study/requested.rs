//! The distribution that a study asked for, in words and as a curve.

use cartrial_cohort::{Distribution, Population, Study};
use cartrial_model::Quantity;

use crate::page::plain;

/// The distribution that the study asked for in a column; `None` unless it is a quantity that is drawn.
pub(super) fn requested(study: &Study, column: &str) -> Option<Distribution> {
    match &study.population {
        Population::Drawn(drawn) => {
            Quantity::from_symbol(column).map(|quantity| drawn.distribution(quantity))
        }
        Population::Table(_) => None,
    }
}

/// A distribution in words.
pub(super) fn in_words(distribution: Distribution) -> String {
    match distribution {
        Distribution::Fixed(value) => format!("fixed at {}", plain(value)),
        Distribution::Uniform { low, high } => format!("uniform on {} to {}", plain(low), plain(high)),
        Distribution::Normal { mean, sd } => format!("normal, {} ± {}", plain(mean), plain(sd)),
        Distribution::LogNormal { mean, cv } => format!("log-normal, mean {}, CV {}", plain(mean), plain(cv)),
    }
}

/// Points (value, density) of a distribution's density where nearly all values lie. Draws below 0 are drawn again, so a
/// normal density covers positive values only.
pub(super) fn density(distribution: Distribution) -> Vec<(f64, f64)> {
    const PIECES: usize = 80;
    let curve = |low: f64, high: f64, density: &dyn Fn(f64) -> f64| -> Vec<(f64, f64)> {
        let at = |i: usize| low + (high - low) * i as f64 / PIECES as f64;
        (0..=PIECES).map(|i| (at(i), density(at(i)))).collect()
    };
    let bell = |z: f64| (-0.5 * z * z).exp() / std::f64::consts::TAU.sqrt();
    match distribution {
        _ if !distribution.varies() => Vec::new(),
        Distribution::Fixed(_) => Vec::new(),
        Distribution::Uniform { low, high } => {
            let density = 1.0 / (high - low);
            vec![(low, 0.0), (low, density), (high, density), (high, 0.0)]
        }
        Distribution::Normal { mean, sd } => {
            let (low, high) = ((mean - 3.5 * sd).max(0.0), mean + 3.5 * sd);
            let whole = curve(0.0_f64.max(mean - 6.0 * sd), mean + 6.0 * sd, &|x| bell((x - mean) / sd) / sd);
            let width = whole[1].0 - whole[0].0;
            let share: f64 = whole.windows(2).map(|p| 0.5 * (p[0].1 + p[1].1) * width).sum();
            curve(low, high, &|x| bell((x - mean) / sd) / (sd * share))
        }
        Distribution::LogNormal { mean, cv } => {
            let variance = (cv * cv).ln_1p();
            let (mu, sigma) = (mean.ln() - 0.5 * variance, variance.sqrt());
            let [low, high] = [-3.0, 3.0].map(|z: f64| (mu + z * sigma).exp());
            curve(low, high, &|x| bell((x.ln() - mu) / sigma) / (x * sigma))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_density_encloses_nearly_all_of_the_probability() {
        for distribution in [
            Distribution::Uniform { low: 1.0, high: 30.0 },
            Distribution::Normal { mean: 1.5, sd: 0.375 },
            Distribution::Normal { mean: 1.5, sd: 3.0 },
            Distribution::LogNormal { mean: 100.0, cv: 0.5 },
        ] {
            let points = density(distribution);
            let area: f64 = points.windows(2).map(|p| 0.5 * (p[0].1 + p[1].1) * (p[1].0 - p[0].0)).sum();
            assert!((0.99..1.003).contains(&area), "{distribution:?}: {area}");
        }
    }

    #[test]
    fn what_does_not_vary_has_no_density() {
        assert!(density(Distribution::Fixed(6.0)).is_empty());
        assert!(density(Distribution::Normal { mean: 6.0, sd: 0.0 }).is_empty());
    }

    #[test]
    fn only_quantities_have_a_requested_distribution() {
        let text = "[study]\nname = \"x\"\npatients = 7\n[population.parameters]\nd2 = { fixed = 1.25 }\n";
        let study = Study::parse(text, "x.toml".as_ref()).unwrap();
        assert_eq!(requested(&study, "d2"), Some(Distribution::Fixed(1.25)));
        assert_eq!(requested(&study, "dose_total"), None);
    }
}
