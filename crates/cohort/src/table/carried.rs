//! Cells that are carried into the results, as they are read, and what they may take of memory.

use super::{CarriedColumn, CarriedValues, Cell};
use crate::checked_parquet::MOST_TEXT_BYTES;

/// What carried columns may take of memory: ten million patients with three names each.
pub(super) const MOST_CARRIED_BYTES: usize = 2 << 30;
/// What an allocation takes besides its bytes, about.
const ALLOCATION_BYTES: usize = 32;

/// An owned cell.
enum Carried {
    Missing,
    Number(f64),
    Text(String),
}

impl Carried {
    fn is_same_as(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Missing, Self::Missing) => true,
            (Self::Number(a), Self::Number(b)) => a.to_bits() == b.to_bits(),
            (Self::Text(a), Self::Text(b)) => a == b,
            _ => false,
        }
    }

    /// What it takes of memory.
    fn bytes(&self) -> usize {
        size_of::<Self>() + if let Self::Text(text) = self { text.len() + ALLOCATION_BYTES } else { 0 }
    }
}

/// The cells of all carried columns.
pub(super) struct CarriedCells {
    columns: Vec<Vec<Carried>>,
    /// Bytes that more of them may take; nothing once that was not enough.
    room: Option<usize>,
}

impl CarriedCells {
    /// None yet, in so many columns.
    pub fn new(columns: usize) -> Self {
        Self { columns: (0..columns).map(|_| Vec::new()).collect(), room: Some(MOST_CARRIED_BYTES) }
    }

    /// Adds a cell to a column, or says why it is refused. It is not kept if there is no room.
    pub fn push(&mut self, column: usize, cell: &Cell<'_>) -> Result<(), String> {
        let cell = match cell {
            Cell::Text(text) if text.len() > MOST_TEXT_BYTES => {
                return Err(format!("a text of {} bytes", text.len()));
            }
            Cell::Text(text) => Carried::Text((*text).to_owned()),
            Cell::Number(x) => Carried::Number(*x),
            Cell::Missing => Carried::Missing,
        };
        self.room = self.room.and_then(|room| room.checked_sub(cell.bytes()));
        if self.room.is_some() {
            self.columns[column].push(cell);
        }
        Ok(())
    }

    /// Takes the last cell of every column back; for each, whether it is the same as the one before.
    pub fn pop_repeated(&mut self) -> Vec<bool> {
        let last: Vec<_> = self.columns.iter_mut().map(Vec::pop).collect();
        let bytes: usize = last.iter().flatten().map(Carried::bytes).sum();
        self.room = self.room.map(|room| room + bytes);
        let pairs = last.iter().zip(&self.columns);
        pairs
            .map(|(last, left)| last.as_ref().zip(left.last()).is_none_or(|(a, b)| a.is_same_as(b)))
            .collect()
    }

    /// Whether there was no room for a cell.
    pub fn are_too_many(&self) -> bool {
        self.room.is_none()
    }

    /// The columns of those names; where a cell does not know its type, they are guessed to be numbers if all can be.
    pub fn into_columns(self, names: &[String], guess_numbers: bool) -> Vec<CarriedColumn> {
        let values = |cells| if guess_numbers { guess(cells) } else { settle(cells) };
        let columns = names.iter().zip(self.columns);
        columns.map(|(name, cells)| CarriedColumn { name: name.clone(), values: values(cells) }).collect()
    }
}

/// A column of text, of which it is not known yet whether it means numbers.
fn guess(cells: Vec<Carried>) -> CarriedValues {
    let texts: Vec<Option<String>> = cells.into_iter().map(text).collect();
    let number = |t: &str| {
        let digits = t.trim_start_matches(['+', '-']);
        let code = digits.len() > 1 && digits.starts_with('0') && digits.as_bytes()[1].is_ascii_digit();
        t.parse::<f64>().ok().filter(|x| x.is_finite() && !code)
    };
    if texts.iter().flatten().all(|t| number(t).is_some()) {
        CarriedValues::Number(texts.iter().map(|t| t.as_deref().and_then(number)).collect())
    } else {
        CarriedValues::Text(texts)
    }
}

/// A column whose cells know their type.
fn settle(cells: Vec<Carried>) -> CarriedValues {
    if cells.iter().any(|c| matches!(c, Carried::Text(_))) {
        return CarriedValues::Text(cells.into_iter().map(text).collect());
    }
    let number = |c: &Carried| if let Carried::Number(x) = c { Some(*x) } else { None };
    CarriedValues::Number(cells.iter().map(number).collect())
}

fn text(cell: Carried) -> Option<String> {
    match cell {
        Carried::Missing => None,
        Carried::Number(x) => Some(x.to_string()),
        Carried::Text(t) => Some(t),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_kept_as_long_as_there_is_room() {
        let mut cells = CarriedCells { columns: vec![Vec::new(), Vec::new()], room: Some(24 + 32 + 10 + 24) };
        assert_eq!(cells.push(0, &Cell::Text("0123456789")), Ok(()));
        assert_eq!(cells.push(1, &Cell::Missing), Ok(()));
        assert!(!cells.are_too_many());
        assert_eq!(cells.push(1, &Cell::Number(1.0)), Ok(()));
        assert!(cells.are_too_many());
        assert_eq!((cells.columns[0].len(), cells.columns[1].len()), (1, 1));
    }

    #[test]
    fn a_repetition_gives_its_room_back() {
        let mut cells = CarriedCells { columns: vec![Vec::new()], room: Some(2 * (24 + 32 + 4)) };
        assert_eq!(cells.push(0, &Cell::Text("Bern")), Ok(()));
        for (text, is_same) in [("Bern", true), ("Chur", false), ("Bern", true)] {
            assert_eq!(cells.push(0, &Cell::Text(text)), Ok(()));
            assert_eq!(cells.pop_repeated(), [is_same]);
        }
        assert!(!cells.are_too_many());
    }

    #[test]
    fn a_text_is_no_longer_than_a_name() {
        let mut cells = CarriedCells::new(1);
        assert_eq!(cells.push(0, &Cell::Text(&"x".repeat(MOST_TEXT_BYTES))), Ok(()));
        let long = "x".repeat(MOST_TEXT_BYTES + 1);
        assert_eq!(cells.push(0, &Cell::Text(&long)), Err("a text of 4097 bytes".to_owned()));
    }
}
