//! A virtual patient.

use cartrial_model::{Quantities, Quantity};

/// One virtual patient before treatment begins.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct VirtualPatient {
    /// Number in the cohort, from 0; in a table the row.
    pub id: u64,
    /// Parameters and initial state, each in its own unit.
    pub quantities: Quantities,
    /// The quantities whose first draw no patient can have, and that were corrected.
    pub corrected: CorrectedSet,
}

impl VirtualPatient {
    /// The standard patient under that number.
    pub(crate) fn blank(id: u64) -> Self {
        Self { id, quantities: Quantities::standard(), corrected: CorrectedSet::default() }
    }

    /// Takes one quantity from another patient.
    pub(crate) fn take(&mut self, quantity: Quantity, from: &Self) {
        self.quantities[quantity] = from.quantities[quantity];
        self.corrected.remove(quantity);
        if from.corrected.contains(quantity) {
            self.corrected.insert(quantity);
        }
    }
}

/// A set of quantities, one bit each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CorrectedSet(u32);

const _: () = assert!(Quantity::COUNT <= u32::BITS as usize);

impl CorrectedSet {
    /// How many quantities are in it.
    pub const fn count(self) -> u32 {
        self.0.count_ones()
    }

    /// Whether `quantity` is in it.
    pub const fn contains(self, quantity: Quantity) -> bool {
        self.0 >> quantity.index() & 1 == 1
    }

    /// Adds `quantity`.
    pub const fn insert(&mut self, quantity: Quantity) {
        self.0 |= 1 << quantity.index();
    }

    /// Takes `quantity` out.
    pub const fn remove(&mut self, quantity: Quantity) {
        self.0 &= !(1 << quantity.index());
    }
}
