//! p-values adjusted for their number.

/// p-values adjusted by S. Holm (1979), *Scand. J. Stat.* 6, 65, as decadic logarithms: with the p-values in rising
/// order, the i-th of them (from 0) becomes the greatest of (family − j) pⱼ over j ≤ i, and no more than 1.
///
/// `family` is the number of tests planned. Those beyond the p-values given could not be done, and count as p = 1.
///
/// # Panics
/// If the family is smaller than the number of p-values.
///
/// ```
/// use cartrial_analysis::trial::holm_adjusted_log10_p;
/// let adjusted = holm_adjusted_log10_p(&[-2000.0, f64::log10(0.03), f64::log10(0.02)], 3);
/// assert!((adjusted[0] - (-2000.0 + f64::log10(3.0))).abs() < 1e-12);
/// assert!((adjusted[1] - f64::log10(0.04)).abs() < 1e-12 && adjusted[1] == adjusted[2]);
/// ```
pub fn holm_adjusted_log10_p(log10_p: &[f64], family: usize) -> Vec<f64> {
    assert!(family >= log10_p.len(), "the family holds every test");
    let mut order: Vec<usize> = (0..log10_p.len()).collect();
    order.sort_by(|&a, &b| log10_p[a].total_cmp(&log10_p[b]));
    let mut adjusted = vec![0.0; log10_p.len()];
    let mut greatest = f64::NEG_INFINITY;
    for (rank, &i) in order.iter().enumerate() {
        greatest = greatest.max(log10_p[i] + libm::log10((family - rank) as f64)).min(0.0);
        adjusted[i] = greatest;
    }
    adjusted
}
