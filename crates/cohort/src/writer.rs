//! A study written as a study file: its tables and their keys as they are declared, its values as they are serialised.

use crate::allocation::Allocation;
use crate::declaration::{ANY, Kind, Section};
use crate::distribution::Distribution;
use crate::endpoints::ENDPOINTS;
use crate::error::show;
use crate::population::{PopulationSpec, table_of};
use crate::run_settings::RUN;
use crate::sections::{ARMS, CORRELATION, FIXED, FORMS, MODEL, POPULATION, SOLVER, STUDY, TARGETS};
use crate::study::{Population, Study};
use crate::sweep::SWEEP;
use crate::swept_key::SweptKey;
use crate::trajectories::TRAJECTORIES;
use cartrial_model::{Quantity, Role};
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::fmt::Write;

impl Study {
    /// The study as a study file, every default included.
    ///
    /// [`Study::parse`] reads it as an equal study. A table keeps its path, so the file belongs in the same directory
    /// as the study file that named it.
    pub fn to_toml(&self) -> String {
        let mut file = File::default();
        file.section(&STUDY, self);
        file.section(&MODEL, &self.model);
        match &self.population {
            Population::Drawn(spec) => file.drawn(spec),
            // The rows and their hash are found again in the table itself.
            Population::Table(source) => {
                let mut population = json!({ "table": source.path, "carry": source.carry });
                if let Some(weight) = &source.weight {
                    population["weight"] = json!(weight);
                }
                file.section(&POPULATION, &population);
            }
        }
        file.section(&SOLVER, &self.solver);
        file.section(&ENDPOINTS, &self.endpoints);
        file.section(&RUN, &self.run);
        file.section(&TRAJECTORIES, &self.trajectories);
        for arm in &self.arms {
            let mut arm = object(arm);
            if self.allocation == Allocation::Twins {
                // A study file that gives twins a ratio is refused.
                arm.remove("ratio");
            }
            file.arm(arm);
        }
        file.0
    }
}

/// The text of a study file, table after table.
#[derive(Default)]
struct File(String);

impl File {
    fn section(&mut self, section: &Section, values: &impl Serialize) {
        let name = section.name;
        let heading = if section.is_repeated { format!("[[{name}]]") } else { format!("[{name}]") };
        self.table(&heading, entries(section, &object(values)));
    }

    fn table(&mut self, heading: &str, entries: impl Iterator<Item = (&'static str, String)>) {
        let gap = if self.0.is_empty() { "" } else { "\n" };
        // Writing to a string cannot fail.
        let _ = writeln!(self.0, "{gap}{heading}");
        for (key, value) in entries {
            let _ = writeln!(self.0, "{key} = {value}");
        }
    }

    fn arm(&mut self, mut arm: Map<String, Value>) {
        let sweep = take_swept(&mut arm);
        self.section(&ARMS, &arm);
        if !sweep.is_empty() {
            let lists = sweep.iter().map(|(path, number)| (*path, format!("[{number}]")));
            let _ = writeln!(self.0, "{SWEEP} = {}", inline(lists));
        }
    }

    fn drawn(&mut self, spec: &PopulationSpec) {
        let mut values = object(spec);
        let tables = [&CORRELATION, &TARGETS].map(|section| (section, values.remove(section.name)));
        self.section(&POPULATION, &values);
        for (section, table) in tables {
            if let Some(Value::Object(table)) = table {
                let heading = format!("[{}.{}]", POPULATION.name, section.name);
                self.table(&heading, entries(section, &table));
            }
        }
        for role in [Role::Parameter, Role::Initial] {
            let of_role = Quantity::ALL.into_iter().filter(|q| q.role() == role);
            let heading = format!("[{}.{}]", POPULATION.name, table_of(role));
            self.table(&heading, of_role.map(|q| (q.symbol(), distribution(spec.distribution(q)))));
        }
    }
}

/// The fields of a part of the study, under the names that they have in a study file.
fn object(part: &impl Serialize) -> Map<String, Value> {
    match serde_json::to_value(part) {
        Ok(Value::Object(fields)) => fields,
        _ => Map::new(),
    }
}

/// Takes the numbers that a sweep varies out of an arm: their paths and they themselves. As lists of one value each they make the
/// arm again.
fn take_swept(arm: &mut Map<String, Value>) -> Vec<(&'static str, String)> {
    let swept = arm.remove("swept").and_then(|swept| serde_json::from_value::<Vec<SweptKey>>(swept).ok());
    let take = |key: SweptKey| {
        let number = match key.path().split_once('.') {
            Some((table, name)) => arm.get_mut(table)?.as_object_mut()?.remove(name),
            None => arm.remove(key.path()),
        };
        Some((key.path(), value(&Kind::Number(ANY), &number?)))
    };
    swept.into_iter().flatten().filter_map(take).collect()
}

/// The keys of a section that have a value, with their values in TOML, in the order of the declaration.
fn entries(section: &Section, values: &Map<String, Value>) -> impl Iterator<Item = (&'static str, String)> {
    section.keys.iter().filter_map(|key| Some((key.name, value(&key.kind, values.get(key.name)?))))
}

/// A value in TOML.
fn value(kind: &Kind, value: &Value) -> String {
    match (kind, value) {
        (Kind::Table(section), Value::Object(values)) => inline(entries(section, values)),
        (Kind::Tables(section, _), Value::Array(items)) => {
            let items = items.iter().filter_map(Value::as_object);
            list(items.map(|values| inline(entries(section, values))))
        }
        (_, Value::Array(items)) => list(items.iter().map(|item| self::value(&Kind::Text, item))),
        (Kind::Number(_), Value::Number(number)) => number.as_f64().map_or_else(String::new, show),
        // JSON's escapes are TOML's, but for one control character.
        _ => value.to_string().replace('\u{7f}', "\\u007f"),
    }
}

fn distribution(distribution: Distribution) -> String {
    let form = object(&distribution);
    let tables = FORMS.iter().filter_map(|section| {
        let values = form.get(section.name)?.as_object()?;
        Some((section.name, inline(entries(section, values))))
    });
    let number = form.get(FIXED.name).map(|number| (FIXED.name, value(&FIXED.kind, number)));
    inline(number.into_iter().chain(tables))
}

fn inline<'a>(entries: impl Iterator<Item = (&'a str, String)>) -> String {
    let entries: Vec<String> = entries.map(|(key, value)| format!("{key} = {value}")).collect();
    format!("{{ {} }}", entries.join(", "))
}

fn list(items: impl Iterator<Item = String>) -> String {
    format!("[{}]", items.collect::<Vec<_>>().join(", "))
}
