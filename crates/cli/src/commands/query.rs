//! `cartrial query`: SQL over the tables of a finished run.

use crate::args::QueryArguments;
use crate::failure::Failure;
use crate::output::{show, warn};
use cartrial_dataset::{Dataset, StagedFile};
use cartrial_query::{Answer, AnswerFormat, Value, ask, write_answer};
use cartrial_report::terminal::{self, AnswerCell};
use std::path::Path;

/// Rows that are shown.
const SHOWN: usize = 100;

/// Asks the tables; shows the answer, or writes it to a file.
pub fn query(arguments: &QueryArguments) -> Result<(), Failure> {
    let format = arguments.out.as_deref().map(format).transpose()?;
    let dataset = Dataset::open_unhashed(&arguments.dir)?;
    let text = match (&arguments.out, format) {
        (Some(out), Some(format)) => {
            let rows = write(&dataset, arguments, out, format)?;
            format!("{} written to {}\n", counted(rows), out.display())
        }
        _ => told(&ask(&dataset, &arguments.sql, SHOWN)?),
    };
    if let Some(note) = cartrial::partly_stored(&dataset) {
        warn(&format!("Note: {note}"));
    }
    show(&text)
}

fn format(out: &Path) -> Result<AnswerFormat, Failure> {
    AnswerFormat::of(out).ok_or_else(|| {
        let found = out.display();
        Failure::Input(format!(
            "--out: expected FILE.parquet or FILE.csv, found {found}. Give one of these endings."
        ))
    })
}

fn write(
    dataset: &Dataset,
    arguments: &QueryArguments,
    out: &Path,
    format: AnswerFormat,
) -> Result<u64, Failure> {
    if dataset.has_table_at(out) {
        let out = out.display();
        let text = format!("{out}: is a place of the results' own tables. Choose another file with --out.");
        return Err(Failure::Input(text));
    }
    if !arguments.force && out.symlink_metadata().is_ok() {
        return Err(Failure::occupied(out));
    }
    let file = StagedFile::create(out.to_owned())?;
    let rows = write_answer(dataset, &arguments.sql, &file, format)?;
    file.publish()?;
    Ok(rows)
}

fn counted(rows: u64) -> String {
    format!("{} row{}", terminal::thousands(rows), if rows == 1 { "" } else { "s" })
}

fn told(answer: &Answer) -> String {
    let columns: Vec<_> =
        answer.columns.iter().map(|column| (column.name.clone(), column.is_number)).collect();
    let rows: Vec<Vec<_>> = answer.rows.iter().map(|row| row.iter().map(cell).collect()).collect();
    let (shown, all) = (rows.len() as u64, answer.all_rows);
    let count = if shown < all {
        format!("The first {shown} of {}: --out FILE.parquet or FILE.csv takes all.", counted(all))
    } else {
        counted(all)
    };
    format!("{}\n{count}\n", terminal::answer(&columns, &rows))
}

fn cell(value: &Value) -> AnswerCell {
    match value {
        Value::Null => AnswerCell::Text("null".to_owned()),
        Value::Flag(flag) => AnswerCell::Text(flag.to_string()),
        Value::Integer(number) => AnswerCell::Text(number.to_string()),
        Value::Number(number) => AnswerCell::Number(*number),
        Value::Text(text) => AnswerCell::Text(text.clone()),
    }
}
