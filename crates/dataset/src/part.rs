//! One Parquet file of the patient table.

use crate::Result;
use crate::block_rows::BlockRows;
use crate::column::{Column, ColumnType, Origin};
use crate::error::DatasetError;
use crate::layout::{Layout, entries};
use crate::manifest::PartFile;
use crate::row_counts::RowCounts;
use crate::staged::Staged;
use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions};
use parquet::arrow::arrow_writer::{ArrowColumnChunk, ArrowRowGroupWriterFactory, compute_leaves};
use parquet::basic::{Compression, Encoding};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
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
/// Footer entry that marks a file as ours and holds the counts of its rows.
const ROW_COUNTS: &str = "cartrial.tally";

/// A Parquet file being written.
pub(crate) struct Part {
    name: String,
    staged: Staged,
    writer: SerializedFileWriter<File>,
    factory: ArrowRowGroupWriterFactory,
    schema: SchemaRef,
    pending: Vec<RecordBatch>,
    pending_rows: usize,
    row_groups: usize,
    first_patient: u64,
    counts: RowCounts,
}

impl Part {
    /// Begins the file `name` in `directory`, whose rows start with patient `first_patient`.
    pub fn create(directory: &Path, name: String, first_patient: u64, layout: &Layout) -> Result<Self> {
        let staged = Staged::create(directory.join(&name))?;
        let failed = |e| DatasetError::writing(staged.path(), e);
        let schema = Arc::clone(&layout.schema);
        let writer = ArrowWriter::try_new(staged.handle()?, Arc::clone(&schema), Some(properties(layout)));
        let (writer, factory) = writer.and_then(ArrowWriter::into_serialized_writer).map_err(failed)?;
        let counts = RowCounts::empty(layout.study.arms.len());
        Ok(Self {
            name,
            staged,
            writer,
            factory,
            schema,
            pending: Vec::new(),
            pending_rows: 0,
            row_groups: 0,
            first_patient,
            counts,
        })
    }

    /// The file's name, from the results directory.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Appends the rows of a block.
    pub fn write(&mut self, block: BlockRows) -> Result<()> {
        self.counts.merge(&block.counts);
        self.pending_rows += block.rows.len();
        self.pending.push(block.rows.into_batch());
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
        self.writer.close().map_err(|e| DatasetError::writing(self.staged.path(), e))?;
        self.staged.publish()?;
        let file = PartFile {
            path: self.name,
            first_patient: self.first_patient,
            patients: self.counts.patients,
            rows: self.counts.rows,
            content_hash: self.counts.hash,
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
    let entries = entries(&layout.study).map(|(key, value)| KeyValue::new(key, value));
    let mut properties = WriterProperties::builder()
        .set_created_by(concat!("cartrial ", env!("CARGO_PKG_VERSION")).into())
        .set_key_value_metadata(Some(entries.into()))
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_offset_index_disabled(true)
        .set_dictionary_enabled(true)
        .set_dictionary_page_size_limit(DICTIONARY_BYTES)
        .set_compression(Compression::UNCOMPRESSED);
    for column in &layout.columns {
        let path = ColumnPath::from(column.name.as_str());
        if column.kind == ColumnType::U64 {
            properties = properties
                .set_column_dictionary_enabled(path.clone(), false)
                .set_column_encoding(path.clone(), Encoding::DELTA_BINARY_PACKED);
        }
        if layout.rows() > layout.ids.end - layout.ids.start && repeats_in_arms(column) {
            properties = properties.set_column_compression(path, Compression::SNAPPY);
        }
    }
    properties.build()
}

/// Whether a column has the same value in every arm of a patient.
fn repeats_in_arms(column: &Column) -> bool {
    matches!(column.origin, Origin::Parameter | Origin::Initial | Origin::Derived | Origin::Carried)
}

/// Opens a file and reads its footer.
pub(crate) fn open(path: PathBuf) -> Result<(File, ArrowReaderMetadata)> {
    let file = match File::open(&path) {
        Ok(file) => file,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
            return Err(DatasetError::damaged(&path, "is missing, though the manifest names it"));
        }
        Err(e) => return Err(DatasetError::io(&path, "read", e)),
    };
    let metadata = ArrowReaderMetadata::load(&file, ArrowReaderOptions::new())
        .map_err(|e| DatasetError::damaged(&path, format!("is no complete Parquet file ({e})")))?;
    Ok((file, metadata))
}

/// Whether this program wrote the file.
pub(crate) fn is_ours(path: &Path) -> bool {
    open(path.to_owned()).is_ok_and(|(_, metadata)| {
        let entries = metadata.metadata().file_metadata().key_value_metadata();
        entries.is_some_and(|entries| entries.iter().any(|entry| entry.key == ROW_COUNTS))
    })
}
