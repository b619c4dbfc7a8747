//! What quantities and endpoints are called in ADaM: names of at most 8 characters, labels of at most 40, ASCII alone.

use cartrial_model::{Endpoint, EndpointDomain, EndpointKind, Quantity, StateInfo};

/// The variable of the patients' total dose.
pub(crate) const DOSE_TOTAL: (&str, &str) = ("DOSETOT", "Total CAR T cell dose (cells/uL)");

/// The variable of a quantity, and its label.
pub(crate) const fn quantity(quantity: Quantity) -> (&'static str, &'static str) {
    use Quantity as Q;
    match quantity {
        Q::N => ("N", "Divisions of a differentiating T cell"),
        Q::R1 => ("R1", "Tumour growth rate (1/h)"),
        Q::R2 => ("R2", "Division rate of memory CTL (1/h)"),
        Q::R3 => ("R3", "Division rate of memory helper (1/h)"),
        Q::R4 => ("R4", "Division rate of lymphocytes (1/h)"),
        Q::D1 => ("D1", "Tumour killing rate (uL/(cells*h))"),
        Q::D2 => ("D2", "Decay rate of inflammation (1/h)"),
        Q::D3 => ("D3", "Death rate of effector CTL (1/h)"),
        Q::D4 => ("D4", "Death rate of effector helper (1/h)"),
        Q::D5 => ("D5", "Death rate of lymphocytes (1/h)"),
        Q::P0 => ("P0", "Basal inflammation (pg/(mL*h))"),
        Q::P1 => ("P1", "Inflammation on encounter with tumour"),
        Q::P2 => ("P2", "Lymphocyte production (cells/(uL*h))"),
        Q::A1 => ("A1", "Activation, memory CTL (uL/(cells*h))"),
        Q::A2 => ("A2", "Help by effector helper (uL/cells)"),
        Q::A3 => ("A3", "Activation, mem. helper (uL/(cells*h))"),
        Q::B => ("B", "Half-maximal inflammation (pg/mL)"),
        Q::L => ("L", "Normal lymphocyte count (cells/uL)"),
        Q::K => ("K", "Capacity of the tumour (cells/uL)"),
        Q::TumourBurden => ("TUMBL", "Initial tumour burden (cells/uL)"),
        Q::Inflammation => ("INFLBL", "Initial inflammation (pg/mL)"),
        Q::DoseEffectorCtl => ("DOSEEFC", "Dose of effector CTL (cells/uL)"),
        Q::DoseMemoryCtl => ("DOSEMEC", "Dose of memory CTL (cells/uL)"),
        Q::DoseEffectorHelper => ("DOSEEFH", "Dose of effector helper (cells/uL)"),
        Q::DoseMemoryHelper => ("DOSEMEH", "Dose of memory helper (cells/uL)"),
        Q::Lymphocytes => ("LYMPHBL", "Initial other lymphocytes (cells/uL)"),
    }
}

/// PARAMCD and PARAM of a state over time.
pub(crate) fn state(state: &StateInfo) -> (&'static str, &'static str) {
    use Quantity as Q;
    match state.initial {
        Q::Inflammation => ("INFLAM", "Inflammation (pg/mL)"),
        Q::DoseEffectorCtl => ("EFFCTL", "CAR Effector CTL (cells/uL)"),
        Q::DoseMemoryCtl => ("MEMCTL", "CAR Memory CTL (cells/uL)"),
        Q::DoseEffectorHelper => ("EFFHLP", "CAR Effector Helper (cells/uL)"),
        Q::DoseMemoryHelper => ("MEMHLP", "CAR Memory Helper (cells/uL)"),
        Q::Lymphocytes => ("LYMPH", "Other Lymphocytes (cells/uL)"),
        _ => ("TUMBURD", "Tumour Burden (cells/uL)"),
    }
}

/// A parameter: what one analysis value of a patient in an arm is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Parameter {
    /// The endpoint.
    pub endpoint: Endpoint,
    /// PARAMCD.
    pub code: &'static str,
    /// PARAM, with the unit.
    pub label: &'static str,
    /// Whether it is a state at the end of the study, and not of the whole follow-up.
    pub at_end: bool,
    /// The endpoint with the day on which the value was reached.
    pub day: Option<Endpoint>,
    /// The quantity that it began as.
    pub base: Option<Quantity>,
}

