//! `cartrial export`: the results in the formats of others.

use crate::args::{AdamForm, ExportArguments, ExportFormat, Layout};
use crate::failure::Failure;
use crate::output::show;
use cartrial::{AdamFormat, CsvLayout, ExportRequest, Exported, progress};
use cartrial_report::terminal;

/// Reads a finished dataset and writes it as ADaM, CSV or Parquet.
pub fn export(arguments: &ExportArguments) -> Result<(), Failure> {
    let forms: Vec<_> = arguments.forms.iter().map(form).collect();
    let bar = progress::patients(arguments.quiet);
    let request = ExportRequest {
        format: match arguments.format {
            ExportFormat::Adam => cartrial::ExportFormat::Adam,
            ExportFormat::Csv => cartrial::ExportFormat::Csv,
            ExportFormat::Parquet => cartrial::ExportFormat::Parquet,
        },
        forms: &forms,
        layouts: match arguments.layout {
            Some(Layout::Wide) => &[CsvLayout::Wide],
            Some(Layout::Long) => &[CsvLayout::Long],
            Some(Layout::Both) => &CsvLayout::ALL,
            None => &[],
        },
        condition: arguments.condition.as_deref(),
        columns: &arguments.columns,
        first: arguments.first,
        directory: arguments.out.as_deref(),
        replace: arguments.force,
        progress: &|more, of| {
            bar.set_length(of);
            bar.inc(more);
        },
    };
    let exported = cartrial::export(&arguments.dir, &request);
    bar.finish_and_clear();
    let exported = exported?;
    if arguments.quiet { Ok(()) } else { show(&said(&exported)) }
}

fn form(form: &AdamForm) -> AdamFormat {
    match form {
        AdamForm::Parquet => AdamFormat::Parquet,
        AdamForm::Json => AdamFormat::DatasetJson,
        AdamForm::Xpt => AdamFormat::Transport,
    }
}

fn said(exported: &Exported) -> String {
    let mut text = String::new();
    for (file, records) in &exported.files {
        let records = records.map_or(String::new(), |n| format!("{:>16} records", terminal::thousands(n)));
        text += format!("{file:<14}{records}").trim_end();
        text.push('\n');
    }
    for note in cartrial::out_of_range(exported) {
        text += &format!("{note}\n");
    }
    let patients = terminal::patients(exported.patients);
    text + &format!("{patients} exported to {}\n", exported.directory.display())
}
