//! From the study file as it is typed, and the values given beside it, to the study.

use crate::allocation::Allocation;
use crate::arms::{self, Length};
use crate::declaration::Kind;
use crate::distribution_forms::{Ambient, about_mean, check_spread};
use crate::error::{Diagnostics, OverrideConnection, Problem, StudyError, show};
use crate::keys;
use crate::method::{Method, NamedMethod};
use crate::overrides::{Override, Overrides};
use crate::population::{Correction, PopulationSpec, Sampling};
use crate::study::{Population, Solver, Study};
use crate::table::{self, TableSource};
use crate::toml_reader::At;
use crate::typed_study::{RawPopulation, RawStudy};
use cartrial_model::{Growth, HOURS_PER_DAY, ModelSpec, Quantity, Reading, Role};
use std::path::Path;

const DEFAULT_DAYS: f64 = 30.0;
const DEFAULT_SPREAD: f64 = 0.25;
const DEFAULT_RTOL: f64 = 1e-6;

/// Fills in the defaults and checks what depends on more than one key.
pub(crate) fn study(
    raw: RawStudy,
    overrides: &Overrides,
    path: &Path,
    mut diagnostics: Diagnostics<'_>,
) -> Result<Study, StudyError> {
    let d = &mut diagnostics;
    let name = name(&raw, d);
    let table = raw.population.table.is_some();
    let population =
        if table { table_population(&raw.population, path, d) } else { drawn(&raw.population, d) };
    let rows = match &population {
        Some(Population::Table(source)) => Some(source.rows),
        _ => None,
    };
    let patients = patients(&raw, overrides, table, rows, d);
    let days = days(&raw, overrides, d);
    let solver = solver(&raw, days, population.as_ref(), d);
    let length = days.map(|days| Length { days, is_override: overrides.days.is_some() });
    let allocation = arms::allocation(raw.allocation.as_ref(), raw.arms.as_deref(), d);
    // Where the allocation was refused, it may have been meant to be randomised.
    let takes_ratios = match &raw.allocation {
        Some(allocation) => allocation.value == Allocation::Randomised.name(),
        None => raw.was_refused(&keys::STUDY, &keys::ALLOCATION),
    };
    let arms = raw.arms.as_ref().map(|typed| arms::arms(typed, takes_ratios, length, d));
    let endpoints = raw.endpoints.resolve(d);
    let resolved = (|| {
        Some(Study {
            name: name?,
            seed: overrides.seed.or(raw.seed.as_ref().map(|s| s.value)).unwrap_or(0),
            patients: patients?,
            days: days?,
            allocation,
            model: model(&raw),
            population: population?,
            solver: solver?,
            endpoints,
            run: raw.run.with_defaults(),
            arms: arms?,
        })
    })();
    match resolved {
        Some(study) if diagnostics.is_empty() => Ok(study),
        _ => Err(diagnostics.into_error()),
    }
}

fn name(raw: &RawStudy, d: &mut Diagnostics<'_>) -> Option<String> {
    let Some(name) = &raw.name else {
        missing(raw, "study.name", "Write name = \"my-study\" under [study].", d);
        return None;
    };
    let odd = name.value.chars().find(|c| !(c.is_ascii_alphanumeric() || "-_.".contains(*c)));
    let reason = match (name.value.chars().next(), odd) {
        (None, _) => "empty".to_owned(),
        (_, Some(c)) => format!("{:?} has the character {c:?}", name.value),
        (Some(c), _) if !c.is_ascii_alphanumeric() => format!("{:?} begins with {c:?}", name.value),
        _ if name.value.len() > 100 => format!("{} characters are too many", name.value.len()),
        _ => return Some(name.value.clone()),
    };
    let remedy = "The results directory bears this name: up to 100 letters, digits, '-', '_' and '.', beginning with a \
                  letter or digit.";
    d.at(&name.span, name.path.as_str(), reason, remedy);
    None
}

/// Reports a key that must be given, unless its value was refused already. Whether it was reported.
fn missing(raw: &RawStudy, key: &str, remedy: &str, d: &mut Diagnostics<'_>) -> bool {
    let report = !raw.refused.iter().any(|k| k == key);
    if report {
        d.at(&raw.study, key, "missing", remedy);
    }
    report
}

fn patients(
    raw: &RawStudy,
    overrides: &Overrides,
    table: bool,
    rows: Option<u64>,
    d: &mut Diagnostics<'_>,
) -> Option<u64> {
    let (min, max) = (1, keys::MOST_PATIENTS);
    if let Some(patients) = overrides.patients {
        if !(min..=max).contains(&patients) {
            let reason = format!("expected a whole number from {min} to {max}, found {patients}");
            d.push(Problem::of_override(Override::Patients, reason, ""));
            return None;
        }
        if let Some(rows) = rows.filter(|r| patients > *r) {
            let reason = format!("{patients} patients wanted, but the table has {rows}");
            d.push(Problem::of_override(Override::Patients, reason, "Leave it out to take all."));
            return None;
        }
        return Some(patients);
    }
    match (&raw.patients, rows) {
        (Some(patients), Some(rows)) if patients.value > rows => {
            let reason = format!("{} patients wanted, but the table has {rows}", patients.value);
            d.at(&patients.span, patients.path.as_str(), reason, "Leave the key out to take all.");
            None
        }
        (Some(patients), _) => Some(patients.value),
        (None, Some(rows)) => Some(rows),
        (None, None) => {
            if !table {
                let remedy = "Write patients = 200 under [study].";
                if missing(raw, Override::Patients.key(), remedy, d) {
                    d.connect(OverrideConnection::CouldBeGiven(Override::Patients));
                }
            }
            None
        }
    }
}

