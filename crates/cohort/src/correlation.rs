//! Which quantities vary together: a Gaussian copula.

use crate::correlation_matrix::CorrelationMatrix;
use crate::population::named;
use cartrial_model::Quantity;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::f64::consts::PI;

named! {
    /// What the coefficients of a [`Correlation`] are.
    CorrelationKind {
        /// Spearman's rank correlation of the quantities, whatever their distributions.
        Spearman "spearman",
        /// Pearson's correlation of the normal scores Φ⁻¹(F(x)): of normal quantities their own, of log-normal ones that of
        /// their logarithms.
        Pearson "pearson"
    }
}

/// Two quantities and their correlation.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(into = "(String, String, f64)", try_from = "(String, String, f64)")]
pub struct CorrelatedPair {
    /// One of them.
    pub first: Quantity,
    /// The other one.
    pub second: Quantity,
    /// Their correlation, above −1 and below 1.
    pub coefficient: f64,
}

/// Correlations of quantities by a Gaussian copula; of a pair that is not named, 0. They are consistent: the matrix of the
/// correlations of the normal scores is positive definite.
///
/// The normal scores of a patient's quantities are L z, with z independent and standard normal, and L Lᵀ = R. A quantity
/// has the value of its quantile function at Φ of its score, so its own distribution stays as it is. R of Spearman's ρ is
/// 2 sin(π ρ/6) (W. H. Kruskal, *J. Am. Stat. Assoc.* 53 (1958), 814–861).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Unchecked")]
pub struct Correlation {
    kind: CorrelationKind,
    pairs: Vec<CorrelatedPair>,
}

/// As it is stored, before it is known to be consistent.
#[derive(Deserialize)]
struct Unchecked {
    kind: CorrelationKind,
    pairs: Vec<CorrelatedPair>,
}

/// Why correlations are none.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum CorrelationError {
    /// A quantity is paired with itself.
    #[error("{quantity:?} is paired with itself", quantity = .0.symbol())]
    Itself(Quantity),
    /// A coefficient is not between −1 and 1.
    #[error("expected a number above -1 and below 1, found {0}")]
    OutOfRange(f64),
    /// A pair is given twice.
    #[error("the pair of {first:?} and {second:?} is given twice", first = .0.symbol(), second = .1.symbol())]
    Twice(Quantity, Quantity),
    /// No normal scores can have these correlations.
    #[error(
        "the correlations contradict each other: the matrix of those of the normal scores is not positive definite"
    )]
    NotPositiveDefinite {
        /// The pairs of the nearest matrix that is positive definite, rounded.
        nearest: Vec<CorrelatedPair>,
    },
}

/// Quantities that are correlated with each other, directly or through others of them.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct CorrelatedGroup {
    /// In the order of the patient table, at least two.
    pub members: Vec<Quantity>,
    /// Lower-triangular, by rows: the correlated scores are this times the independent ones.
    pub factor: Vec<Vec<f64>>,
}

impl CorrelatedPair {
    fn unordered(&self) -> (Quantity, Quantity) {
        (self.first.min(self.second), self.first.max(self.second))
    }

    /// What is wrong with it, whatever the other pairs are.
    fn fault(&self) -> Option<CorrelationError> {
        if self.first == self.second {
            return Some(CorrelationError::Itself(self.first));
        }
        let is_inside = self.coefficient.abs() < 1.0;
        (!is_inside).then_some(CorrelationError::OutOfRange(self.coefficient))
    }
}

impl Correlation {
    /// Correlations of these pairs.
    ///
    /// # Errors
    /// Everything that is wrong, with the index of the pair that it is about; of the pairs together, none.
    pub fn new(
        kind: CorrelationKind,
        pairs: Vec<CorrelatedPair>,
    ) -> Result<Self, Vec<(Option<usize>, CorrelationError)>> {
        let mut seen = BTreeSet::new();
        let mut twice = |pair: &CorrelatedPair| {
            let is_new = seen.insert(pair.unordered());
            (!is_new).then_some(CorrelationError::Twice(pair.first, pair.second))
        };
        let mut fault = |(i, pair): (usize, &CorrelatedPair)| {
            pair.fault().or_else(|| twice(pair)).map(|fault| (Some(i), fault))
        };
        let faults: Vec<_> = pairs.iter().enumerate().filter_map(&mut fault).collect();
        if !faults.is_empty() {
            return Err(faults);
        }
        let correlation = Self { kind, pairs };
        let (members, matrix) = correlation.matrix();
        if matrix.cholesky().is_some() {
            return Ok(correlation);
        }
        let nearest = nearest_rounded(kind, &members, &matrix);
        Err(vec![(None, CorrelationError::NotPositiveDefinite { nearest })])
    }

