//! One Parquet file of the patient table.

use crate::Result;
use crate::block_rows::BlockRows;
use crate::bounded::open_regular;
use crate::column::{Column, ColumnType};
use crate::error::DatasetError;
use crate::file_hash::Hashed;
use crate::identity::RunIdentity;
use crate::layout::{Layout, entries};
use crate::part_file::{PartFile, missing};
use crate::row_counts::RowCounts;
use crate::staged::StagedFile;
use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use cartrial_cohort::Study;
use cartrial_cohort::checked_parquet::{CheckedFile, reason, without_panic};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ArrowReaderMetadata;
use parquet::arrow::arrow_writer::{ArrowColumnChunk, ArrowRowGroupWriterFactory, compute_leaves};
use parquet::basic::{Compression, Encoding};
use parquet::errors::ParquetError;
use parquet::file::metadata::{KeyValue, SortingColumn};
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterPropertiesBuilder};
use parquet::file::reader::FileReader;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::ColumnPath;
use rayon::prelude::*;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Rows that are encoded together; they, and their encoded form, are what a writer keeps in memory.
const ROW_GROUP: usize = 1 << 16;
/// Largest dictionary of a column, in bytes: columns with a few hundred values become small, and those of random numbers
/// change to plain encoding at once.
const DICTIONARY_BYTES: usize = 4096;
/// The order of a file's rows.
const BY_PATIENT: SortingColumn = SortingColumn { column_idx: 0, descending: false, nulls_first: false };
/// What every file of ours says about its creator, before the version.
const CREATOR: &str = "cartrial ";
/// Footer entry with the counts of a file's rows.
const ROW_COUNTS: &str = "cartrial.row_counts";
/// Footer entry with the content hash of a file's rows, for whoever reads the file alone.
const CONTENT_HASH: &str = "cartrial.content_hash";

/// A Parquet file being written.
pub(crate) struct Part {
    name: String,
    staged: StagedFile,
    writer: SerializedFileWriter<Hashed<File>>,
    factory: ArrowRowGroupWriterFactory,
    schema: SchemaRef,
    /// Positions of its columns among those of a block.
    stored: Vec<usize>,
    pending: Vec<RecordBatch>,
    pending_rows: usize,
    row_groups: usize,
    first_patient: u64,
    counts: RowCounts,
}

impl Part {
    /// Begins the file `name` in `directory`, whose rows start with patient `first_patient`.
    pub fn create(directory: &Path, name: String, first_patient: u64, layout: &Layout) -> Result<Self> {
        let staged = StagedFile::create(directory.join(&name))?;
        let failed = |e| DatasetError::writing(staged.path(), e);
        let schema = Arc::clone(&layout.stored_schema);
        let file = Hashed::new(staged.handle()?);
        let writer = ArrowWriter::try_new(file, Arc::clone(&schema), Some(properties(layout)));
        let (writer, factory) = writer.and_then(ArrowWriter::into_serialized_writer).map_err(failed)?;
        let counts = RowCounts::empty(layout.study.arms.len());
        Ok(Self {
            name,
            staged,
            writer,
            factory,
            schema,
            stored: layout.stored.clone(),
            pending: Vec::new(),
            pending_rows: 0,
            row_groups: 0,
            first_patient,
            counts,
        })
    }

    /// Id of its first patient.
    pub fn first_patient(&self) -> u64 {
        self.first_patient
    }

    /// Appends the rows of a block.
    pub fn write(&mut self, block: BlockRows) -> Result<()> {
        self.counts.merge(&block.counts);
        self.pending_rows += block.rows.len();
        let stored = block.rows.into_batch().project(&self.stored);
        let failed = |e| DatasetError::writing(self.staged.path(), ParquetError::from(e));
        self.pending.push(stored.map_err(failed)?);
        if self.pending_rows >= ROW_GROUP { self.flush() } else { Ok(()) }
    }

    /// Completes the file; returns what the manifest says of it and what is counted about its rows.
    pub fn close(mut self) -> Result<(PartFile, RowCounts)> {
        if self.pending_rows > 0 {
            self.flush()?;
        }
        let counts = serde_json::to_string(&self.counts)
            .map_err(|e| DatasetError::Encoding { path: self.staged.path().into(), reason: e.to_string() })?;
        self.writer.append_key_value_metadata(KeyValue::new(ROW_COUNTS.into(), counts));
        let hash = self.counts.hash.to_string();
        self.writer.append_key_value_metadata(KeyValue::new(CONTENT_HASH.into(), hash));
        let file = self.writer.into_inner().map_err(|e| DatasetError::writing(self.staged.path(), e))?;
        self.staged.publish()?;
        let file = PartFile {
            path: self.name,
            first_patient: self.first_patient,
            patients: self.counts.patients,
            rows: self.counts.rows,
            content_hash: self.counts.hash,
            written: file.written(),
        };
        Ok((file, self.counts))
    }

    /// Writes the pending rows as a row group, its columns encoded on all threads at hand.
    fn flush(&mut self) -> Result<()> {
        let pending = std::mem::take(&mut self.pending);
        self.pending_rows = 0;
        self.write_row_group(&pending).map_err(|e| DatasetError::writing(self.staged.path(), e))
    }

    fn write_row_group(&mut self, pending: &[RecordBatch]) -> Result<(), ParquetError> {
        let writers = self.factory.create_column_writers(self.row_groups)?;
        self.row_groups += 1;
        let columns = writers.into_par_iter().zip(&self.schema.fields[..]).enumerate();
        let chunks: Vec<ArrowColumnChunk> = columns
            .map(|(i, (mut writer, field))| {
                for batch in pending {
                    for leaf in compute_leaves(field, batch.column(i))? {
                        writer.write(&leaf)?;
                    }
                }
                writer.close()
            })
            .collect::<Result<_, ParquetError>>()?;
        let mut group = self.writer.next_row_group()?;
        for chunk in chunks {
            chunk.append_to_row_group(&mut group)?;
        }
        group.close()?;
        Ok(())
    }
}

