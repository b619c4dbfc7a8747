//! `cartrial credibility`: the evidence for the results of a finished run.

use crate::args::CredibilityArguments;
use crate::failure::Failure;
use crate::output::show;
use cartrial_dataset::Dataset;
use cartrial_findings::credibility::Credibility;
use cartrial_runner::Level;

/// Gathers the evidence and writes `credibility.json` and `credibility.html` beside the results.
pub fn credibility(arguments: &CredibilityArguments) -> Result<(), Failure> {
    let dataset = Dataset::open_whole(&arguments.dir)?;
    let found = Credibility::gather(&dataset, Level::from_environment()?)?;
    let page = cartrial_report::credibility::write(&arguments.dir, dataset.manifest(), &found)?;
    let width = found.factors.iter().map(|factor| factor.name.len()).max().unwrap_or(0);
    let mut text = String::new();
    for factor in &found.factors {
        text += &format!("{:width$}  {}\n", factor.name, factor.standing.in_words());
    }
    show(&format!("{text}\nPage: {}\n", page.display()))
}
