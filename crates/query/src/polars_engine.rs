//! Questions, planned and run by polars' streaming engine.

use crate::Result;
use crate::answer::{Answer, AnswerColumn, AnswerFormat, SelectedRows, Value};
use crate::error::QueryError;
use crate::statement::Asked;
use crate::tables::{Table, patients, tables};
use cartrial_cohort::checked_parquet::without_panic;
use cartrial_dataset::{Dataset, DatasetError, RowSelection, StagedFile};
use polars::prelude::{
    AnyValue, CsvWriter, DataFrame, DataType, Engine, LazyFrame, ParquetCompression, ParquetWriter,
    PlSmallStr, PlanCallback, PolarsError, PolarsResult, SchemaRef, SerWriter, col,
};
use polars::sql::{SQLContext, keywords, sql_expr};
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

/// The column that tells whether a row satisfies a condition.
const SATISFIED: &str = "is satisfied";

/// Answers a SELECT over the tables of `dataset`, `patients` and `trajectories`; its first `most` rows are kept, all are
/// counted.
///
/// # Errors
/// [`QueryError::Asked`] if it is no SELECT, names what there is not, or cannot be computed; [`QueryError::Dataset`] if the
/// results have no rows or cannot be read.
pub fn ask(dataset: &Dataset, sql: &str, most: usize) -> Result<Answer> {
    let question = Question::new(dataset, sql)?;
    let column = |(name, kind): (&PlSmallStr, &DataType)| AnswerColumn {
        name: name.to_string(),
        is_number: kind.is_primitive_numeric(),
    };
    let columns = question.schema.iter().map(column);
    let answer = Answer { columns: columns.collect(), rows: Vec::new(), all_rows: 0 };
    question.run(answer, move |answer, batch| {
        let shown = most.saturating_sub(answer.rows.len()).min(batch.height());
        for row in 0..shown {
            let values = batch.columns().iter().map(|column| Ok(value(&column.get(row)?)));
            answer.rows.push(values.collect::<PolarsResult<_>>()?);
        }
        answer.all_rows += batch.height() as u64;
        Ok(())
    })
}

/// Writes the answer to a SELECT over the tables of `dataset` into a file that is yet to be published; returns the number of
/// its rows.
///
/// # Errors
/// As [`ask`]; [`QueryError::Dataset`] if the file cannot be written.
pub fn write_answer(dataset: &Dataset, sql: &str, file: &StagedFile, format: AnswerFormat) -> Result<u64> {
    let question = Question::new(dataset, sql)?;
    let (handle, path) = (file.handle()?, file.path().to_owned());
    let schema = Arc::clone(&question.schema);
    let failed = move |error: PolarsError| QueryError::from(unwritten(&path, error));
    let stopped = failed.clone();
    match format {
        AnswerFormat::Csv => {
            let writer = CsvWriter::new(handle).batched(&schema).map_err(&failed)?;
            let (rows, mut writer) = question.run((0, writer), move |(rows, writer), batch| {
                *rows += batch.height() as u64;
                writer.write_batch(&batch).map_err(|e| Stopped::ByUs(stopped(e)))
            })?;
            writer.finish().map_err(failed)?;
            Ok(rows)
        }
        AnswerFormat::Parquet => {
            let writer = ParquetWriter::new(handle).with_compression(ParquetCompression::Snappy);
            let writer = writer.batched(&schema).map_err(&failed)?;
            let (rows, writer) = question.run((0, writer), move |(rows, writer), batch| {
                *rows += batch.height() as u64;
                writer.write_batch(&batch).map_err(|e| Stopped::ByUs(stopped(e)))
            })?;
            writer.finish().map_err(failed)?;
            Ok(rows)
        }
    }
}

/// A file that could not be written: the disk's refusal, or a value that the format has no form for.
fn unwritten(path: &Path, error: PolarsError) -> DatasetError {
    match error {
        PolarsError::IO { error, .. } => {
            let cause =
                error.raw_os_error().map_or_else(|| error.kind().into(), io::Error::from_raw_os_error);
            DatasetError::io(path, "written", cause)
        }
        other => DatasetError::Encoding { path: path.to_owned(), reason: other.to_string() },
    }
}

