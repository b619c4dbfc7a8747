//! A sensitivity analysis as a short table for a person.

use cartrial_findings::sensitivity::Sensitivity;
use comfy_table::{CellAlignment, Table, presets};

use super::count::thousands;
use crate::sensitivity::{outcome_label, ranked, shown};

/// Factors of each outcome, the strongest ones.
const STRONGEST: usize = 5;

/// The strongest factors of the outcomes that answer the question of a study.
pub fn sensitivity(found: &Sensitivity) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(["outcome", "factor", "first-order index", "total index [95 % CI]"]);
    for (outcome, indices) in shown(found) {
        let mut label = outcome_label(&outcome.column, found.study.arms.len() > 1);
        for (factor, index) in ranked(found, indices).into_iter().take(STRONGEST) {
            table.add_row([
                std::mem::take(&mut label),
                factor.name.clone(),
                share(index.first_order),
                share(index.total) + &brackets(index.total_ci95),
            ]);
        }
    }
    for column in table.column_iter_mut().skip(2) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    let mut text = format!(
        "{}: {} factors, {} rows, seed {}\n\n{}\n",
        found.study.name,
        found.plan.factors.len(),
        thousands(found.plan.rows),
        found.study.seed,
        table.trim_fmt()
    );
    if found.failed_solves > 0 {
        let failed = thousands(found.failed_solves);
        text += &format!("\n{failed} solves failed; the rows that they belong to are left out\n");
    }
    text
}

fn brackets(ci95: Option<[f64; 2]>) -> String {
    ci95.map_or_else(String::new, |[low, high]| format!(" [{}, {}]", share(low), share(high)))
}

fn share(index: f64) -> String {
    format!("{index:.3}").replace('-', "−")
}
