//! Outcomes from an independent solver, as the fixtures have them.

use std::path::Path;

/// A reference by column; an empty cell is `None`.
pub struct Table {
    columns: Vec<String>,
    pub rows: Vec<Vec<Option<f64>>>,
}

impl Table {
    pub fn read(name: &str) -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name);
        let text = std::fs::read_to_string(&path).expect("the fixture is readable");
        let mut lines = text.lines();
        let columns = lines.next().expect("a header").split(',').map(str::to_owned).collect();
        let cell = |cell: &str| (!cell.is_empty()).then(|| cell.parse().expect("a number"));
        Self { columns, rows: lines.map(|line| line.split(',').map(cell).collect()).collect() }
    }

    pub fn get(&self, row: usize, column: &str) -> Option<f64> {
        let column = self.columns.iter().position(|name| name == column).expect("a column of the fixture");
        self.rows[row][column]
    }
}
