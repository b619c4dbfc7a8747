//! Nanoseconds for each value that a histogram takes in, in blocks as a run has them: `cargo run --release --example ns_per_value`.

use cartrial_analysis::Histogram;
use std::time::Instant;

fn main() {
    const COLUMNS: usize = 39;
    const BLOCK: usize = 1024;
    const BLOCKS: usize = 1000;
    let mut state = 1u64;
    let mut uniform = || {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 11) as f64 / (1u64 << 53) as f64
    };
    let columns: Vec<Vec<f64>> =
        (0..COLUMNS).map(|_| (0..BLOCK).map(|_| 1.0 + 999.0 * uniform()).collect()).collect();
    let mut histograms = vec![Histogram::new(); COLUMNS];
    let started = Instant::now();
    for _ in 0..BLOCKS {
        histograms.iter_mut().zip(&columns).for_each(|(histogram, column)| histogram.extend(column));
    }
    let values = (COLUMNS * BLOCK * BLOCKS) as f64;
    println!("{:.2} ns a value", started.elapsed().as_nanos() as f64 / values);
}
