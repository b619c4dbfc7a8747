//! `cartrial plan`: a study cut into shards.

use crate::args::{OverrideArguments, PlanArguments};
use crate::failure::Failure;
use crate::output::show;
use cartrial::{Error, Shard, Study};
use cartrial_cohort::Cohort;
use cartrial_dataset::Layout;
use cartrial_report::terminal::thousands;
use std::path::PathBuf;

/// More shards than these are not listed one by one.
const LISTED: usize = 20;

/// Shows the shards of a study and the commands that run and merge them.
pub fn plan(arguments: &PlanArguments) -> Result<(), Failure> {
    let study = Study::read_with(&arguments.study, &arguments.overrides.resolve())?;
    let of = arguments.shards;
    if of > study.patients {
        return Err(Error::TooManyShards { shards: of, patients: study.patients }.into());
    }
    let layout = Layout::new(&study, &Cohort::new(&study)?);
    let mut text = format!(
        "{name}: {patients} patients in {shards} of about {each}, some {bytes} on disk each\n\n\
         Run each, anywhere, in any order, as often as needed:\n",
        name = study.name,
        patients = thousands(study.patients),
        shards = if of == 1 { "one shard".into() } else { format!("{} shards", thousands(of)) },
        each = thousands(study.patients / of),
        bytes = indicatif::HumanBytes(layout.estimated_bytes() / of),
    );
    let options = options(&arguments.overrides, arguments.out.as_ref());
    let file = arguments.study.display();
    for shard in Shard::all(of).take(LISTED) {
        let ids = shard.ids(study.patients);
        text += &format!(
            "  cartrial run {file} --shard {shard}{options}   # patients {} to {}\n",
            ids.start,
            ids.end - 1
        );
    }
    if of > LISTED as u64 {
        text += &format!("  … and so on up to --shard {of}/{of}\n");
    }
    let out = arguments.out.clone().unwrap_or_else(|| PathBuf::from("results").join(&study.name));
    text += &format!("\nThen put them together:\n  cartrial merge {}\n", out.display());
    show(&text)
}

/// The arguments that every shard needs as well.
fn options(overrides: &OverrideArguments, out: Option<&PathBuf>) -> String {
    let OverrideArguments { patients, seed, days } = overrides;
    let given = [
        patients.map(|n| format!(" --patients {n}")),
        seed.map(|seed| format!(" --seed {seed}")),
        days.map(|days| format!(" --days {days}")),
        out.map(|out| format!(" --out {}", out.display())),
    ];
    given.into_iter().flatten().collect()
}
