//! The analysis data sets of CDISC ADaM.
//!
//! Each data set is a list of variables beside where their values come from ([`subjects`], [`parameters`]); its records go to
//! one file in every format that is asked for, and the same list describes them in `define.xml`.

mod chunk;
mod codes;
mod dataset_json;
mod define;
mod names;
mod parameters;
mod parquet_file;
mod record_value;
mod record_writer;
mod subjects;
mod time_courses;
mod transport_file;
mod variable;

use crate::cells::Records;
use crate::rows;
use crate::staged_directory::StagedDirectory;
use crate::{ExportOptions, Exported, OutOfRange, Result};
use cartrial_dataset::{Column, ColumnType, Dataset, Origin};
use cartrial_model::{Endpoint, Quantity};
use chrono::DateTime;
use chunk::{Chunk, StudyFacts};
use dataset_json::DatasetJson;
use parameters::Parameters;
use parquet_file::ParquetFile;
use rayon::prelude::*;
use record_writer::{Provenance, RecordWriter};
use std::path::PathBuf;
use subjects::Subjects;
use time_courses::TimeCourses;
use transport_file::TransportFile;
use variable::DataSet;

/// The dictionary of all data sets.
const DEFINE: &str = "define.xml";
/// Every file that an export can have.
const FILES: [&str; 13] = [
    DEFINE,
    "adsl.parquet",
    "adsl.json",
    "adsl.xpt",
    "adlb.parquet",
    "adlb.json",
    "adlb.xpt",
    "adtte.parquet",
    "adtte.json",
    "adtte.xpt",
    "adtc.parquet",
    "adtc.json",
    "adtc.xpt",
];

/// A form of the data sets on disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AdamFormat {
    /// Parquet, with labels in the metadata of its fields.
    Parquet,
    /// CDISC Dataset-JSON 1.1.
    DatasetJson,
    /// SAS transport file of version 5: at most 5 GB of ASCII.
    Transport,
}

/// A data set whose records are made from the patient table.
enum Source {
    Subjects(Subjects),
    Parameters(Parameters),
}

/// The files that the records of one data set go to.
struct Output {
    writers: Vec<Box<dyn RecordWriter>>,
}

impl AdamFormat {
    /// Every format.
    pub const ALL: [Self; 3] = [Self::Parquet, Self::DatasetJson, Self::Transport];

    /// The extension of its files.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Parquet => "parquet",
            Self::DatasetJson => "json",
            Self::Transport => "xpt",
        }
    }
}

/// Writes ADSL, ADLB and ADTTE in those formats, of courses over time that were kept ADTC as well, and `define.xml`; by default into
/// `export-adam` within the results.
///
/// # Errors
/// [`ExportError`](crate::ExportError); then the directory is as it was.
pub fn export_adam(
    dataset: &Dataset,
    formats: &[AdamFormat],
    options: &ExportOptions<'_>,
) -> Result<Exported> {
    dataset.check_stored()?;
    let study = StudyFacts::of(dataset);
    let patients = rows::patients(dataset, options);
    let carried: Vec<&Column> = dataset.columns().iter().filter(|c| c.origin == Origin::Carried).collect();
    let lengths = text_lengths(dataset, &carried, formats, options)?;
    let carried: Vec<_> = carried.into_iter().zip(lengths).collect();
    let sources = [
        Source::Subjects(Subjects::new(&study, &carried, patients)),
        Source::Parameters(Parameters::of_endpoints(&study, patients)),
        Source::Parameters(Parameters::of_events(&study, patients)),
    ];
    let time_courses = TimeCourses::of(dataset, &study, rows::ExportedPatients::of(dataset, options))?;
    let mut data_sets: Vec<&DataSet> = sources.iter().map(Source::description).collect();
    data_sets.extend(time_courses.as_ref().map(|courses| &courses.description));
    if formats.contains(&AdamFormat::Transport) {
        for (i, arm) in study.arms.iter().enumerate() {
            transport_file::check_ascii(&format!("the name of arm {}", i + 1), arm)?;
        }
        data_sets.iter().try_for_each(|data_set| transport_file::check(data_set, patients))?;
    }

    let inside = dataset.directory().join("export-adam");
    let path = options.directory.unwrap_or(&inside);
    let directory = StagedDirectory::create(path, options.replace, &FILES)?;
    let provenance = provenance(dataset, options);
    let mut files = Vec::new();
    let create = |data_set: &&DataSet| -> Result<Output> {
        let writers = formats.iter().map(|format| {
            let name = data_set.file(format.extension());
            let writer = writer(*format, &directory, &name, data_set, &provenance);
            files.push((name, Some(data_set.records)));
            writer
        });
        Ok(Output { writers: writers.collect::<Result<_>>()? })
    };
    let mut outputs = data_sets.iter().map(create).collect::<Result<Vec<_>>>()?;
    let extension = formats.last().map_or("", |format| format.extension());
    define::write(&directory, DEFINE, &data_sets, extension, &provenance)?;
    files.push((DEFINE.to_owned(), None));

    let columns = columns(&carried);
    rows::for_each_chunk(dataset, &columns, options, |rows| {
        let chunk = Chunk::new(&study, rows)?;
        let both = sources.par_iter().zip(outputs.par_iter_mut());
        both.try_for_each(|(source, output)| output.write(&source.records(&chunk)?))
    })?;
    if let Some((courses, output)) = time_courses.zip(outputs.last_mut()) {
        courses.for_each(dataset, |records| output.write(records))?;
    }
    let mut out_of_range = OutOfRange::default();
    for writer in outputs.into_iter().flat_map(|output| output.writers) {
        let OutOfRange { too_small, too_large } = writer.finish()?;
        out_of_range.too_small += too_small;
        out_of_range.too_large += too_large;
    }
    directory.publish()?;
    Ok(Exported { directory: path.to_owned(), patients, files, out_of_range })
}

