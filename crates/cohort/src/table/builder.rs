//! Checks a table column by column and cell by cell, whatever its format.

use super::carried::{CarriedCells, MOST_CARRIED_BYTES};
use super::{Cell, MOST_VALUES, Table, is_output_column};
use crate::checked_parquet::MOST_TEXT_BYTES;
use crate::enrolled::{CANDIDATE, WEIGHT};
use crate::error::{Problem, quoted, shortened, show, suggestion};
use crate::input_file::size;
use cartrial_model::Quantity;
use std::collections::{HashMap, HashSet};

/// Bad cells that are told one by one; of the others only their number.
const TOLD: usize = 5;
/// The same of bad columns.
const TOLD_COLUMNS: usize = 10;
/// Names that are listed for one that is not among them.
const LISTED: usize = 50;

/// What a column is for.
enum Column {
    PatientId,
    Ignored,
    Quantity(usize),
    Carried(usize),
}

/// Where a row stands in its file.
#[derive(Clone, Copy)]
pub(crate) enum Place {
    /// Line of a text file, from 1.
    Line(u64),
    /// Row of a table without lines, from 1.
    Row(u64),
}

/// Builds a table and collects what is wrong with it.
pub(crate) struct Builder<'a> {
    file: &'a str,
    carry: &'a [String],
    roles: Vec<Column>,
    names: Vec<String>,
    columns: Vec<(Quantity, Vec<f64>)>,
    carried: CarriedCells,
    /// Patients of the files before.
    before: u64,
    /// Patients so far, those of the files before among them.
    rows: u64,
    /// Where the row that is being read stands, if it is the patient of the row before.
    again: Option<Place>,
    problems: Vec<Problem>,
    untold: usize,
}

impl<'a> Builder<'a> {
    pub(crate) fn new(file: &'a str, carry: &'a [String]) -> Self {
        Self {
            file,
            carry,
            roles: Vec::new(),
            names: Vec::new(),
            columns: Vec::new(),
            carried: CarriedCells::new(carry.len()),
            before: 0,
            rows: 0,
            again: None,
            problems: Vec::new(),
            untold: 0,
        }
    }

    /// The builder of the part of a table that follows after so many patients.
    pub(crate) fn after(self, patients: u64) -> Self {
        Self { before: patients, rows: patients, ..self }
    }

    /// Takes the column names; whether the rows are worth reading.
    pub(crate) fn header(&mut self, names: Vec<String>, line: Option<usize>) -> bool {
        let valid: Vec<&str> = Quantity::ALL.iter().map(|q| q.symbol()).collect();
        let carried: HashMap<&str, usize> =
            self.carry.iter().enumerate().map(|(i, name)| (name.as_str(), i)).collect();
        let (mut seen, mut untold) = (HashSet::new(), 0_usize);
        for name in &names {
            let mut refuse = |reason: &str, remedy: String| {
                if self.problems.len() == TOLD_COLUMNS {
                    untold += 1;
                    return;
                }
                let problem = Problem::of_file(self.file, reason, remedy);
                self.problems.push(Problem { line, key: format!("column {}", quoted(name)), ..problem });
            };
            if !seen.insert(name.as_str()) {
                refuse("stands there twice", "Remove or rename one.".into());
            }
            let role = if let Some(quantity) = Quantity::from_symbol(name) {
                self.columns.push((quantity, Vec::new()));
                Column::Quantity(self.columns.len() - 1)
            } else if let Some(&carried) = carried.get(name.as_str()) {
                Column::Carried(carried)
            } else if name == "patient_id" {
                Column::PatientId
            } else {
                // How a patient was accepted is carried into the results if that is asked for, and otherwise left.
                if !is_output_column(name) && ![CANDIDATE, WEIGHT].contains(&name.as_str()) {
                    let carry = format!(
                        "To carry it into the results, write carry = [{}] under [population].",
                        quoted(name)
                    );
                    refuse("unknown column", format!("{} {carry}", suggestion(name, &valid)));
                }
                Column::Ignored
            };
            self.roles.push(role);
        }
        for name in self.carry.iter().filter(|c| !seen.contains(c.as_str())) {
            if self.problems.len() >= TOLD_COLUMNS {
                untold += 1;
                continue;
            }
            // A name may be of any length and have line breaks.
            let others: Vec<String> =
                names.iter().take(LISTED).map(|n| shortened(n.escape_debug().to_string(), 60)).collect();
            let others: Vec<&str> = others.iter().map(String::as_str).collect();
            let remedy = shortened(suggestion(name, &others), 2000);
            let problem = Problem::of_file(self.file, "asked for, but not in the table", remedy);
            self.problems.push(Problem { line, key: format!("column {}", quoted(name)), ..problem });
        }
        if untold > 0 {
            let reason = format!("and {untold} more bad columns");
            self.problems.push(Problem::of_file(self.file, reason, ""));
        }
        if self.columns.is_empty() && self.problems.is_empty() {
            let remedy = format!("Name columns by symbol: {}.", valid.join(", "));
            self.problems
                .push(Problem { line, ..Problem::of_file(self.file, "no column is a quantity", remedy) });
        }
        self.names = names;
        self.problems.is_empty()
    }

