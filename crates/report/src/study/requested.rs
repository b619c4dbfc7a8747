//! The distribution that a study asked for, and its curve.

use cartrial_cohort::{Distribution, Population, Study};
use cartrial_model::Quantity;

use super::figures::BARS;

/// The distribution that the study asked for in a column; `None` unless it is a quantity that is drawn.
pub(super) fn requested(study: &Study, column: &str) -> Option<Distribution> {
    match &study.population {
        Population::Drawn(drawn) => {
            Quantity::from_symbol(column).map(|quantity| drawn.distribution(quantity))
        }
        Population::Table(_) => None,
    }
}

/// Points (value, density) of a distribution's density where nearly all values lie. Draws below 0 are drawn again, so a
/// normal density covers positive values only.
pub(super) fn density(distribution: Distribution) -> Vec<(f64, f64)> {
    const PIECES: usize = 80;
    if !distribution.varies() {
        return Vec::new();
    }
    let below = distribution.cdf(0.0);
    let curve = |low: f64, high: f64| -> Vec<(f64, f64)> {
        let at = |i: usize| low + (high - low) * i as f64 / PIECES as f64;
        (0..=PIECES).map(|i| (at(i), distribution.density(at(i)) / (1.0 - below))).collect()
    };
    // The curve falls to 0 at an end that cuts the distribution off.
    let ended = |low: f64, high: f64| {
        let curve = curve(low, high);
        [vec![(low, 0.0)], curve, vec![(high, 0.0)]].concat()
    };
    let bounds = distribution.truncation();
    let (low, high) = match distribution {
        Distribution::Fixed(_) => return Vec::new(),
        Distribution::Uniform { low, high } => {
            let density = 1.0 / (high - low);
            return vec![(low, 0.0), (low, density), (high, density), (high, 0.0)];
        }
        Distribution::Triangular { low, mode, high } => {
            return vec![(low, 0.0), (mode, 2.0 / (high - low)), (high, 0.0)];
        }
        Distribution::LogUniform { low, high } => return bar_by_bar(&distribution, low, high),
        Distribution::Normal { mean, sd, .. } => (mean - 3.5 * sd, mean + 3.5 * sd),
        Distribution::LogNormal { mean, cv, .. } => {
            let variance = (cv * cv).ln_1p();
            let (mu, sigma) = (mean.ln() - 0.5 * variance, variance.sqrt());
            ((mu - 3.0 * sigma).exp(), (mu + 3.0 * sigma).exp())
        }
    };
    if bounds.is_given() {
        let [low, high] = [0.0005, 0.9995].map(|p| within(&distribution, p));
        return ended(bounds.low.unwrap_or(low.max(0.0)), bounds.high.unwrap_or(high));
    }
    curve(low.max(0.0), high)
}

/// The mean density in each of the figure's bars: over decades, that at the lower end would leave nothing to see of the rest.
fn bar_by_bar(distribution: &Distribution, low: f64, high: f64) -> Vec<(f64, f64)> {
    let width = (high - low) / BARS as f64;
    let bar = |i: usize| {
        let [from, to] = [i, i + 1].map(|i| low + width * i as f64);
        let mean = (distribution.cdf(to) - distribution.cdf(from)) / width;
        [(from, mean), (to, mean)]
    };
    let steps = (0..BARS).flat_map(bar);
    [(low, 0.0)].into_iter().chain(steps).chain([(high, 0.0)]).collect()
}

/// The value below which a fraction `p` of a truncated distribution lies, for a figure.
fn within(distribution: &Distribution, p: f64) -> f64 {
    let reach = 12.0 * distribution.sd();
    let mut ends = (distribution.mean() - reach, distribution.mean() + reach);
    for _ in 0..60 {
        let middle = 0.5 * (ends.0 + ends.1);
        if distribution.cdf(middle) < p { ends.0 = middle } else { ends.1 = middle }
    }
    ends.1
}

#[cfg(test)]
mod tests {
    use super::*;
    use cartrial_cohort::Truncation;

    #[test]
    fn every_density_encloses_nearly_all_of_the_probability() {
        for distribution in [
            Distribution::Uniform { low: 1.0, high: 30.0 },
            Distribution::Normal { mean: 1.5, sd: 0.375, truncation: Truncation::NONE },
            Distribution::Normal { mean: 1.5, sd: 3.0, truncation: Truncation::NONE },
            Distribution::LogNormal { mean: 100.0, cv: 0.5, truncation: Truncation::NONE },
            Distribution::Normal {
                mean: 1.5,
                sd: 0.375,
                truncation: Truncation { low: Some(1.0), high: None },
            },
            Distribution::Normal {
                mean: 1.5,
                sd: 3.0,
                truncation: Truncation { low: None, high: Some(4.0) },
            },
            Distribution::LogNormal {
                mean: 100.0,
                cv: 0.5,
                truncation: Truncation { low: Some(50.0), high: Some(300.0) },
            },
            Distribution::LogUniform { low: 1.0, high: 30.0 },
            Distribution::Triangular { low: 0.0, mode: 4.0, high: 5.0 },
            Distribution::Triangular { low: 0.0, mode: 0.0, high: 5.0 },
        ] {
            let points = density(distribution);
            let area: f64 = points.windows(2).map(|p| 0.5 * (p[0].1 + p[1].1) * (p[1].0 - p[0].0)).sum();
            assert!((0.99..1.003).contains(&area), "{distribution:?}: {area}");
        }
    }

    #[test]
    fn what_does_not_vary_has_no_density() {
        assert!(density(Distribution::Fixed(6.0)).is_empty());
        assert!(
            density(Distribution::Normal { mean: 6.0, sd: 0.0, truncation: Truncation::NONE }).is_empty()
        );
    }

    #[test]
    fn only_quantities_have_a_requested_distribution() {
        let text = "[study]\nname = \"x\"\npatients = 7\n[population.parameters]\nd2 = { fixed = 1.25 }\n";
        let study = Study::parse(text, "x.toml".as_ref()).unwrap();
        assert_eq!(requested(&study, "d2"), Some(Distribution::Fixed(1.25)));
        assert_eq!(requested(&study, "dose_total"), None);
    }
}
