//! Mergeable co-moments of several predictors against several responses.

use crate::block_sums::{BLOCK, Centred, centre, pair_complete, pair_masked};
use crate::error::StatError;
use crate::pair_moments::PairMoments;
use crate::regression::Regression;
use crate::segments::{Accumulator, MOST_ROWS};
use serde::{Deserialize, Serialize};

/// Mergeable co-moments of P predictors against R responses, over any number of rows in constant memory
/// (about (P + R) · 2 KiB).
///
/// A row counts for a pair (predictor, response) if neither value is NaN (pairwise-complete). So a patient without
/// one outcome is left out of the regressions on that outcome only.
///
/// Rows are gathered in blocks of 256; each block is centred by its own mean (two passes), and blocks are merged by
/// the update of Chan, Golub & LeVeque (1983), "Algorithms for computing the sample variance", *Am. Stat.* 37, 242.
/// Means are carried as unevaluated sums of two `f64`, so data of mean 10⁹ and spread 1 lose nothing. Feeding by
/// rows, by columns, or by columns in other portions gives the same bits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Comoments {
    predictors: usize,
    responses: usize,
    rows: u64,
    /// Pairs of full blocks, index response · P + predictor.
    pairs: Vec<PairMoments>,
    /// Rows not yet gathered to a block: column j in `j·BLOCK ..`, predictors first. Empty once closed.
    #[serde(skip)]
    pending: Vec<f64>,
    #[serde(skip)]
    pending_rows: usize,
    /// R + 1 centred columns. Empty once closed.
    #[serde(skip)]
    scratch: Vec<f64>,
}

impl Comoments {
    /// An accumulator without rows, for `predictors` × `responses` pairs.
    pub fn new(predictors: usize, responses: usize) -> Self {
        Self {
            predictors,
            responses,
            rows: 0,
            pairs: vec![PairMoments::default(); predictors * responses],
            pending: vec![0.0; (predictors + responses) * BLOCK],
            pending_rows: 0,
            scratch: vec![0.0; (responses + 1) * BLOCK],
        }
    }

    /// Number of predictors, P.
    pub fn predictors(&self) -> usize {
        self.predictors
    }

    /// Number of responses, R.
    pub fn responses(&self) -> usize {
        self.responses
    }

    /// Rows fed so far, complete or not.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Adds one row: P predictors and R responses, NaN where missing.
    ///
    /// # Panics
    /// If the lengths are not P and R.
    pub fn push(&mut self, predictors: &[f64], responses: &[f64]) {
        assert_eq!(predictors.len(), self.predictors, "one value per predictor");
        assert_eq!(responses.len(), self.responses, "one value per response");
        let at = self.pending_rows;
        for (column, &v) in self.pending.chunks_exact_mut(BLOCK).zip(predictors.iter().chain(responses)) {
            column[at] = v;
        }
        self.rows += 1;
        self.pending_rows += 1;
        self.flush_if_full();
    }

    /// Adds the rows of P predictor columns and R response columns, all of one length, NaN where missing.
    ///
    /// # Panics
    /// If the numbers of columns are not P and R, or the columns differ in length.
    pub fn extend_columns(&mut self, predictors: &[&[f64]], responses: &[&[f64]]) {
        assert_eq!(predictors.len(), self.predictors, "one column per predictor");
        assert_eq!(responses.len(), self.responses, "one column per response");
        let columns = || predictors.iter().chain(responses);
        let len = columns().next().map_or(0, |c| c.len());
        assert!(columns().all(|c| c.len() == len), "columns of one table have one length");
        self.rows += len as u64;
        let mut at = 0;
        while at < len {
            if self.pending_rows == 0 && len - at >= BLOCK {
                self.absorb(|j| {
                    let c =
                        if j < predictors.len() { predictors[j] } else { responses[j - predictors.len()] };
                    &c[at..at + BLOCK]
                });
                at += BLOCK;
            } else {
                let take = (BLOCK - self.pending_rows).min(len - at);
                let to = self.pending_rows..self.pending_rows + take;
                for (pending, c) in self.pending.chunks_exact_mut(BLOCK).zip(columns()) {
                    pending[to.clone()].copy_from_slice(&c[at..at + take]);
                }
                self.pending_rows += take;
                at += take;
                self.flush_if_full();
            }
        }
    }

