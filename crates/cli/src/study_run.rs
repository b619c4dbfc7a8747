//! A study from its first draw to its page.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use cartrial_cohort::{Cohort, Study};
use cartrial_dataset::{BlockRows, Dataset, Layout, ResultsWriter, write_summary};
use cartrial_findings::{StudyAnalysis, StudySummary};
use cartrial_runner::{Block, Level, RunOptions};

use crate::Error;

/// How a study is run. None of it changes the results by a single bit.
#[derive(Clone, Default)]
pub struct Options<'a> {
    /// Where results are written; `None` for `results/NAME`, with the name of the study.
    pub directory: Option<PathBuf>,
    /// Whether results that are already there are replaced; otherwise they are an error.
    pub replace: bool,
    /// Worker threads; 0 for one on each core.
    pub threads: u16,
    /// SIMD instructions; `None` for those that `CARTRIAL_SIMD` names, or the best that the machine has.
    pub level: Option<Level>,
    /// Called with the patients done so far, and the patients in all.
    pub progress: Option<&'a (dyn Fn(u64, u64) + Sync)>,
}

/// What a study comes to.
pub struct Results {
    /// The patient table, with its manifest and its dictionary, on disk.
    pub dataset: Dataset,
    /// Every statistic.
    pub summary: StudySummary,
    /// `report.html`, a page that needs no other file.
    pub page: PathBuf,
    /// How long patients were simulated and their rows written.
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
    /// table of patients has changed; [`Error::Threads`], [`Error::Level`], [`Error::File`].
    fn run(&self, options: &Options<'_>) -> Result<Results, Error>;

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
        let (cohort, run) = (Cohort::new(self)?, run_options(options)?);
        let directory =
            options.directory.clone().unwrap_or_else(|| PathBuf::from("results").join(&self.name));
        let layout = Layout::new(self, &cohort);
        let mut writer = ResultsWriter::create(&directory, &layout, options.replace)?;
        let mut analysis = StudyAnalysis::new(self, layout.columns());

        let simulating = Instant::now();
        let digest = |block| BlockRows::of(&layout, &block);
        let mut done = 0;
        cartrial_runner::run(self, &cohort, 0..cohort.patients(), &run, digest, |digest| {
            analysis.extend(&digest.rows)?;
            done += digest.rows.patients() as u64;
            report_progress(options, done, cohort.patients());
            writer.write(digest).map_err(Error::from)
        })?;
        let simulated = simulating.elapsed();

        let summary = analysis.summary();
        write_summary(&directory, &summary)?;
        let timing = serde_json::json!({
            "simd": run.level.name(),
            "threads": if run.threads == 0 { rayon::current_num_threads() } else { run.threads },
            "simulated_and_written_s": simulated.as_secs_f64(),
            "total_s": started.elapsed().as_secs_f64(),
        });
        let manifest = writer.finish(Some(timing))?;
        let page =
            cartrial_report::study::write(&directory, &manifest, layout.columns(), &analysis, &summary)?;
        let dataset = Dataset::open(&directory)?;
        Ok(Results { dataset, summary, page, simulated, total: started.elapsed() })
    }

    fn stream<E: From<Error> + Send>(
        &self,
        options: &Options<'_>,
        mut consume: impl FnMut(Block) -> Result<(), E> + Send,
    ) -> Result<(), E> {
        let cohort = Cohort::new(self).map_err(Error::from)?;
        let run = run_options(options)?;
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

fn run_options(options: &Options<'_>) -> Result<RunOptions, Error> {
    let level = options.level.map_or_else(Level::from_environment, Ok)?;
    Ok(RunOptions { threads: usize::from(options.threads), block: RunOptions::BLOCK, level })
}

fn report_progress(options: &Options<'_>, done: u64, total: u64) {
    if let Some(progress) = options.progress {
        progress(done, total);
    }
}
