//! Sobol' indices from the outcomes of Saltelli's design.

use crate::error::StatError;
use crate::quantile::quantiles;
use serde::{Deserialize, Serialize};

/// Batches of rows that the bootstrap draws from, at most.
const BATCHES: u64 = 256;
/// The parts of the batches after which indices are given to show how they converge: a sixteenth, an eighth …
const CONVERGENCE: [u64; 5] = [16, 8, 4, 2, 1];
/// The least share of bootstrap samples in which the outcome has to vary for an interval.
const LEAST_RESAMPLED: f64 = 0.95;

/// Accumulates one outcome over Saltelli's design, in memory that does not grow with its rows.
///
/// A row holds the outcome at a point A of the factors' space, at an independent point B, and for every factor i at
/// A with that factor taken from B, AB⁽ⁱ⁾. Rows with an outcome that is not finite are left out as a whole, and counted.
///
/// Sums are kept for up to 256 batches of consecutive rows: the bootstrap draws batches, which are rows where there are no
/// more than 256.
#[derive(Clone, Debug)]
pub struct SobolSums {
    factors: usize,
    rows_per_batch: u64,
    batches: Vec<Sums>,
    /// An outcome of the first row, taken off before anything is squared, so that squares keep their digits.
    origin: Option<f64>,
}

/// Sums over some rows, of outcomes from which the origin has been taken off.
#[derive(Clone, Debug)]
struct Sums {
    /// Rows, or the weight of rows in a bootstrap sample.
    n: f64,
    left_out: u64,
    a: f64,
    b: f64,
    aa: f64,
    bb: f64,
    of_factor: Vec<FactorSums>,
}

/// Sums that a factor has of its own.
#[derive(Clone, Copy, Debug, Default)]
struct FactorSums {
    /// Σ (A − AB)².
    total: f64,
    /// Σ (B − AB)².
    first: f64,
    /// Σ B (AB − A).
    product: f64,
    /// Σ (AB − A).
    moved: f64,
}

/// The variance-based sensitivity of an outcome to every factor.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SobolIndices {
    /// Rows of the design that the indices rest on.
    pub n: u64,
    /// Rows that were left out, because an outcome of theirs is missing.
    pub left_out: u64,
    /// Mean of the outcome.
    pub mean: f64,
    /// Variance of the outcome.
    pub variance: f64,
    /// Of each factor, in their order.
    pub factors: Vec<SobolIndex>,
    /// The indices of the first sixteenth of the rows, the first eighth, and so on: how they converge.
    pub convergence: Vec<SobolAtRows>,
}

/// The indices of one factor.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct SobolIndex {
    /// First-order index, V[E(Y|Xᵢ)] / V(Y): the share of the variance that the factor accounts for by itself.
    /// Saltelli's estimator of 2010, Σ B (AB⁽ⁱ⁾ − A) / (n V), with the mean of all outcomes taken off first: SALib's.
    pub first_order: f64,
    /// Bootstrap 95 % interval of the first-order index (percentiles); none if no samples are asked for, or the outcome varies
    /// in too few of them.
    pub first_order_ci95: Option<[f64; 2]>,
    /// The same index by Jansen's estimator, 1 − Σ (B − AB⁽ⁱ⁾)² / (2 n V). Of a factor without effect it is the correlation of A
    /// and B, so that small indices are lost in its error of 1/√n; Saltelli's is 0.
    pub first_order_jansen: f64,
    /// Total index, E[V(Y|X₋ᵢ)] / V(Y): the share that the factor has a part in, alone or with others. Jansen's estimator,
    /// Σ (A − AB⁽ⁱ⁾)² / (2 n V).
    pub total: f64,
    /// Bootstrap 95 % interval of the total index, as that of the first-order index.
    pub total_ci95: Option<[f64; 2]>,
}

/// Indices from the first rows of a design.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SobolAtRows {
    /// How many rows.
    pub n: u64,
    /// First-order index of every factor.
    pub first_order: Vec<f64>,
    /// Total index of every factor.
    pub total: Vec<f64>,
}

impl SobolIndices {
    /// Positions of the factors, the greatest total index first.
    pub fn by_total(&self) -> Vec<usize> {
        let mut places: Vec<usize> = (0..self.factors.len()).collect();
        places.sort_by(|&a, &b| self.factors[b].total.total_cmp(&self.factors[a].total));
        places
    }
}

impl SobolSums {
    /// Nothing accumulated yet, of a design with so many rows and factors.
    pub fn new(factors: usize, rows: u64) -> Self {
        Self::with_batches(factors, rows, BATCHES)
    }

    /// As [`SobolSums::new`], in so many batches at most; one is enough without a bootstrap.
    pub fn with_batches(factors: usize, rows: u64, batches: u64) -> Self {
        let rows_per_batch = rows.div_ceil(batches.max(1)).max(1);
        let batches = rows.div_ceil(rows_per_batch) as usize;
        Self { factors, rows_per_batch, batches: vec![Sums::new(factors); batches], origin: None }
    }

