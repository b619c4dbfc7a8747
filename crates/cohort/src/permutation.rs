//! A random permutation of 0..N that is computed element by element, without storing it.

/// A keyed permutation of `0..len`.
///
/// A balanced Feistel network of six rounds permutes the smallest even-width binary domain that holds `len`
/// (M. Luby and C. Rackoff, *SIAM J. Comput.* 17, 1988, 373–386); an image beyond `len` is permuted again until it
/// falls inside ("cycle walking", J. Black and P. Rogaway, CT-RSA 2002). The domain is less than four times `len`, so
/// fewer than four walks are made on average; at least 256, since a tiny network prefers some orders. Constant memory
/// for any `len`.
#[derive(Clone, Debug)]
pub(crate) struct Permutation {
    len: u64,
    half_bits: u32,
    keys: [u64; ROUNDS],
}

const ROUNDS: usize = 6;

impl Permutation {
    /// The permutation of `0..len`, 1 ≤ `len` ≤ 2⁶², that belongs to these keys.
    pub(crate) fn new(len: u64, key: impl Fn(u64) -> u64) -> Self {
        let bits = u64::BITS - len.saturating_sub(1).leading_zeros();
        Self { len, half_bits: bits.div_ceil(2).max(4), keys: std::array::from_fn(|round| key(round as u64)) }
    }

    /// The image of `index`, which must be below the length.
    pub(crate) fn apply(&self, index: u64) -> u64 {
        debug_assert!(index < self.len);
        let mut x = self.network(index);
        while x >= self.len {
            x = self.network(x);
        }
        x
    }

    fn network(&self, x: u64) -> u64 {
        let mask = (1u64 << self.half_bits) - 1;
        let (mut left, mut right) = (x >> self.half_bits, x & mask);
        for key in self.keys {
            (left, right) = (right, left ^ (mix(right ^ key) >> (u64::BITS - self.half_bits)));
        }
        (left << self.half_bits) | right
    }
}

/// The finaliser of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014).
#[inline]
pub(crate) fn mix(mut x: u64) -> u64 {
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draws::Draws;

    fn keyed(seed: u64, len: u64) -> Permutation {
        let draws = Draws::new(seed);
        Permutation::new(len, |round| draws.word("permutation", round))
    }

    #[test]
    fn prop_every_value_is_hit_exactly_once() {
        for len in (1..70).chain([200, 1000, 1023, 1024, 1025, 65_537]) {
            let p = keyed(3, len);
            let mut hit = vec![false; len as usize];
            for i in 0..len {
                assert!(!std::mem::replace(&mut hit[p.apply(i) as usize], true), "{len}: {i}");
            }
        }
    }

    #[test]
    fn prop_all_orders_of_four_are_about_equally_frequent() {
        let mut counts = std::collections::BTreeMap::new();
        let trials = 24_000;
        for seed in 0..trials {
            let p = keyed(seed, 4);
            *counts.entry([p.apply(0), p.apply(1), p.apply(2), p.apply(3)]).or_insert(0u64) += 1;
        }
        assert_eq!(counts.len(), 24);
        let expected = trials as f64 / 24.0;
        let chi2: f64 = counts.values().map(|&c| (c as f64 - expected).powi(2) / expected).sum();
        assert!(chi2 < 49.73, "χ² of 23 degrees of freedom, 99.9 % quantile: {chi2}");
    }

    #[test]
    fn prop_the_permutation_is_uncorrelated_with_the_order() {
        let len = 10_000;
        let p = keyed(11, len);
        let centre = (len - 1) as f64 / 2.0;
        let (mut xy, mut xx) = (0.0, 0.0);
        for i in 0..len {
            xy += (i as f64 - centre) * (p.apply(i) as f64 - centre);
            xx += (i as f64 - centre).powi(2);
        }
        assert!((xy / xx).abs() < 4.0 / (len as f64).sqrt(), "r = {}", xy / xx);
    }
}
