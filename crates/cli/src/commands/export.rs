//! `cartrial export`: the results in the formats of others.

use crate::args::{AdamForm, ExportArguments, ExportFormat, Layout};
use crate::failure::{Failure, nobody};
use crate::output::show;
use cartrial::progress;
use cartrial_dataset::Dataset;
use cartrial_export::{
    AdamFormat, CsvLayout, ExportOptions, Exported, OutOfRange, Selection, export_adam, export_csv,
    export_parquet,
};
use cartrial_query::{SelectedRows, select_rows};
use cartrial_report::terminal;

/// Where the time of creation that formats ask for comes from, so that the same results give the same files.
const CREATED: &str = "SOURCE_DATE_EPOCH";

/// Reads a finished dataset and writes it as ADaM, CSV or Parquet.
pub fn export(arguments: &ExportArguments) -> Result<(), Failure> {
    check_arguments(arguments)?;
    let created = created()?;
    let dataset = Dataset::open_whole(&arguments.dir)?;
    dataset.check_stored()?;
    let condition = arguments.condition.as_deref();
    let selected = condition.map(|condition| select_rows(&dataset, condition)).transpose()?;
    if selected.as_ref().is_some_and(|selected| selected.rows.rows() == 0) {
        return Err(nobody());
    }
    if let (ExportFormat::Adam, Some(selected)) = (arguments.format, &selected) {
        check_whole_subjects(&dataset, selected)?;
    }
    let selection = selected.as_ref().zip(condition);
    let selection = selection.map(|(selected, condition)| Selection { rows: &selected.rows, condition });
    let bar = progress::patients(arguments.quiet);
    let all = dataset.manifest().patients;
    bar.set_length(arguments.first.map_or(all, |first| first.min(all)));
    let options = ExportOptions {
        directory: arguments.out.as_deref(),
        replace: arguments.force,
        first: arguments.first,
        selection: selection.as_ref(),
        columns: &arguments.columns,
        created,
        progress: &|patients| bar.inc(patients),
    };
    let exported = match arguments.format {
        ExportFormat::Adam => export_adam(&dataset, &forms(arguments), &options),
        ExportFormat::Csv => export_csv(&dataset, layouts(arguments), &options),
        ExportFormat::Parquet => export_parquet(&dataset, &options),
    };
    bar.finish_and_clear();
    let exported = exported?;
    if arguments.quiet { Ok(()) } else { show(&said(&exported)) }
}

fn check_arguments(arguments: &ExportArguments) -> Result<(), Failure> {
    let refuse = |text: &str| Err(Failure::Input(text.into()));
    let has_columns = !arguments.columns.is_empty();
    match arguments.format {
        ExportFormat::Adam | ExportFormat::Parquet if arguments.layout.is_some() => {
            refuse("--layout is for --format csv. Leave it out.")
        }
        ExportFormat::Csv | ExportFormat::Parquet if !arguments.forms.is_empty() => {
            refuse("--as is for --format adam. Leave it out.")
        }
        ExportFormat::Adam if has_columns => refuse(
            "--columns is for --format csv and parquet: the variables of ADaM are fixed. Leave it out.",
        ),
        ExportFormat::Csv if has_columns && matches!(arguments.layout, Some(Layout::Long | Layout::Both)) => {
            refuse(
                "--columns is for --layout wide: a line of the long one has a single outcome. Leave one of them out.",
            )
        }
        _ => Ok(()),
    }
}

/// Refuses a condition that may hold in one arm of a subject and not in another.
fn check_whole_subjects(dataset: &Dataset, selected: &SelectedRows) -> Result<(), Failure> {
    if dataset.manifest().is_randomised() || dataset.manifest().arms.len() == 1 {
        return Ok(());
    }
    match selected.columns.iter().find(|name| !dataset.is_baseline(name)) {
        Some(name) => Err(Failure::Input(format!(
            "--where: {name} may differ between the arms of a subject, and ADaM has subjects whole. Choose them by what is \
             known before treatment, or give --format csv or parquet."
        ))),
        None => Ok(()),
    }
}

/// Each form once, in their own order.
fn forms(arguments: &ExportArguments) -> Vec<AdamFormat> {
    let format = |form: &AdamForm| match form {
        AdamForm::Parquet => AdamFormat::Parquet,
        AdamForm::Json => AdamFormat::DatasetJson,
        AdamForm::Xpt => AdamFormat::Transport,
    };
    let wanted: Vec<_> = arguments.forms.iter().map(format).collect();
    AdamFormat::ALL.into_iter().filter(|f| wanted.is_empty() || wanted.contains(f)).collect()
}

fn layouts(arguments: &ExportArguments) -> &'static [CsvLayout] {
    match arguments.layout {
        Some(Layout::Wide) => &[CsvLayout::Wide],
        Some(Layout::Long) => &[CsvLayout::Long],
        None if !arguments.columns.is_empty() => &[CsvLayout::Wide],
        Some(Layout::Both) | None => &CsvLayout::ALL,
    }
}

fn created() -> Result<i64, Failure> {
    let Some(text) = std::env::var_os(CREATED) else { return Ok(0) };
    // Up to the end of the year 9999.
    let seconds = text.to_str().and_then(|text| text.parse().ok());
    seconds.filter(|seconds| (0..=253_402_300_799).contains(seconds)).ok_or_else(|| {
        let text = text.display();
        Failure::Input(format!(
            "{CREATED} is \"{text}\": expected whole seconds since 1970. Correct it, or unset it."
        ))
    })
}

fn said(exported: &Exported) -> String {
    let mut text = String::new();
    for (file, records) in &exported.files {
        let records = records.map_or(String::new(), |n| format!("{:>16} records", terminal::thousands(n)));
        text += format!("{file:<14}{records}").trim_end();
        text.push('\n');
    }
    let OutOfRange { too_small, too_large } = exported.out_of_range;
    for (count, about) in
        [(too_small, "below 5.4e-79, which are 0"), (too_large, "of 7.2e75 and more, which are missing")]
    {
        if count > 0 {
            text += &format!("Numbers {about} in the transport files: {}\n", terminal::thousands(count));
        }
    }
    let patients = terminal::patients(exported.patients);
    text + &format!("{patients} exported to {}\n", exported.directory.display())
}
