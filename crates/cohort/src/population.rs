//! How a virtual population is distributed.

use crate::correlation::Correlation;
use crate::distribution::Distribution;
use crate::enrolled::WEIGHT;
use crate::targets::{TargetMethod, Targets};
use cartrial_model::{Quantity, Role};
use serde::{Deserialize, Serialize};

/// The table under `[population]` in which a quantity belongs.
pub(crate) const fn table_of(role: Role) -> &'static str {
    match role {
        Role::Parameter => "parameters",
        Role::Initial => "initial",
    }
}

macro_rules! named {
    ($(#[$doc:meta])* $name:ident { $($(#[$item:meta])* $variant:ident $text:literal),* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        pub enum $name { $($(#[$item])* #[serde(rename = $text)] $variant),* }

        impl $name {
            /// Every one; the default, if there is one, first.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// Its name in study files.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $text),* }
            }
        }
    };
}

pub(crate) use named;

named! {
    /// The shape of the distributions about the standard patient's values.
    #[derive(Default)]
    Shape {
        /// Uniform, a fraction of the mean to either side.
        #[default]
        Uniform "uniform",
        /// Normal.
        Normal "normal",
        /// Log-normal.
        LogNormal "lognormal",
        /// The standard patient's value for every patient.
        Fixed "fixed"
    }
}

named! {
    /// What happens to a draw that no patient can have. Either way it is marked in the patient.
    #[derive(Default)]
    Correction {
        /// Drawn again, up to 64 times, then clamped.
        #[default]
        Resample "resample",
        /// Set to [`Quantity::physical_floor`].
        Clamp "clamp"
    }
}

named! {
    /// How the patients fill the space of quantities.
    #[derive(Default)]
    Sampling {
        /// Independent patients.
        #[default]
        Random "random",
        /// One patient in each of N equal strata of every quantity. The strata depend on N, so patients of cohorts of
        /// different size differ.
        LatinHypercube "latin-hypercube",
        /// A Sobol sequence, scrambled after Owen, one dimension a quantity.
        Sobol "sobol"
    }
}

/// The population from which virtual patients are drawn: every quantity's distribution, resolved.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PopulationSpec {
    /// What happens to a draw that no patient can have.
    pub correction: Correction,
    /// How the patients fill the space of quantities.
    pub sampling: Sampling,
    /// Which quantities vary together; none: all are independent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correlation: Option<Correlation>,
    /// What patients have to look like; none: every patient drawn is taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub targets: Option<Targets>,
    /// The distribution of each quantity, by [`Quantity::index`].
    #[serde(flatten, with = "by_symbol")]
    pub distributions: [Distribution; Quantity::COUNT],
}

impl PopulationSpec {
    /// The column of the patients' weights; none if all count alike.
    pub fn weight_column(&self) -> Option<&'static str> {
        let targets = self.targets.as_ref()?;
        (targets.method == TargetMethod::Weighting).then_some(WEIGHT)
    }

    /// The distribution of `quantity`.
    pub fn distribution(&self, quantity: Quantity) -> Distribution {
        self.distributions[quantity.index()]
    }

    /// The quantities in which patients differ, in the order of the patient table.
    pub fn varied(&self) -> impl Iterator<Item = Quantity> + '_ {
        Quantity::ALL.into_iter().filter(|&q| self.distribution(q).varies())
    }
}

/// The distributions in the tables `parameters` and `initial`, by symbol, as a study file has them.
mod by_symbol {
    use super::{Distribution, table_of};
    use cartrial_model::{Quantity, Role};
    use serde::de::Error;
    use serde::ser::SerializeMap;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};
    use std::collections::BTreeMap;

    type All = [Distribution; Quantity::COUNT];

    struct OfRole<'a>(&'a All, Role);

    impl Serialize for OfRole<'_> {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let quantities = Quantity::ALL.iter().filter(|q| q.role() == self.1);
            serializer.collect_map(quantities.map(|q| (q.symbol(), self.0[q.index()])))
        }
    }

    pub(super) fn serialize<S: Serializer>(all: &All, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(2))?;
        for role in [Role::Parameter, Role::Initial] {
            map.serialize_entry(table_of(role), &OfRole(all, role))?;
        }
        map.end()
    }

    #[derive(Deserialize)]
    struct Tables {
        parameters: BTreeMap<String, Distribution>,
        initial: BTreeMap<String, Distribution>,
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<All, D::Error> {
        let Tables { parameters, initial } = Tables::deserialize(deserializer)?;
        let unknown = |role, table: &BTreeMap<String, Distribution>| {
            let known = |name: &String| Quantity::from_symbol(name).is_some_and(|q| q.role() == role);
            table.keys().find(|name| !known(name)).cloned()
        };
        let unknown = unknown(Role::Parameter, &parameters).or_else(|| unknown(Role::Initial, &initial));
        if let Some(name) = unknown {
            return Err(D::Error::custom(format_args!("unknown quantity {name:?}")));
        }
        let mut all = [Distribution::Fixed(0.0); Quantity::COUNT];
        for quantity in Quantity::ALL {
            let table = if quantity.role() == Role::Parameter { &parameters } else { &initial };
            let distribution = table.get(quantity.symbol());
            all[quantity.index()] =
                *distribution.ok_or_else(|| D::Error::missing_field(quantity.symbol()))?;
        }
        Ok(all)
    }
}