    /// Takes in a row: the outcome at A, at AB⁽ⁱ⁾ of every factor, and at B.
    ///
    /// # Panics
    /// If the design has no such row, or other factors.
    pub fn add(&mut self, row: u64, a: f64, mixed: &[f64], b: f64) {
        assert_eq!(mixed.len(), self.factors, "an outcome for every factor");
        let sums = &mut self.batches[(row / self.rows_per_batch) as usize];
        if !(a.is_finite() && b.is_finite() && mixed.iter().all(|y| y.is_finite())) {
            sums.left_out += 1;
            return;
        }
        let origin = *self.origin.get_or_insert(a);
        let (a, b) = (a - origin, b - origin);
        sums.n += 1.0;
        sums.a += a;
        sums.b += b;
        sums.aa += a * a;
        sums.bb += b * b;
        for (of_factor, mixed) in sums.of_factor.iter_mut().zip(mixed) {
            let mixed = mixed - origin;
            of_factor.total += (a - mixed) * (a - mixed);
            of_factor.first += (b - mixed) * (b - mixed);
            of_factor.product += b * (mixed - a);
            of_factor.moved += mixed - a;
        }
    }

    /// The indices of the rows so far. The interval rests on so many bootstrap samples, for which `uniform` gives
    /// independent random numbers between 0 and 1.
    ///
    /// Sources: M. J. W. Jansen, *Comput. Phys. Commun.* 117, 1999, 35–43; A. Saltelli et al., *Comput. Phys. Commun.* 181,
    /// 2010, 259–270. Rows of a low-discrepancy sequence are not independent: their intervals tend to be too wide.
    ///
    /// # Errors
    /// [`StatError::TooFewRows`] below 2 rows, [`StatError::NoSpread`] if the outcome does not vary,
    /// [`StatError::NotFinite`] if a sum of squares overflows.
    pub fn indices(&self, samples: u32, uniform: &mut dyn FnMut() -> f64) -> Result<SobolIndices, StatError> {
        let all = self.first(self.batches.len());
        let Points { mean, variance, factors } = all.points()?;
        let filled: Vec<&Sums> = self.batches.iter().filter(|sums| sums.n > 0.0).collect();
        let mut resampled = vec![[Vec::new(), Vec::new()]; self.factors];
        for _ in 0..samples {
            let mut sample = Sums::new(self.factors);
            for _ in 0..filled.len() {
                sample.merge(filled[((uniform() * filled.len() as f64) as usize).min(filled.len() - 1)]);
            }
            // A sample in which nothing varies says nothing.
            let Ok(points) = sample.points() else { continue };
            for (of_factor, point) in resampled.iter_mut().zip(points.factors) {
                of_factor[0].push(point.first_order);
                of_factor[1].push(point.total);
            }
        }
        let interval = |values: &[f64]| {
            let are_enough = values.len() as f64 >= LEAST_RESAMPLED * f64::from(samples);
            quantiles(values, &[0.025, 0.975]).filter(|_| are_enough).map(|ends| [ends[0], ends[1]])
        };
        let index = |(point, [first, total]): (&Point, &[Vec<f64>; 2])| SobolIndex {
            first_order: point.first_order,
            first_order_ci95: interval(first),
            first_order_jansen: point.first_order_jansen,
            total: point.total,
            total_ci95: interval(total),
        };
        Ok(SobolIndices {
            n: all.n as u64,
            left_out: all.left_out,
            mean: mean + self.origin.unwrap_or(0.0),
            variance,
            factors: factors.iter().zip(&resampled).map(index).collect(),
            convergence: self.convergence(),
        })
    }

    fn convergence(&self) -> Vec<SobolAtRows> {
        let batches = self.batches.len() as u64;
        let parts = CONVERGENCE.iter().filter(|part| batches >= **part);
        let at = |part: &u64| {
            let sums = self.first((batches / part) as usize);
            let factors = sums.points().ok()?.factors;
            let (first_order, total) = factors.iter().map(|p| (p.first_order, p.total)).unzip();
            Some(SobolAtRows { n: sums.n as u64, first_order, total })
        };
        parts.filter_map(at).collect()
    }

    /// The sums of the first batches.
    fn first(&self, batches: usize) -> Sums {
        let mut all = Sums::new(self.factors);
        self.batches[..batches].iter().for_each(|sums| all.merge(sums));
        all
    }
}

/// Estimates without intervals.
struct Points {
    mean: f64,
    variance: f64,
    factors: Vec<Point>,
}

struct Point {
    first_order: f64,
    first_order_jansen: f64,
    total: f64,
}

impl Sums {
    fn new(factors: usize) -> Self {
        let of_factor = vec![FactorSums::default(); factors];
        Self { n: 0.0, left_out: 0, a: 0.0, b: 0.0, aa: 0.0, bb: 0.0, of_factor }
    }

    fn merge(&mut self, other: &Self) {
        self.n += other.n;
        self.left_out += other.left_out;
        self.a += other.a;
        self.b += other.b;
        self.aa += other.aa;
        self.bb += other.bb;
        for (own, other) in self.of_factor.iter_mut().zip(&other.of_factor) {
            own.total += other.total;
            own.first += other.first;
            own.product += other.product;
            own.moved += other.moved;
        }
    }

