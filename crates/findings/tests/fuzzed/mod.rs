//! What must hold of every file of accumulators, whether `cargo test` or a fuzzer finds it: it is merged to statistics that can
//! be written and drawn, or refused.

#![allow(dead_code, clippy::unwrap_used, reason = "every target uses a part of it; a harness may panic")]

#[path = "../../../dataset/tests/common/mod.rs"]
mod common;

use cartrial_cohort::{Cohort, Shard, Store};
use cartrial_dataset::{BlockRows, Dataset, Existing, Layout, ResultsWriter};
use cartrial_findings::{StudyAnalysis, StudyFindings};
use common::{block, blocks, in_parts_of, study};
use tempfile::TempDir;

/// What the fuzzer begins with: accumulators of a few patients, as a shard writes them.
pub fn whole() -> Vec<u8> {
    MERGED.with(|merged| merged.second.clone())
}

/// The accumulators of a study's second shard, merged with those of the first. Whether they are taken for what they say.
pub fn accumulators(input: &[u8]) -> bool {
    MERGED.with(|Merged { dataset, first, .. }| {
        let pieces = [first, input].map(|piece| Ok(piece.to_vec()));
        let analysis = match StudyAnalysis::of_accumulators(dataset, pieces) {
            Ok(analysis) => analysis,
            Err(error) => {
                let text = error.to_string();
                assert!(text.lines().count() == 1 && text.ends_with("Run the shard again."), "{text}");
                return false;
            }
        };
        let summary = analysis.summary();
        serde_json::to_string(&summary).unwrap();
        let histograms = analysis.histograms();
        look_at(&analysis.findings(dataset.manifest(), dataset.columns(), &summary, &histograms));
        analysis.accumulators(true).to_bytes().unwrap();
        true
    })
}

/// What pages and figures ask for.
fn look_at(findings: &StudyFindings<'_>) {
    let outcomes = findings.arms.iter().flat_map(|(_, outcomes)| outcomes);
    for (_, histogram) in findings.patients.iter().chain(outcomes) {
        for probability in [0.0, 0.05, 0.5, 0.99, 1.0] {
            let _ = histogram.quantile(probability);
        }
        let _ = histogram.bars(f64::NEG_INFINITY, f64::INFINITY, 40);
        let _ = histogram.bars(-1.0, histogram.quantile(0.99).unwrap_or(1.0), 40);
    }
    if let Some(comparison) = &findings.comparison {
        let _ = comparison.arms.kaplan_meier("remission_day", "car-t");
        let _ = comparison.arms.differences("peak_inflammation", "car-t", 100);
    }
}

thread_local! { static MERGED: Merged = Merged::new(); }

/// The results of two shards, merged, but for the statistics.
struct Merged {
    dataset: Dataset,
    first: Vec<u8>,
    second: Vec<u8>,
    _room: TempDir,
}

impl Merged {
    fn new() -> Self {
        let room = tempfile::tempdir().unwrap();
        let mut study = in_parts_of(Shard::SEGMENT, study(Shard::SEGMENT + 4, &["control", "car-t"]));
        study.run.store = Store::None;
        let cohort = Cohort::new(&study).unwrap();
        let layout = Layout::new(&study, &cohort);
        let mut writer = ResultsWriter::create(room.path(), &layout, Existing::Refuse).unwrap();
        blocks(&layout, &cohort, Shard::SEGMENT).into_iter().for_each(|rows| writer.write(rows).unwrap());
        let dataset = writer.finish().unwrap().publish(None).unwrap();
        // Few rows for a shard, so that the fuzzer is quick.
        let of = |first: u64| {
            let mut analysis = StudyAnalysis::new(&study, layout.columns());
            let rows = BlockRows::of(&layout, &block(&cohort, first..first + 4, 2)).rows;
            analysis.extend(&rows).unwrap();
            analysis.accumulators(true).to_bytes().unwrap()
        };
        Self { dataset, first: of(0), second: of(Shard::SEGMENT), _room: room }
    }
}
