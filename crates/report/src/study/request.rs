//! What a study asked for: each quantity's distribution, as its manifest has it.

use serde_json::Value;

use crate::page::plain;

/// The distribution of one quantity, in its unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Request {
    Fixed(f64),
    Uniform { low: f64, high: f64 },
    Normal { mean: f64, sd: f64 },
    LogNormal { mean: f64, cv: f64 },
}

impl Request {
    /// What the study asked for of a quantity; `None` for one that is not drawn.
    pub fn of(study: &Value, quantity: &str) -> Option<Self> {
        let drawn = &study["population"]["drawn"];
        let form = ["parameters", "initial"].iter().find_map(|role| drawn[role].get(quantity))?;
        let number = |distribution: &str, key: &str| form[distribution][key].as_f64();
        if let Some(value) = form["fixed"].as_f64() {
            return Some(Self::Fixed(value));
        }
        if let (Some(low), Some(high)) = (number("uniform", "low"), number("uniform", "high")) {
            return Some(Self::Uniform { low, high });
        }
        if let (Some(mean), Some(sd)) = (number("normal", "mean"), number("normal", "sd")) {
            return Some(Self::Normal { mean, sd });
        }
        Some(Self::LogNormal { mean: number("lognormal", "mean")?, cv: number("lognormal", "cv")? })
    }

    /// Whether patients differ in it.
    pub fn varies(self) -> bool {
        match self {
            Self::Fixed(_) => false,
            Self::Uniform { low, high } => low < high,
            Self::Normal { sd, .. } => sd > 0.0,
            Self::LogNormal { cv, .. } => cv > 0.0,
        }
    }

    /// In words.
    pub fn words(self) -> String {
        let n = plain;
        match self {
            Self::Fixed(value) => format!("fixed at {}", n(value)),
            Self::Uniform { low, high } => format!("uniform on {} to {}", n(low), n(high)),
            Self::Normal { mean, sd } => format!("normal, {} ± {}", n(mean), n(sd)),
            Self::LogNormal { mean, cv } => format!("log-normal, mean {}, CV {}", n(mean), n(cv)),
        }
    }

    /// Points (value, density) of the density over where nearly all values lie. Draws below 0 are drawn again, so that
    /// a normal density stands above 0 alone.
    pub fn density(self) -> Vec<(f64, f64)> {
        const PIECES: usize = 80;
        let curve = |low: f64, high: f64, density: &dyn Fn(f64) -> f64| -> Vec<(f64, f64)> {
            let at = |i: usize| low + (high - low) * i as f64 / PIECES as f64;
            (0..=PIECES).map(|i| (at(i), density(at(i)))).collect()
        };
        let bell = |z: f64| (-0.5 * z * z).exp() / std::f64::consts::TAU.sqrt();
        match self {
            _ if !self.varies() => Vec::new(),
            Self::Fixed(_) => Vec::new(),
            Self::Uniform { low, high } => {
                let density = 1.0 / (high - low);
                vec![(low, 0.0), (low, density), (high, density), (high, 0.0)]
            }
            Self::Normal { mean, sd } => {
                let (low, high) = ((mean - 3.5 * sd).max(0.0), mean + 3.5 * sd);
                let whole =
                    curve(0.0_f64.max(mean - 6.0 * sd), mean + 6.0 * sd, &|x| bell((x - mean) / sd) / sd);
                let width = whole[1].0 - whole[0].0;
                let share: f64 = whole.windows(2).map(|p| 0.5 * (p[0].1 + p[1].1) * width).sum();
                curve(low, high, &|x| bell((x - mean) / sd) / (sd * share))
            }
            Self::LogNormal { mean, cv } => {
                let variance = (cv * cv).ln_1p();
                let (mu, sigma) = (mean.ln() - 0.5 * variance, variance.sqrt());
                let [low, high] = [-3.0, 3.0].map(|z: f64| (mu + z * sigma).exp());
                curve(low, high, &|x| bell((x.ln() - mu) / sigma) / (x * sigma))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(form: Value) -> Request {
        let study = serde_json::json!({ "population": { "drawn": { "parameters": { "d2": form } } } });
        Request::of(&study, "d2").unwrap()
    }

    #[test]
    fn every_density_encloses_nearly_all_of_the_probability() {
        for form in [
            serde_json::json!({ "uniform": { "low": 1.0, "high": 30.0 } }),
            serde_json::json!({ "normal": { "mean": 1.5, "sd": 0.375 } }),
            serde_json::json!({ "normal": { "mean": 1.5, "sd": 3.0 } }),
            serde_json::json!({ "lognormal": { "mean": 100.0, "cv": 0.5 } }),
        ] {
            let points = of(form.clone()).density();
            let area: f64 = points.windows(2).map(|p| 0.5 * (p[0].1 + p[1].1) * (p[1].0 - p[0].0)).sum();
            assert!((0.99..1.003).contains(&area), "{form}: {area}");
        }
    }

    #[test]
    fn what_does_not_vary_has_no_density() {
        assert!(of(serde_json::json!({ "fixed": 6.0 })).density().is_empty());
        assert!(of(serde_json::json!({ "normal": { "mean": 6.0, "sd": 0.0 } })).density().is_empty());
        assert_eq!(Request::of(&serde_json::json!({ "population": { "table": {} } }), "d2"), None);
    }
}
