//! Some of the rows of a patient table.

use crate::Result;
use crate::patient_rows::PatientRows;
use crate::table_reader::Chunks;
use arrow_buffer::BooleanBuffer;

/// Which rows of a patient table, in its order: a bit a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowSelection(BooleanBuffer);

impl FromIterator<bool> for RowSelection {
    fn from_iter<I: IntoIterator<Item = bool>>(rows: I) -> Self {
        Self(rows.into_iter().collect())
    }
}

impl RowSelection {
    /// How many rows are selected.
    pub fn rows(&self) -> u64 {
        self.0.count_set_bits() as u64
    }

    /// How many patients have a selected row, of a table with so many rows for each.
    pub fn patients(&self, rows_per_patient: usize) -> u64 {
        if rows_per_patient == 1 {
            return self.rows();
        }
        let patients = (0..self.0.len()).step_by(rows_per_patient.max(1));
        let of = |first: usize| self.0.slice(first, rows_per_patient.min(self.0.len() - first));
        patients.filter(|first| of(*first).count_set_bits() > 0).count() as u64
    }

    /// Whether a row of the patient of that number, from 0, is selected, in a table with so many rows for each.
    pub fn has_patient(&self, number: usize, rows_per_patient: usize) -> bool {
        let rows = number * rows_per_patient..(number + 1) * rows_per_patient;
        rows.into_iter().any(|row| row < self.0.len() && self.0.value(row))
    }

    /// The selected ones among rows that begin with that row of the table. Beyond the end nothing is selected.
    fn among(&self, rows: &PatientRows, first: usize) -> Result<PatientRows> {
        if first + rows.len() <= self.0.len() {
            return rows.selected(&self.0.slice(first, rows.len()));
        }
        let selected = (first..first + rows.len()).map(|row| row < self.0.len() && self.0.value(row));
        rows.selected(&selected.collect())
    }
}

/// The selected rows of a patient table, a few thousand at a time; all if there is no selection.
pub struct SelectedChunks<'a> {
    chunks: Chunks,
    selection: Option<&'a RowSelection>,
    /// Row of the table that comes next.
    next: usize,
}

impl<'a> SelectedChunks<'a> {
    pub(crate) fn new(chunks: Chunks, selection: Option<&'a RowSelection>) -> Self {
        Self { chunks, selection, next: 0 }
    }
}

impl Iterator for SelectedChunks<'_> {
    type Item = Result<PatientRows>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let rows = self.chunks.next()?;
            let Some(selection) = self.selection else { return Some(rows) };
            let selected = rows.and_then(|rows| {
                let selected = selection.among(&rows, self.next);
                self.next += rows.len();
                selected
            });
            if !selected.as_ref().is_ok_and(PatientRows::is_empty) {
                return Some(selected);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patients_are_counted_by_their_rows() {
        let selection: RowSelection = [true, false, false, false, true, true].into_iter().collect();
        assert_eq!(
            (selection.rows(), selection.patients(1), selection.patients(2), selection.patients(3)),
            (3, 3, 2, 2)
        );
        assert_eq!([0, 1, 2, 3].map(|number| selection.has_patient(number, 2)), [true, false, true, false]);
        // The last patient of a table that was cut off.
        assert_eq!(selection.patients(4), 2);
    }
}
