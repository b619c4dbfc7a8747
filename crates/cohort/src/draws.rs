//! Random numbers as a pure function of (seed, name, position).

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use std::ops::Range;

/// The random numbers of one seed: for every name an endless stream of uniform numbers, each reachable at once.
///
/// The generator is ChaCha8 with its counter used as an address (D. J. Bernstein, "ChaCha, a variant of Salsa20",
/// 2008; eight rounds). The key holds the seed, the 64-bit stream number is the FNV-1a hash of the name and the
/// attempt, and the block counter is the position. Neighbouring positions share a ChaCha block, so a run of patients
/// costs no more than from a sequential generator, while any one of them can be had alone.
#[derive(Clone, Debug)]
pub struct Draws {
    origin: ChaCha8Rng,
}

/// Uniform numbers of consecutive positions; made by [`Draws::uniform`].
#[derive(Clone, Debug)]
pub struct Uniforms {
    generator: ChaCha8Rng,
    left: u64,
}

impl Draws {
    /// The draws of `seed`.
    pub fn new(seed: u64) -> Self {
        let mut key = *b"........cartrial virtual cohort ";
        key[..8].copy_from_slice(&seed.to_le_bytes());
        Self { origin: ChaCha8Rng::from_seed(key) }
    }

    /// Uniform numbers in (0, 1), never 0 or 1, at the positions (usually patient ids) of `range`.
    ///
    /// The number at a position depends on seed, name and position only. Names that are symbols of a
    /// [`Quantity`](cartrial_model::Quantity) belong to the cohort's own draws.
    pub fn uniform(&self, name: &str, range: Range<u64>) -> Uniforms {
        self.attempt(name, 0, range)
    }

    /// As [`Draws::uniform`]; attempt 0 is that stream, every further attempt an independent one.
    pub(crate) fn attempt(&self, name: &str, attempt: u32, range: Range<u64>) -> Uniforms {
        let mut generator = self.origin.clone();
        generator.set_stream(fnv1a(name, attempt));
        // One position is one u64, two words of 32 bits.
        generator.set_word_pos(2 * u128::from(range.start));
        Uniforms { generator, left: range.end.saturating_sub(range.start) }
    }

    /// 64 random bits of a name's stream at `position`, for keys and shifts.
    pub(crate) fn word(&self, name: &str, position: u64) -> u64 {
        self.attempt(name, 0, position..position + 1).generator.next_u64()
    }
}

impl Iterator for Uniforms {
    type Item = f64;

    #[inline]
    fn next(&mut self) -> Option<f64> {
        self.left = self.left.checked_sub(1)?;
        Some(open_unit(self.generator.next_u64() >> 12))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = usize::try_from(self.left).unwrap_or(usize::MAX);
        (left, Some(left))
    }
}

/// (`bits` + ½)·2⁻⁵² for `bits` < 2⁵²: the centre of one of 2⁵² equal cells of (0, 1).
///
/// 52 bits and not 53, since with 53 the last cell's centre rounds to 1.
#[inline]
pub(crate) fn open_unit(bits: u64) -> f64 {
    (bits as f64 + 0.5) * 2.0_f64.powi(-52)
}

/// FNV-1a, 64 bits (Fowler, Noll, Vo), of the name, a zero byte and the attempt in little-endian order.
fn fnv1a(name: &str, attempt: u32) -> u64 {
    let bytes = name.bytes().chain([0]).chain(attempt.to_le_bytes());
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;
    use cartrial_model::Quantity;
    use std::collections::BTreeSet;

    #[test]
    fn regress_first_uniforms_of_a_seed_stay() {
        let u: Vec<f64> = Draws::new(20160424).uniform("r1", 0..3).collect();
        let first = [0.01673467564541309, 0.08337904866587864, 0.6191239419774875];
        assert_eq!(u.iter().map(|x| x.to_bits()).collect::<Vec<_>>(), first.map(f64::to_bits), "{u:?}");
    }

    #[test]
    fn prop_a_position_can_be_had_alone() {
        let draws = Draws::new(7);
        let all: Vec<f64> = draws.uniform("x", 0..1000).collect();
        for start in [0u64, 1, 2, 7, 8, 31, 32, 33, 500, 999] {
            let tail: Vec<f64> = draws.uniform("x", start..1000).collect();
            assert_eq!(tail, all[start as usize..], "from {start}");
        }
    }

    #[test]
    fn prop_streams_of_seeds_names_and_attempts_differ() {
        let mut seen = BTreeSet::new();
        for seed in [0, 1, u64::MAX] {
            for q in Quantity::ALL {
                for attempt in 0..64 {
                    let u = Draws::new(seed).attempt(q.symbol(), attempt, 5..6).next().unwrap();
                    assert!(seen.insert(u.to_bits()), "{seed} {q} {attempt}");
                }
            }
        }
        assert_eq!(seen.len(), 3 * Quantity::COUNT * 64);
    }

    #[test]
    fn prop_unit_interval_is_open() {
        assert_eq!(open_unit(0), 2.0_f64.powi(-53));
        assert_eq!(open_unit((1 << 52) - 1), 1.0 - 2.0_f64.powi(-53));
    }
}
