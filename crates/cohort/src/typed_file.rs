//! The study file as it is typed: every value with its place, nothing filled in.

use crate::declaration::Section;
use crate::distribution_forms::TypedForm;
use crate::endpoints::{ENDPOINTS, TypedEndpoints};
use crate::error::{Diagnostics, Problem, StudyError};
use crate::population::table_of;
use crate::run_settings::{RUN, TypedRunSettings};
use crate::sections::{
    ARMS, MODEL, MOST_ARMS, POPULATION, SECTIONS, SOLVER, STUDY, TypedArm, TypedModel, TypedPopulation,
    TypedSolver, TypedStudy, symbols,
};
use crate::sweep::{self, SweptTable};
use crate::swept_key::SweptKey;
use crate::toml_reader::{At, Node, as_table, type_name};
use crate::trajectories::{TRAJECTORIES, TypedTrajectories};
use crate::typed_value::TypedTable;
use cartrial_model::{Quantity, Role};
use toml::de::DeTable;

/// The study file as it is typed.
#[derive(Debug)]
pub(crate) struct TypedFile {
    /// `[study]`, at the place where a key that it lacks is pointed out.
    pub study: At<TypedStudy>,
    pub model: TypedModel,
    pub population: TypedPopulation,
    pub quantities: TypedQuantities,
    pub solver: TypedSolver,
    pub endpoints: TypedEndpoints,
    pub run: TypedRunSettings,
    pub trajectories: TypedTrajectories,
    /// `None` if they are not a list of tables.
    pub arms: Option<Vec<SweptArm>>,
}

/// An arm as it is typed, and which of its numbers a sweep varies.
#[derive(Debug)]
pub(crate) struct SweptArm {
    pub arm: At<TypedArm>,
    pub swept: Vec<SweptKey>,
}

/// The tables of quantities in `[population]`.
#[derive(Debug, Default)]
pub(crate) struct TypedQuantities {
    /// The tables that stand there.
    pub tables: Vec<At<()>>,
    pub forms: Vec<(Quantity, TypedForm)>,
}

/// Reads the document; only a syntax error stops it.
pub(crate) fn parse<'a>(file: &'a str, text: &'a str) -> Result<(TypedFile, Diagnostics<'a>), StudyError> {
    let mut diagnostics = Diagnostics::new(file, text, &SECTIONS);
    match DeTable::parse(text) {
        Ok(document) => {
            let root = Node { table: document.get_ref(), span: 0..0, path: String::new() };
            let typed = TypedFile::read(&root, &mut diagnostics);
            Ok((typed, diagnostics))
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

impl TypedFile {
    fn read(root: &Node<'_>, d: &mut Diagnostics<'_>) -> Self {
        root.refuse_unknown("table or key", &SECTIONS.map(|section| section.name), d);
        Self {
            study: read_section(root, &STUDY, d),
            model: read_section(root, &MODEL, d).value,
            population: read_section(root, &POPULATION, d).value,
            quantities: TypedQuantities::read(root, d),
            solver: read_section(root, &SOLVER, d).value,
            endpoints: read_section(root, &ENDPOINTS, d).value,
            run: read_section(root, &RUN, d).value,
            trajectories: read_section(root, &TRAJECTORIES, d).value,
            arms: read_arms(root, d),
        }
    }
}

/// A table of the file; its default where it does not stand.
fn read_section<T: TypedTable>(root: &Node<'_>, section: &Section, d: &mut Diagnostics<'_>) -> At<T> {
    let Some(entry) = root.entry(section.name) else {
        return At { value: T::default(), span: root.span.clone(), path: section.name.to_owned() };
    };
    let (span, path) = (entry.span.clone(), entry.path.clone());
    let value = match as_table(entry, d) {
        Some(node) => {
            node.refuse_unknown_in(section, d);
            T::read_keys(&node, d)
        }
        None => T::refused(),
    };
    At { value, span, path }
}

impl TypedQuantities {
    fn read(root: &Node<'_>, d: &mut Diagnostics<'_>) -> Self {
        let mut typed = Self::default();
        // That `[population]` is no table has been noted.
        let population = root.entry(POPULATION.name).and_then(|entry| entry.value.as_table());
        let Some(table) = population else { return typed };
        let population = Node { table, span: root.span.clone(), path: POPULATION.name.to_owned() };
        for role in [Role::Parameter, Role::Initial] {
            let Some(table) = population.child(table_of(role), d) else { continue };
            let noun = match role {
                Role::Parameter => "parameter",
                Role::Initial => "initial value",
            };
            table.refuse_unknown(noun, &symbols(role), d);
            for quantity in Quantity::ALL.into_iter().filter(|q| q.role() == role) {
                let entry = table.entry(quantity.symbol());
                if let Some(form) = entry.and_then(|entry| TypedForm::read(entry, d)) {
                    typed.forms.push((quantity, form));
                }
            }
            typed.tables.push(At { value: (), span: table.span, path: table.path });
        }
        typed
    }
}

/// The arms of the file, those of a sweep one by one; none where they are not a list of tables.
fn read_arms(root: &Node<'_>, d: &mut Diagnostics<'_>) -> Option<Vec<SweptArm>> {
    let Some(entry) = root.entry(ARMS.name) else { return Some(Vec::new()) };
    let Some(items) = entry.value.as_array() else {
        let reason = format!("expected a list of tables, found {}", type_name(entry.value));
        d.at(&entry.span, entry.path, reason, "Begin every arm with [[arms]].");
        return None;
    };
    if let Some(item) = items.get(MOST_ARMS) {
        let reason = format!("{} arms are too many", items.len());
        let remedy = format!("At most {MOST_ARMS} can be compared; divide them among several studies.");
        d.at(&item.span(), entry.path, reason, remedy);
        return None;
    }
    let (mut arms, mut refused) = (Vec::new(), false);
    for (i, item) in items.iter().enumerate() {
        let item = At { value: item.get_ref(), span: item.span(), path: format!("{}[{i}]", entry.path) };
        let node = as_table(item, d);
        let expanded = node.as_ref().and_then(|node| {
            node.refuse_unknown_in(&ARMS, d);
            sweep::expand(node, arms.len().max(i) + items.len() - i - 1, d)
        });
        let Some((node, expanded)) = node.zip(expanded) else {
            refused = true;
            continue;
        };
        for SweptTable { table, swept } in expanded {
            let node = Node { table: &table, span: node.span.clone(), path: node.path.clone() };
            let arm = At { value: TypedArm::read_keys(&node, d), span: node.span, path: node.path };
            arms.push(SweptArm { arm, swept });
        }
    }
    (!refused).then_some(arms)
}
