//! Exact quantiles of a column.

/// Quantiles at the probabilities `probabilities` (each 0 to 1), NaN values left out, by linear interpolation between
/// order statistics: with h = (n−1)p, q = x₍⌊h⌋₎ + (h−⌊h⌋)(x₍⌊h⌋+1₎ − x₍⌊h⌋₎), counted from 0. This is type 7 of Hyndman &
/// Fan (1996), *Am. Stat.* 50, 361, the default of NumPy and R.
///
/// `None` if no value is present. Time n log n; a copy of the column is sorted.
///
/// # Panics
/// If a probability is not within 0 to 1.
///
/// ```
/// let q = cartrial_analysis::quantiles(&[4.0, 1.0, f64::NAN, 2.0], &[0.0, 0.5, 0.75]);
/// assert_eq!(q, Some(vec![1.0, 2.0, 3.0]));
/// ```
pub fn quantiles(values: &[f64], probabilities: &[f64]) -> Option<Vec<f64>> {
    assert!(probabilities.iter().all(|p| (0.0..=1.0).contains(p)), "a probability lies within 0 to 1");
    let mut sorted: Vec<f64> = values.iter().copied().filter(|v| !v.is_nan()).collect();
    if sorted.is_empty() {
        return None;
    }
    sorted.sort_unstable_by(f64::total_cmp);
    let last = sorted.len() - 1;
    let at = |p: f64| {
        let h = last as f64 * p;
        let below = h.floor() as usize;
        let (low, high) = (sorted[below], sorted[(below + 1).min(last)]);
        if low == high { low } else { low + (h - h.floor()) * (high - low) }
    };
    Some(probabilities.iter().map(|&p| at(p)).collect())
}
