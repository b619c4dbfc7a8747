//! From the study file as it is typed, and the overrides, to the study.

use crate::allocation::Allocation;
use crate::arms::{self, Length};
use crate::error::{Diagnostics, OverrideConnection, Problem, StudyError, quoted, show};
use crate::method::{Method, NamedMethod};
use crate::overrides::{Override, Overrides};
use crate::population_validation::population;
use crate::sections::{MOST_PATIENTS, STUDY_DAYS, TypedModel, TypedSolver, TypedStudy};
use crate::store::Store;
use crate::study::{Population, Solver, Study};
use crate::toml_reader::At;
use crate::typed_file::TypedFile;
use crate::typed_value::Given;
use cartrial_model::{HOURS_PER_DAY, ModelSpec, Quantity};
use std::path::Path;

/// Statistics of weighted patients hold so many rows in memory at most.
pub const MOST_WEIGHTED_ROWS: u64 = 1_000_000;

/// A patient in so many steps takes ten seconds, so that no study file makes one that takes days.
const MOST_FIXED_STEPS: f64 = 10_000_000.0;

/// Fills in the defaults and checks what depends on more than one key.
pub(crate) fn study(
    typed: &TypedFile,
    overrides: &Overrides,
    path: &Path,
    mut diagnostics: Diagnostics<'_>,
) -> Result<Study, StudyError> {
    let TypedFile {
        study,
        model: typed_model,
        population: _,
        quantities: _,
        solver: typed_solver,
        endpoints,
        run,
        trajectories,
        arms,
    } = typed;
    let d = &mut diagnostics;
    let name = name(study, d);
    let days = days(&study.value, overrides, d);
    let population = population(typed, path, days, d);
    let from_table = typed.population.table.value().is_some();
    let patients = patients(study, overrides, from_table, population.as_ref(), d);
    let solver = solver(typed_solver, days, population.as_ref(), d);
    let length = days.map(|days| Length { days, is_override: overrides.days.is_some() });
    let allocation = study.value.allocation();
    arms::check_allocation(&study.value.allocation, arms.as_deref(), d);
    // Where the allocation was refused, it may have been meant to be randomised.
    let takes_ratios = allocation != Some(Allocation::Twins);
    let arms = arms.as_ref().and_then(|typed| arms::arms(typed, takes_ratios, length, d));
    let endpoints = endpoints.resolve(d);
    let trajectories = trajectories.resolve(days, arms.as_ref().map(|arms| arms.len().max(1)), d);
    let resolved = (|| {
        Some(Study {
            name: name?,
            seed: overrides.seed.or_else(|| study.value.seed())?,
            patients: patients?,
            days: days?,
            allocation: allocation?,
            model: model(typed_model)?,
            population: population?,
            solver: solver?,
            endpoints: endpoints?,
            run: run.with_defaults()?,
            trajectories: trajectories?,
            arms: arms?,
        })
    })();
    if let Some(study) = &resolved {
        check_weighted(study, typed, overrides, d);
    }
    match resolved {
        Some(study) if diagnostics.is_empty() => Ok(study),
        _ => Err(diagnostics.into_error()),
    }
}