/// Finds the rows of the patient table of `dataset` that satisfy a condition, as after SQL's WHERE. A row for which it is
/// neither true nor false, since a value is missing, does not.
///
/// # Errors
/// As [`ask`].
pub fn select_rows(dataset: &Dataset, condition: &str) -> Result<SelectedRows> {
    let asked = Asked::condition(condition)?;
    let table = patients(dataset)?;
    let failed = |e: PolarsError| explain(&asked, &e, std::slice::from_ref(&table));
    let expression = sql_expr(condition).map_err(failed)?;
    let mut columns: Vec<String> =
        expression.clone().meta().root_names().into_iter().map(|name| name.to_string()).collect();
    columns.sort_by_key(|name| table.schema.index_of(name));
    columns.dedup();
    // A condition of no column has one value for all rows.
    let mut frame = table.frame.clone().select([col("patient_id"), expression.alias(SATISFIED)]);
    let schema = frame.collect_schema().map_err(failed)?;
    if !matches!(schema.get(SATISFIED), Some(DataType::Boolean)) {
        let kind = schema.get(SATISFIED).map_or_else(String::new, |kind| format!("of type {kind}"));
        return Err(asked.is_no_condition(&kind));
    }
    let question = Question { asked, tables: vec![table], frame, schema };
    let rows = question.run(Vec::new(), |satisfied: &mut Vec<bool>, batch| {
        let values = batch.column(SATISFIED)?.bool()?;
        satisfied.extend(values.iter().map(|value| value == Some(true)));
        Ok(())
    })?;
    Ok(SelectedRows { rows: RowSelection::from_iter(rows), columns })
}

/// A query that has been planned.
pub(crate) struct Question {
    asked: Asked,
    tables: Vec<Table>,
    frame: LazyFrame,
    pub schema: SchemaRef,
}

impl Question {
    pub fn new(dataset: &Dataset, sql: &str) -> Result<Self> {
        let tables = tables(dataset)?;
        let names: Vec<_> = tables.iter().map(|table| table.name).collect();
        let asked = Asked::query(sql, &names)?;
        let mut context = SQLContext::new();
        for table in &tables {
            context.register(table.name, table.frame.clone());
        }
        let planned = context.execute(sql).and_then(|mut frame| {
            let schema = frame.collect_schema()?;
            Ok((frame, schema))
        });
        match planned {
            Ok((frame, schema)) => Ok(Self { asked, tables, frame, schema }),
            Err(error) => Err(explain(&asked, &error, &tables)),
        }
    }

    /// Computes the answer and hands it over in batches, in order; returns what `take` made of them.
    pub fn run<S: Send + 'static>(
        self,
        state: S,
        take: impl Fn(&mut S, DataFrame) -> Result<(), Stopped> + Send + Sync + 'static,
    ) -> Result<S> {
        let state = Arc::new(Mutex::new(Run { state: Some(state), stopped: None }));
        let shared = Arc::clone(&state);
        let hand_over = PlanCallback::new(move |batch: DataFrame| {
            let mut run = shared.lock().unwrap_or_else(PoisonError::into_inner);
            let Some(state) = &mut run.state else { return Ok(true) };
            match take(state, batch) {
                Ok(()) => Ok(false),
                Err(Stopped::ByPolars(error)) => Err(error),
                Err(Stopped::ByUs(error)) => {
                    run.stopped = Some(error);
                    Ok(true)
                }
            }
        });
        let ran = without_panic(|| {
            self.frame.sink_batches(hand_over, true, None)?.collect_with_engine(Engine::Streaming)
        });
        let Run { state, stopped } =
            std::mem::take(&mut *state.lock().unwrap_or_else(PoisonError::into_inner));
        match (ran, stopped, state) {
            (_, Some(error), _) => Err(error),
            (Some(Err(error)), ..) => Err(explain(&self.asked, &error, &self.tables)),
            (Some(Ok(_)), None, Some(state)) => Ok(state),
            // Damaged files, or a mistake in polars: it panicked.
            (None, ..) | (_, _, None) => Err(self.asked.error("polars cannot compute this", &[], &[])),
        }
    }
}

/// What a running query comes to.
struct Run<S> {
    state: Option<S>,
    stopped: Option<QueryError>,
}

impl<S> Default for Run<S> {
    fn default() -> Self {
        Self { state: None, stopped: None }
    }
}

/// Why a batch could not be taken.
pub(crate) enum Stopped {
    ByPolars(PolarsError),
    ByUs(QueryError),
}

impl From<PolarsError> for Stopped {
    fn from(error: PolarsError) -> Self {
        Self::ByPolars(error)
    }
}

/// What polars says of what was asked.
fn explain(asked: &Asked, error: &PolarsError, tables: &[Table]) -> QueryError {
    let mut columns: Vec<&str> = Vec::new();
    for name in tables.iter().flat_map(|table| table.schema.iter_names()) {
        if !columns.contains(&name.as_str()) {
            columns.push(name);
        }
    }
    asked.error(&error.to_string(), &columns, &keywords::all_functions())
}

fn value(any: &AnyValue<'_>) -> Value {
    match any {
        AnyValue::Null => Value::Null,
        AnyValue::Boolean(flag) => Value::Flag(*flag),
        AnyValue::Float32(number) => Value::Number((*number).into()),
        AnyValue::Float64(number) => Value::Number(*number),
        other if other.is_integer() => other.extract().map_or(Value::Null, Value::Integer),
        other => Value::Text(other.get_str().map_or_else(|| other.to_string(), str::to_owned)),
    }
}
