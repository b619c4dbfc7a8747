//! How values of arguments are read, and what is said of those that will not do.

use cartrial::Shard;
use cartrial_cohort::Sampling;

pub fn threads(text: &str) -> Result<u16, String> {
    text.parse()
        .ok()
        .filter(|&t| t > 0)
        .ok_or_else(|| format!("expected a whole number from 1 to {}", u16::MAX))
}

pub fn shard(text: &str) -> Result<Shard, String> {
    text.parse()
}

pub fn shards(text: &str) -> Result<u64, String> {
    at_least_1(text)
}

/// Above the upper limit, the columns that are kept would need more than 5 GB of memory.
pub fn trials(text: &str) -> Result<u32, String> {
    const MOST: u32 = 1_000_000;
    let wanted = || format!("expected a whole number from 1 to {MOST}");
    text.parse().ok().filter(|t| (1..=MOST).contains(t)).ok_or_else(wanted)
}

/// Fewer rows say nothing of a variance.
pub fn rows(text: &str) -> Result<u64, String> {
    whole_number(text, 16, 1_000_000_000)
}

pub fn trajectories(text: &str) -> Result<u64, String> {
    whole_number(text, 0, 1_000_000_000)
}

pub fn samples(text: &str) -> Result<u32, String> {
    whole_number(text, 100, 10_000).map(|n| n as u32)
}

pub fn sampling(text: &str) -> Result<Sampling, String> {
    let named = Sampling::ALL.iter().find(|sampling| sampling.name() == text);
    named.copied().ok_or_else(|| "expected random, latin-hypercube or sobol".to_owned())
}

fn whole_number(text: &str, least: u64, most: u64) -> Result<u64, String> {
    let wanted = || format!("expected a whole number from {least} to {most}");
    text.parse().ok().filter(|n| (least..=most).contains(n)).ok_or_else(wanted)
}

pub fn hours(text: &str) -> Result<f64, String> {
    let is_valid = |hours: &f64| hours.is_finite() && *hours > 0.0;
    text.parse().ok().filter(is_valid).ok_or_else(|| "expected a number of hours above 0".to_owned())
}

pub fn first(text: &str) -> Result<u64, String> {
    at_least_1(text)
}

fn at_least_1(text: &str) -> Result<u64, String> {
    text.parse().ok().filter(|&n| n > 0).ok_or_else(|| "expected a whole number of at least 1".to_owned())
}

/// Their range is the study's to check.
pub fn patients(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| "expected a whole number of at least 1".to_owned())
}

pub fn seed(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| format!("expected a whole number from 0 to {}", u64::MAX))
}

/// Their range is the study's to check.
pub fn days(text: &str) -> Result<f64, String> {
    text.parse().map_err(|_| "expected a number".to_owned())
}