    /// With the variance of all outcomes at A and B.
    fn points(&self) -> Result<Points, StatError> {
        if self.n < 2.0 {
            return Err(StatError::TooFewRows { n: self.n as u64, needed: 2 });
        }
        let mean = (self.a + self.b) / (2.0 * self.n);
        let variance = (self.aa + self.bb) / (2.0 * self.n) - mean * mean;
        if !variance.is_finite() {
            return Err(StatError::NotFinite);
        }
        // What is below the rounding of the squares is no spread.
        if variance <= 4.0 * f64::EPSILON * (self.aa + self.bb) / (2.0 * self.n) {
            return Err(StatError::NoSpread);
        }
        // The mean of all outcomes of the design, which SALib takes off before anything else.
        let moved: f64 = self.of_factor.iter().map(|f| f.moved).sum();
        let outcomes = (self.of_factor.len() as f64 + 2.0) * self.n;
        let centre = (self.a * (self.of_factor.len() as f64 + 1.0) + self.b + moved) / outcomes;
        let point = |f: &FactorSums| Point {
            first_order: (f.product - centre * f.moved) / (self.n * variance),
            first_order_jansen: 1.0 - f.first / (2.0 * self.n * variance),
            total: f.total / (2.0 * self.n * variance),
        };
        let factors: Vec<Point> = self.of_factor.iter().map(point).collect();
        let is_finite =
            |p: &Point| [p.first_order, p.first_order_jansen, p.total].iter().all(|x| x.is_finite());
        if !factors.iter().all(is_finite) {
            return Err(StatError::NotFinite);
        }
        Ok(Points { mean, variance, factors })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn none() -> f64 {
        unreachable!("no bootstrap")
    }

    #[test]
    fn a_sum_of_independent_factors_has_the_shares_of_its_variances() {
        // Y = X₁ + 2 X₂ over a full grid of (X₁, X₂) at A and B: variances 1 : 4, no interaction.
        let levels: Vec<f64> = (0..8).map(f64::from).collect();
        let mut sums = SobolSums::new(2, 4096);
        for row in 0..4096_usize {
            let at = |digit: usize| levels[row / 8_usize.pow(digit as u32) % 8];
            let y = |x1: f64, x2: f64| 1e3 + x1 + 2.0 * x2;
            let (a, b) = ([at(0), at(1)], [at(2), at(3)]);
            sums.add(row as u64, y(a[0], a[1]), &[y(b[0], a[1]), y(a[0], b[1])], y(b[0], b[1]));
        }
        let found = sums.indices(0, &mut none).unwrap();
        assert_eq!((found.n, found.left_out), (4096, 0));
        assert!((found.mean - (1e3 + 10.5)).abs() < 1e-9 && (found.variance - 5.0 * 5.25).abs() < 1e-9);
        for (index, share) in found.factors.iter().zip([0.2, 0.8]) {
            for value in [index.first_order, index.first_order_jansen, index.total] {
                assert!((value - share).abs() < 1e-12, "{value} {share}");
            }
        }
        assert_eq!(found.convergence.iter().map(|c| c.n).collect::<Vec<_>>(), [256, 512, 1024, 2048, 4096]);
    }

    #[test]
    fn rows_with_a_missing_outcome_are_left_out_whole() {
        let mut sums = SobolSums::new(1, 5);
        let rows = [
            (0.0, 1.0, 1.0),
            (1.0, 0.0, 0.0),
            (2.0, f64::NAN, 5.0),
            (f64::INFINITY, 0.0, 0.0),
            (0.5, 0.2, 0.1),
        ];
        let mut complete = SobolSums::new(1, 3);
        for (row, (a, mixed, b)) in rows.into_iter().enumerate() {
            sums.add(row as u64, a, &[mixed], b);
        }
        for (row, i) in [0, 1, 4].into_iter().enumerate() {
            complete.add(row as u64, rows[i].0, &[rows[i].1], rows[i].2);
        }
        let (found, expected) =
            (sums.indices(0, &mut none).unwrap(), complete.indices(0, &mut none).unwrap());
        assert_eq!((found.n, found.left_out), (3, 2));
        assert_eq!(found.factors, expected.factors);
    }

    #[test]
    fn what_does_not_vary_has_no_indices() {
        let mut sums = SobolSums::new(1, 10);
        assert_eq!(sums.indices(9, &mut none), Err(StatError::TooFewRows { n: 0, needed: 2 }));
        (0..10).for_each(|row| sums.add(row, 0.1, &[0.1], 0.1));
        assert_eq!(sums.indices(9, &mut none), Err(StatError::NoSpread));
        let mut sums = SobolSums::new(1, 2);
        sums.add(0, 1e200, &[1.0], -1e200);
        sums.add(1, 1e200, &[1.0], -1e200);
        assert_eq!(sums.indices(9, &mut none), Err(StatError::NotFinite));
        let mut sums = SobolSums::new(1, 2);
        sums.add(0, 1.0, &[1e200], 2.0);
        sums.add(1, 3.0, &[1.0], 1.0);
        assert_eq!(sums.indices(9, &mut none), Err(StatError::NotFinite));
    }
}
