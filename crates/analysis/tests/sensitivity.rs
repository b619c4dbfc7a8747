//! Sobol' indices and elementary effects against SALib and against closed forms.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use cartrial_analysis::sensitivity::{ElementaryEffects, SobolIndices, SobolSums};
use serde_json::Value;
use std::f64::consts::PI;

/// SALib 1.6.0; see `fixtures/make_sensitivity.py`.
fn fixture() -> Value {
    serde_json::from_str(include_str!("fixtures/sensitivity.json")).unwrap()
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).collect()
}

#[track_caller]
fn near(found: f64, expected: f64) {
    // Indices are shares of 1, so ten digits of an index are ten digits of 1.
    assert!((found - expected).abs() <= 1e-10 * expected.abs().max(1.0), "{found:?} for {expected:?}");
}

/// Independent random numbers (SplitMix64; Steele, Lea and Flood, OOPSLA 2014).
struct Random(u64);

impl Random {
    fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((x ^ (x >> 31)) >> 11) as f64 * 2.0_f64.powi(-53)
    }
}

/// A function on the unit cube whose indices are known.
struct Known {
    function: fn(&[f64]) -> f64,
    first_order: Vec<f64>,
    total: Vec<f64>,
}

/// sin x₁ + 7 sin² x₂ + 0.1 x₃⁴ sin x₁ on [−π, π]³ (Ishigami and Homma, 1990).
fn ishigami() -> Known {
    let function = |u: &[f64]| {
        let x = [0, 1, 2].map(|i| PI * (2.0 * u[i] - 1.0));
        x[0].sin() + 7.0 * x[1].sin().powi(2) + 0.1 * x[2].powi(4) * x[0].sin()
    };
    let alone = [0.5 * (1.0 + 0.1 * PI.powi(4) / 5.0).powi(2), 49.0 / 8.0, 0.0];
    let both = 0.01 * PI.powi(8) * (1.0 / 18.0 - 1.0 / 50.0);
    let variance = alone.iter().sum::<f64>() + both;
    Known {
        function,
        first_order: alone.map(|v| v / variance).into(),
        total: [alone[0] + both, alone[1], both].map(|v| v / variance).into(),
    }
}

/// Π (|4 xᵢ − 2| + aᵢ) / (1 + aᵢ) on the unit cube (Sobol', 1993; a as in Saltelli *et al.*, 2010).
fn g_function() -> Known {
    const A: [f64; 6] = [0.0, 0.5, 3.0, 9.0, 99.0, 99.0];
    let function =
        |u: &[f64]| A.iter().zip(u).map(|(a, u)| ((4.0 * u - 2.0).abs() + a) / (1.0 + a)).product();
    let alone = A.map(|a| 1.0 / (3.0 * (1.0 + a) * (1.0 + a)));
    let variance = alone.iter().map(|v| 1.0 + v).product::<f64>() - 1.0;
    let others =
        |i: usize| alone.iter().enumerate().filter(|(j, _)| *j != i).map(|(_, v)| 1.0 + v).product::<f64>();
    Known {
        function,
        first_order: alone.iter().map(|v| v / variance).collect(),
        total: (0..A.len()).map(|i| alone[i] * others(i) / variance).collect(),
    }
}

impl Known {
    fn indices(&self, rows: u64, seed: u64, samples: u32) -> SobolIndices {
        let factors = self.total.len();
        let mut random = Random(seed);
        let mut sums = SobolSums::new(factors, rows);
        for row in 0..rows {
            let a: Vec<f64> = (0..factors).map(|_| random.uniform()).collect();
            let b: Vec<f64> = (0..factors).map(|_| random.uniform()).collect();
            let mixed = |i: usize| {
                let mut point = a.clone();
                point[i] = b[i];
                (self.function)(&point)
            };
            let mixed: Vec<f64> = (0..factors).map(mixed).collect();
            sums.add(row, (self.function)(&a), &mixed, (self.function)(&b));
        }
        sums.indices(samples, &mut || random.uniform()).unwrap()
    }
}