fn days(raw: &RawStudy, overrides: &Overrides, d: &mut Diagnostics<'_>) -> Option<f64> {
    let Some(days) = overrides.days else {
        let absent = (!raw.was_refused(&keys::STUDY, &keys::DAYS)).then_some(DEFAULT_DAYS);
        return raw.days.as_ref().map(|days| days.value).or(absent);
    };
    let Kind::Number(bounds) = keys::DAYS.kind else { return None };
    let Some(expected) = bounds.expected(days) else { return Some(days) };
    let reason = format!("expected {expected}, found {}", show(days));
    d.push(Problem::of_override(Override::Days, reason, ""));
    None
}

fn model(raw: &RawStudy) -> ModelSpec {
    let reading = raw.reading.as_ref().and_then(|n| Reading::ALL.into_iter().find(|r| r.name() == n.value));
    let growth = raw.growth.as_ref().and_then(|n| Growth::ALL.into_iter().find(|g| g.name() == n.value));
    ModelSpec { reading: reading.unwrap_or_default(), growth: growth.unwrap_or_default() }
}

fn solver(
    raw: &RawStudy,
    days: Option<f64>,
    population: Option<&Population>,
    d: &mut Diagnostics<'_>,
) -> Option<Solver> {
    if raw.method.is_none() && raw.refused.iter().any(|k| k == "solver.method") {
        return None;
    }
    let named = raw.method.as_ref().and_then(|method| Method::named(method.value));
    let named = named.unwrap_or(NamedMethod::Adaptive(Method::default()));
    let method = match (&raw.step_hours, named) {
        (Some(step), NamedMethod::FixedStep(_))
            if days.is_some_and(|days| step.value > HOURS_PER_DAY * days) =>
        {
            let reason = format!("a step of {} h is longer than the study", show(step.value));
            d.at(&step.span, step.path.as_str(), reason, stable_step(population));
            return None;
        }
        (Some(step), NamedMethod::FixedStep(with_step)) => with_step(step.value),
        (None, NamedMethod::Adaptive(method)) => method,
        (Some(step), NamedMethod::Adaptive(method)) => {
            let reason = format!("{:?} chooses its own steps", method.name());
            let remedy = format!("Remove it, or use method = {:?}.", Method::FIXED_STEP_NAMES.join(" or "));
            d.at(&step.span, step.path.as_str(), reason, remedy);
            return None;
        }
        (None, NamedMethod::FixedStep(_)) => {
            let method =
                raw.method.as_ref().filter(|_| !raw.refused.iter().any(|k| k == "solver.step_hours"))?;
            let reason = format!("missing, and {:?} has fixed steps", method.value);
            d.at(&method.span, "solver.step_hours", reason, "Write step_hours = 0.1 under [solver].");
            return None;
        }
    };
    Some(Solver { method, rtol: raw.rtol.as_ref().map_or(DEFAULT_RTOL, |r| r.value) })
}

/// The longest step with which a method of fixed steps stays stable, in words: inflammation decays fastest, at the rate
/// d2, and the classical Runge–Kutta method is stable up to 2.78 of its time constants.
fn stable_step(population: Option<&Population>) -> String {
    let fastest = match population {
        Some(Population::Drawn(spec)) => spec.distribution(Quantity::D2).nearly_highest(),
        _ => return "A step has to be below 2.78/d2.".to_owned(),
    };
    let hours = 2.78 / fastest;
    // Two digits, rounded down so that the step is stable.
    let unit = 10.0_f64.powi(libm::floor(libm::log10(hours)) as i32 - 1);
    let shown = format!("{:.1e}", libm::floor(hours / unit) * unit).parse().unwrap_or(hours);
    format!("A step has to be below 2.78/d2, about {} h here.", show(shown))
}