    /// What the coefficients are.
    pub fn kind(&self) -> CorrelationKind {
        self.kind
    }

    /// The pairs, as they were given.
    pub fn pairs(&self) -> &[CorrelatedPair] {
        &self.pairs
    }

    /// Spearman's rank correlation of a pair.
    pub fn spearman(&self, pair: &CorrelatedPair) -> f64 {
        match self.kind {
            CorrelationKind::Spearman => pair.coefficient,
            CorrelationKind::Pearson => CorrelationKind::Spearman.coefficient_of_scores(pair.coefficient),
        }
    }

    /// The quantities in the pairs, in the order of the patient table, and the correlations of their normal scores.
    fn matrix(&self) -> (Vec<Quantity>, CorrelationMatrix) {
        let is_member = |q: &Quantity| self.pairs.iter().any(|pair| pair.first == *q || pair.second == *q);
        let members: Vec<_> = Quantity::ALL.into_iter().filter(is_member).collect();
        let mut matrix = CorrelationMatrix::identity(members.len());
        let position = |q| members.iter().position(|member| *member == q);
        for pair in &self.pairs {
            if let (Some(i), Some(j)) = (position(pair.first), position(pair.second)) {
                matrix.set(i, j, self.kind.of_scores(pair.coefficient));
            }
        }
        (members, matrix)
    }

    /// The groups among the quantities that vary, in the order of the patient table.
    pub(crate) fn groups(&self, varies: impl Fn(Quantity) -> bool) -> Vec<CorrelatedGroup> {
        let (members, matrix) = self.matrix();
        let n = members.len();
        let varies: Vec<_> = members.iter().map(|&member| varies(member)).collect();
        // The group of each is known by its first member.
        let mut first: Vec<usize> = (0..n).collect();
        for i in 0..n {
            for j in 0..i {
                if varies[i] && varies[j] && matrix.get(i, j) != 0.0 {
                    let (from, to) = (first[i].max(first[j]), first[i].min(first[j]));
                    first.iter_mut().filter(|f| **f == from).for_each(|f| *f = to);
                }
            }
        }
        let group = |start: usize| {
            let of_group: Vec<_> = (0..n).filter(|&i| first[i] == start).collect();
            let mut own = CorrelationMatrix::identity(of_group.len());
            for (a, &i) in of_group.iter().enumerate() {
                for (b, &j) in of_group.iter().enumerate().take(a) {
                    own.set(a, b, matrix.get(i, j));
                }
            }
            let members = of_group.iter().map(|&i| members[i]).collect();
            // A part of a positive definite matrix is positive definite.
            own.cholesky().filter(|_| of_group.len() > 1).map(|factor| CorrelatedGroup { members, factor })
        };
        (0..n).filter_map(group).collect()
    }
}

impl CorrelationKind {
    /// The correlation of the normal scores of quantities with this coefficient.
    fn of_scores(self, coefficient: f64) -> f64 {
        match self {
            Self::Spearman => 2.0 * libm::sin(PI * coefficient / 6.0),
            Self::Pearson => coefficient,
        }
    }

    /// The inverse of [`of_scores`](Self::of_scores).
    fn coefficient_of_scores(self, r: f64) -> f64 {
        match self {
            Self::Spearman => 6.0 / PI * libm::asin(0.5 * r),
            Self::Pearson => r,
        }
    }
}

/// The pairs of the nearest positive definite matrix with coefficients of three decimals: the nearest correlation matrix,
/// and as little of the identity as makes it positive definite when rounded.
fn nearest_rounded(
    kind: CorrelationKind,
    members: &[Quantity],
    matrix: &CorrelationMatrix,
) -> Vec<CorrelatedPair> {
    let nearest = matrix.nearest();
    let rounded = |shrinkage: f64| {
        let shrunk = nearest.shrunk(shrinkage);
        let round = |i, j| libm::round(1e3 * kind.coefficient_of_scores(shrunk.get(i, j))) / 1e3;
        let pairs = (0..members.len()).flat_map(|i| (i + 1..members.len()).map(move |j| (i, j)));
        let pairs: Vec<_> = pairs
            .map(|(i, j)| CorrelatedPair { first: members[i], second: members[j], coefficient: round(i, j) })
            .filter(|pair| pair.coefficient != 0.0)
            .collect();
        Correlation { kind, pairs }
    };
    // Rounding moves an eigenvalue by less than 26 · 0.0005 · π/3, so that the last one always will do.
    let attempts = std::iter::once(0.0).chain((0..9).map(|k| 1e-4 * f64::from(1 << k)));
    let mut found = Vec::new();
    for attempt in attempts {
        let candidate = rounded(attempt);
        let is_definite = candidate.matrix().1.cholesky().is_some();
        found = candidate.pairs;
        if is_definite {
            break;
        }
    }
    found
}