    /// Adds the rows of `other`.
    ///
    /// # Panics
    /// If the two differ in the number of predictors or responses.
    pub fn merge(&mut self, other: &Self) {
        assert_eq!(
            (self.predictors, self.responses),
            (other.predictors, other.responses),
            "accumulators of one shape"
        );
        for response in 0..self.responses {
            for predictor in 0..self.predictors {
                let mut both = self.pair(predictor, response);
                both.merge(&other.pair(predictor, response));
                self.pairs[response * self.predictors + predictor] = both;
            }
        }
        self.pending_rows = 0;
        self.rows += other.rows;
    }

    /// Moments of one pair, over all rows fed.
    ///
    /// # Panics
    /// If there is no such predictor or response.
    pub fn pair(&self, predictor: usize, response: usize) -> PairMoments {
        assert!(predictor < self.predictors && response < self.responses, "no such predictor or response");
        if self.pending_rows == 0 {
            return self.pairs[response * self.predictors + predictor];
        }
        let column = |j: usize| &self.pending[j * BLOCK..j * BLOCK + self.pending_rows];
        let mut all = self.pairs[response * self.predictors + predictor];
        all.merge(&pair_masked(column(predictor), column(self.predictors + response)));
        all
    }

    /// Least squares of one response on one predictor; see [`Regression`].
    ///
    /// # Errors
    /// As [`Regression::from_moments`].
    ///
    /// # Panics
    /// If there is no such predictor or response.
    pub fn regression(&self, predictor: usize, response: usize) -> Result<Regression, StatError> {
        Regression::from_moments(&self.pair(predictor, response))
    }

    fn flush_if_full(&mut self) {
        if self.pending_rows == BLOCK {
            let pending = std::mem::take(&mut self.pending);
            self.absorb(|j| &pending[j * BLOCK..(j + 1) * BLOCK]);
            self.pending = pending;
            self.pending_rows = 0;
        }
    }

    /// Merges one full block; `column(j)` gives the predictors, then the responses.
    fn absorb<'a>(&mut self, column: impl Fn(usize) -> &'a [f64]) {
        let (cx, cys) = self.scratch.split_at_mut(BLOCK);
        let responses: Vec<Centred> = cys
            .chunks_exact_mut(BLOCK)
            .enumerate()
            .map(|(r, cy)| centre(column(self.predictors + r), cy))
            .collect();
        for p in 0..self.predictors {
            let x = centre(column(p), cx);
            for (r, cy) in cys.chunks_exact(BLOCK).enumerate() {
                let y = responses[r];
                let block = if x.ss.is_nan() || y.ss.is_nan() {
                    pair_masked(column(p), column(self.predictors + r))
                } else {
                    pair_complete(BLOCK, x, cx, y, cy)
                };
                self.pairs[r * self.predictors + p].merge(&block);
            }
        }
    }
}

impl Accumulator for Comoments {
    fn fresh(&self) -> Self {
        Self::new(self.predictors, self.responses)
    }

    fn is_empty(&self) -> bool {
        self.rows == 0
    }

    fn admits(&self, next: &Self) -> bool {
        let possible = |pair: &PairMoments| pair.is_possible() && pair.n <= next.rows;
        (next.predictors, next.responses) == (self.predictors, self.responses)
            && next.pairs.len() == self.pairs.len()
            && next.pairs.iter().all(possible)
            && next.rows <= MOST_ROWS
    }

    fn merge(&mut self, next: &Self) {
        self.merge(next);
    }

    fn close(&mut self) {
        for response in 0..self.responses {
            for predictor in 0..self.predictors {
                self.pairs[response * self.predictors + predictor] = self.pair(predictor, response);
            }
        }
        (self.pending, self.pending_rows, self.scratch) = (Vec::new(), 0, Vec::new());
    }
}
