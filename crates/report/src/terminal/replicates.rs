//! Replicate trials of the paper's as a table.

use cartrial_analysis::ResponseScale;
use cartrial_findings::reproduction::ReplicateEntry;
use comfy_table::{CellAlignment, Table, presets};

use super::cells::{correlation, p_value};
use super::count::thousands;
use crate::significant;

/// Replicates of the paper's trial: where its p-values lie among theirs.
pub fn replicates(entries: &[ReplicateEntry]) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header([
        "population",
        "response",
        "predictor",
        "mean r",
        "median p [5 %, 95 %]",
        "paper's p",
        "at or below",
    ]);
    for e in entries {
        let [low, median, high] = [e.log10_p.q05, e.log10_p.median, e.log10_p.q95].map(p_value);
        table.add_row([
            format!("{}, n {}", e.setting.distribution.name(), e.setting.n.name()),
            if e.setting.scale == ResponseScale::Log { "ln(peak)" } else { "peak" }.to_owned(),
            e.predictor.name().to_owned(),
            correlation(e.mean_r),
            format!("{median} [{low}, {high}]"),
            p_value(e.paper_log10_p),
            format!("{} %", significant(e.paper_percentile, 3)),
        ]);
    }
    for column in table.column_iter_mut().skip(3) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    let trials = entries.iter().map(|e| e.trials).max().unwrap_or(0) as u64;
    format!("{} trials of 200 patients in each population\n\n{}", thousands(trials), table.trim_fmt())
}
