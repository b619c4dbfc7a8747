//! Rows of any numbers have statistics and a page, or a reason why there are none: results may come from anywhere.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "../../dataset/tests/common/mod.rs"]
mod common;

use cartrial_cohort::{Allocation, Cohort};
use cartrial_dataset::{BlockRows, Existing, Layout, ResultsWriter};
use cartrial_findings::StudyAnalysis;
use cartrial_report::study;
use cartrial_runner::Block;

const MAX: f64 = f64::MAX;
const MIN: f64 = f64::MIN;
const LEAST: f64 = 5e-324;
const INFINITE: f64 = f64::INFINITY;
const NAN: f64 = f64::NAN;

const PALETTES: [&[f64]; 8] = [
    &[NAN],
    &[NAN, -INFINITE, INFINITE, 0.0, 1.0],
    &[MAX, MIN],
    &[MAX, 1.0, LEAST, 0.0],
    &[LEAST, -LEAST, -0.0, 0.0],
    &[-1.0, 0.0, 1.0, 0.5],
    &[1.0, 1.0 + f64::EPSILON],
    &[1e308, -1e308, 1e-308, 7.0, NAN],
];

/// The same rows with other numbers in every column of f64.
fn repainted(mut block: Block, palette: &[f64], state: &mut u64) -> Block {
    let mut number = || {
        *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        palette[(*state >> 33) as usize % palette.len()]
    };
    block.patients.iter_mut().for_each(|patient| patient.quantities.0.fill_with(&mut number));
    block.rows.iter_mut().for_each(|row| row.outcome.values.fill_with(&mut number));
    block
}

#[test]
fn prop_any_numbers_have_a_page() {
    let mut state = 7;
    for (arms, allocation) in
        [(1, Allocation::Twins), (2, Allocation::Twins), (3, Allocation::Twins), (2, Allocation::Randomised)]
    {
        let names = &["control", "car-t", "rescue"][..arms];
        let mut study = common::study(30, names);
        study.allocation = allocation;
        let cohort = Cohort::new(&study).unwrap();
        let layout = Layout::new(&study, &cohort);
        for palette in PALETTES {
            let mut block = common::block(&cohort, 0..30, arms);
            if allocation == Allocation::Randomised {
                block.rows.retain(|row| row.arm == row.patient % arms);
            }
            let rows = BlockRows::of(&layout, &repainted(block, palette, &mut state));
            let mut analysis = StudyAnalysis::new(&study, layout.columns());
            analysis.extend(&rows.rows).unwrap();
            let room = tempfile::tempdir().unwrap();
            let mut writer = ResultsWriter::create(room.path(), &layout, Existing::Refuse).unwrap();
            writer.write(rows).unwrap();
            let dataset = writer.finish().unwrap().publish(None).unwrap();
            let summary = analysis.summary();
            let columns = dataset.columns();
            study::write(room.path(), dataset.manifest(), columns, &analysis, &summary).unwrap();
            let page = std::fs::read_to_string(room.path().join("report.html")).unwrap();
            let near = page.find("NaN").map(|at| &page[at.saturating_sub(300)..at + 3]);
            assert!(page.contains("</html>") && near.is_none(), "{palette:?}: {near:?}");
        }
    }
}
