//! The formulas of the file are the equations that are solved.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use cartrial_cohort::Study;
use cartrial_model::{Burden, CarT, Growth, Quantity, Reading, STATES, State};
use common::{Values, all, initial, rates, sbml, study};
use roxmltree::Document;

/// The rates by the file's rules, and by the equations under the drug `drug`, which holds inflammation or does not.
fn both(study: &Study, state: &State<f64>, drug: f64, held: bool) -> [State<f64>; 2] {
    let text = sbml(study);
    let document = Document::parse(&text).unwrap();
    let mut values: Values = initial(&document);
    for (info, value) in STATES.iter().zip(state) {
        values.insert(info.name.into(), *value);
    }
    values.insert("inflammation_held".into(), f64::from(u8::from(held)));
    let by_rules = rates(&document, &values);
    let mut equations = CarT::<f64, Burden>::new(study.model);
    equations.set_lane(0, &study.standard_patient());
    [STATES.map(|info| by_rules[info.name]), equations.rhs(state, drug, held)]
}

#[track_caller]
fn assert_equal(study: &Study, state: &State<f64>, drug: f64, held: bool) {
    let [rules, equations] = both(study, state, drug, held);
    for i in 0..STATES.len() {
        // Sums are rounded against their terms.
        let scale = equations[i].abs().max(1e-3 * state[i].abs());
        let difference = (rules[i] - equations[i]).abs();
        assert!(difference <= 1e-12 * scale, "{}: {} and {}", STATES[i].name, rules[i], equations[i]);
    }
}

const FEW: State<f64> = [300.0, 140.0, 10.0, 12.0, 14.0, 16.0, 800.0];
const MANY: State<f64> = [3.1, 17.0, 90.0, 2.5, 130.0, 0.7, 1650.0];

#[test]
fn every_reading_and_growth_law_has_the_rates_of_the_equations() {
    for reading in Reading::ALL {
        for growth in Growth::ALL {
            let (reading, growth) = (reading.name(), growth.name());
            let study = study(&format!("[model]\nreading = \"{reading}\"\ngrowth = \"{growth}\"\n"));
            assert_equal(&study, &FEW, 0.0, false);
            assert_equal(&study, &MANY, 0.0, false);
        }
    }
}

#[test]
fn a_tumour_that_is_gone_stays_so() {
    let study = study("[model]\ngrowth = \"gompertz\"\n");
    let mut state = FEW;
    state[0] = 0.0;
    let [rules, equations] = both(&study, &state, 0.0, false);
    assert_eq!((rules[0], equations[0]), (0.0, 0.0));
}

#[test]
fn drug_is_taken_off_unless_inflammation_is_held() {
    let drug = "[[arms]]\nname = \"a\"\nsuppressant = [{ day = 0, hours = 9, rate = 250 }]\n";
    let study = study(drug);
    assert_equal(&study, &FEW, 250.0, false);
    assert_equal(&study, &FEW, 250.0, true);
}

#[test]
fn every_quantity_has_the_standard_patients_value_unless_the_study_fixes_it() {
    let study = study(
        "[population.parameters]\nd2 = { fixed = 1.25 }\n[population.initial]\ntumour_burden = { fixed = 12.5 }\n",
    );
    let text = sbml(&study);
    let document = Document::parse(&text).unwrap();
    let values = initial(&document);
    for quantity in Quantity::ALL {
        // The state has the trajectory's name: lymphocytes, inflammation and tumour_burden are both.
        let expected = match quantity {
            Quantity::D2 => 1.25,
            Quantity::TumourBurden => 12.5,
            _ => quantity.mean(),
        };
        assert_eq!(values[quantity.symbol()], expected, "{quantity}");
    }
}

#[test]
fn every_parameter_has_a_unit_that_is_defined() {
    let arm = "[[arms]]\nname = \"a\"\nrescue = { above = 300, hours = 48, rate = 200 }\nsecond_infusion = { after_relapse_days = 2, \
               fraction = 1 }\nsuppressant = [{ day = 3, hours = 24, rate = 100 }]\n";
    // The name of the study is one that a parameter has.
    let mut study = study(arm);
    study.name = "relapse".into();
    let text = sbml(&study);
    let document = Document::parse(&text).unwrap();
    let ids =
        |name| all(&document, name).into_iter().map(|node| node.attribute("id").unwrap()).collect::<Vec<_>>();
    let mut units = ids("unitDefinition");
    units.push("dimensionless");
    for parameter in all(&document, "parameter") {
        let unit = parameter.attribute("units").unwrap();
        assert!(units.contains(&unit), "{unit}");
    }
    let mut parts = [ids("parameter"), ids("event"), ids("model")].concat();
    parts.sort_unstable();
    let count = parts.len();
    parts.dedup();
    assert_eq!(parts.len(), count, "an identifier stands twice");
}
