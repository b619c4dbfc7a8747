//! Sobol points with random access.

use crate::draws::{Draws, open_unit};
use crate::permutation::mix;
use cartrial_model::Quantity;

/// Bits of a coordinate, as many as [`open_unit`] takes.
const BITS: usize = 52;

/// One coordinate of a Sobol sequence, scrambled after Owen.
///
/// Point i has the coordinate ⊕ { v_j : bit j of i is set }, with the direction numbers v_j after S. Joe and F. Y. Kuo,
/// *SIAM J. Sci. Comput.* 30 (2008), 2635–2654. Scrambling leaves every balance property of the points as it is, makes the
/// estimate of a mean unbiased, and of smooth functions far closer than a random digital shift does. Any 2ᵏ consecutive
/// points from a multiple of 2ᵏ on are balanced: prefer 2ᵏ patients.
#[derive(Clone, Debug)]
pub(crate) struct SobolAxis {
    directions: [u64; BITS],
    scrambling: Scrambling,
}

impl SobolAxis {
    /// The coordinate `dimension` (0-based, below [`DIMENSIONS`]), scrambled by the stream of `name`.
    pub(crate) fn new(dimension: usize, draws: &Draws, name: &str) -> Self {
        let scrambling = Scrambling { key: draws.word(&format!("sobol/{name}"), 0) };
        Self { directions: directions(dimension), scrambling }
    }

