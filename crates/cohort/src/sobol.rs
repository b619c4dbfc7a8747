//! Sobol points with random access.

use crate::draws::{Draws, open_unit};
use cartrial_model::Quantity;

/// Bits of a coordinate, as many as [`open_unit`] takes.
const BITS: usize = 52;

/// One coordinate of a randomly shifted Sobol sequence.
///
/// Point i has the coordinate ⊕ { v_j : bit j of i is set }, with the direction numbers v_j after S. Joe and F. Y. Kuo,
/// *SIAM J. Sci. Comput.* 30 (2008), 2635–2654. All coordinates are then combined by exclusive or with one random
/// number (a random digital shift), which leaves every balance property of the points as it is and makes the estimate
/// of a mean unbiased. Any 2ᵏ consecutive points from a multiple of 2ᵏ on are balanced: prefer 2ᵏ patients.
#[derive(Clone, Debug)]
pub(crate) struct SobolAxis {
    directions: [u64; BITS],
    shift: u64,
}

impl SobolAxis {
    /// The coordinate `dimension` (0-based, below [`DIMENSIONS`]), shifted by the stream of `name`.
    pub(crate) fn new(dimension: usize, draws: &Draws, name: &str) -> Self {
        let shift = draws.word(&format!("sobol/{name}"), 0) >> (u64::BITS as usize - BITS);
        Self { directions: directions(dimension), shift }
    }

    /// The coordinate of point `index` < 2⁵², in (0, 1).
    pub(crate) fn at(&self, index: u64) -> f64 {
        open_unit(self.bits(index) ^ self.shift)
    }

    fn bits(&self, mut index: u64) -> u64 {
        let mut bits = 0;
        while index != 0 {
            bits ^= self.directions[index.trailing_zeros() as usize];
            index &= index - 1;
        }
        bits
    }
}

/// Direction numbers v_1 … v_52, with the binary point before bit 51.
fn directions(dimension: usize) -> [u64; BITS] {
    let mut v: [u64; BITS] = std::array::from_fn(|j| 1 << (BITS - 1 - j));
    if dimension == 0 {
        return v;
    }
    let (a, m) = JOE_KUO[dimension - 1];
    let s = m.len();
    for j in 0..BITS {
        v[j] = if j < s {
            m[j] << (BITS - 1 - j)
        } else {
            let primitive = (1..s).filter(|k| (a >> (s - 1 - k)) & 1 == 1).fold(0, |x, k| x ^ v[j - k]);
            primitive ^ v[j - s] ^ (v[j - s] >> s)
        };
    }
    v
}

/// How many coordinates there are numbers for.
pub(crate) const DIMENSIONS: usize = JOE_KUO.len() + 1;
const _: () = assert!(DIMENSIONS >= Quantity::COUNT);

