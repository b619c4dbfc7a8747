//! Allocates patients to arms.

use crate::allocation::Allocation;
use crate::draws::Draws;
use crate::study::{Arm, Study};
use std::ops::Range;

/// Allocates patients to arms in permuted blocks.
///
/// A block is a run of twice as many patients as the ratios add up to. In it every patient has a uniform number, a
/// function of the seed and the id alone; the patients with the lowest numbers go to the first arm, twice its ratio of
/// them, the next to the second, and so on. So every full block has the arms exactly in their ratio, every order within
/// it is equally likely, and no other draw has a part in it.
#[derive(Clone, Debug)]
pub(crate) struct Allocator {
    draws: Draws,
    /// Arm of each rank in a block.
    arm_of_rank: Vec<usize>,
}

impl Allocator {
    /// The allocator of `study`; none where its patients are twins.
    pub(crate) fn new(study: &Study) -> Option<Self> {
        match study.allocation {
            Allocation::Twins => None,
            Allocation::Randomised => Some(Self::of(study.seed, &study.arms)),
        }
    }

    fn of(seed: u64, arms: &[Arm]) -> Self {
        let of_arm = |(i, arm): (usize, &Arm)| std::iter::repeat_n(i, 2 * arm.ratio as usize);
        Self { draws: Draws::new(seed), arm_of_rank: arms.iter().enumerate().flat_map(of_arm).collect() }
    }

    /// The index of the arm of each patient in `ids`.
    pub(crate) fn arms(&self, ids: Range<u64>) -> Vec<usize> {
        let len = self.arm_of_rank.len() as u64;
        let mut arms = Vec::new();
        let mut id = ids.start;
        while id < ids.end {
            let block = self.block(id / len);
            let (start, end) = (id / len * len, ids.end.min(id / len * len + len));
            arms.extend_from_slice(&block[(id - start) as usize..(end - start) as usize]);
            id = end;
        }
        arms
    }

    /// The arm of each patient of a block, which may reach beyond the cohort's end.
    fn block(&self, number: u64) -> Vec<usize> {
        let len = self.arm_of_rank.len() as u64;
        let numbers: Vec<f64> = self.draws.uniform("allocation", number * len..(number + 1) * len).collect();
        let mut order: Vec<usize> = (0..numbers.len()).collect();
        order.sort_by(|&a, &b| numbers[a].total_cmp(&numbers[b]).then(a.cmp(&b)));
        let mut arms = vec![0; numbers.len()];
        for (rank, patient) in order.into_iter().enumerate() {
            arms[patient] = self.arm_of_rank[rank];
        }
        arms
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cartrial_model::Treatment;
    use proptest::prelude::*;

    fn allocator(seed: u64, ratios: &[u32]) -> Allocator {
        let arm = |&ratio: &u32| Arm { ratio, ..Arm::new("", Treatment::default()) };
        Allocator::of(seed, &ratios.iter().map(arm).collect::<Vec<_>>())
    }

    #[test]
    fn prop_full_blocks_are_balanced_exactly_whatever_the_ratios() {
        for ratios in [&[1, 1][..], &[2, 1], &[1, 2, 3], &[100, 1]] {
            let sum: u32 = ratios.iter().sum();
            let allocator = allocator(5, ratios);
            for block in 0..50 {
                let len = 2 * u64::from(sum);
                let arms = allocator.arms(block * len..(block + 1) * len);
                for (arm, ratio) in ratios.iter().enumerate() {
                    let count = arms.iter().filter(|a| **a == arm).count();
                    assert_eq!(count, 2 * *ratio as usize, "{ratios:?}, block {block}");
                }
            }
        }
    }

    #[test]
    fn prop_every_order_of_a_block_is_about_equally_frequent() {
        // Six orders of two arms in a block of four.
        let mut counts = std::collections::BTreeMap::new();
        let arms = allocator(1, &[1, 1]).arms(0..24_000);
        arms.chunks(4).for_each(|block| *counts.entry(block).or_insert(0u32) += 1);
        assert_eq!(counts.len(), 6);
        let chi2: f64 = counts.values().map(|&c| (f64::from(c) - 1000.0).powi(2) / 1000.0).sum();
        assert!(chi2 < 20.52, "χ² of 5 degrees of freedom, 99.9 % quantile: {chi2}");
    }

    #[test]
    fn prop_the_allocation_follows_the_seed() {
        let of = |seed| allocator(seed, &[1, 1]).arms(0..1000);
        assert_eq!(of(3), of(3));
        let different = of(3).iter().zip(of(4)).filter(|(a, b)| *a != b).count();
        assert!((400..600).contains(&different), "{different}");
    }

    #[test]
    fn regress_first_arms_of_a_seed_stay() {
        let of = |ratios: &[u32]| allocator(20160424, ratios).arms(0..20);
        assert_eq!(of(&[1, 1]), [0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 1, 1, 1, 1, 0, 0, 1, 0, 1, 0]);
        assert_eq!(of(&[2, 1]), [0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 1, 0]);
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn prop_a_patients_arm_is_the_same_in_any_cut(
            start in 0u64..500, len in 0u64..200, ratios in prop::collection::vec(1u32..7, 2..5),
        ) {
            let allocator = allocator(9, &ratios);
            let all = allocator.arms(0..700);
            let cut = &all[start as usize..(start + len) as usize];
            prop_assert_eq!(&allocator.arms(start..start + len)[..], cut);
        }
    }
}
