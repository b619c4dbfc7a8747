//! A study written as a study file.

use crate::allocation::Allocation;
use crate::declaration::{Key, Section};
use crate::endpoints::ENDPOINTS;
use crate::error::show;
use crate::keys;
use crate::method::StepSize;
use crate::population::{Distribution, PopulationSpec, table_of};
use crate::run_limits::RUN;
use crate::study::{Arm, Population, Solver, Study};
use crate::table::TableSource;
use cartrial_model::{
    Composition, Infusion, ModelSpec, Quantity, Remaining, Rescue, Role, SecondInfusion, Suppressant,
    Treatment, When,
};
use std::fmt::Write;

impl Study {
    /// The study as a study file, every default included.
    ///
    /// [`Study::parse`] reads it as an equal study. A table keeps its path, so the file belongs in the same directory
    /// as the study file that named it.
    pub fn to_toml(&self) -> String {
        let Self { name, seed, patients, days, allocation, model, population, solver, endpoints, run, arms } =
            self;
        let head = Entries::default()
            .text(&keys::NAME, name)
            .integer(&keys::SEED, *seed)
            .integer(&keys::PATIENTS, *patients)
            .number(&keys::DAYS, *days)
            .text(&keys::ALLOCATION, allocation.name());
        let mut file = File::default();
        file.section(&keys::STUDY, head);
        file.section(&keys::MODEL, model_entries(model));
        match population {
            Population::Drawn(spec) => file.drawn(spec),
            Population::Table(source) => file.section(&keys::POPULATION, table_entries(source)),
        }
        file.section(&keys::SOLVER, solver_entries(solver));
        file.section(&ENDPOINTS, Entries::numbers(endpoints.entries()));
        file.section(&RUN, Entries::numbers(run.entries()));
        for arm in arms {
            file.table(&format!("[[{}]]", keys::ARMS.name), arm_entries(arm, *allocation));
        }
        file.0
    }
}

/// The text of a study file, table after table.
#[derive(Default)]
struct File(String);

impl File {
    fn section(&mut self, section: &Section, entries: Entries) {
        self.table(&format!("[{}]", section.name), entries);
    }

    fn table(&mut self, heading: &str, Entries(entries): Entries) {
        let gap = if self.0.is_empty() { "" } else { "\n" };
        // Writing to a string cannot fail.
        let _ = writeln!(self.0, "{gap}{heading}");
        for (key, value) in entries {
            let _ = writeln!(self.0, "{key} = {value}");
        }
    }

    fn drawn(&mut self, spec: &PopulationSpec) {
        let PopulationSpec { correction, sampling, distributions: _ } = spec;
        let choices = Entries::default()
            .text(&keys::CORRECTION, correction.name())
            .text(&keys::SAMPLING, sampling.name());
        self.section(&keys::POPULATION, choices);
        for role in [Role::Parameter, Role::Initial] {
            let of_role = Quantity::ALL.into_iter().filter(|q| q.role() == role);
            let entries = of_role.map(|q| (q.symbol(), distribution(spec.distribution(q))));
            let heading = format!("[{}.{}]", keys::POPULATION.name, table_of(role));
            self.table(&heading, Entries(entries.collect()));
        }
    }
}

