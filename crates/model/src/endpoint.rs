//! The one table of endpoints: what is kept of each simulated patient in each arm, and what must be known about it.
//!
//! Columns and dictionary of the results, the comparison of arms, tables, figures and pages are all derived from it. A
//! new endpoint is one row here and its computation in the runner.

use crate::STATE_COUNT;
use std::fmt;

/// What the values of an endpoint are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndpointKind {
    /// A number in the endpoint's unit.
    Continuous,
    /// Whether something happened to the patient: 1 or 0.
    Event {
        /// The endpoint that has the day of the event; `None` of a state on the last day, which has no other.
        day: Option<Endpoint>,
        /// What one such event is called in a sentence: `case`.
        noun: &'static str,
    },
    /// The day of an event; for a patient without the event, the day on which observation ended.
    EventDay,
    /// How many times something was done.
    Count,
}

/// Which values of an endpoint are better for the patient.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Smaller values, no event, or a later harm.
    Lower,
    /// Greater values, or the event.
    Higher,
    /// Neither by itself: the endpoint describes.
    Neither,
}

/// What an endpoint has to do with. Within a list of the same kind, endpoints stand in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EndpointDomain {
    /// What the treatment harms.
    Toxicity,
    /// What becomes of the tumour.
    Efficacy,
    /// The CAR T cells in the blood and the lymphocytes around them.
    CellKinetics,
    /// What the patient was given.
    Exposure,
}

/// How much an endpoint matters when arms are compared, in the terms of a trial's protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Importance {
    /// Answers the question of a study: mentioned first, and trials are sized by it.
    Primary,
    /// Compared between arms, and its distribution shown in a figure.
    KeySecondary,
    /// Compared between arms.
    Secondary,
    /// Described in each arm; not compared.
    Descriptive,
}

macro_rules! endpoints {
    ($($variant:ident $name:literal $unit:literal $short:literal $(+ $rest:literal)?:
       [$($kind:tt)+] $direction:ident $domain:ident $importance:ident;)*) => {
        /// An outcome of one patient in one arm.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Endpoint { $(#[doc = concat!($short $(, $rest)?)] $variant),* }

        impl Endpoint {
            /// Every endpoint, in the order of the patient table's columns.
            pub const ALL: [Endpoint; [$(Endpoint::$variant),*].len()] = [$(Endpoint::$variant),*];
            /// The column name.
            pub const fn name(self) -> &'static str { match self { $(Self::$variant => $name),* } }
            /// The unit, in plain text; `1` for an event or a count.
            pub const fn unit(self) -> &'static str { match self { $(Self::$variant => $unit),* } }
            /// What it means, as an axis label without the unit.
            pub const fn label(self) -> &'static str {
                match self { $(Self::$variant => concat!($short $(, $rest)?)),* }
            }
            /// The beginning of the label: what it is, without what the numbers mean.
            pub const fn short_label(self) -> &'static str { match self { $(Self::$variant => $short),* } }
            /// What its values are.
            pub const fn kind(self) -> EndpointKind {
                match self { $(Self::$variant => endpoints!(@kind $($kind)+)),* }
            }
            /// Which values are better for the patient.
            pub const fn direction(self) -> Direction {
                match self { $(Self::$variant => Direction::$direction),* }
            }
            /// What it has to do with.
            pub const fn domain(self) -> EndpointDomain {
                match self { $(Self::$variant => EndpointDomain::$domain),* }
            }
            /// How much it matters when arms are compared.
            pub const fn importance(self) -> Importance {
                match self { $(Self::$variant => Importance::$importance),* }
            }
        }
    };
    (@kind value) => { EndpointKind::Continuous };
    (@kind event $noun:literal on $day:ident) => {
        EndpointKind::Event { day: Some(Endpoint::$day), noun: $noun }
    };
    (@kind event $noun:literal at the end) => { EndpointKind::Event { day: None, noun: $noun } };
    (@kind day) => { EndpointKind::EventDay };
    (@kind count) => { EndpointKind::Count };
}

