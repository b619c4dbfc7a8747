//! `cartrial export`: the results in the formats of others.

use crate::args::{AdamForm, ExportArguments, ExportFormat, Layout};
use crate::failure::Failure;
use crate::output::show;
use cartrial::progress;
use cartrial_dataset::Dataset;
use cartrial_export::{AdamFormat, CsvLayout, ExportOptions, Exported, OutOfRange, export_adam, export_csv};
use cartrial_report::terminal;

/// Where the time of creation that formats ask for comes from, so that the same results give the same files.
const CREATED: &str = "SOURCE_DATE_EPOCH";

/// Reads a finished dataset and writes it as ADaM or CSV.
pub fn export(arguments: &ExportArguments) -> Result<(), Failure> {
    check_arguments(arguments)?;
    let created = created()?;
    let dataset = Dataset::open_whole(&arguments.dir)?;
    let bar = progress::patients(arguments.quiet);
    let all = dataset.manifest().patients;
    bar.set_length(arguments.first.map_or(all, |first| first.min(all)));
    let options = ExportOptions {
        directory: arguments.out.as_deref(),
        replace: arguments.force,
        first: arguments.first,
        created,
        progress: &|patients| bar.inc(patients),
    };
    let exported = match arguments.format {
        ExportFormat::Adam => export_adam(&dataset, &forms(arguments), &options),
        ExportFormat::Csv => export_csv(&dataset, layouts(arguments), &options),
    };
    bar.finish_and_clear();
    let exported = exported?;
    if arguments.quiet { Ok(()) } else { show(&said(&exported)) }
}

fn check_arguments(arguments: &ExportArguments) -> Result<(), Failure> {
    match arguments.format {
        ExportFormat::Adam if arguments.layout.is_some() => {
            Err(Failure::Input("--layout is for --format csv. Leave it out.".into()))
        }
        ExportFormat::Csv if !arguments.forms.is_empty() => {
            Err(Failure::Input("--as is for --format adam. Leave it out.".into()))
        }
        _ => Ok(()),
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
