//! From `[population]` as it is typed to the population.

use crate::distribution::Distribution;
use crate::distribution_forms::{Ambient, about_mean, check_spread};
use crate::error::{Diagnostics, quoted};
use crate::population::{PopulationSpec, Shape};
use crate::sections::TypedPopulation;
use crate::study::Population;
use crate::table::{self, TableSource};
use crate::toml_reader::At;
use crate::typed_file::{TypedFile, TypedQuantities};
use crate::typed_value::Given;
use cartrial_model::{Quantity, Role};
use std::collections::HashSet;
use std::path::Path;

/// Where the patients come from; `study` is the path of the study file, beside which a table lies,
/// and `days` the length of the study, unless it was refused.
pub(crate) fn population(
    typed: &TypedFile,
    study: &Path,
    days: Option<f64>,
    d: &mut Diagnostics<'_>,
) -> Option<Population> {
    match &typed.population.table {
        Given::Value(table) => from_table(table, &typed.population, &typed.quantities, study, d),
        Given::Absent | Given::Refused => drawn(&typed.population, &typed.quantities, days, d),
    }
}

fn drawn(
    typed: &TypedPopulation,
    quantities: &TypedQuantities,
    days: Option<f64>,
    d: &mut Diagnostics<'_>,
) -> Option<Population> {
    let table_keys = [
        (place(&typed.carry), "there is no table to carry columns from"),
        (place(&typed.weight), "there is no table to take weights from"),
    ];
    for (at, reason) in table_keys {
        if let Some(at) = at {
            d.at(&at.span, at.path, reason, "Name one with table = \"…\".");
        }
    }
    let shape = typed.distribution().unwrap_or_default();
    check_spread(shape, typed.spread.value(), d)?;
    let ambient = Ambient { shape, spread: typed.spread()? };
    let mut distributions = Quantity::ALL.map(|quantity| {
        let varies = quantity.role() == Role::Parameter || quantity == Quantity::Lymphocytes;
        let shape = if varies { ambient.shape } else { Shape::Fixed };
        about_mean(quantity, shape, ambient.spread).unwrap_or(Distribution::Fixed(quantity.mean()))
    });
    for (quantity, form) in &quantities.forms {
        if let Some(distribution) = form.resolve(*quantity, &ambient, d) {
            distributions[quantity.index()] = distribution;
        }
    }
    let (correction, sampling) = (typed.correction()?, typed.sampling()?);
    let mut spec = PopulationSpec { correction, sampling, correlation: None, targets: None, distributions };
    match &typed.correlation {
        Given::Value(correlation) => spec.correlation = Some(correlation.value.resolve(&spec, d)?),
        Given::Refused => return None,
        Given::Absent => {}
    }
    match &typed.targets {
        Given::Value(at) => {
            let place = At { value: (), span: at.span.clone(), path: at.path.clone() };
            spec.targets = Some(at.value.resolve(&place, days, d)?);
        }
        Given::Refused => return None,
        Given::Absent => {}
    }
    Some(Population::Drawn(Box::new(spec)))
}

fn from_table(
    table: &At<String>,
    typed: &TypedPopulation,
    quantities: &TypedQuantities,
    study: &Path,
    d: &mut Diagnostics<'_>,
) -> Option<Population> {
    let TypedPopulation {
        distribution,
        spread,
        correction,
        sampling,
        table: _,
        carry,
        weight,
        correlation,
        targets,
    } = typed;
    let places = [
        place(distribution),
        place(spread),
        place(correction),
        place(sampling),
        place(correlation),
        place(targets),
    ];
    for at in places.into_iter().flatten().chain(quantities.tables.iter().cloned()) {
        d.at(&at.span, at.path, "has no meaning beside population.table", "Remove it, or the table.");
    }
    let typed_names = carry.value().map_or(&[][..], |carry| &carry.value);
    let carry: Vec<String> = typed_names.iter().map(|name| name.value.clone()).collect();
    let mut seen = HashSet::new();
    for name in typed_names {
        let reason = if !seen.insert(&name.value) {
            format!("{} is named twice", quoted(&name.value))
        } else if table::is_output_column(&name.value) {
            format!("{} is a column of the results already", quoted(&name.value))
        } else {
            continue;
        };
        d.at(&name.span, name.path.as_str(), reason, "Remove it, or rename the table's column.");
    }
    if let Some(name) = weight.value().filter(|name| table::is_output_column(&name.value)) {
        let reason = format!("{} is a column of the results already", quoted(&name.value));
        d.at(&name.span, name.path.as_str(), reason, "Rename the table's column.");
    }
    let weight = weight.value().map(|name| name.value.clone());
    let mut carry = carry;
    carry.extend(weight.clone().filter(|name| !carry.contains(name)));
    if !d.is_empty() {
        return None;
    }
    let directory = study.parent().unwrap_or(Path::new("")).to_owned();
    match TableSource::inspect(&table.value, directory, carry, weight) {
        Ok(source) => Some(Population::Table(source)),
        Err(table::Refusal::File(reason, remedy)) => {
            d.at(&table.span, table.path.as_str(), reason, remedy);
            None
        }
        Err(table::Refusal::Content(problems)) => {
            problems.into_iter().for_each(|p| d.push(p));
            None
        }
    }
}

/// Where a value was typed.
fn place<T>(given: &Given<T>) -> Option<At<()>> {
    given.value().map(|at| At { value: (), span: at.span.clone(), path: at.path.clone() })
}
