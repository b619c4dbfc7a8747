//! Accumulators of consecutive segments of rows, merged in one fixed order whoever merges them.

use serde::{Deserialize, Serialize};

/// What is accumulated from rows.
pub(crate) trait Accumulator: Clone {
    /// The same without rows.
    fn fresh(&self) -> Self;

    /// Whether it has taken in no row.
    fn is_empty(&self) -> bool;

    /// Adds the rows of `next`, which come after those taken in so far.
    fn merge(&mut self, next: &Self);

    /// Whether rows of the same columns can come to `next`, which may come from anywhere. Only then are the two merged.
    fn admits(&self, next: &Self) -> bool;

    /// No more rows will be taken in: lets go of what only they would need. The moments keep every bit.
    fn close(&mut self);
}

/// More rows than a study has: sums of so many counts have room in 64 bits.
pub(crate) const MOST_ROWS: u64 = 1 << 50;

/// What was accumulated in consecutive segments of rows, merged pairwise as a binary tree over the segments' numbers:
/// 0 with 1, 2 with 3, then 0–1 with 2–3, and so on. Memory is that of two accumulators for each doubling of the rows.
///
/// Sums of rounded numbers depend on their order. Here the order follows from the numbers of the segments alone, so that
/// machines which take some segments each come to the same bits as one that takes all.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Segments<T> {
    /// Maximal complete subtrees, in order.
    nodes: Vec<Node<T>>,
    /// The segment that rows are being added to.
    open: T,
    /// Its number.
    number: u64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Node<T> {
    /// Number of its first segment, a multiple of 2^level.
    first: u64,
    /// It has 2^level segments.
    level: u32,
    value: T,
}

impl<T: Accumulator> Segments<T> {
    /// No rows yet; `empty` takes in those of the first segment.
    pub fn new(empty: T) -> Self {
        Self { nodes: Vec::new(), open: empty, number: 0 }
    }

    /// What takes in the rows of the present segment.
    pub fn open(&mut self) -> &mut T {
        &mut self.open
    }

    /// The next rows belong to segment `number`. If that is not the present one, the present one ends.
    pub fn go_to(&mut self, number: u64) {
        if number != self.number {
            self.close();
            self.number = number;
        }
    }

    /// The same with the present segment ended. Only then is all of it written when it is serialised.
    pub fn closed(mut self) -> Self {
        self.close();
        self
    }

    /// No more rows belong to the present segment.
    fn close(&mut self) {
        if !self.open.is_empty() {
            let fresh = self.open.fresh();
            let mut value = std::mem::replace(&mut self.open, fresh);
            value.close();
            self.push(Node { first: self.number, level: 0, value });
        }
    }

    /// Whether these can be followed by `next`, which may come from anywhere.
    pub fn admits(&self, next: &Self) -> bool {
        const MOST_LEVELS: u32 = MOST_ROWS.ilog2();
        let mut end = 0;
        let follows = |Node { first, level, value }: &Node<T>| {
            let size = 1 << (*level).min(MOST_LEVELS);
            let follows =
                *level < MOST_LEVELS && (end..MOST_ROWS).contains(first) && first.is_multiple_of(size);
            end = first.saturating_add(size);
            follows && self.open.admits(value)
        };
        next.nodes.iter().all(follows)
            && next.number < MOST_ROWS
            && next.open.is_empty()
            && self.open.admits(&next.open)
    }

    /// Adds segments that come after all of these.
    pub fn append(&mut self, next: Self) {
        self.close();
        self.number = next.number;
        next.closed().nodes.into_iter().for_each(|node| self.push(node));
    }

    /// All rows so far.
    pub fn total(&self) -> T {
        let all = self.clone().closed();
        let mut nodes = all.nodes.into_iter();
        let Some(Node { value: mut total, .. }) = nodes.next() else { return all.open };
        nodes.for_each(|node| total.merge(&node.value));
        total
    }

    /// Adds a subtree behind the others and merges it with its sibling as long as that stands before it.
    fn push(&mut self, mut node: Node<T>) {
        while let Some(before) = self.nodes.pop_if(|before| before.is_left_sibling_of(&node)) {
            let Node { first, level, mut value } = before;
            value.merge(&node.value);
            node = Node { first, level: level + 1, value };
        }
        self.nodes.push(node);
    }
}

impl<T> Node<T> {
    fn is_left_sibling_of(&self, other: &Self) -> bool {
        let size = 1 << self.level;
        self.level == other.level && other.first == self.first + size && self.first.is_multiple_of(2 * size)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Writes down who was merged with whom.
    #[derive(Debug, Clone, PartialEq, Default)]
    struct Order(String);

    impl Accumulator for Order {
        fn fresh(&self) -> Self {
            Self::default()
        }

        fn is_empty(&self) -> bool {
            self.0.is_empty()
        }

        fn merge(&mut self, next: &Self) {
            self.0 = format!("({} {})", self.0, next.0);
        }

        fn admits(&self, _: &Self) -> bool {
            true
        }

        fn close(&mut self) {}
    }

    fn of(segments: std::ops::Range<u64>) -> Segments<Order> {
        let mut all = Segments::new(Order::default());
        for number in segments {
            // The rows of a segment may come in portions.
            for digit in number.to_string().chars() {
                all.go_to(number);
                all.open().0.push(digit);
            }
        }
        all
    }

    #[test]
    fn segments_are_merged_as_a_tree() {
        assert_eq!(of(0..0).total().0, "");
        assert_eq!(of(0..1).total().0, "0");
        assert_eq!(of(0..7).total().0, "((((0 1) (2 3)) (4 5)) 6)");
        assert_eq!(of(1..4).nodes.len(), 2);
    }

    proptest! {
        #[test]
        fn prop_cuts_leave_no_trace(segments in 0_u64..200, cuts in proptest::collection::vec(0_u64..200, 0..6)) {
            let mut ends: Vec<u64> = cuts.into_iter().map(|cut| cut.min(segments)).chain([segments]).collect();
            ends.sort_unstable();
            let mut merged = of(0..0);
            let mut start = 0;
            for end in ends {
                merged.append(of(start..end));
                start = end;
            }
            prop_assert_eq!(merged.total(), of(0..segments).total());
            prop_assert!(of(3.min(segments)..segments).nodes.len() <= 16, "memory grows as the logarithm");
        }
    }
}