/// Refuses weighted patients whose statistics would not have every row, or too many.
fn check_weighted(study: &Study, typed: &TypedFile, overrides: &Overrides, d: &mut Diagnostics<'_>) {
    if study.weight_column().is_none() {
        return;
    }
    let arms = if study.allocation == Allocation::Twins { study.arms.len().max(1) as u64 } else { 1 };
    if study.patients.saturating_mul(arms) > MOST_WEIGHTED_ROWS {
        let rows = if arms > 1 { format!(" in {arms} arms") } else { String::new() };
        let reason = format!("{} weighted patients{rows} are too many", study.patients);
        let otherwise = match study.population {
            Population::Drawn(_) => {
                "have them accepted in proportion to their weights (method = \"acceptance\" under [population.targets])"
            }
            Population::Table(_) => "leave weight out, so that all count alike",
        };
        let remedy = format!(
            "Their statistics hold every row in memory, {MOST_WEIGHTED_ROWS} at most: ask for {} patients, or {otherwise}.",
            MOST_WEIGHTED_ROWS / arms
        );
        match (overrides.patients, typed.study.value.patients.value()) {
            (None, Some(at)) => d.at(&at.span, at.path.as_str(), reason, remedy),
            (None, None) => d.at(&typed.study.span, "study.patients", reason, remedy),
            _ => d.push(Problem::of_override(Override::Patients, reason, remedy)),
        }
    }
    if let Some(store) = typed.run.store.value().filter(|_| study.run.store != Store::All) {
        let reason = "weighted patients need every row to be stored";
        d.at(&store.span, store.path.as_str(), reason, "Write store = \"all\", or leave it out.");
    }
}

fn name(study: &At<TypedStudy>, d: &mut Diagnostics<'_>) -> Option<String> {
    report_missing(study, &study.value.name, "study.name", "Write name = \"my-study\" under [study].", d);
    let name = study.value.name.value()?;
    let odd = name.value.chars().find(|c| !(c.is_ascii_alphanumeric() || "-_.".contains(*c)));
    let reason = match (name.value.chars().next(), odd) {
        (None, _) => "empty".to_owned(),
        (_, Some(c)) => format!("{} has the character {c:?}", quoted(&name.value)),
        (Some(c), _) if !c.is_ascii_alphanumeric() => format!("{} begins with {c:?}", quoted(&name.value)),
        _ if name.value.len() > 100 => format!("{} characters are too many", name.value.len()),
        _ => return Some(name.value.clone()),
    };
    let remedy = "The results directory bears this name: up to 100 letters, digits, '-', '_' and '.', beginning with a \
                  letter or digit.";
    d.at(&name.span, name.path.as_str(), reason, remedy);
    None
}

/// Reports that a key which must be given is missing, if it is. Whether it is.
fn report_missing<T>(
    study: &At<TypedStudy>,
    given: &Given<T>,
    key: &str,
    remedy: &str,
    d: &mut Diagnostics<'_>,
) -> bool {
    if given.is_absent() {
        d.at(&study.span, key, "missing", remedy);
    }
    given.is_absent()
}

fn patients(
    study: &At<TypedStudy>,
    overrides: &Overrides,
    from_table: bool,
    population: Option<&Population>,
    d: &mut Diagnostics<'_>,
) -> Option<u64> {
    let rows = match population {
        Some(Population::Table(source)) => Some(source.rows),
        _ => None,
    };
    let typed = &study.value.patients;
    let candidates = match population {
        Some(Population::Drawn(spec)) => spec.targets.as_ref().map(|targets| targets.candidates),
        _ => None,
    };
    let given = overrides.patients.or(typed.value().map(|patients| patients.value));
    if let Some((patients, candidates)) =
        given.zip(candidates).filter(|(patients, candidates)| patients > candidates)
    {
        let reason = format!("{patients} patients cannot be enrolled from {candidates} candidates");
        let remedy = "Raise candidates under [population.targets].";
        match (overrides.patients, typed.value()) {
            (None, Some(typed)) => d.at(&typed.span, typed.path.as_str(), reason, remedy),
            _ => d.push(Problem::of_override(Override::Patients, reason, remedy)),
        }
        return None;
    }
    if let Some(patients) = overrides.patients {
        if !(1..=MOST_PATIENTS).contains(&patients) {
            let reason = format!("expected a whole number from 1 to {MOST_PATIENTS}, found {patients}");
            d.push(Problem::of_override(Override::Patients, reason, ""));
            return None;
        }
        if let Some(rows) = rows.filter(|rows| patients > *rows) {
            let reason = format!("{patients} patients wanted, but the table has {rows}");
            d.push(Problem::of_override(Override::Patients, reason, "Leave it out to take all."));
            return None;
        }
        return Some(patients);
    }
    match (typed.value(), rows) {
        (Some(patients), Some(rows)) if patients.value > rows => {
            let reason = format!("{} patients wanted, but the table has {rows}", patients.value);
            d.at(&patients.span, patients.path.as_str(), reason, "Leave the key out to take all.");
            None
        }
        (Some(patients), _) => Some(patients.value),
        (None, Some(rows)) => Some(rows),
        (None, None) => {
            let remedy = "Write patients = 200 under [study].";
            if !from_table && report_missing(study, typed, Override::Patients.key(), remedy, d) {
                d.connect(OverrideConnection::CouldBeGiven(Override::Patients));
            }
            None
        }
    }
}