// Variant, column, unit, label (the short one, and what the numbers mean);
//   kind, which way is better, domain, importance.
endpoints! {
    PeakInflammation "peak_inflammation" "pg/mL" "Peak inflammation":
        [value] Lower Toxicity Primary;
    TimeOfPeak "time_of_peak_day" "day" "Time of peak inflammation":
        [value] Neither Toxicity Descriptive;
    InflammationAuc "inflammation_auc" "pg·day/mL" "Area under the inflammation curve":
        [value] Lower Toxicity Secondary;
    TumourNadir "tumour_nadir" "cells/µL" "Tumour nadir":
        [value] Lower Efficacy KeySecondary;
    TimeOfNadir "time_of_nadir_day" "day" "Time of tumour nadir":
        [value] Neither Efficacy Descriptive;
    TumourBurdenEnd "tumour_burden_end" "cells/µL" "Tumour burden at the end":
        [value] Lower Efficacy Secondary;
    InflammationEnd "inflammation_end" "pg/mL" "Inflammation at the end":
        [value] Lower Toxicity Descriptive;
    EffectorCtlEnd "effector_ctl_end" "cells/µL" "CAR effector CTL at the end":
        [value] Neither CellKinetics Descriptive;
    MemoryCtlEnd "memory_ctl_end" "cells/µL" "CAR memory CTL at the end":
        [value] Neither CellKinetics Descriptive;
    EffectorHelperEnd "effector_helper_end" "cells/µL" "CAR effector helper T cells at the end":
        [value] Neither CellKinetics Descriptive;
    MemoryHelperEnd "memory_helper_end" "cells/µL" "CAR memory helper T cells at the end":
        [value] Neither CellKinetics Descriptive;
    LymphocytesEnd "lymphocytes_end" "cells/µL" "Other lymphocytes at the end":
        [value] Neither CellKinetics Descriptive;
    SevereInflammation "severe_inflammation" "1" "Severe inflammation" + ", 1 if there was any":
        [event "case" on SevereInflammationDay] Lower Toxicity Primary;
    SevereInflammationDay "severe_inflammation_day" "day" "Onset of severe inflammation" + ", or end of study":
        [day] Higher Toxicity Secondary;
    DaysSevere "days_severe" "day" "Time with severe inflammation":
        [value] Lower Toxicity Secondary;
    Remission "remission" "1" "Remission" + ", 1 if there was one":
        [event "remission" on RemissionDay] Higher Efficacy Primary;
    RemissionDay "remission_day" "day" "Day of remission" + ", or end of study":
        [day] Lower Efficacy Secondary;
    Relapse "relapse" "1" "Relapse after remission" + ", 1 if there was one":
        [event "relapse" on RelapseDay] Lower Efficacy Secondary;
    RelapseDay "relapse_day" "day" "Day of relapse after remission" + ", or end of study":
        [day] Higher Efficacy Secondary;
    RemissionAtEnd "remission_at_end" "1" "In remission at the end" + ", 1 if so":
        [event "remission" at the end] Higher Efficacy Primary;
    CarTPeak "car_t_peak" "cells/µL" "Peak of CAR T cells in all":
        [value] Neither CellKinetics KeySecondary;
    TimeOfCarTPeak "time_of_car_t_peak_day" "day" "Time of the peak of CAR T cells":
        [value] Neither CellKinetics Descriptive;
    CarTPersistence "car_t_persistence" "day" "Time with detectable CAR T cells":
        [value] Neither CellKinetics Secondary;
    CarTGiven "car_t_given" "cells/µL" "CAR T cells infused in all":
        [value] Neither Exposure Descriptive;
    SuppressantGiven "suppressant_given" "pg/mL" "Immunosuppressant given in all" + ", as inflammation removed at most":
        [value] Neither Exposure Descriptive;
    Rescues "rescues" "1" "Rescue infusions of immunosuppressant":
        [count] Neither Exposure Descriptive;
}

impl Endpoint {
    /// How many there are.
    pub const COUNT: usize = Self::ALL.len();

    /// The state at the end, in the order of [`STATES`](crate::STATES).
    pub const AT_END: [Endpoint; STATE_COUNT] = [
        Self::TumourBurdenEnd,
        Self::InflammationEnd,
        Self::EffectorCtlEnd,
        Self::MemoryCtlEnd,
        Self::EffectorHelperEnd,
        Self::MemoryHelperEnd,
        Self::LymphocytesEnd,
    ];

    /// Position in [`Self::ALL`], and in an array with one value for each endpoint.
    pub const fn index(self) -> usize {
        self as usize
    }

