//! The patient table as one Parquet file.

use crate::rows;
use crate::staged_directory::StagedDirectory;
use crate::{ExportOptions, Exported, OutOfRange, Result};
use arrow_schema::{ArrowError, Schema};
use cartrial_dataset::{Dataset, DatasetError, study_entries};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use std::sync::Arc;

const FILE: &str = "patients.parquet";
/// Rows that are encoded together: what is kept in memory.
const ROW_GROUP: usize = 1 << 16;

/// Writes the patient table, or some of its rows and columns, as `patients.parquet`, by default into `export-parquet` within
/// the results. Every field keeps label, unit and origin as its metadata, and the footer says of which study it is
/// (`cartrial.study`, `cartrial.study_file`, `cartrial.seed`, `cartrial.version`), from the rows of which results it was made
/// (`cartrial.results_content_hash`), and which rows it has (`cartrial.condition`).
///
/// # Errors
/// [`ExportError`](crate::ExportError); then the directory is as it was.
pub fn export_parquet(dataset: &Dataset, options: &ExportOptions<'_>) -> Result<Exported> {
    dataset.check_stored()?;
    let names = rows::columns(dataset, options)?;
    let inside = dataset.directory().join("export-parquet");
    let path = options.directory.unwrap_or(&inside);
    let directory = StagedDirectory::create(path, options.replace, &[FILE])?;
    let shown = directory.shown(FILE);
    let failed = |e: ParquetError| DatasetError::writing(&shown, e);

    let column = |name: &&str| dataset.columns().iter().find(|column| column.name == **name);
    let fields: Vec<_> = names.iter().filter_map(column).map(|column| column.field()).collect();
    let schema = Arc::new(Schema::new(fields));
    let properties = Some(properties(dataset, options));
    let mut writer =
        ArrowWriter::try_new(directory.file(FILE)?, Arc::clone(&schema), properties).map_err(failed)?;
    let mut records = 0;
    rows::for_each_chunk(dataset, &names, options, |rows| {
        let positions = names.iter().map(|name| rows.batch().schema().index_of(name));
        let batch =
            positions.collect::<Result<Vec<_>, ArrowError>>().and_then(|at| rows.batch().project(&at));
        writer.write(&batch.map_err(|e| failed(e.into()))?).map_err(failed)?;
        records += rows.len() as u64;
        Ok(())
    })?;
    writer.close().map_err(failed)?;
    directory.publish()?;
    Ok(Exported {
        directory: path.to_owned(),
        patients: rows::patients(dataset, options),
        files: vec![(FILE.to_owned(), Some(records))],
        out_of_range: OutOfRange::default(),
    })
}

fn properties(dataset: &Dataset, options: &ExportOptions<'_>) -> WriterProperties {
    let manifest = dataset.manifest();
    let mut about: Vec<_> = study_entries(&manifest.study).into();
    about.push(("cartrial.results_content_hash".to_owned(), manifest.content_hash.to_string()));
    let condition = options.selection.map(|selection| selection.condition.to_owned());
    about.extend(condition.map(|condition| ("cartrial.condition".to_owned(), condition)));
    let about = about.into_iter().map(|(key, value)| KeyValue::new(key, value)).collect();
    WriterProperties::builder()
        .set_created_by(format!("cartrial {}", env!("CARGO_PKG_VERSION")))
        .set_key_value_metadata(Some(about))
        .set_compression(Compression::SNAPPY)
        .set_max_row_group_row_count(Some(ROW_GROUP))
        .build()
}