fn days(study: &TypedStudy, overrides: &Overrides, d: &mut Diagnostics<'_>) -> Option<f64> {
    let Some(days) = overrides.days else { return study.days() };
    let Some(expected) = STUDY_DAYS.expected(days) else { return Some(days) };
    let reason = format!("expected {expected}, found {}", show(days));
    d.push(Problem::of_override(Override::Days, reason, ""));
    None
}

fn model(typed: &TypedModel) -> Option<ModelSpec> {
    Some(ModelSpec { reading: typed.reading()?, growth: typed.growth()? })
}

fn solver(
    typed: &TypedSolver,
    days: Option<f64>,
    population: Option<&Population>,
    d: &mut Diagnostics<'_>,
) -> Option<Solver> {
    let method = match (typed.method()?, &typed.step_hours) {
        (NamedMethod::FixedStep(_), Given::Value(step))
            if days.is_some_and(|days| step.value > HOURS_PER_DAY * days) =>
        {
            let reason = format!("a step of {} h is longer than the study", show(step.value));
            d.at(&step.span, step.path.as_str(), reason, stable_step(population));
            return None;
        }
        (NamedMethod::FixedStep(_), Given::Value(step))
            if days.is_some_and(|days| HOURS_PER_DAY * days / step.value > MOST_FIXED_STEPS) =>
        {
            let steps = HOURS_PER_DAY * days? / step.value;
            let reason = format!("a step of {} h makes {steps:.1e} of them a patient", show(step.value));
            let remedy = format!("{MOST_FIXED_STEPS} are the most; a step of 0.1 h is short.");
            d.at(&step.span, step.path.as_str(), reason, remedy);
            return None;
        }
        (NamedMethod::FixedStep(with_step), Given::Value(step)) => with_step(step.value),
        (NamedMethod::FixedStep(_), Given::Refused) => return None,
        (NamedMethod::FixedStep(with_step), Given::Absent) => {
            let method = typed.method.value()?;
            let reason = format!("missing, and {:?} has fixed steps", with_step(f64::NAN).name());
            d.at(&method.span, "solver.step_hours", reason, "Write step_hours = 0.1 under [solver].");
            return None;
        }
        (NamedMethod::Adaptive(method), Given::Value(step)) => {
            let reason = format!("{:?} chooses its own steps", method.name());
            let remedy = format!("Remove it, or use method = {:?}.", Method::FIXED_STEP_NAMES.join(" or "));
            d.at(&step.span, step.path.as_str(), reason, remedy);
            return None;
        }
        (NamedMethod::Adaptive(method), Given::Absent | Given::Refused) => method,
    };
    Some(Solver { method, rtol: typed.rtol()? })
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
    let unit = 10.0_f64.powi((libm::floor(libm::log10(hours)) as i32).saturating_sub(1));
    let shown: f64 = format!("{:.1e}", libm::floor(hours / unit) * unit).parse().unwrap_or(hours);
    if !(shown > 0.0 && shown.is_finite()) {
        return "A step has to be below 2.78/d2.".to_owned();
    }
    format!("A step has to be below 2.78/d2, about {} h here.", show(shown))
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
}
