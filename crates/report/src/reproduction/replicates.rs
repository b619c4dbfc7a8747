//! The section of the page that repeats the paper's trial.

use cartrial_findings::reproduction::{PaperPredictor, ReplicateEntry, Reproduction, Verdict, verdicts};
use maud::{Markup, html};

use super::page::count;
use crate::page::{Illustration, figure, p_value, percent, table};

pub(super) fn replicates(reproduction: &Reproduction, illustration: Option<&Illustration>) -> Markup {
    let all = verdicts(&reproduction.replicates);
    let trials = reproduction.replicates.iter().map(|e| e.trials).max().unwrap_or(0);
    let mut ordinary: Vec<_> = all.iter().filter(|(_, verdict, _)| *verdict == Verdict::Ordinary).collect();
    ordinary.sort_by(|a, b| from_median(a.2[0]).total_cmp(&from_median(b.2[0])));
    let share = |e: &ReplicateEntry| percent(e.paper_percentile / 100.0);
    let ordinary: Vec<_> =
        ordinary.iter().map(|(setting, _, [burden, _])| (setting.words(), share(burden))).collect();
    let unreached: Vec<_> = all
        .iter()
        .filter(|(_, verdict, _)| *verdict == Verdict::OutOfReach)
        .map(|(setting, ..)| setting.words())
        .collect();
    let rows = all.iter().flat_map(|(setting, verdict, entries)| {
        entries.map(|e| {
            let [low, median, high] = [e.log10_p.q05, e.log10_p.median, e.log10_p.q95].map(p_value);
            let first = e.predictor == PaperPredictor::TumourBurden;
            let row = vec![
                if first { setting.words() } else { String::new() },
                if first { "tumour burden" } else { "total dose" }.to_owned(),
                format!("{:.3}", e.mean_r),
                median,
                format!("[{low}, {high}]"),
                p_value(e.paper_log10_p),
                share(e),
                if first { verdict.words().to_owned() } else { String::new() },
            ];
            (*verdict == Verdict::Ordinary, row)
        })
    });
    html! {
        p {
            "The p-value of a trial is a random number, and the paper's is one draw of it. We repeated the trial " (count(trials))
            " times, each time with 200 new patients, in every population and on each scale that the paper's text allows."
        }
        p {
            @if ordinary.is_empty() { "In no setting are both of the paper's p-values ordinary." }
            @else {
                "Both of the paper's p-values are ordinary (within the middle 90 % of trials) with "
                @for (i, (setting, share)) in ordinary.iter().enumerate() {
                    @if i > 0 { ", and with " }
                    b { (setting) } " (" (share) " of trials have a p of at most 5.3e−38)"
                }
                "."
            }
            @if !unreached.is_empty() {
                " Out of reach, because all " (count(trials)) " trials fall on the same side of one of the paper's p-values: "
                (unreached.join("; ")) "."
            }
        }
        (figure(illustration, html! {
            "Median (dot) and 5 % to 95 % range of log10 p over " (count(trials)) " replicate trials of 200 patients, compared with the paper's p."
        }))
        (table(
            &["population, response", "predictor", "mean r", "median p", "[5 %, 95 %]", "paper's p", "at or below it", "verdict"],
            2,
            rows,
        ))
    }
}

/// How far from the median of the trials the paper's p lies, in percent of them.
fn from_median(entry: &ReplicateEntry) -> f64 {
    (entry.paper_percentile - 50.0).abs()
}
