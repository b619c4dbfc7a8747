//! What a study asks of its patients, in words.

use cartrial_cohort::{Correlation, CorrelationKind, Distribution, Truncation};

use crate::page::plain;

/// A distribution in words.
pub fn distribution_in_words(distribution: Distribution) -> String {
    let (name, truncation) = match distribution {
        Distribution::Fixed(value) => return format!("fixed at {}", plain(value)),
        Distribution::Uniform { low, high } => {
            return format!("uniform on {} to {}", plain(low), plain(high));
        }
        Distribution::LogUniform { low, high } => {
            return format!("log-uniform on {} to {}", plain(low), plain(high));
        }
        Distribution::Triangular { low, mode, high } => {
            return format!("triangular on {} to {}, mode {}", plain(low), plain(high), plain(mode));
        }
        Distribution::Normal { mean, sd, truncation } => {
            (format!("normal, {} ± {}", plain(mean), plain(sd)), truncation)
        }
        Distribution::LogNormal { mean, cv, truncation } => {
            (format!("log-normal, mean {}, CV {}", plain(mean), plain(cv)), truncation)
        }
    };
    let bounds = match truncation {
        Truncation { low: Some(low), high: Some(high) } => {
            format!(", truncated below {} and above {}", plain(low), plain(high))
        }
        Truncation { low: Some(low), high: None } => format!(", truncated below {}", plain(low)),
        Truncation { low: None, high: Some(high) } => format!(", truncated above {}", plain(high)),
        Truncation { low: None, high: None } => String::new(),
    };
    name + &bounds
}

/// What the coefficients of correlations are, in words.
pub fn correlation_kind_in_words(kind: CorrelationKind) -> &'static str {
    match kind {
        CorrelationKind::Spearman => "Spearman\u{2019}s rank correlation",
        CorrelationKind::Pearson => "Pearson\u{2019}s correlation of the normal scores",
    }
}

/// The pairs of correlated quantities, each with its coefficient.
pub fn pairs_in_words(correlation: &Correlation) -> Vec<String> {
    let pair = |pair: &cartrial_cohort::CorrelatedPair| {
        format!("{} and {} {}", pair.first, pair.second, plain(pair.coefficient))
    };
    correlation.pairs().iter().map(pair).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_say_where_a_distribution_is_truncated() {
        let normal = |low, high| {
            let truncation = Truncation { low, high };
            distribution_in_words(Distribution::Normal { mean: 1.5, sd: 0.1, truncation })
        };
        assert_eq!(normal(None, None), "normal, 1.5 ± 0.1");
        assert_eq!(normal(Some(1.0), Some(2.0)), "normal, 1.5 ± 0.1, truncated below 1 and above 2");
        assert_eq!(normal(Some(1.0), None), "normal, 1.5 ± 0.1, truncated below 1");
        assert_eq!(normal(None, Some(2.0)), "normal, 1.5 ± 0.1, truncated above 2");
        let triangular = Distribution::Triangular { low: 1.0, mode: 5.0, high: 30.0 };
        assert_eq!(distribution_in_words(triangular), "triangular on 1 to 30, mode 5");
    }
}
