//! Exact distributions of Wilcoxon's statistics, by counting.
//!
//! The counts are sums of positive numbers, so that their floating-point values have all digits but the last.

/// ln of the two-sided p of a signed rank statistic `v` of `n` untied differences: of all 2ⁿ choices of signs, twice
/// the share with a sum of ranks as far from the middle to this side, and no more than 1.
pub(crate) fn signed_rank_ln_p(v: usize, n: usize) -> f64 {
    let most = n * (n + 1) / 2;
    let mut counts = vec![0.0; most + 1];
    counts[0] = 1.0;
    for rank in 1..=n {
        for sum in (rank..=most).rev() {
            counts[sum] += counts[sum - rank];
        }
    }
    ln_two_sided(&counts, v)
}

/// ln of the two-sided p of a rank sum statistic `w` of `m` against `n` untied values: of all choices of m ranks among
/// m + n, twice the share with a statistic as far from the middle to this side, and no more than 1.
pub(crate) fn rank_sum_ln_p(w: usize, m: usize, n: usize) -> f64 {
    // counts[k][u]: choices of k of the ranks so far with u pairs in which the chosen one is the greater.
    let mut counts = vec![vec![0.0; m * n + 1]; m + 1];
    counts[0][0] = 1.0;
    for rank in 1..=m + n {
        for k in (1..=m.min(rank)).rev() {
            // The k-th chosen has rank − k unchosen ones below it.
            let gained = rank - k;
            if gained > n {
                continue;
            }
            let (fewer, same) = counts.split_at_mut(k);
            for u in gained..=m * n {
                same[0][u] += fewer[k - 1][u - gained];
            }
        }
    }
    ln_two_sided(&counts[m], w)
}

/// The distribution is symmetric: the smaller tail from `at` outwards, twice.
fn ln_two_sided(counts: &[f64], at: usize) -> f64 {
    let all: f64 = counts.iter().sum();
    let tail: f64 = counts[..=at.min(counts.len() - 1 - at)].iter().sum();
    libm::log(2.0 * (tail / all)).min(0.0)
}