    /// Takes a cell of the row that is being read.
    pub(crate) fn cell(&mut self, column: usize, place: Place, cell: &Cell<'_>) {
        match self.roles[column] {
            Column::Ignored => {}
            Column::PatientId => self.patient_id(column, place, cell),
            Column::Carried(i) => {
                if let Err(reason) = self.carried.push(i, cell) {
                    let remedy = format!(
                        "At most {MOST_TEXT_BYTES} are carried: shorten it, or leave the column out."
                    );
                    self.refuse(column, place, reason, remedy);
                }
            }
            Column::Quantity(i) => {
                let quantity = self.columns[i].0;
                match check(quantity, cell) {
                    Ok(value) => self.columns[i].1.push(value),
                    Err(reason) => self.refuse(column, place, reason, remedy(quantity, cell)),
                }
            }
        }
    }

    /// Ends a row; whether there may be another.
    pub(crate) fn end_row(&mut self) -> bool {
        if self.carried.are_too_many() {
            let reason =
                format!("carried columns take more than {} of memory", size(MOST_CARRIED_BYTES as u64));
            let remedy = "Carry fewer columns, or divide the cohort into several studies.";
            self.problems.push(Problem::of_file(self.file, reason, remedy));
            return false;
        }
        if let Some(place) = self.again.take() {
            return self.end_repetition(place);
        }
        self.rows += 1;
        self.has_room_for(self.rows)
    }

    /// Ends a row that says the same patient again, as a table of results does that has several arms. Whether it does.
    fn end_repetition(&mut self, place: Place) -> bool {
        if !self.problems.is_empty() {
            return true;
        }
        let quantities = self.columns.iter_mut().map(|(quantity, values)| {
            let is_same = values.pop().map(f64::to_bits) == values.last().copied().map(f64::to_bits);
            (is_same, quantity.symbol().to_owned())
        });
        let carried = self.carried.pop_repeated();
        let carried = carried.into_iter().zip(self.carry).map(|(is_same, name)| (is_same, name.clone()));
        // All of them: each takes its value back.
        let compared: Vec<_> = quantities.chain(carried).collect();
        let Some((_, name)) = compared.into_iter().find(|(is_same, _)| !is_same) else { return true };
        let reason = format!("patient {} has another value than in the row before", self.rows - 1);
        let column = self.names.iter().position(|n| *n == name).unwrap_or(0);
        self.refuse(column, place, reason, "Keep one row a patient.".to_owned());
        true
    }

    /// Whether a table may have so many rows; if not, that is noted.
    pub(crate) fn has_room_for(&mut self, rows: u64) -> bool {
        let columns = self.names.len().max(1) as u64;
        let most = MOST_VALUES / columns;
        if rows > most {
            let reason = format!("more than {most} patients in {columns} columns");
            let remedy = format!(
                "A table has at most {MOST_VALUES} values: leave out columns in which every patient has the standard \
                 patient's value, or divide the cohort into several studies."
            );
            self.problems.push(Problem::of_file(self.file, reason, remedy));
        }
        rows <= most
    }