impl From<CorrelatedPair> for (String, String, f64) {
    fn from(pair: CorrelatedPair) -> Self {
        (pair.first.symbol().to_owned(), pair.second.symbol().to_owned(), pair.coefficient)
    }
}

impl TryFrom<(String, String, f64)> for CorrelatedPair {
    type Error = String;

    fn try_from((first, second, coefficient): (String, String, f64)) -> Result<Self, String> {
        let quantity =
            |name: String| Quantity::from_symbol(&name).ok_or_else(|| format!("unknown quantity {name:?}"));
        Ok(Self { first: quantity(first)?, second: quantity(second)?, coefficient })
    }
}

impl TryFrom<Unchecked> for Correlation {
    type Error = CorrelationError;

    fn try_from(Unchecked { kind, pairs }: Unchecked) -> Result<Self, CorrelationError> {
        Self::new(kind, pairs).map_err(|faults| {
            let first = faults.into_iter().next();
            first.map_or(CorrelationError::OutOfRange(f64::NAN), |(_, fault)| fault)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draws::Draws;

    /// All pairs of the first `size` quantities, with coefficients from a seed, most of them far from consistent.
    fn random_pairs(seed: u64, size: usize) -> Vec<CorrelatedPair> {
        let quantities = &Quantity::ALL[..size];
        let pairs = (0..size).flat_map(|i| (0..i).map(move |j| (quantities[i], quantities[j])));
        pairs
            .zip(Draws::new(seed).uniform("pairs", 0..1000))
            .map(|((first, second), u)| CorrelatedPair { first, second, coefficient: 1.9 * u - 0.95 })
            .collect()
    }

    #[test]
    fn prop_the_nearest_pairs_are_accepted() {
        let mut refused = 0;
        for kind in CorrelationKind::ALL {
            for (seed, size) in [(1, 3), (2, 3), (3, 4), (4, 5), (5, 8), (6, 12), (7, Quantity::COUNT)] {
                let Err(faults) = Correlation::new(*kind, random_pairs(seed, size)) else { continue };
                let [(None, CorrelationError::NotPositiveDefinite { nearest })] = &faults[..] else {
                    panic!("{faults:?}")
                };
                refused += 1;
                let found = Correlation::new(*kind, nearest.clone());
                assert!(found.is_ok(), "{size} quantities: {found:?}");
                assert!(
                    nearest
                        .iter()
                        .all(|p| (1e3 * p.coefficient - (1e3 * p.coefficient).round()).abs() < 1e-9)
                );
            }
        }
        assert!(refused >= 10, "{refused}");
    }

    #[test]
    fn prop_rank_correlations_and_those_of_the_scores_are_each_other_s_inverse() {
        for i in -99..100 {
            let rho = f64::from(i) / 100.0;
            let spearman = CorrelationKind::Spearman;
            assert!((spearman.coefficient_of_scores(spearman.of_scores(rho)) - rho).abs() < 1e-15, "{rho}");
        }
        // Kruskal (1958): the rank correlation of normal variables with r = 0.5 is 6/π asin(1/4) = 0.4826.
        let pairs = vec![CorrelatedPair { first: Quantity::K, second: Quantity::D2, coefficient: 0.5 }];
        let correlation = Correlation::new(CorrelationKind::Pearson, pairs).unwrap();
        assert!((correlation.spearman(&correlation.pairs()[0]) - 0.482_583_739_530_997_4).abs() < 1e-12);
    }

    #[test]
    fn bad_json_is_refused() {
        for (pairs, reason) in [
            ("[[\"k\", \"d2\", 1.0]]", "expected a number above -1 and below 1"),
            ("[[\"k\", \"k\", 0.5]]", "\"k\" is paired with itself"),
            ("[[\"k\", \"d9\", 0.5]]", "unknown quantity \"d9\""),
            ("[[\"k\", \"d2\", 0.5], [\"d2\", \"k\", 0.5]]", "given twice"),
            ("[[\"k\", \"d2\", 0.9], [\"k\", \"l\", 0.9], [\"l\", \"d2\", -0.9]]", "contradict each other"),
        ] {
            let text = format!("{{ \"kind\": \"spearman\", \"pairs\": {pairs} }}");
            let error = serde_json::from_str::<Correlation>(&text).unwrap_err().to_string();
            assert!(error.contains(reason), "{error}");
        }
    }
}
