//! The log-rank test.

use super::kaplan_meier::in_order;
use super::terms::PValueMethod;
use super::test_result::TestResult;
use crate::error::StatError;

/// The log-rank test of equal survival in two or more groups, each given as (time, event) as for
/// [`KaplanMeier::of`](super::KaplanMeier::of), with χ² of groups − 1 degrees of freedom.
///
/// At every time with d events among n at risk, group g expects d n_g/n of them, with the covariance
/// d (n_g/n)(δ − n_h/n)(n−d)/(n−1) of the hypergeometric distribution; χ² = (O−E)ᵀ V⁻¹ (O−E) over all groups but one.
/// N. Mantel (1966), *Cancer Chemother. Rep.* 50, 163; as R's `survdiff`. For the same patients in every group it
/// ignores the pairing.
///
/// # Errors
/// [`StatError::NoEvents`] if no patient has the event, [`StatError::NoSpread`] if no event tells the groups apart (nobody
/// of one group was at risk at any), and those of the curve.
///
/// # Panics
/// If the columns of a group differ in length, or there are fewer than two groups.
pub fn log_rank(groups: &[(&[f64], &[f64])]) -> Result<TestResult, StatError> {
    assert!(groups.len() > 1, "a test of equality is between groups");
    let mut rows: Vec<(f64, bool, usize)> = Vec::new();
    for (group, (time, event)) in groups.iter().enumerate() {
        rows.extend(in_order(time, event)?.into_iter().map(|(time, event)| (time, event, group)));
    }
    rows.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    log_rank_in_order(&rows, groups.len())
}

/// [`log_rank`] of rows (time, whether it is that of the event, group) in order of time.
pub(crate) fn log_rank_in_order(rows: &[(f64, bool, usize)], groups: usize) -> Result<TestResult, StatError> {
    if !rows.iter().any(|row| row.1) {
        return Err(StatError::NoEvents);
    }
    let free = groups - 1;
    let mut at_risk = vec![0.0; groups];
    rows.iter().for_each(|row| at_risk[row.2] += 1.0);
    let mut n = rows.len() as f64;
    let (mut excess, mut covariance) = (vec![0.0; free], vec![vec![0.0; free]; free]);
    for same in rows.chunk_by(|a, b| a.0 == b.0) {
        let events = same.iter().filter(|row| row.1).count() as f64;
        if events > 0.0 {
            for row in same.iter().filter(|row| row.1 && row.2 < free) {
                excess[row.2] += 1.0;
            }
            let spread = if n > 1.0 { events * (n - events) / (n - 1.0) } else { 0.0 };
            for g in 0..free {
                let share = at_risk[g] / n;
                excess[g] -= events * share;
                for h in 0..free {
                    let own = if g == h { 1.0 } else { 0.0 };
                    covariance[g][h] += spread * share * (own - at_risk[h] / n);
                }
            }
        }
        same.iter().for_each(|row| at_risk[row.2] -= 1.0);
        n -= same.len() as f64;
    }
    let chi2 = quadratic_form(covariance, excess).ok_or(StatError::NoSpread)?;
    Ok(TestResult { method: PValueMethod::LogRankChiSquared, ..TestResult::chi2(chi2, free as u32) })
}

/// uᵀ V⁻¹ u by Cholesky's decomposition V = L Lᵀ: the squared length of L⁻¹ u. `None` if V is singular.
fn quadratic_form(mut v: Vec<Vec<f64>>, mut u: Vec<f64>) -> Option<f64> {
    let mut sum = 0.0;
    for j in 0..u.len() {
        let before: f64 = v[j][..j].iter().map(|x| x * x).sum();
        let pivot = v[j][j] - before;
        if pivot <= 1e-12 * v[j][j] {
            return None;
        }
        let pivot = pivot.sqrt();
        let known: f64 = v[j][..j].iter().zip(&u).map(|(l, x)| l * x).sum();
        u[j] = (u[j] - known) / pivot;
        sum += u[j] * u[j];
        for i in j + 1..u.len() {
            let products: f64 = (0..j).map(|k| v[i][k] * v[j][k]).sum();
            v[i][j] = (v[i][j] - products) / pivot;
        }
        v[j][j] = pivot;
    }
    Some(sum)
}
