//! Rows that statistics need in memory.

/// Some columns of the first rows, or of all.
#[derive(Debug)]
pub(crate) struct KeptRows {
    /// Positions of the columns among all.
    positions: Vec<usize>,
    columns: Vec<Vec<f64>>,
    most: usize,
}

impl KeptRows {
    /// No rows of the columns at these positions, and `most` of them later.
    pub fn new(positions: impl Iterator<Item = usize>, most: usize) -> Self {
        let positions: Vec<usize> = positions.collect();
        Self { columns: vec![Vec::new(); positions.len()], positions, most }
    }

    /// Takes rows as long as there is room, `column` by its position among all; whether there is room for more.
    pub fn extend<'a>(&mut self, column: impl Fn(usize) -> &'a [f64]) -> bool {
        let room = self.room();
        for (position, kept) in self.positions.iter().zip(&mut self.columns) {
            let values = column(*position);
            kept.extend_from_slice(&values[..values.len().min(room)]);
        }
        self.room() > 0
    }

    /// Takes rows of the same columns.
    pub fn extend_kept(&mut self, columns: &[Vec<f64>]) {
        let room = self.room();
        for (kept, values) in self.columns.iter_mut().zip(columns) {
            kept.extend_from_slice(&values[..values.len().min(room)]);
        }
    }

    /// Whether [`Self::extend_kept`] can take these, which may come from anywhere.
    pub fn admits(&self, columns: &[Vec<f64>]) -> bool {
        columns.len() == self.columns.len() && columns.windows(2).all(|two| two[0].len() == two[1].len())
    }

    /// The columns, in order.
    pub fn columns(&self) -> impl Iterator<Item = &Vec<f64>> {
        self.columns.iter()
    }

    /// A column by its position among all; empty if it is not kept.
    pub fn column(&self, position: usize) -> &[f64] {
        let at = self.positions.iter().position(|of_column| *of_column == position);
        at.map_or(&[], |at| &self.columns[at])
    }

    fn room(&self) -> usize {
        self.most - self.columns.first().map_or(0, Vec::len)
    }
}
