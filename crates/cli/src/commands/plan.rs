//! `cartrial plan`: a study cut into shards.

use crate::args::{OverrideArguments, PlanArguments};
use crate::failure::Failure;
use crate::output::{command_line, show};
use cartrial::{Error, Shard, Study};
use cartrial_cohort::Cohort;
use cartrial_dataset::Layout;
use cartrial_report::terminal::thousands;
use std::path::{Path, PathBuf};

/// More shards than these are not listed one by one.
const LISTED: usize = 20;

/// Shows the shards of a study and the commands that run and merge them.
pub fn plan(arguments: &PlanArguments) -> Result<(), Failure> {
    let study = Study::read_with(&arguments.study, &arguments.overrides.resolve())?;
    let of = arguments.shards;
    if of > study.patients {
        return Err(Error::TooManyShards { shards: of, patients: study.patients }.into());
    }
    let layout = Layout::new(&study, &Cohort::outline(&study)?);
    let mut text = format!(
        "{name}: {patients} patients in {shards} of about {each}, some {bytes} on disk each\n\n\
         Run each, anywhere, in any order, as often as needed:\n",
        name = study.name,
        patients = thousands(study.patients),
        shards = if of == 1 { "one shard".into() } else { format!("{} shards", thousands(of)) },
        each = thousands(study.patients / of),
        bytes = indicatif::HumanBytes(layout.estimated_bytes() / of),
    );
    let options = options(&arguments.overrides, arguments.out.as_deref());
    let file = arguments.study.display().to_string();
    for shard in Shard::all(of).take(LISTED) {
        let ids = shard.ids(study.patients);
        let shard = shard.to_string();
        let words = ["cartrial", "run", &file, "--shard", &shard].into_iter();
        let command = command_line(words.chain(options.iter().map(String::as_str)));
        text += &format!("  {command}   # patients {} to {}\n", ids.start, ids.end - 1);
    }
    if of > LISTED as u64 {
        text += &format!("  … and so on up to --shard {of}/{of}\n");
    }
    let out = arguments.out.clone().unwrap_or_else(|| PathBuf::from("results").join(&study.name));
    let merge = command_line(["cartrial", "merge", &out.display().to_string()]);
    text += &format!("\nThen put them together:\n  {merge}\n");
    show(&text)
}

/// The arguments that every shard needs as well.
fn options(overrides: &OverrideArguments, out: Option<&Path>) -> Vec<String> {
    let OverrideArguments { patients, seed, days } = overrides;
    let given = [
        ("--patients", patients.map(|n| n.to_string())),
        ("--seed", seed.map(|seed| seed.to_string())),
        ("--days", days.map(|days| days.to_string())),
        ("--out", out.map(|out| out.display().to_string())),
    ];
    given.into_iter().filter_map(|(name, value)| Some([name.to_owned(), value?])).flatten().collect()
}