/// How columns are encoded, by measurement (`examples/write_speed.rs`).
///
/// Random numbers of double precision do not compress, so they are written as they are. A fast codec pays only where several
/// arms repeat every patient's quantities. Statistics are kept per column and row group.
fn properties(layout: &Layout) -> WriterProperties {
    let mut properties = file_properties(&layout.study);
    for column in layout.stored_columns() {
        let path = ColumnPath::from(column.name.as_str());
        if column.kind == ColumnType::U64 {
            properties = properties
                .set_column_dictionary_enabled(path.clone(), false)
                .set_column_encoding(path.clone(), Encoding::DELTA_BINARY_PACKED);
        }
        if layout.rows() > layout.ids.end - layout.ids.start && column.is_baseline() {
            properties = properties.set_column_compression(path, Compression::SNAPPY);
        }
    }
    properties.build()
}

/// What holds for every file of a study's results, whose first column is the patient.
pub(crate) fn file_properties(study: &Study) -> WriterPropertiesBuilder {
    let entries = entries(study).map(|(key, value)| KeyValue::new(key, value));
    WriterProperties::builder()
        .set_created_by(format!("{CREATOR}{}", env!("CARGO_PKG_VERSION")))
        .set_key_value_metadata(Some(entries.into()))
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_sorting_columns(Some(vec![BY_PATIENT]))
        .set_offset_index_disabled(true)
        .set_dictionary_enabled(true)
        .set_dictionary_page_size_limit(DICTIONARY_BYTES)
        .set_compression(Compression::UNCOMPRESSED)
}

/// Opens a file and reads its metadata. A file may have been forged together with its hash: what it claims is checked, and
/// the panics of the `parquet` crate are caught.
pub(crate) fn open(path: PathBuf) -> Result<(CheckedFile<File>, ArrowReaderMetadata)> {
    let file = match open_regular(&path) {
        Ok(file) => file,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Err(missing(&path)),
        Err(e) => return Err(DatasetError::io(&path, "read", e)),
    };
    let read = || {
        // Rows are read a few thousand at a time, so that a file may be of any size.
        let file = CheckedFile::new(file, u64::MAX)?;
        let metadata = ArrowReaderMetadata::try_new(file.metadata().clone().into(), Default::default())?;
        Ok((file, metadata))
    };
    let damaged = |why: &str| DatasetError::damaged(&path, format!("is no complete Parquet file ({why})"));
    without_panic(read)
        .ok_or_else(|| damaged("its footer is damaged"))?
        .map_err(|e: ParquetError| damaged(&reason(&e)))
}

/// What a file of the patient table says at its end about itself.
#[derive(Debug)]
pub(crate) struct Footer {
    pub columns: Vec<Column>,
    pub counts: RowCounts,
    rows: i64,
}

impl Footer {
    /// Reads the footer of a file that this program wrote.
    pub fn read(path: PathBuf) -> Result<Self> {
        let (_, metadata) = open(path.clone())?;
        let file = metadata.metadata().file_metadata();
        let fields = metadata.schema().fields().iter();
        let columns = fields.map(|field| Column::from_field(field)).collect::<Option<Vec<_>>>();
        let columns = columns
            .ok_or_else(|| DatasetError::damaged(&path, "has columns that are not those of these results"))?;
        let counts = row_counts(&metadata).and_then(|text| serde_json::from_str(text).ok());
        let counts =
            counts.ok_or_else(|| DatasetError::damaged(&path, "does not say what is counted in it"))?;
        Ok(Self { columns, counts, rows: file.num_rows() })
    }

    /// Refuses a file of other rows than `expected`, which is what manifest or journal says of it.
    pub fn check(&self, path: &Path, expected: &PartFile, run: &RunIdentity) -> Result<()> {
        let Self { counts, rows, .. } = self;
        let (arms, per_patient) = (run.study.arms.len(), run.rows_per_patient() as u64);
        let differs = |what: &str, found: &dyn std::fmt::Display, expected: &dyn std::fmt::Display| {
            let reason = format!("has {found} {what}, and {expected} were written");
            Err(DatasetError::damaged(path, reason))
        };
        if u64::try_from(*rows) != Ok(expected.rows) || counts.rows != expected.rows {
            return differs("rows", rows, &expected.rows);
        }
        if counts.patients != expected.patients {
            return differs("patients", &counts.patients, &expected.patients);
        }
        if expected.patients.checked_mul(per_patient) != Some(expected.rows) {
            return differs("rows", &expected.rows, &format!("{per_patient} for each patient"));
        }
        if counts.ended.len() != arms {
            return differs("arms", &counts.ended.len(), &arms);
        }
        if counts.hash != expected.content_hash {
            let reason =
                format!("has the content {}, and {} was written", counts.hash, expected.content_hash);
            return Err(DatasetError::damaged(path, reason));
        }
        Ok(())
    }
}

fn row_counts(metadata: &ArrowReaderMetadata) -> Option<&str> {
    let entries = metadata.metadata().file_metadata().key_value_metadata()?;
    entries.iter().find(|entry| entry.key == ROW_COUNTS)?.value.as_deref()
}

/// Whether this program wrote the file, in any version.
pub(crate) fn is_ours(path: &Path) -> bool {
    let by_us = |creator: &str| creator.starts_with(CREATOR);
    open(path.to_owned())
        .is_ok_and(|(_, metadata)| metadata.metadata().file_metadata().created_by().is_some_and(by_us))
}
