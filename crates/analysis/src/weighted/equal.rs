//! Patients of equal weight who stand for weighted ones, where something has to be drawn.

/// Rows of as many patients of equal weight as there are weights: row i about n wᵢ/Σw times, by systematic sampling (W. G. Madow
/// (1949), *Ann. Math. Stat.* 20, 333) with the start ½, so that nothing is left to chance. In the order of the rows; empty if all
/// weights are 0.
///
/// ```
/// assert_eq!(cartrial_analysis::weighted::equal_weight_rows(&[1.0, 0.0, 3.0, 0.4, 0.6]), [0, 2, 2, 2, 4]);
/// ```
pub fn equal_weight_rows(weights: &[f64]) -> Vec<usize> {
    let total: f64 = weights.iter().sum();
    let n = weights.len();
    let mut rows = Vec::with_capacity(n);
    let mut below = 0.0;
    for (row, weight) in weights.iter().enumerate() {
        below += weight;
        while rows.len() < n && total > 0.0 && (rows.len() as f64 + 0.5) * total < below * n as f64 {
            rows.push(row);
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_weights_leave_every_row_once() {
        assert_eq!(equal_weight_rows(&[0.3; 7]), [0, 1, 2, 3, 4, 5, 6]);
        assert_eq!(equal_weight_rows(&[0.0; 3]), [0; 0]);
    }

    #[test]
    fn prop_a_row_comes_as_often_as_its_weight_says() {
        let weights: Vec<f64> = (0..1000).map(|i| libm::exp(4.0 * libm::sin(f64::from(i)))).collect();
        let total: f64 = weights.iter().sum();
        let rows = equal_weight_rows(&weights);
        assert_eq!(rows.len(), 1000);
        for (row, weight) in weights.iter().enumerate() {
            let times = rows.iter().filter(|r| **r == row).count() as f64;
            assert!((times - 1000.0 * weight / total).abs() < 1.0 + 1e-9);
        }
    }
}