#[test]
fn ref_indices_are_those_of_salib_1_6() {
    for case in fixture()["sobol"].as_array().unwrap() {
        let factors = case["factors"].as_u64().unwrap() as usize;
        let outcomes = numbers(&case["outcomes"]);
        let rows = outcomes.chunks(factors + 2);
        let mut sums = SobolSums::new(factors, rows.len() as u64);
        for (row, y) in rows.enumerate() {
            sums.add(row as u64, y[0], &y[1..=factors], y[factors + 1]);
        }
        let found = sums.indices(0, &mut || 0.0).unwrap();
        assert_eq!(found.n as usize * (factors + 2), outcomes.len());
        let expected = ["first_order", "first_order_jansen", "total"].map(|name| numbers(&case[name]));
        for (i, index) in found.factors.iter().enumerate() {
            near(index.first_order, expected[0][i]);
            near(index.first_order_jansen, expected[1][i]);
            near(index.total, expected[2][i]);
        }
    }
}

#[test]
fn ref_elementary_effects_are_those_of_salib_1_6() {
    for case in fixture()["morris"].as_array().unwrap() {
        let factors = case["factors"].as_u64().unwrap() as usize;
        let mut effects = ElementaryEffects::new(factors);
        let outcomes = numbers(&case["outcomes"]);
        let trajectories = case["moved"].as_array().unwrap().iter().zip(case["steps"].as_array().unwrap());
        for (y, (moved, steps)) in outcomes.chunks(factors + 1).zip(trajectories) {
            let moved = numbers(moved).into_iter().map(|factor| factor as usize);
            effects.add(y, &moved.zip(numbers(steps)).collect::<Vec<_>>());
        }
        let expected = ["mu", "mu_star", "sigma"].map(|name| numbers(&case[name]));
        for (i, found) in effects.measures().unwrap().iter().enumerate() {
            near(found.mu.unwrap(), expected[0][i]);
            near(found.mu_star, expected[1][i]);
            near(found.sigma.unwrap(), expected[2][i]);
        }
    }
}

#[test]
fn indices_come_to_the_closed_forms_as_the_design_grows() {
    for known in [ishigami(), g_function()] {
        let error = |found: &[f64], expected: &[f64]| {
            found.iter().zip(expected).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt()
        };
        let designs: Vec<SobolIndices> = (0..8).map(|seed| known.indices(1 << 14, seed, 0)).collect();
        // Root mean square over designs: 16 times the rows have a quarter of the error.
        let of_rows = |at: usize| {
            let squares = designs.iter().map(|found| {
                let at = &found.convergence[at];
                error(&at.total, &known.total).powi(2) + error(&at.first_order, &known.first_order).powi(2)
            });
            (squares.sum::<f64>() / designs.len() as f64).sqrt()
        };
        let (few, all) = (of_rows(0), of_rows(4));
        assert!(all < 0.03, "{all}");
        assert!((2.0..8.0).contains(&(few / all)), "{few} with a sixteenth of the rows, {all} with all");
    }
}

#[test]
fn intervals_cover_the_closed_forms_nineteen_times_of_twenty() {
    let known = ishigami();
    let (mut covered, mut all) = (0, 0);
    for seed in 0..200 {
        let found = known.indices(512, 1000 + seed, 200);
        for (index, (first, total)) in found.factors.iter().zip(known.first_order.iter().zip(&known.total)) {
            for (interval, value) in [(index.first_order_ci95, first), (index.total_ci95, total)] {
                let [low, high] = interval.unwrap();
                covered += u32::from((low..=high).contains(value));
                all += 1;
            }
        }
    }
    let share = f64::from(covered) / f64::from(all);
    assert!((0.92..0.98).contains(&share), "{share}");
}
