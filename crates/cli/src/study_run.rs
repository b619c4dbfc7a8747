//! A study from its first draw to its page.

use std::ops::{ControlFlow, Range};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use cartrial_cohort::{Cohort, Shard, Store, Study};
use cartrial_dataset::{
    BlockRows, CompleteTable, Dataset, DatasetError, Existing, Layout, PatientRows, Pieces, ResultsWriter,
    Task,
};
use cartrial_findings::{FindingsError, StudyAccumulators, StudyAnalysis, StudySummary, calibration};
use cartrial_runner::{Block, Level, RunOptions};
use serde_json::{Value, json};

use crate::Error;

/// How a study is run. None of it changes the results by a single bit.
#[derive(Clone, Default)]
pub struct Options<'a> {
    /// Where results are written; `None` for `results/NAME`, with the name of the study.
    pub directory: Option<PathBuf>,
    /// What becomes of results that are already there; they are an error unless asked otherwise.
    pub existing: Existing,
    /// Worker threads; 0 for one on each core.
    pub threads: u16,
    /// SIMD instructions; `None` for those that `CARTRIAL_SIMD` names, or the best that the machine has.
    pub level: Option<Level>,
    /// Called with the patients done so far, and the patients in all.
    pub progress: Option<&'a (dyn Fn(u64, u64) + Sync)>,
    /// Asked after every few thousand patients whether to stop. The run then finishes the file in hand and ends with
    /// [`Error::Interrupted`]; [`Existing::Resume`] goes on from there.
    pub stop: Option<&'a (dyn Fn() -> bool + Sync)>,
}

/// What a study comes to.
#[derive(Debug)]
pub struct Results {
    /// The patient table, with its manifest and its dictionary, on disk.
    pub dataset: Dataset,
    /// Every statistic.
    pub summary: StudySummary,
    /// `report.html`, a page that needs no other file.
    pub page: PathBuf,
    /// Files of a resumed run that were damaged, and were made again: each with what was wrong.
    pub repaired: Vec<String>,
    /// Patients whose rows were there already.
    pub kept: u64,
    /// How long the others were simulated and their rows written.
    pub simulated: Duration,
    /// How long all of it took.
    pub total: Duration,
}