    /// The endpoint of that column, if there is one.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|endpoint| endpoint.name() == name)
    }

    /// Events, each with the endpoint that has its day, if there is one, by domain.
    pub fn events() -> impl Iterator<Item = (Self, Option<Self>)> {
        Self::by_domain().filter_map(|endpoint| match endpoint.kind() {
            EndpointKind::Event { day, .. } => Some((endpoint, day)),
            EndpointKind::Continuous | EndpointKind::EventDay | EndpointKind::Count => None,
        })
    }

    /// Numbers at least as important as that, by domain.
    pub fn continuous(importance: Importance) -> impl Iterator<Item = Self> {
        let is_one = |e: Self| e.kind() == EndpointKind::Continuous;
        Self::by_domain().filter(move |&e| is_one(e) && e.importance() <= importance)
    }

    /// The endpoints that answer the question of a study: events, then numbers.
    pub fn primary() -> impl Iterator<Item = Self> {
        let events = Self::events().map(|(event, _)| event).filter(|e| e.importance() == Importance::Primary);
        events.chain(Self::continuous(Importance::Primary))
    }

    /// The event of which this is the day.
    pub fn event(self) -> Option<Self> {
        Self::events().find(|(_, day)| *day == Some(self)).map(|(event, _)| event)
    }

    /// Every endpoint, by domain, and within a domain in the order of columns.
    fn by_domain() -> impl Iterator<Item = Self> {
        let mut all = Self::ALL;
        all.sort_by_key(|endpoint| endpoint.domain());
        all.into_iter()
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Quantity, STATES};
    use std::collections::HashSet;

    fn names(endpoints: impl Iterator<Item = Endpoint>) -> Vec<&'static str> {
        endpoints.map(Endpoint::name).collect()
    }

    #[test]
    fn columns_stand_in_the_published_order() {
        assert_eq!(
            names(Endpoint::ALL.into_iter()).join(" "),
            "peak_inflammation time_of_peak_day inflammation_auc tumour_nadir time_of_nadir_day tumour_burden_end \
             inflammation_end effector_ctl_end memory_ctl_end effector_helper_end memory_helper_end lymphocytes_end \
             severe_inflammation severe_inflammation_day days_severe remission remission_day relapse relapse_day \
             remission_at_end car_t_peak time_of_car_t_peak_day car_t_persistence car_t_given suppressant_given rescues"
        );
        for (i, endpoint) in Endpoint::ALL.into_iter().enumerate() {
            assert_eq!(endpoint.index(), i);
            assert_eq!(Endpoint::from_name(endpoint.name()), Some(endpoint));
        }
    }

    #[test]
    fn no_column_is_called_like_another_or_like_a_quantity() {
        let all = names(Endpoint::ALL.into_iter());
        assert_eq!(all.iter().collect::<HashSet<_>>().len(), Endpoint::COUNT);
        assert!(all.iter().all(|name| Quantity::from_symbol(name).is_none()));
    }

    #[test]
    fn comparisons_stand_in_the_published_order() {
        assert_eq!(
            names(Endpoint::events().flat_map(|(event, day)| [Some(event), day]).flatten()),
            [
                "severe_inflammation",
                "severe_inflammation_day",
                "remission",
                "remission_day",
                "relapse",
                "relapse_day",
                "remission_at_end"
            ]
        );
        assert_eq!(
            names(Endpoint::continuous(Importance::Secondary)),
            [
                "peak_inflammation",
                "inflammation_auc",
                "days_severe",
                "tumour_nadir",
                "tumour_burden_end",
                "car_t_peak",
                "car_t_persistence"
            ]
        );
        assert_eq!(
            names(Endpoint::continuous(Importance::KeySecondary)),
            ["peak_inflammation", "tumour_nadir", "car_t_peak"]
        );
        assert_eq!(
            names(Endpoint::primary()),
            ["severe_inflammation", "remission", "remission_at_end", "peak_inflammation"]
        );
    }

    #[test]
    fn every_day_belongs_to_one_event_and_has_its_domain() {
        for day in Endpoint::ALL.into_iter().filter(|e| e.kind() == EndpointKind::EventDay) {
            assert_eq!(Endpoint::events().filter(|(_, d)| *d == Some(day)).count(), 1, "{day}");
            assert_eq!(day.unit(), "day");
            assert_eq!(day.event().map(Endpoint::domain), Some(day.domain()));
        }
        for (event, day) in Endpoint::events() {
            assert_eq!(event.unit(), "1");
            assert!(day.is_none_or(|day| day.kind() == EndpointKind::EventDay && day.event() == Some(event)));
        }
    }

    #[test]
    fn states_at_the_end_have_the_units_of_the_states() {
        for (endpoint, state) in Endpoint::AT_END.into_iter().zip(STATES) {
            assert_eq!(endpoint.unit(), state.unit);
            assert_eq!(endpoint.name(), format!("{}_end", state.name));
        }
    }

    #[test]
    fn short_labels_begin_the_labels() {
        for endpoint in Endpoint::ALL {
            assert!(endpoint.label().starts_with(endpoint.short_label()));
            assert!(!endpoint.short_label().contains(','), "{endpoint}");
        }
        assert_eq!(Endpoint::Relapse.label(), "Relapse after remission, 1 if there was one");
        assert_eq!(Endpoint::Relapse.short_label(), "Relapse after remission");
    }
}
