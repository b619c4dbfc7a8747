//! Histograms are the same whatever the order and the portions of the values.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use cartrial_analysis::Histogram;
use proptest::prelude::*;

fn of(values: &[f64]) -> Histogram {
    let mut histogram = Histogram::new();
    histogram.extend(values);
    histogram
}

/// Values of very different sizes, some missing.
fn value() -> impl Strategy<Value = f64> {
    prop_oneof![
        4 => -10.0..10.0f64,
        2 => 1e3..1e9f64,
        1 => -1e-12..1e-12f64,
        1 => Just(f64::NAN),
        1 => Just(f64::INFINITY),
    ]
}

proptest! {
    #[test]
    fn prop_portions_and_merging_change_nothing(values in prop::collection::vec(value(), 0..200), at in 0..200usize) {
        let (left, right) = values.split_at(at.min(values.len()));
        let whole = of(&values);
        let mut portions = of(left);
        portions.extend(right);
        let mut merged = of(right);
        merged.merge(&of(left));
        prop_assert_eq!(&portions, &whole);
        prop_assert_eq!(&merged, &whole);
    }

    #[test]
    fn prop_bars_and_what_is_outside_add_up(
        values in prop::collection::vec(value(), 1..200),
        (a, b) in (-20.0..2e9f64, -20.0..2e9f64),
        wanted in 1..60usize,
    ) {
        let histogram = of(&values);
        let (bars, [below, above]) = histogram.bars(a.min(b), a.max(b), wanted);
        let inside: u64 = bars.iter().map(|bar| bar.count).sum();
        prop_assert_eq!(inside + below + above, histogram.n());
        prop_assert!(bars.len() <= wanted);
        prop_assert!(bars.windows(2).all(|pair| pair[0].high == pair[1].low));
    }

    #[test]
    fn prop_at_least_half_of_the_bins_are_used(values in prop::collection::vec(0.0..1.0f64, 2..50), scale in -30..30i32) {
        let scaled: Vec<f64> = values.iter().map(|v| v * 2f64.powi(scale)).collect();
        let (low, high) = scaled.iter().fold((f64::MAX, f64::MIN), |(l, h), &v| (l.min(v), h.max(v)));
        prop_assume!(high - low > 1e-6 * high);
        let (bars, _) = of(&scaled).bars(f64::NEG_INFINITY, f64::INFINITY, usize::MAX >> 1);
        prop_assert!((2048..=4096).contains(&bars.len()), "{} bins", bars.len());
    }
}