/// Runs a [`Study`].
pub trait RunStudy {
    /// Simulates every patient in every arm, and writes the patient table, the statistics, the figures and the page.
    ///
    /// # Errors
    /// [`Error::Dataset`] if the directory holds results already or cannot be written to; [`Error::Study`] if the
    /// table of patients has changed; [`Error::Interrupted`], [`Error::Threads`], [`Error::Level`], [`Error::File`].
    fn run(&self, options: &Options<'_>) -> Result<Results, Error>;

    /// Simulates the patients of one shard and writes their rows to a directory of their own below that of the study,
    /// `shard-I-of-K`, for [`merge`]. What is there already of this shard is kept; while another process writes it, this
    /// one waits.
    ///
    /// # Errors
    /// As [`RunStudy::run`].
    fn run_shard(&self, shard: Shard, options: &Options<'_>) -> Result<Dataset, Error>;

    /// Simulates every patient in every arm and hands the outcomes over, block by block in the order of the patients,
    /// in memory that does not grow with their number. Nothing is written.
    ///
    /// # Errors
    /// The first error of `consume`, which ends the run; [`Error::Study`], [`Error::Threads`], [`Error::Level`].
    fn stream<E: From<Error> + Send>(
        &self,
        options: &Options<'_>,
        consume: impl FnMut(Block) -> Result<(), E> + Send,
    ) -> Result<(), E>;
}

impl RunStudy for Study {
    fn run(&self, options: &Options<'_>) -> Result<Results, Error> {
        let started = Instant::now();
        let run = run_options(self, options)?;
        let cohort = enrol(self, &run, options)?;
        let directory = directory(self, options);
        let layout = Layout::new(self, &cohort);
        let writer = ResultsWriter::create(&directory, &layout, options.existing)?;
        let repaired = writer.damage().iter().map(DatasetError::to_string).collect();

        let kept = writer.kept_patients();
        let simulating = Instant::now();
        let (table, analysis) = if writer.was_complete() {
            let table = writer.reopen()?;
            let analysis = StudyAnalysis::of_dataset(table.dataset())?;
            (table, analysis)
        } else {
            let mut analysis = StudyAnalysis::new(self, layout.columns());
            let simulation = Simulation { study: self, cohort: &cohort, layout: &layout, run: &run, options };
            let mut table = simulation.write_to(writer, |rows| analysis.extend(rows))?;
            if self.run.store != Store::All {
                table.add_accumulators(&analysis.accumulators(true).to_bytes()?)?;
            }
            (table, analysis)
        };
        let simulated = simulating.elapsed();

        let timing = |total: Duration| {
            json!({
                "simd": run.level.name(),
                "threads": if run.threads == 0 { rayon::current_num_threads() } else { run.threads },
                "simulated_and_written_s": simulated.as_secs_f64(),
                "total_s": total.as_secs_f64(),
            })
        };
        let (dataset, summary, page) = publish(table, &analysis, || timing(started.elapsed()))?;
        Ok(Results { dataset, summary, page, repaired, kept, simulated, total: started.elapsed() })
    }

    fn run_shard(&self, shard: Shard, options: &Options<'_>) -> Result<Dataset, Error> {
        let started = Instant::now();
        let run = run_options(self, options)?;
        let cohort = enrol(self, &run, options)?;
        if shard.of() > self.patients {
            return Err(Error::TooManyShards { shards: shard.of(), patients: self.patients });
        }
        let has_accumulators = shard.has_whole_segments(self.patients);
        if self.run.store != Store::All && !has_accumulators {
            return Err(Error::ShardsTooSmall { shards: shard.of(), patients: self.patients });
        }
        let directory = Pieces::directory_of(&directory(self, options), shard);
        let layout = Layout::new(self, &cohort).for_shard(shard);
        let existing = match options.existing {
            Existing::Refuse => Existing::Resume,
            asked => asked,
        };
        let writer = loop {
            match ResultsWriter::create(&directory, &layout, existing) {
                Err(DatasetError::Busy { .. }) if !is_stopped(options) => {
                    std::thread::sleep(Duration::from_millis(100));
                }
                other => break other?,
            }
        };
        let table = if writer.was_complete() {
            writer.reopen()?
        } else {
            let mut analysis = has_accumulators.then(|| StudyAnalysis::new(self, layout.columns()));
            let simulation = Simulation { study: self, cohort: &cohort, layout: &layout, run: &run, options };
            let take_in =
                |rows: &PatientRows| analysis.as_mut().map_or(Ok(()), |analysis| analysis.extend(rows));
            let mut table = simulation.write_to(writer, take_in)?;
            if let Some(analysis) = analysis {
                // Rows that are stored can be read again.
                let with_first_rows = self.run.store != Store::All
                    && layout.patients().start < StudyAccumulators::end_of_first_rows(self);
                table.add_accumulators(&analysis.accumulators(with_first_rows).to_bytes()?)?;
            }
            table
        };
        Ok(table.publish(Some(json!({ "total_s": started.elapsed().as_secs_f64() })))?)
    }

    fn stream<E: From<Error> + Send>(
        &self,
        options: &Options<'_>,
        mut consume: impl FnMut(Block) -> Result<(), E> + Send,
    ) -> Result<(), E> {
        let run = run_options(self, options)?;
        let cohort = enrol(self, &run, options).map_err(E::from)?;
        let mut done = 0;
        let outcome = cartrial_runner::run(
            self,
            &cohort,
            0..cohort.patients(),
            &run,
            |block| block,
            |block| {
                done += block.patients.len() as u64;
                report_progress(options, done, cohort.patients());
                consume(block).map_err(Stopped::ByConsumer)
            },
        );
        outcome.map_err(|stopped| match stopped {
            Stopped::ByConsumer(error) => error,
            Stopped::WithoutThreads(error) => Error::from(error).into(),
        })
    }
}

/// Makes one study's results of those of all its shards: the same, bit for bit, as if it had been run at once. The
/// results of shards are looked for in `pieces`, as [`Pieces::open`] does, and checked byte for byte. Statistics come from
/// the shards' accumulators; where shards are too small to have them, from the rows.
///
/// # Errors
/// [`Error::Dataset`] if a shard is missing, there twice, damaged or of another study, or if the directory holds
/// results already; [`Error::File`].
pub fn merge(pieces: &[PathBuf], directory: &Path, existing: Existing) -> Result<Results, Error> {
    let started = Instant::now();
    let pieces = Pieces::open(pieces)?;
    let mut table = pieces.merge_into(directory, existing)?;
    let analysis = match pieces.accumulators() {
        Some(pieces) => StudyAnalysis::of_accumulators(table.dataset(), pieces)?,
        None => StudyAnalysis::of_dataset(table.dataset())?,
    };
    if table.dataset().manifest().study.run.store != Store::All {
        table.add_accumulators(&analysis.accumulators(true).to_bytes()?)?;
    }
    let timing = || json!({ "merged_s": started.elapsed().as_secs_f64() });
    let (dataset, summary, page) = publish(table, &analysis, timing)?;
    let (repaired, kept, simulated) = (Vec::new(), dataset.manifest().patients, Duration::ZERO);
    Ok(Results { dataset, summary, page, repaired, kept, simulated, total: started.elapsed() })
}

/// Writes what is made from a table beside it, and the manifest last.
fn publish(
    mut table: CompleteTable,
    analysis: &StudyAnalysis,
    timing: impl FnOnce() -> Value,
) -> Result<(Dataset, StudySummary, PathBuf), Error> {
    let summary = analysis.summary();
    table.add_summary(&summary)?;
    let dataset = table.dataset();
    let directory = dataset.directory();
    let page =
        cartrial_report::study::write(directory, dataset.manifest(), dataset.columns(), analysis, &summary)?;
    Ok((table.publish(Some(timing()))?, summary, page))
}

/// Everything by which patients become rows.
struct Simulation<'a> {
    study: &'a Study,
    cohort: &'a Cohort,
    layout: &'a Layout,
    run: &'a RunOptions,
    options: &'a Options<'a>,
}

impl Simulation<'_> {
    /// Writes what is missing, reads what is there, and takes all rows in, in the order of the patients.
    fn write_to(
        &self,
        mut writer: ResultsWriter,
        mut take_in: impl FnMut(&PatientRows) -> Result<(), FindingsError> + Send,
    ) -> Result<CompleteTable, Error> {
        for task in writer.tasks() {
            match task {
                Task::Keep(ids) => {
                    for rows in writer.keep(&ids)? {
                        take_in(&rows?)?;
                    }
                    self.go_on(&writer)?;
                }
                Task::Solve(ids) => self.solve(ids, &mut writer, &mut take_in)?,
            }
        }
        let mut table = writer.finish()?;
        self.follow_sample(&mut table)?;
        Ok(table)
    }