/// The parameter of an endpoint.
pub(crate) const fn parameter(endpoint: Endpoint) -> Parameter {
    use Endpoint as E;
    let (code, label) = match endpoint {
        E::PeakInflammation => ("INFLPEAK", "Peak Inflammation (pg/mL)"),
        E::TimeOfPeak => ("INFLTPK", "Time of Peak Inflammation (days)"),
        E::InflammationAuc => ("INFLAUC", "Inflammation AUC (pg*day/mL)"),
        E::TumourNadir => ("TUMNADIR", "Tumour Nadir (cells/uL)"),
        E::TimeOfNadir => ("TUMTNAD", "Time of Tumour Nadir (days)"),
        E::TumourBurdenEnd => ("TUMEND", "Tumour Burden at End (cells/uL)"),
        E::InflammationEnd => ("INFLEND", "Inflammation at End (pg/mL)"),
        E::EffectorCtlEnd => ("EFFCTLE", "CAR Effector CTL at End (cells/uL)"),
        E::MemoryCtlEnd => ("MEMCTLE", "CAR Memory CTL at End (cells/uL)"),
        E::EffectorHelperEnd => ("EFFHLPE", "CAR Effector Helper at End (cells/uL)"),
        E::MemoryHelperEnd => ("MEMHLPE", "CAR Memory Helper at End (cells/uL)"),
        E::LymphocytesEnd => ("LYMPHEND", "Other Lymphocytes at End (cells/uL)"),
        E::SevereInflammation => ("SEVINFL", "Severe Inflammation (1 yes, 0 no)"),
        E::SevereInflammationDay => ("TTSEVINF", "Time to Severe Inflammation (days)"),
        E::DaysSevere => ("SEVDAYS", "Time with Severe Inflammation (days)"),
        E::Remission => ("REMISS", "Remission (1 yes, 0 no)"),
        E::RemissionDay => ("TTREMISS", "Time to Remission (days)"),
        E::Relapse => ("RELAPSE", "Relapse after Remission (1 yes, 0 no)"),
        E::RelapseDay => ("TTRELAPS", "Time to Relapse after Remission (days)"),
        E::RemissionAtEnd => ("REMEND", "In Remission at End (1 yes, 0 no)"),
        E::CarTPeak => ("CARTPEAK", "Peak of CAR T Cells (cells/uL)"),
        E::TimeOfCarTPeak => ("CARTTPK", "Time of Peak of CAR T Cells (days)"),
        E::CarTPersistence => ("CARTPERS", "CAR T Cell Persistence (days)"),
        E::CarTGiven => ("CARTGIVN", "CAR T Cells Infused (cells/uL)"),
        E::SuppressantGiven => ("SUPPGIVN", "Immunosuppressant Given (pg/mL)"),
        E::Rescues => ("RESCUES", "Rescue Infusions (count)"),
    };
    let day = match endpoint {
        E::PeakInflammation | E::TimeOfPeak => Some(E::TimeOfPeak),
        E::TumourNadir | E::TimeOfNadir => Some(E::TimeOfNadir),
        E::CarTPeak | E::TimeOfCarTPeak => Some(E::TimeOfCarTPeak),
        E::SevereInflammationDay | E::RemissionDay | E::RelapseDay => Some(endpoint),
        _ => None,
    };
    let base = match endpoint {
        E::PeakInflammation | E::InflammationEnd => Some(Quantity::Inflammation),
        E::TumourNadir | E::TumourBurdenEnd => Some(Quantity::TumourBurden),
        E::LymphocytesEnd => Some(Quantity::Lymphocytes),
        _ => None,
    };
    let at_end = matches!(
        endpoint,
        E::TumourBurdenEnd
            | E::InflammationEnd
            | E::EffectorCtlEnd
            | E::MemoryCtlEnd
            | E::EffectorHelperEnd
            | E::MemoryHelperEnd
            | E::LymphocytesEnd
            | E::RemissionAtEnd
    );
    Parameter { endpoint, code, label, at_end, day, base }
}

/// The parameters of ADLB: every endpoint but the days of events.
pub(crate) fn endpoint_parameters() -> Vec<Parameter> {
    let wanted = |endpoint: &Endpoint| endpoint.kind() != EndpointKind::EventDay;
    Endpoint::ALL.into_iter().filter(wanted).map(parameter).collect()
}

/// The parameters of ADTTE: the days of events.
pub(crate) fn event_parameters() -> Vec<Parameter> {
    let wanted = |endpoint: &Endpoint| endpoint.kind() == EndpointKind::EventDay;
    Endpoint::ALL.into_iter().filter(wanted).map(parameter).collect()
}

/// PARCAT1: what an endpoint has to do with.
pub(crate) const fn category(domain: EndpointDomain) -> &'static str {
    match domain {
        EndpointDomain::Toxicity => "TOXICITY",
        EndpointDomain::Efficacy => "EFFICACY",
        EndpointDomain::CellKinetics => "CAR T CELL KINETICS",
        EndpointDomain::Exposure => "EXPOSURE",
    }
}

/// AVALU: the unit of an endpoint in ASCII; none of an event or a count.
pub(crate) fn unit(endpoint: Endpoint) -> Option<String> {
    match endpoint.unit() {
        "1" => None,
        "day" => Some("days".to_owned()),
        unit => Some(ascii(unit)),
    }
}