impl Source {
    fn description(&self) -> &DataSet {
        match self {
            Self::Subjects(subjects) => &subjects.description,
            Self::Parameters(parameters) => &parameters.description,
        }
    }

    fn records(&self, chunk: &Chunk) -> Result<Records> {
        match self {
            Self::Subjects(subjects) => subjects.records(chunk),
            Self::Parameters(parameters) => parameters.records(chunk),
        }
    }
}

impl Output {
    fn write(&mut self, records: &Records) -> Result<()> {
        self.writers.par_iter_mut().try_for_each(|writer| writer.write(records))
    }
}

fn writer(
    format: AdamFormat,
    directory: &StagedDirectory,
    name: &str,
    data_set: &DataSet,
    provenance: &Provenance,
) -> Result<Box<dyn RecordWriter>> {
    let (file, path): (_, PathBuf) = (directory.file(name)?, directory.shown(name));
    Ok(match format {
        AdamFormat::Parquet => Box::new(ParquetFile::create(file, path, data_set, provenance)?),
        AdamFormat::DatasetJson => Box::new(DatasetJson::create(file, path, data_set, provenance)?),
        AdamFormat::Transport => Box::new(TransportFile::create(file, path, data_set, provenance)?),
    })
}

fn provenance(dataset: &Dataset, options: &ExportOptions<'_>) -> Provenance {
    let manifest = dataset.manifest();
    Provenance {
        study: manifest.study.name.clone(),
        seed: manifest.study.seed,
        version: env!("CARGO_PKG_VERSION"),
        content_hash: manifest.content_hash.to_string(),
        created: DateTime::from_timestamp(options.created, 0).unwrap_or_default(),
    }
}

/// The columns that the data sets are made from.
fn columns<'a>(carried: &[(&'a Column, usize)]) -> Vec<&'a str> {
    let mut columns = vec!["patient_id", "status", "corrections", "dose_total"];
    columns.extend(Quantity::ALL.map(Quantity::symbol));
    columns.extend(Endpoint::ALL.map(Endpoint::name));
    columns.extend(carried.iter().map(|(column, _)| column.name.as_str()));
    columns
}

/// The length of the longest text of each of these columns, 0 of numbers. A file states it before the first record.
fn text_lengths(
    dataset: &Dataset,
    columns: &[&Column],
    formats: &[AdamFormat],
    options: &ExportOptions<'_>,
) -> Result<Vec<usize>> {
    let texts: Vec<_> =
        columns.iter().filter(|c| c.kind == ColumnType::Text).map(|c| c.name.as_str()).collect();
    let mut lengths = vec![0; columns.len()];
    if texts.is_empty() {
        return Ok(lengths);
    }
    let silent = ExportOptions { progress: &|_| {}, ..*options };
    rows::for_each_chunk(dataset, &texts, &silent, |rows| {
        for (column, length) in columns.iter().zip(&mut lengths).filter(|(c, _)| c.kind == ColumnType::Text) {
            for text in rows.text_column(&column.name)?.flatten() {
                *length = text.chars().count().max(*length);
                if formats.contains(&AdamFormat::Transport) {
                    transport_file::check_ascii(&format!("column {}", column.name), text)?;
                }
            }
        }
        Ok(())
    })?;
    Ok(lengths)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_an_export_is_known_to_be_one() {
        for name in ["adsl", "adlb", "adtte", "adtc"] {
            for format in AdamFormat::ALL {
                assert!(FILES.contains(&format!("{name}.{}", format.extension()).as_str()));
            }
        }
    }
}