/// `new-joe-kuo-6.21201` from dimension 2 on: coefficients a of the primitive polynomial, initial numbers m.
static JOE_KUO: [(u64, &[u64]); 39] = [
    (0, &[1]),
    (1, &[1, 3]),
    (1, &[1, 3, 1]),
    (2, &[1, 1, 1]),
    (1, &[1, 1, 3, 3]),
    (4, &[1, 3, 5, 13]),
    (2, &[1, 1, 5, 5, 17]),
    (4, &[1, 1, 5, 5, 5]),
    (7, &[1, 1, 7, 11, 19]),
    (11, &[1, 1, 5, 1, 1]),
    (13, &[1, 1, 1, 3, 11]),
    (14, &[1, 3, 5, 5, 31]),
    (1, &[1, 3, 3, 9, 7, 49]),
    (13, &[1, 1, 1, 15, 21, 21]),
    (16, &[1, 3, 1, 13, 27, 49]),
    (19, &[1, 1, 1, 15, 7, 5]),
    (22, &[1, 3, 1, 15, 13, 25]),
    (25, &[1, 1, 5, 5, 19, 61]),
    (1, &[1, 3, 7, 11, 23, 15, 103]),
    (4, &[1, 3, 7, 13, 13, 15, 69]),
    (7, &[1, 1, 3, 13, 7, 35, 63]),
    (8, &[1, 3, 5, 9, 1, 25, 53]),
    (14, &[1, 3, 1, 13, 9, 35, 107]),
    (19, &[1, 3, 1, 5, 27, 61, 31]),
    (21, &[1, 1, 5, 11, 19, 41, 61]),
    (28, &[1, 3, 5, 3, 3, 13, 69]),
    (31, &[1, 1, 7, 13, 1, 19, 1]),
    (32, &[1, 3, 7, 5, 13, 19, 59]),
    (37, &[1, 1, 3, 9, 25, 29, 41]),
    (41, &[1, 3, 5, 13, 23, 1, 55]),
    (42, &[1, 3, 7, 3, 13, 59, 17]),
    (50, &[1, 3, 1, 3, 5, 53, 69]),
    (55, &[1, 1, 5, 5, 23, 33, 13]),
    (56, &[1, 1, 7, 7, 1, 61, 123]),
    (59, &[1, 1, 7, 9, 13, 61, 49]),
    (62, &[1, 3, 3, 5, 3, 55, 33]),
    (14, &[1, 3, 1, 15, 31, 13, 49, 245]),
    (21, &[1, 3, 5, 15, 31, 59, 63, 97]),
    (22, &[1, 3, 1, 11, 11, 11, 77, 249]),
];

#[cfg(test)]
mod tests {
    use super::*;

    /// scipy 1.17.1, `qmc.Sobol(d=40, scramble=False, bits=52).random(64)`, one point a row.
    const FIXTURE: &str = include_str!("../tests/fixtures/sobol.csv");

    #[test]
    fn ref_points_are_those_of_scipy_1_17() {
        let rows: Vec<&str> = FIXTURE.lines().filter(|l| !l.starts_with('#')).collect();
        assert_eq!(rows.len(), 64);
        for (i, row) in rows.iter().enumerate() {
            // scipy steps through the points in the order of the Gray code.
            let index = (i ^ (i >> 1)) as u64;
            let expected: Vec<f64> = row.split(',').map(|x| x.parse().unwrap()).collect();
            assert_eq!(expected.len(), DIMENSIONS);
            for (dimension, &x) in expected.iter().enumerate() {
                let axis = SobolAxis { directions: directions(dimension), shift: 0 };
                let got = axis.bits(index) as f64 * 2.0_f64.powi(-(BITS as i32));
                assert_eq!(got, x, "point {i}, dimension {dimension}");
            }
        }
    }

    #[test]
    fn prop_every_dyadic_interval_holds_one_of_the_first_points() {
        let draws = Draws::new(5);
        for dimension in 0..DIMENSIONS {
            let axis = SobolAxis::new(dimension, &draws, "x");
            for first in [0u64, 1024] {
                let mut hit = vec![false; 1024];
                for i in first..first + 1024 {
                    let cell = (axis.at(i) * 1024.0) as usize;
                    assert!(!std::mem::replace(&mut hit[cell], true), "dimension {dimension}, point {i}");
                }
            }
        }
    }

    #[test]
    fn prop_an_integral_is_closer_than_by_random_numbers() {
        // ∫ Π (1 + (x_d − ½)) over six dimensions is 1; its standard deviation by 4096 random points is 0.0125.
        let draws = Draws::new(9);
        let axes: Vec<_> = (0..6).map(|d| SobolAxis::new(d, &draws, &format!("axis {d}"))).collect();
        let sum: f64 = (0..4096).map(|i| axes.iter().map(|a| 0.5 + a.at(i)).product::<f64>()).sum();
        assert!((sum / 4096.0 - 1.0).abs() < 1e-3, "{}", sum / 4096.0);
    }
}