fn drawn(raw: &RawPopulation, d: &mut Diagnostics<'_>) -> Option<Population> {
    if let Some(carry) = &raw.carry {
        d.at(
            &carry.span,
            carry.path.as_str(),
            "there is no table to carry columns from",
            "Name one with table = \"…\".",
        );
    }
    let distribution = raw.distribution.as_ref().map_or("uniform", |x| x.value);
    check_spread(distribution, raw.spread.as_ref(), d)?;
    let ambient = Ambient { distribution, spread: raw.spread.as_ref().map_or(DEFAULT_SPREAD, |s| s.value) };
    let mut distributions = Quantity::ALL.map(|q| {
        let varies = q.role() == Role::Parameter || q == Quantity::Lymphocytes;
        let kind = if varies { ambient.distribution } else { "fixed" };
        about_mean(q, kind, ambient.spread).unwrap_or(crate::Distribution::Fixed(q.mean()))
    });
    for (quantity, form) in &raw.forms {
        if let Some(distribution) = form.resolve(*quantity, &ambient, d) {
            distributions[quantity.index()] = distribution;
        }
    }
    let correction =
        raw.correction.as_ref().and_then(|n| Correction::ALL.iter().find(|c| c.name() == n.value));
    let sampling = raw.sampling.as_ref().and_then(|n| Sampling::ALL.iter().find(|s| s.name() == n.value));
    Some(Population::Drawn(Box::new(PopulationSpec {
        correction: correction.copied().unwrap_or_default(),
        sampling: sampling.copied().unwrap_or_default(),
        distributions,
    })))
}

fn table_population(raw: &RawPopulation, study: &Path, d: &mut Diagnostics<'_>) -> Option<Population> {
    let table = raw.table.as_ref()?;
    let mut refuse = |at: At<()>| {
        d.at(&at.span, at.path, "has no meaning beside population.table", "Remove it, or the table.");
    };
    let choices = [&raw.distribution, &raw.correction, &raw.sampling];
    choices.into_iter().flatten().for_each(|c| refuse(c.clone().map(|_| ())));
    raw.spread.iter().for_each(|s| refuse(s.clone().map(|_| ())));
    raw.quantity_tables.iter().for_each(|t| refuse(t.clone()));
    let carry: Vec<String> = raw.carry.iter().flat_map(|c| &c.value).map(|name| name.value.clone()).collect();
    for (i, name) in raw.carry.iter().flat_map(|c| &c.value).enumerate() {
        let reason = if carry[..i].contains(&name.value) {
            format!("{:?} is named twice", name.value)
        } else if table::is_output_column(&name.value) {
            format!("{:?} is a column of the results already", name.value)
        } else {
            continue;
        };
        d.at(&name.span, name.path.as_str(), reason, "Remove it, or rename the table's column.");
    }
    if !d.is_empty() {
        return None;
    }
    let directory = study.parent().unwrap_or(Path::new("")).to_owned();
    match TableSource::inspect(&table.value, directory, carry) {
        Ok(source) => Some(Population::Table(source)),
        Err(table::Refusal::File(reason)) => {
            d.at(&table.span, table.path.as_str(), reason, "The path is taken relative to the study file.");
            None
        }
        Err(table::Refusal::Content(problems)) => {
            problems.into_iter().for_each(|p| d.push(p));
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prop_the_advised_step_follows_from_the_population() {
        let advice = |population: &str| {
            let text = format!(
                "[study]\nname = \"x\"\npatients = 1\n[solver]\nmethod = \"rk4\"\nstep_hours = 1e3\n{population}"
            );
            let error = Study::parse(&text, Path::new("x.toml")).unwrap_err();
            error.problems[0].remedy.clone()
        };
        let below = |hours: &str| format!("A step has to be below 2.78/d2, about {hours} h here.");
        let d2 = |form: &str| advice(&format!("[population.parameters]\nd2 = {form}"));
        assert_eq!(advice(""), below("1.4"));
        assert_eq!(d2("{ fixed = 0.1 }"), below("27"));
        assert_eq!(d2("{ fixed = 200 }"), below("0.013"));
        assert_eq!(d2("{ normal = { mean = 1, sd = 0.5 } }"), below("1.1"));
        assert_eq!(d2("{ lognormal = { mean = 1, cv = 0.5 } }"), below("0.75"));
    }

    #[test]
    fn prop_defaults_are_those_that_the_key_table_states() {
        let stated = |key: &crate::declaration::Key| key.default.unwrap().parse::<f64>().unwrap();
        assert_eq!(stated(&keys::DAYS), DEFAULT_DAYS);
        assert_eq!(stated(&keys::SPREAD), DEFAULT_SPREAD);
        assert_eq!(stated(&keys::RTOL), DEFAULT_RTOL);
        let study = Study::parse("[study]\nname = \"x\"\npatients = 1", Path::new("x.toml")).unwrap();
        assert_eq!(study.seed as f64, stated(&keys::SEED));
        assert_eq!(study.solver.method, Method::Tsit5);
        let quoted = |s: &str| Some(format!("{s:?}"));
        let default = |key: &crate::declaration::Key| key.default.map(str::to_owned);
        assert_eq!(default(&keys::ALLOCATION), quoted(study.allocation.name()));
        assert_eq!(default(&keys::METHOD), quoted(study.solver.method.name()));
        assert_eq!(default(&keys::READING), quoted(study.model.reading.name()));
        assert_eq!(default(&keys::GROWTH), quoted(study.model.growth.name()));
        let Population::Drawn(population) = study.population else { panic!("drawn by default") };
        assert_eq!(default(&keys::CORRECTION), quoted(population.correction.name()));
        assert_eq!(default(&keys::SAMPLING), quoted(population.sampling.name()));
        assert_eq!(default(&keys::DISTRIBUTION), quoted("uniform"));
        assert_eq!(population.varied().count(), 20);
    }
}
