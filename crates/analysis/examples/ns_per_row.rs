//! Measures what a row costs: `cargo run --release -p cartrial-analysis --example ns_per_row`.

use std::hint::black_box;
use std::time::Instant;

use cartrial_analysis::{Comoments, Covariance};

const ROWS: usize = 10_000;
const PORTIONS: usize = 200;

fn column(seed: usize, hole_every: usize) -> Vec<f64> {
    let value = |i: usize| 1e3 + ((i * 7919 + seed * 104_729) % 10_007) as f64;
    (0..ROWS).map(|i| if i % hole_every == hole_every - 1 { f64::NAN } else { value(i) }).collect()
}

fn measure(what: &str, mut feed: impl FnMut()) {
    let start = Instant::now();
    (0..PORTIONS).for_each(|_| feed());
    println!("{what}: {:.1} ns per row", start.elapsed().as_nanos() as f64 / (ROWS * PORTIONS) as f64);
}

fn main() {
    let predictors: Vec<Vec<f64>> = (0..30).map(|j| column(j, usize::MAX)).collect();
    let predictors: Vec<&[f64]> = predictors.iter().map(Vec::as_slice).collect();
    for (what, hole_every) in [("no value missing", usize::MAX), ("responses miss 1 %", 100)] {
        let responses: Vec<Vec<f64>> = (30..34).map(|j| column(j, hole_every)).collect();
        let responses: Vec<&[f64]> = responses.iter().map(Vec::as_slice).collect();
        for r in [2, 4] {
            let mut all = Comoments::new(30, r);
            measure(&format!("co-moments, 30 × {r}, {what}"), || {
                all.extend_columns(black_box(&predictors), black_box(&responses[..r]));
            });
            black_box(all.pair(29, r - 1));
        }
        let columns: Vec<&[f64]> = predictors.iter().chain(&responses[..2]).copied().collect();
        let mut all = Covariance::new(32);
        measure(&format!("covariance of 32, {what}"), || all.extend_columns(black_box(&columns)));
        black_box(all.means());
    }
    let mut all = Comoments::new(30, 2);
    let rows: Vec<[f64; 32]> =
        (0..ROWS).map(|i| std::array::from_fn(|j| ((i * 7919 + j * 31) % 10_007) as f64)).collect();
    measure("co-moments, 30 × 2, row by row", || rows.iter().for_each(|r| all.push(&r[..30], &r[30..])));
    black_box(all.pair(29, 1));
}