/// A unit in ASCII.
pub(crate) fn ascii(unit: &str) -> String {
    unit.replace('µ', "u").replace('·', "*")
}

/// A name for a variable that a cohort table carries under another one: letters, digits and underscores of it, at most 8,
/// unlike all of `taken`.
pub(crate) fn carried(name: &str, taken: &[String]) -> String {
    let kept =
        name.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').map(|c| c.to_ascii_uppercase());
    let mut stem: String = kept.skip_while(|c| !c.is_ascii_alphabetic()).take(8).collect();
    if stem.is_empty() {
        stem = "CARRIED".to_owned();
    }
    let numbered = (2..).map(|number: u64| {
        let number = number.to_string();
        format!("{}{number}", &stem[..stem.len().min(8_usize.saturating_sub(number.len()))])
    });
    let mut candidates = std::iter::once(stem.clone()).chain(numbered);
    candidates.find(|candidate| !taken.contains(candidate)).unwrap_or(stem)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adam::variable::LONGEST_LABEL;
    use cartrial_model::STATES;
    use std::collections::HashSet;

    const LONGEST_NAME: usize = 8;

    fn is_name(name: &str) -> bool {
        let letters = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit();
        name.len() <= LONGEST_NAME
            && name.starts_with(|c: char| c.is_ascii_uppercase())
            && name.chars().all(letters)
    }

    #[test]
    fn names_and_labels_are_short_ascii_and_differ() {
        let quantities = Quantity::ALL.map(quantity);
        let parameters = Endpoint::ALL.map(|e| (parameter(e).code, parameter(e).label));
        let mut seen = HashSet::new();
        let all = quantities.into_iter().chain([DOSE_TOTAL]).chain(parameters);
        for (name, label) in all.chain(STATES.each_ref().map(state)) {
            assert!(is_name(name), "{name}");
            assert!(label.is_ascii() && label.len() <= LONGEST_LABEL, "{label}");
            assert!(seen.insert(name) && seen.insert(label), "{name}");
        }
    }

    #[test]
    fn labels_state_the_unit_of_the_endpoint() {
        for info in &STATES {
            let (_, label) = state(info);
            assert!(label.ends_with(&format!("({})", ascii(info.unit))), "{label}");
        }
        for endpoint in Endpoint::ALL {
            let label = parameter(endpoint).label;
            match unit(endpoint) {
                Some(unit) => assert!(label.ends_with(&format!("({unit})")), "{label}, {unit}"),
                None => assert!(label.ends_with("(1 yes, 0 no)") || label.ends_with("(count)"), "{label}"),
            }
        }
    }

    #[test]
    fn days_and_baselines_have_the_unit_that_belongs_to_them() {
        for Parameter { endpoint, day, base, at_end, .. } in Endpoint::ALL.map(parameter) {
            assert!(day.is_none_or(|day| day.unit() == "day"), "{endpoint}");
            assert!(base.is_none_or(|base| base.unit() == endpoint.unit()), "{endpoint}");
            assert_eq!(at_end, endpoint.name().ends_with("_end"), "{endpoint}");
        }
    }

    #[test]
    fn every_endpoint_is_a_parameter_of_one_data_set() {
        let all: Vec<_> =
            endpoint_parameters().into_iter().chain(event_parameters()).map(|p| p.endpoint).collect();
        assert_eq!(all.len(), Endpoint::COUNT);
        assert_eq!(all.into_iter().collect::<HashSet<_>>().len(), Endpoint::COUNT);
    }

    #[test]
    fn carried_columns_get_names_of_their_own() {
        let mut taken = vec!["N".to_owned(), "SITE".to_owned()];
        for (name, expected) in [
            ("site", "SITE2"),
            ("Age at diagnosis", "AGEATDIA"),
            ("age_at_diagnosis", "AGE_AT_D"),
            ("ageatdiagnosis", "AGEATDI2"),
            ("age at diagnosed", "AGEATDI3"),
            ("12 µm", "M"),
            ("№", "CARRIED"),
            ("n", "N2"),
        ] {
            let found = carried(name, &taken);
            assert_eq!(found, expected, "{name}");
            taken.push(found);
        }
    }

    proptest::proptest! {
        #[test]
        fn prop_carried_names_are_names(names in proptest::collection::vec(".{0,12}", 0..40)) {
            let mut taken = Vec::new();
            for name in names {
                let found = carried(&name, &taken);
                proptest::prop_assert!(found.len() <= LONGEST_NAME && !taken.contains(&found));
                proptest::prop_assert!(found.starts_with(|c: char| c.is_ascii_uppercase()));
                taken.push(found);
            }
        }
    }
}