    fn solve(
        &self,
        ids: Range<u64>,
        writer: &mut ResultsWriter,
        take_in: &mut (impl FnMut(&PatientRows) -> Result<(), FindingsError> + Send),
    ) -> Result<(), Error> {
        let digest = |block| BlockRows::of(self.layout, &block);
        cartrial_runner::run(self.study, self.cohort, ids, self.run, digest, |digest| {
            take_in(&digest.rows)?;
            writer.write(digest)?;
            self.go_on(writer)
        })
    }

    /// Writes the courses of those patients of the study's sample who are simulated here.
    fn follow_sample(&self, table: &mut CompleteTable) -> Result<(), Error> {
        let Some(mut writer) = table.trajectory_writer()? else { return Ok(()) };
        let ids = self.layout.patients();
        let sample: Vec<_> =
            self.study.sampled_patients().into_iter().filter(|patient| ids.contains(patient)).collect();
        cartrial_runner::follow(self.study, self.cohort, &sample, self.run, |course| {
            writer.write(&course).map_err(Error::from)
        })?;
        Ok(table.add_trajectories(writer)?)
    }

    /// Reports what is done, and ends the run between two files if it is asked to.
    fn go_on(&self, writer: &ResultsWriter) -> Result<(), Error> {
        let (ids, done) = (self.layout.patients(), writer.counts().patients);
        let patients = ids.end - ids.start;
        report_progress(self.options, done, patients);
        if is_stopped(self.options) && writer.is_between_files() {
            return Err(Error::Interrupted { done, patients, directory: writer.directory().to_owned() });
        }
        Ok(())
    }
}

/// Why a stream ended early.
enum Stopped<E> {
    ByConsumer(E),
    WithoutThreads(cartrial_runner::RunError),
}

impl<E> From<cartrial_runner::RunError> for Stopped<E> {
    fn from(error: cartrial_runner::RunError) -> Self {
        Self::WithoutThreads(error)
    }
}

/// The cohort of a study; its candidates are solved first, if it has targets.
///
/// # Errors
/// [`Error::Study`] if a table cannot be read; [`Error::Calibration`]; [`Error::InterruptedEnrolment`], [`Error::Threads`].
pub fn enrol(study: &Study, run: &RunOptions, options: &Options<'_>) -> Result<Cohort, Error> {
    let candidates = calibration::targets(study).map_or(0, |targets| targets.candidates);
    let done = AtomicU64::new(0);
    let progress = |more: u64| {
        report_progress(options, done.fetch_add(more, Ordering::Relaxed) + more, candidates);
        if is_stopped(options) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    Ok(calibration::cohort(study, run, &progress)?)
}

fn run_options(study: &Study, options: &Options<'_>) -> Result<RunOptions, Error> {
    let level = options.level.map_or_else(Level::from_environment, Ok)?;
    let threads = usize::from(options.threads);
    Ok(RunOptions { threads, boundary: study.run.part_patients, ..RunOptions::new(level) })
}

/// Where the results of a study are.
fn directory(study: &Study, options: &Options<'_>) -> PathBuf {
    options.directory.clone().unwrap_or_else(|| PathBuf::from("results").join(&study.name))
}

fn report_progress(options: &Options<'_>, done: u64, total: u64) {
    if let Some(progress) = options.progress {
        progress(done, total);
    }
}

fn is_stopped(options: &Options<'_>) -> bool {
    options.stop.is_some_and(|stop| stop())
}