    /// Notes something that is wrong with the file as a whole or one of its rows.
    pub(crate) fn note(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    /// The table, or what is wrong with it.
    pub(crate) fn finish(mut self, guess_numbers: bool) -> Result<Table, Vec<Problem>> {
        if self.rows == self.before && self.problems.is_empty() {
            self.problems.push(Problem::of_file(self.file, "has no patients", "Give one row a patient."));
        }
        if self.untold > 0 {
            let reason = format!("and {} more bad cells", self.untold);
            self.problems.push(Problem::of_file(self.file, reason, ""));
        }
        if !self.problems.is_empty() {
            return Err(self.problems);
        }
        let columns = self.carried.into_columns(self.carry, guess_numbers);
        Ok(Table { rows: self.rows - self.before, carried: columns, columns: self.columns })
    }

    fn patient_id(&mut self, column: usize, place: Place, cell: &Cell<'_>) {
        let found = match &cell.as_number() {
            Cell::Missing => "no value".to_owned(),
            Cell::Number(x) if *x == self.rows as f64 => return,
            Cell::Number(x) if *x + 1.0 == self.rows as f64 && self.rows > self.before => {
                self.again = Some(place);
                return;
            }
            Cell::Number(x) => show(*x),
            Cell::Text(t) => quoted(t),
        };
        // One row out of order puts all that follow out of order.
        if !self.problems.iter().any(|p| p.key.contains("\"patient_id\"")) {
            let reason = format!("expected {}, found {found}", self.rows);
            let remedy = "Patients are numbered 0, 1, 2, … in order. Of a table in parts name the directory; of a selection of \
                          patients drop this column, or carry it under another name.";
            self.refuse(column, place, reason, remedy.to_owned());
        }
    }

    fn refuse(&mut self, column: usize, place: Place, reason: String, remedy: String) {
        if self.problems.len() >= TOLD {
            self.untold += 1;
            return;
        }
        let name = &self.names[column];
        let (line, key) = match place {
            Place::Line(line) => (usize::try_from(line).ok(), format!("column {}", quoted(name))),
            Place::Row(row) => (None, format!("row {row}, column {}", quoted(name))),
        };
        self.problems.push(Problem { line, key, ..Problem::of_file(self.file, reason, remedy) });
    }
}

/// The value of a quantity, or why it cannot be one.
fn check(quantity: Quantity, cell: &Cell<'_>) -> Result<f64, String> {
    let value = match &cell.as_number() {
        Cell::Missing => return Err("no value".into()),
        Cell::Text(t) => return Err(format!("expected a number, found {}", quoted(t))),
        Cell::Number(x) => *x,
    };
    if quantity.is_physical(value) {
        return Ok(value);
    }
    let expected = match (value.is_finite(), quantity.may_be_zero()) {
        (false, _) => "a finite number",
        (_, true) => "a number of at least 0",
        (_, false) => "a number above 0",
    };
    Err(format!("expected {expected}, found {}", show(value)))
}

/// What helps against a cell that [`check`] refused; nothing where the reason says it all.
fn remedy(quantity: Quantity, cell: &Cell<'_>) -> String {
    match cell.as_number() {
        Cell::Missing => {
            let mean = show(quantity.mean());
            format!(
                "Give one, or leave the column out: then every patient has the standard patient's {mean}."
            )
        }
        Cell::Text(_) => "Write it as 0.003 or 3e-3.".to_owned(),
        Cell::Number(_) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(error: Vec<Problem>) -> String {
        error.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn a_table_of_as_many_values_as_there_may_be_is_full() {
        let carry = ["site".to_owned()];
        let mut builder = Builder::new("t.csv", &carry);
        assert!(builder.header(vec!["d2".into(), "site".into(), "status".into()], Some(1)));
        builder.rows = MOST_VALUES / 3 - 1;
        assert!(builder.end_row(), "100 million rows of three columns");
        assert!(!builder.end_row());
        assert_eq!(
            builder.finish(true).map_err(texts),
            Err("t.csv: more than 100000000 patients in 3 columns. A table has at most 300000000 values: leave out \
                 columns in which every patient has the standard patient's value, or divide the cohort into several \
                 studies."
                .to_owned())
        );
    }
}