    /// The coordinate of point `index` < 2⁵², in (0, 1).
    pub(crate) fn at(&self, index: u64) -> f64 {
        open_unit(self.scrambling.apply(self.bits(index)))
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

/// Nested uniform scrambling (A. B. Owen, in *Monte Carlo and Quasi-Monte Carlo Methods*, 1995, 299–317): whether a bit is
/// flipped is a coin for every value of the bits before it.
///
/// The coins are not stored but hashed, as S. Laine and T. Karras (*Comput. Graph. Forum* 30 (2011), 1201–1210) and B. Burley
/// (*J. Comput. Graph. Tech.* 9 (2020), 1–20) do it. Their hash is one of 32 bits and leaves some coins dependent; here the
/// 63 coins of a node and the five levels below it are the bits of one hash of the node.
#[derive(Clone, Copy, Debug)]
struct Scrambling {
    key: u64,
}

/// Levels whose coins are the bits of one hash: 1 + 2 + … + 2⁵ = 63.
const LEVELS: usize = 6;
/// Bits that have coins of their own. Those after them share one hash for each value of these: it takes more than 2²⁴ points
/// for two of them to come so close.
const NESTED: usize = 24;

impl Scrambling {
    /// The scrambled bits of a coordinate.
    #[inline]
    fn apply(self, bits: u64) -> u64 {
        let mut flips = 0;
        for level in (0..NESTED).step_by(LEVELS) {
            let coins = self.coins(level, bits >> (BITS - level));
            // The node among those of its level, from the left; coins are numbered level by level.
            let below = bits >> (BITS - level - LEVELS);
            for depth in 0..LEVELS {
                let node = (below >> (LEVELS - depth)) & ((1 << depth) - 1);
                let coin = (coins >> ((1 << depth) - 1 + node)) & 1;
                flips |= coin << (BITS - 1 - level - depth);
            }
        }
        flips |= self.coins(NESTED, bits >> (BITS - NESTED)) & ((1 << (BITS - NESTED)) - 1);
        bits ^ flips
    }

    /// The coins of the node that is reached by the first `level` bits of a coordinate.
    #[inline]
    fn coins(self, level: usize, path: u64) -> u64 {
        // A leading 1 tells nodes of different levels apart.
        mix(self.key ^ (path | 1 << level))
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
// Saltelli's design takes two for each quantity.
const _: () = assert!(DIMENSIONS >= 2 * Quantity::COUNT);

/// `new-joe-kuo-6.21201` from dimension 2 on: coefficients a of the primitive polynomial, initial numbers m.
static JOE_KUO: [(u64, &[u64]); 51] = [
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
    (38, &[1, 3, 1, 11, 27, 43, 71, 9]),
    (47, &[1, 1, 7, 15, 21, 11, 81, 45]),
    (49, &[1, 3, 7, 3, 25, 31, 65, 79]),
    (50, &[1, 3, 1, 1, 19, 11, 3, 205]),
    (52, &[1, 1, 5, 9, 19, 21, 29, 157]),
    (56, &[1, 3, 7, 11, 1, 33, 89, 185]),
    (67, &[1, 3, 3, 3, 15, 9, 79, 71]),
    (70, &[1, 3, 7, 11, 15, 39, 119, 27]),
    (84, &[1, 1, 3, 1, 11, 31, 97, 225]),
    (97, &[1, 1, 1, 3, 23, 43, 57, 177]),
    (103, &[1, 3, 7, 7, 17, 17, 37, 71]),
    (115, &[1, 3, 1, 5, 27, 63, 123, 213]),
];

#[cfg(test)]
mod tests {
    use super::*;

    /// scipy 1.17.1, `qmc.Sobol(d=52, scramble=False, bits=52).random(64)`, one point a row.
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
                let axis = SobolAxis { directions: directions(dimension), scrambling: Scrambling { key: 0 } };
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
            for points in [1u64, 2, 8, 256, 4096] {
                for first in [0, points, 7 * points] {
                    let mut hit = vec![false; points as usize];
                    for i in first..first + points {
                        let cell = (axis.at(i) * points as f64) as usize;
                        assert!(!std::mem::replace(&mut hit[cell], true), "dimension {dimension}, point {i}");
                    }
                }
            }
        }
    }

    #[test]
    fn prop_scrambling_keeps_the_balance_of_two_coordinates() {
        // The first two dimensions are a (0, 2)-sequence: every dyadic rectangle of area 1/256 holds one of 256 points.
        let draws = Draws::new(8);
        let [x, y] = [0, 1].map(|d| SobolAxis::new(d, &draws, &format!("axis {d}")));
        for wide in 0..=8 {
            let mut hit = vec![false; 256];
            for i in 0..256 {
                let (column, row) = (f64::from(1 << wide), f64::from(1 << (8 - wide)));
                let cell = (x.at(i) * column) as usize * row as usize + (y.at(i) * row) as usize;
                assert!(!std::mem::replace(&mut hit[cell], true), "{wide}: point {i}");
            }
        }
    }

    #[test]
    fn prop_a_bit_is_flipped_by_those_before_it_alone() {
        let scrambling = Scrambling { key: 99 };
        let mut bits = 0x9_e377_9b97_f4a7_u64 & ((1 << BITS) - 1);
        for _ in 0..100 {
            let scrambled = scrambling.apply(bits);
            for level in 0..BITS {
                let same_up_to = scrambling.apply(bits ^ (1 << (BITS - 1 - level)));
                assert_eq!((same_up_to ^ scrambled) >> (BITS - 1 - level), 1, "bit {level}");
            }
            bits = mix(bits) & ((1 << BITS) - 1);
        }
    }

    /// The coins of all nodes of the first eight levels, which span two hashes and more, are fair and independent of each
    /// other from key to key.
    #[test]
    fn prop_the_coins_are_fair_and_independent() {
        const KEYS: u64 = 4096;
        const DEEP: usize = 8;
        let draws = Draws::new(21);
        let mut coins = vec![vec![0u64; (KEYS / 64) as usize]; (1 << DEEP) - 1];
        for i in 0..KEYS {
            let scrambling = Scrambling { key: draws.word("key", i) };
            for level in 0..DEEP {
                for node in 0..1u64 << level {
                    let path = node << (BITS - level);
                    let coin = ((scrambling.apply(path) ^ path) >> (BITS - 1 - level)) & 1;
                    coins[(1 << level) - 1 + node as usize][(i / 64) as usize] |= coin << (i % 64);
                }
            }
        }
        let differing = |a: &[u64], b: &[u64]| {
            a.iter().zip(b).map(|(a, b)| u64::from((a ^ b).count_ones())).sum::<u64>() as f64
        };
        let none = vec![0; (KEYS / 64) as usize];
        // Six standard deviations of a binomial count: 32,640 pairs are tried.
        let allowed = 6.0 * (KEYS as f64 / 4.0).sqrt();
        for (i, coin) in coins.iter().enumerate() {
            let others = std::iter::once(&none).chain(&coins[..i]);
            for (j, other) in others.enumerate() {
                let excess = differing(coin, other) - KEYS as f64 / 2.0;
                assert!(excess.abs() < allowed, "node {i} against {j}: {excess}");
            }
        }
    }

    /// The mean square error, over 200 seeds, of the integral of Π (½ + u_d), which is 1, by 1024 points.
    fn mean_square_error(dimensions: usize, coordinate: impl Fn(&SobolAxis, u64, u64) -> f64) -> f64 {
        const SEEDS: u64 = 200;
        const POINTS: u64 = 1024;
        let error = |seed| {
            let draws = Draws::new(seed);
            let axis = |d| SobolAxis::new(d, &draws, &format!("axis {d}"));
            let axes: Vec<_> = (0..dimensions)
                .map(|d| (axis(d), draws.word("shift", d as u64) >> (u64::BITS as usize - BITS)))
                .collect();
            let at = |i| axes.iter().map(|(axis, shift)| 0.5 + coordinate(axis, *shift, i)).product::<f64>();
            (0..POINTS).map(at).sum::<f64>() / POINTS as f64 - 1.0
        };
        (0..SEEDS).map(|seed| error(seed).powi(2)).sum::<f64>() / SEEDS as f64
    }

    #[test]
    fn prop_integrals_vary_far_less_than_with_a_digital_shift_or_random_numbers() {
        for (dimensions, factor) in [(1, 300.0), (2, 100.0), (3, 30.0), (4, 5.0)] {
            let scrambled = mean_square_error(dimensions, |axis, _, i| axis.at(i));
            let shifted = mean_square_error(dimensions, |axis, shift, i| open_unit(axis.bits(i) ^ shift));
            let random = ((13.0_f64 / 12.0).powi(dimensions as i32) - 1.0) / 1024.0;
            let found = format!("{dimensions} dimensions: {scrambled:e}, {shifted:e}, {random:e}");
            assert!(scrambled < shifted / factor && shifted < random / 100.0, "{found}");
        }
    }
}
