//! Mergeable covariance of several variables.

use crate::block_sums::{centre, dot};
use crate::error::StatError;
use crate::pair_moments::Mean;

/// Rows in a block: as many as let some thirty centred columns stay in a level-1 cache.
const BLOCK: usize = 128;

/// Mergeable means and covariance matrix of K variables, over the rows in which none is NaN (listwise-complete), in
/// constant memory (about K · 3 KiB).
///
/// Blocks of 128 complete rows are centred by their own means and merged by the update of Chan, Golub & LeVeque
/// (1983), as in [`crate::Comoments`]. Feeding in other portions gives the same bits.
#[derive(Debug, Clone)]
pub struct Covariance {
    variables: usize,
    rows: u64,
    moments: Moments,
    /// Complete rows not yet gathered to a block: column j in `j·BLOCK ..`.
    pending: Vec<f64>,
    pending_rows: usize,
    /// K centred columns.
    scratch: Vec<f64>,
}

/// Count, means and second co-moments; element (i, j ≤ i) of the latter at i(i+1)/2 + j.
#[derive(Debug, Clone)]
struct Moments {
    n: u64,
    means: Vec<Mean>,
    products: Vec<f64>,
}

impl Moments {
    fn new(variables: usize) -> Self {
        Self {
            n: 0,
            means: vec![Mean::default(); variables],
            products: vec![0.0; variables * (variables + 1) / 2],
        }
    }

    /// Moments of `rows` rows, column j in `j·BLOCK ..`; `scratch` takes the centred columns.
    fn of_block(columns: &[f64], rows: usize, scratch: &mut [f64]) -> Self {
        let mut moments = Self::new(columns.len() / BLOCK);
        if rows == 0 {
            return moments;
        }
        moments.n = rows as u64;
        let mut at = 0;
        let mut residues = Vec::with_capacity(moments.means.len());
        for (i, x) in columns.chunks_exact(BLOCK).enumerate() {
            let (before, rest) = scratch.split_at_mut(i * BLOCK);
            let cx = &mut rest[..rows];
            let x = centre(&x[..rows], cx);
            for (cy, residue) in before.chunks_exact(BLOCK).zip(&residues) {
                moments.products[at] = dot(cx, &cy[..rows]) - rows as f64 * x.lo * residue;
                at += 1;
            }
            moments.products[at] = x.ss;
            at += 1;
            moments.means[i] = x.mean();
            residues.push(x.lo);
        }
        moments
    }

    fn merge(&mut self, other: &Self) {
        if other.n == 0 {
            return;
        }
        if self.n == 0 {
            self.clone_from(other);
            return;
        }
        let n = self.n + other.n;
        let share = other.n as f64 / n as f64;
        let weight = self.n as f64 * share;
        let steps: Vec<f64> = other.means.iter().zip(&self.means).map(|(b, a)| b.minus(*a)).collect();
        let mut at = 0;
        for i in 0..steps.len() {
            for j in 0..=i {
                self.products[at] += other.products[at] + steps[i] * steps[j] * weight;
                at += 1;
            }
        }
        for (mean, step) in self.means.iter_mut().zip(&steps) {
            *mean = mean.moved(step * share);
        }
        self.n = n;
    }
}

impl Covariance {
    /// An accumulator without rows, for `variables` variables.
    pub fn new(variables: usize) -> Self {
        Self {
            variables,
            rows: 0,
            moments: Moments::new(variables),
            pending: vec![0.0; variables * BLOCK],
            pending_rows: 0,
            scratch: vec![0.0; variables * BLOCK],
        }
    }

    /// Number of variables, K.
    pub fn variables(&self) -> usize {
        self.variables
    }

    /// Rows fed so far, complete or not.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Complete rows.
    pub fn n(&self) -> u64 {
        self.moments.n + self.pending_rows as u64
    }

    /// Adds one row of K values, NaN where missing.
    ///
    /// # Panics
    /// If the length is not K.
    pub fn push(&mut self, row: &[f64]) {
        assert_eq!(row.len(), self.variables, "one value per variable");
        self.take_in(|j| row[j]);
    }

    /// Adds the rows of K columns of one length, NaN where missing.
    ///
    /// # Panics
    /// If the number of columns is not K, or the columns differ in length.
    pub fn extend_columns(&mut self, columns: &[&[f64]]) {
        assert_eq!(columns.len(), self.variables, "one column per variable");
        let len = columns.first().map_or(0, |c| c.len());
        assert!(columns.iter().all(|c| c.len() == len), "columns of one table have one length");
        for i in 0..len {
            self.take_in(|j| columns[j][i]);
        }
    }

    /// Adds the rows of `other`.
    ///
    /// # Panics
    /// If the two differ in the number of variables.
    pub fn merge(&mut self, other: &Self) {
        assert_eq!(self.variables, other.variables, "accumulators of one shape");
        self.moments = self.all();
        self.pending_rows = 0;
        self.moments.merge(&other.all());
        self.rows += other.rows;
    }

    /// Mean of each variable, in its unit (0 without complete rows).
    pub fn means(&self) -> Vec<f64> {
        self.all().means.iter().map(|m| m.hi).collect()
    }

    /// Sample covariance matrix Σ(xᵢ−x̄ᵢ)(xⱼ−x̄ⱼ)/(n−1), K × K, row after row; units those of the products.
    ///
    /// # Errors
    /// [`StatError::TooFewRows`] below two complete rows; [`StatError::NotFinite`].
    pub fn matrix(&self) -> Result<Vec<f64>, StatError> {
        let m = self.all();
        if m.n < 2 {
            return Err(StatError::TooFewRows { n: m.n, needed: 2 });
        }
        if !m.products.iter().all(|v| v.is_finite()) {
            return Err(StatError::NotFinite);
        }
        let k = self.variables;
        let mut matrix = vec![0.0; k * k];
        for i in 0..k {
            for j in 0..=i {
                let value = m.products[i * (i + 1) / 2 + j] / (m.n - 1) as f64;
                matrix[i * k + j] = value;
                matrix[j * k + i] = value;
            }
        }
        Ok(matrix)
    }

    fn take_in(&mut self, value: impl Fn(usize) -> f64) {
        self.rows += 1;
        let at = self.pending_rows;
        let mut complete = true;
        for (j, column) in self.pending.chunks_exact_mut(BLOCK).enumerate() {
            let v = value(j);
            column[at] = v;
            complete &= !v.is_nan();
        }
        if !complete {
            return; // the next row overwrites it
        }
        self.pending_rows += 1;
        if self.pending_rows == BLOCK {
            let block = Moments::of_block(&self.pending, BLOCK, &mut self.scratch);
            self.moments.merge(&block);
            self.pending_rows = 0;
        }
    }

    fn all(&self) -> Moments {
        let mut all = self.moments.clone();
        let mut scratch = vec![0.0; self.variables * BLOCK];
        all.merge(&Moments::of_block(&self.pending, self.pending_rows, &mut scratch));
        all
    }
}