/// Keys of a table and their values as TOML, in the order in which they are written.
#[derive(Default)]
struct Entries(Vec<(&'static str, String)>);

impl Entries {
    fn numbers(entries: impl Iterator<Item = (&'static str, f64)>) -> Self {
        Self(entries.map(|(key, value)| (key, show(value))).collect())
    }

    fn put(mut self, key: &Key, value: String) -> Self {
        self.0.push((key.name, value));
        self
    }

    fn text(self, key: &Key, text: &str) -> Self {
        self.put(key, quoted(text))
    }

    fn integer(self, key: &Key, value: u64) -> Self {
        self.put(key, value.to_string())
    }

    fn number(self, key: &Key, value: f64) -> Self {
        self.put(key, show(value))
    }

    fn inline_table(self, key: &Key, entries: Self) -> Self {
        self.put(key, entries.inline())
    }

    fn inline_tables(self, key: &Key, items: impl Iterator<Item = Self>) -> Self {
        let items: Vec<String> = items.map(|item| item.inline()).collect();
        self.put(key, format!("[{}]", items.join(", ")))
    }

    /// The table as the value of a key.
    fn inline(&self) -> String {
        let entries: Vec<String> = self.0.iter().map(|(key, value)| format!("{key} = {value}")).collect();
        format!("{{ {} }}", entries.join(", "))
    }
}

/// A TOML string: JSON's escapes are TOML's, but for one control character.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string().replace('\u{7f}', "\\u007f")
}

fn model_entries(model: &ModelSpec) -> Entries {
    let ModelSpec { reading, growth } = model;
    Entries::default().text(&keys::READING, reading.name()).text(&keys::GROWTH, growth.name())
}

fn table_entries(source: &TableSource) -> Entries {
    // The rows and their hash are found again in the table itself.
    let TableSource { path, carry, rows: _, sha256: _, directory: _ } = source;
    let carry: Vec<String> = carry.iter().map(|name| quoted(name)).collect();
    Entries::default().text(&keys::TABLE, path).put(&keys::CARRY, format!("[{}]", carry.join(", ")))
}

fn distribution(distribution: Distribution) -> String {
    let two = |name: &str, first: (&Key, f64), second: (&Key, f64)| {
        let entries = Entries::default().number(first.0, first.1).number(second.0, second.1);
        format!("{{ {name} = {} }}", entries.inline())
    };
    match distribution {
        Distribution::Fixed(value) => Entries::default().number(&keys::FIXED, value).inline(),
        Distribution::Uniform { low, high } => two("uniform", (&keys::LOW, low), (&keys::HIGH, high)),
        Distribution::Normal { mean, sd } => two("normal", (&keys::MEAN, mean), (&keys::SD, sd)),
        Distribution::LogNormal { mean, cv } => two("lognormal", (&keys::MEAN, mean), (&keys::CV, cv)),
    }
}

fn solver_entries(solver: &Solver) -> Entries {
    let Solver { method, rtol } = *solver;
    let entries = Entries::default().text(&keys::METHOD, method.name());
    let entries = match method.step_size() {
        StepSize::Fixed { hours } => entries.number(&keys::STEP_HOURS, hours),
        StepSize::Adaptive => entries,
    };
    entries.number(&keys::RTOL, rtol)
}

fn arm_entries(arm: &Arm, allocation: Allocation) -> Entries {
    let Arm { name, ratio, treatment } = arm;
    let entries = Entries::default().text(&keys::ARM_NAME, name);
    let entries = match allocation {
        Allocation::Randomised => entries.integer(&keys::RATIO, u64::from(*ratio)),
        // A study file that gives twins a ratio is refused.
        Allocation::Twins => entries,
    };
    treatment_entries(entries, treatment)
}

fn treatment_entries(entries: Entries, treatment: &Treatment) -> Entries {
    let Treatment {
        dose_multiplier,
        composition,
        infusions,
        second_infusion,
        suppressant,
        rescue,
        lymphodepletion,
        bridging,
    } = treatment;
    let mut entries = entries.number(&keys::DOSE_MULTIPLIER, *dose_multiplier);
    if let Some(composition) = composition {
        entries = entries.inline_table(&keys::COMPOSITION, composition_entries(composition));
    }
    entries = entries.inline_tables(&keys::INFUSIONS, infusions.iter().map(infusion_entries));
    if let Some(second) = second_infusion {
        entries = entries.inline_table(&keys::SECOND_INFUSION, second_infusion_entries(second));
    }
    if !suppressant.is_empty() {
        entries = entries.inline_tables(&keys::SUPPRESSANT, suppressant.iter().map(suppressant_entries));
    }
    if let Some(rescue) = rescue {
        entries = entries.inline_table(&keys::RESCUE, rescue_entries(rescue));
    }
    if let Some(Remaining { remaining }) = lymphodepletion {
        let remaining = Entries::default().number(&keys::LYMPHOCYTES_REMAINING, *remaining);
        entries = entries.inline_table(&keys::LYMPHODEPLETION, remaining);
    }
    if let Some(Remaining { remaining }) = bridging {
        let remaining = Entries::default().number(&keys::TUMOUR_REMAINING, *remaining);
        entries = entries.inline_table(&keys::BRIDGING, remaining);
    }
    entries
}

fn composition_entries(composition: &Composition) -> Entries {
    let Composition { effector_ctl, memory_ctl, effector_helper, memory_helper } = *composition;
    Entries::default()
        .number(&keys::EFFECTOR_CTL, effector_ctl)
        .number(&keys::MEMORY_CTL, memory_ctl)
        .number(&keys::EFFECTOR_HELPER, effector_helper)
        .number(&keys::MEMORY_HELPER, memory_helper)
}

fn infusion_entries(infusion: &Infusion) -> Entries {
    let Infusion { day, fraction } = *infusion;
    Entries::default().number(&keys::INFUSION_DAY, day).number(&keys::INFUSION_FRACTION, fraction)
}

fn second_infusion_entries(second: &SecondInfusion) -> Entries {
    let SecondInfusion { when, fraction } = *second;
    let entries = Entries::default();
    let entries = match when {
        When::Day(day) => entries.number(&keys::SECOND_DAY, day),
        When::AfterRelapse(days) => entries.number(&keys::AFTER_RELAPSE_DAYS, days),
    };
    entries.number(&keys::SECOND_FRACTION, fraction)
}

fn suppressant_entries(suppressant: &Suppressant) -> Entries {
    let Suppressant { day, hours, rate } = *suppressant;
    Entries::default()
        .number(&keys::SUPPRESSANT_DAY, day)
        .number(&keys::SUPPRESSANT_HOURS, hours)
        .number(&keys::SUPPRESSANT_RATE, rate)
}

fn rescue_entries(rescue: &Rescue) -> Entries {
    let Rescue { above, delay_hours, hours, rate, at_most } = *rescue;
    Entries::default()
        .number(&keys::ABOVE, above)
        .number(&keys::DELAY_HOURS, delay_hours)
        .number(&keys::RESCUE_HOURS, hours)
        .number(&keys::RESCUE_RATE, rate)
        .integer(&keys::AT_MOST, u64::from(at_most))
}
