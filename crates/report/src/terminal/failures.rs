//! The patients that failed: how many, why, and who.

use cartrial_dataset::{FirstFailures, Manifest, status_in_words};
use comfy_table::{CellAlignment, Table, presets};

use super::count::{patients, thousands};
use crate::failed::{causes, day};

/// How many patients failed, why, and the first of them one by one; nothing if none did.
pub(super) fn failures(manifest: &Manifest) -> String {
    let failures = &manifest.failures;
    if failures.rows == 0 {
        return String::new();
    }
    let several_arms = manifest.arms.len() > 1;
    let mut text = format!(
        "{} of {} failed{}; no statistic counts what failed\n",
        thousands(failures.patients),
        patients(manifest.patients),
        if several_arms { " in some arm" } else { "" },
    );
    for (rows, cause) in causes(&failures.by_status) {
        text += &format!("  {} {}\n", thousands(rows), cause.text());
    }
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    let arm = |name: &str| several_arms.then(|| name.to_owned());
    let header = ["patient".to_owned(), "day".to_owned()];
    table.set_header(header.into_iter().chain(arm("arm")).chain(["cause".to_owned()]));
    for row in &failures.first {
        let place = [row.patient_id.to_string(), day(row.failed_at_day)];
        table.add_row(place.into_iter().chain(arm(&row.arm)).chain([status_in_words(row.status).to_owned()]));
    }
    for column in table.column_iter_mut().take(2) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    if failures.rows > failures.first.len() as u64 {
        text += &format!("The first {}:\n", FirstFailures::MOST);
    }
    text += &format!("{}\n", table.trim_fmt());
    text += "All of them, with parameters, status and failed_at_day: the rows of the patient table whose status is not ok\n";
    text
}
