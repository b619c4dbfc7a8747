//! The study file as it is typed: every value with its place, nothing filled in.

use crate::arms::{self, RawArm};
use crate::distribution_forms::RawForm;
use crate::endpoints::{ENDPOINTS, TypedEndpoints};
use crate::error::{Diagnostics, Problem, StudyError};
use crate::keys::{self, Key, Section};
use crate::population::table_of;
use crate::run_limits::{RUN, TypedRunLimits};
use crate::toml_reader::{At, Node};
use cartrial_model::{Quantity, Role};
use std::ops::Range;
use toml::de::DeTable;

/// The study file as it is typed.
#[derive(Debug, Default)]
pub(crate) struct RawStudy {
    /// Where the missing keys of `[study]` are to be pointed out.
    pub study: Range<usize>,
    pub name: Option<At<String>>,
    pub seed: Option<At<u64>>,
    pub patients: Option<At<u64>>,
    pub days: Option<At<f64>>,
    pub allocation: Option<At<&'static str>>,
    pub reading: Option<At<&'static str>>,
    pub growth: Option<At<&'static str>>,
    pub population: RawPopulation,
    pub method: Option<At<&'static str>>,
    pub rtol: Option<At<f64>>,
    pub step_hours: Option<At<f64>>,
    pub endpoints: TypedEndpoints,
    pub run: TypedRunLimits,
    /// `None` if they are not a list of tables.
    pub arms: Option<Vec<RawArm>>,
    /// Paths of keys whose values were refused, so that they do not count as missing.
    pub refused: Vec<String>,
}

/// `[population]` as it is typed.
#[derive(Debug, Default)]
pub(crate) struct RawPopulation {
    pub distribution: Option<At<&'static str>>,
    pub spread: Option<At<f64>>,
    pub correction: Option<At<&'static str>>,
    pub sampling: Option<At<&'static str>>,
    pub table: Option<At<String>>,
    pub carry: Option<At<Vec<At<String>>>>,
    /// The tables `parameters` and `initial`, where they stand.
    pub quantity_tables: Vec<At<()>>,
    pub forms: Vec<(Quantity, RawForm)>,
}

/// Reads the document; only a syntax error stops it.
pub(crate) fn parse<'a>(file: &'a str, text: &'a str) -> Result<(RawStudy, Diagnostics<'a>), StudyError> {
    let mut diagnostics = Diagnostics::new(file, text, &keys::SECTIONS);
    match DeTable::parse(text) {
        Ok(document) => {
            let root = Node { table: document.get_ref(), span: 0..0, path: String::new() };
            let raw = RawStudy::read(&root, &mut diagnostics);
            Ok((raw, diagnostics))
        }
        Err(error) => {
            let reason = format!("not valid TOML: {}", error.message().replace('\n', ", "));
            match error.span() {
                Some(span) => diagnostics.at(&span, "", reason, ""),
                None => diagnostics.push(Problem::of_file(file, reason, "")),
            }
            Err(diagnostics.into_error())
        }
    }
}

impl RawStudy {
    fn read(root: &Node<'_>, diagnostics: &mut Diagnostics<'_>) -> Self {
        let names: Vec<&str> = keys::SECTIONS.iter().map(|s| s.name).collect();
        root.refuse_unknown("table or key", &names, diagnostics);
        let mut raw = Self::default();
        if root.entry(keys::STUDY.name).is_some() {
            // If it is not a table, that is reported, and its keys do not count as missing.
            raw.refused = keys::STUDY.keys.iter().map(|k| format!("study.{}", k.name)).collect();
        }
        if let Some(study) = root.child(keys::STUDY.name, diagnostics) {
            study.refuse_unknown_in(&keys::STUDY, diagnostics);
            raw.name = study.text(&keys::NAME, diagnostics);
            raw.seed = study.integer(&keys::SEED, diagnostics);
            raw.patients = study.integer(&keys::PATIENTS, diagnostics);
            raw.days = study.number(&keys::DAYS, diagnostics);
            raw.allocation = study.choice(&keys::ALLOCATION, diagnostics);
            raw.study = study.span.clone();
            raw.refused = study.table.keys().map(|k| study.path_of(k.get_ref())).collect();
        }
        if let Some(model) = root.child(keys::MODEL.name, diagnostics) {
            model.refuse_unknown_in(&keys::MODEL, diagnostics);
            raw.reading = model.choice(&keys::READING, diagnostics);
            raw.growth = model.choice(&keys::GROWTH, diagnostics);
        }
        if let Some(population) = root.child(keys::POPULATION.name, diagnostics) {
            raw.population = RawPopulation::read(&population, diagnostics);
        }
        if let Some(solver) = root.child(keys::SOLVER.name, diagnostics) {
            solver.refuse_unknown_in(&keys::SOLVER, diagnostics);
            raw.method = solver.choice(&keys::METHOD, diagnostics);
            raw.rtol = solver.number(&keys::RTOL, diagnostics);
            raw.step_hours = solver.number(&keys::STEP_HOURS, diagnostics);
            raw.refused.extend(solver.table.keys().map(|k| solver.path_of(k.get_ref())));
        }
        if let Some(endpoints) = root.child(ENDPOINTS.name, diagnostics) {
            raw.endpoints = TypedEndpoints::read(&endpoints, diagnostics);
        }
        if let Some(run) = root.child(RUN.name, diagnostics) {
            raw.run = TypedRunLimits::read(&run, diagnostics);
        }
        raw.arms = arms::read(root, diagnostics);
        raw
    }

    /// Whether a key was typed whose value is not known: to be asked where there is no value.
    pub(crate) fn was_refused(&self, section: &Section, key: &Key) -> bool {
        let path = format!("{}.{}", section.name, key.name);
        self.refused.contains(&path)
    }
}

impl RawPopulation {
    fn read(node: &Node<'_>, diagnostics: &mut Diagnostics<'_>) -> Self {
        node.refuse_unknown_in(&keys::POPULATION, diagnostics);
        let mut raw = Self {
            distribution: node.choice(&keys::DISTRIBUTION, diagnostics),
            spread: node.number(&keys::SPREAD, diagnostics),
            correction: node.choice(&keys::CORRECTION, diagnostics),
            sampling: node.choice(&keys::SAMPLING, diagnostics),
            table: node.text(&keys::TABLE, diagnostics),
            ..Self::default()
        };
        raw.carry = node.texts(&keys::CARRY, diagnostics).and_then(|names| {
            let entry = node.entry(keys::CARRY.name)?;
            Some(entry.map(|_| names))
        });
        for role in [Role::Parameter, Role::Initial] {
            let Some(table) = node.child(table_of(role), diagnostics) else { continue };
            let noun = match role {
                Role::Parameter => "parameter",
                Role::Initial => "initial value",
            };
            table.refuse_unknown(noun, &keys::symbols(role), diagnostics);
            for quantity in Quantity::ALL.into_iter().filter(|q| q.role() == role) {
                let entry = table.entry(quantity.symbol());
                if let Some(form) = entry.and_then(|e| RawForm::read(e, diagnostics)) {
                    raw.forms.push((quantity, form));
                }
            }
            raw.quantity_tables.push(At { value: (), span: table.span, path: table.path });
        }
        raw
    }
}
