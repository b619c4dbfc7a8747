//! The answer to a query as a table.

use comfy_table::{CellAlignment, Table, presets};

/// A cell of an answer.
#[derive(Clone, Debug, PartialEq)]
pub enum AnswerCell {
    /// A number, shown with six digits.
    Number(f64),
    /// Anything else.
    Text(String),
}

/// The rows of an answer under the names of its columns; numbers are aligned to the right.
pub fn answer(columns: &[(String, bool)], rows: &[Vec<AnswerCell>]) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(columns.iter().map(|(name, _)| in_one_line(name)));
    for row in rows {
        table.add_row(row.iter().map(AnswerCell::text));
    }
    for (column, (_, is_number)) in table.column_iter_mut().zip(columns) {
        let alignment = if *is_number { CellAlignment::Right } else { CellAlignment::Left };
        column.set_cell_alignment(alignment);
    }
    table.trim_fmt()
}

impl AnswerCell {
    fn text(&self) -> String {
        match self {
            Self::Number(number) => rounded(*number),
            Self::Text(text) => in_one_line(text),
        }
    }
}

/// A number with six digits, as programs read it.
fn rounded(number: f64) -> String {
    let rounded = format!("{number:.5e}").parse().unwrap_or(number);
    if rounded != 0.0 && !(1e-4..1e15).contains(&f64::abs(rounded)) && rounded.is_finite() {
        format!("{rounded:e}")
    } else {
        rounded.to_string()
    }
}

/// A text from a table, which may hold anything.
fn in_one_line(text: &str) -> String {
    let shown = |c: char| if c.is_control() { c.escape_default().to_string() } else { c.to_string() };
    text.chars().map(shown).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_six_digits_and_stand_below_each_other() {
        let columns = [("arm".to_owned(), false), ("mean".to_owned(), true)];
        let row = |arm: &str, mean: f64| vec![AnswerCell::Text(arm.into()), AnswerCell::Number(mean)];
        let rows = [row("a\nb", 1234.56789), row("c", -1.0 / 3.0), row("d", 1e-7), row("e", f64::NAN)];
        let shown = answer(&columns, &rows);
        let lines: Vec<_> = shown.lines().map(str::trim_end).collect();
        assert_eq!(
            lines,
            [
                " arm        mean",
                " a\\nb    1234.57",
                " c     -0.333333",
                " d          1e-7",
                " e           NaN"
            ]
        );
    }
}
