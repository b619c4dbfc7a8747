//! Trial arms as they are resolved, and how patients come to them.

#![allow(clippy::unwrap_used)] // helpers of tests are tests

use cartrial_cohort::{Allocation, Cohort, EndpointThresholds, Overrides, Study, schema};
use cartrial_model::{
    Composition, Infusion, Quantity, Remaining, Rescue, SecondInfusion, Suppressant, Treatment, When,
};
use serde_json::json;
use std::path::Path;

fn parse(text: &str) -> Study {
    Study::parse(text, Path::new("x.toml")).unwrap()
}

fn of_arm(text: &str) -> Treatment {
    let text = format!("[study]\nname = \"x\"\npatients = 1\n[[arms]]\nname = \"a\"\n{text}");
    parse(&text).arms[0].treatment.clone()
}

#[test]
fn prop_every_key_of_an_arm_is_resolved() {
    let treatment = of_arm(
        "dose_multiplier = 0.5\n\
         composition = { effector_ctl = 0.1, memory_ctl = 0.2, effector_helper = 0.3, memory_helper = 0.4 }\n\
         infusions = [{ day = 2, fraction = 0.6 }, { day = 0, fraction = 0.1 }, { day = 1, fraction = 0.3 }]\n\
         second_infusion = { day = 14, fraction = 2 }\n\
         suppressant = [{ day = 3, hours = 24, rate = 100 }, { day = 1.5, hours = 12, rate = 50 }]\n\
         rescue = { above = 300, delay_hours = 6, hours = 48, rate = 200, at_most = 3 }\n\
         lymphodepletion = { remaining = 0.1 }\n\
         bridging = { remaining = 0 }\n",
    );
    let infusion = |day, fraction| Infusion { day, fraction };
    let expected = Treatment {
        dose_multiplier: 0.5,
        composition: Some(Composition {
            effector_ctl: 0.1,
            memory_ctl: 0.2,
            effector_helper: 0.3,
            memory_helper: 0.4,
        }),
        infusions: vec![infusion(0.0, 0.1), infusion(1.0, 0.3), infusion(2.0, 0.6)],
        second_infusion: Some(SecondInfusion { when: When::Day(14.0), fraction: 2.0 }),
        suppressant: vec![
            Suppressant { day: 3.0, hours: 24.0, rate: 100.0 },
            Suppressant { day: 1.5, hours: 12.0, rate: 50.0 },
        ],
        rescue: Some(Rescue { above: 300.0, delay_hours: 6.0, hours: 48.0, rate: 200.0, at_most: 3 }),
        lymphodepletion: Some(Remaining { remaining: 0.1 }),
        bridging: Some(Remaining { remaining: 0.0 }),
    };
    assert_eq!(treatment, expected);
    assert_eq!(of_arm(""), Treatment::default());
}

#[test]
fn prop_what_is_left_out_of_a_table_has_its_default() {
    let treatment = of_arm(
        "second_infusion = { after_relapse_days = 0 }\nrescue = { above = 300, hours = 48, rate = 200 }\n\
         suppressant = []\n",
    );
    assert_eq!(
        treatment.second_infusion,
        Some(SecondInfusion { when: When::AfterRelapse(0.0), fraction: 1.0 })
    );
    let rescue = treatment.rescue.unwrap();
    assert_eq!((rescue.delay_hours, rescue.at_most), (0.0, 1));
    assert_eq!(treatment.suppressant, []);
}

#[test]
fn prop_tables_may_stand_under_their_own_headings() {
    let inline = of_arm(
        "rescue = { above = 300, hours = 48, rate = 200 }\nsuppressant = [{ day = 3, hours = 24, rate = 100 }]\n",
    );
    let headed = of_arm(
        "[arms.rescue]\nabove = 300\nhours = 48\nrate = 200\n\
         [[arms.suppressant]]\nday = 3\nhours = 24\nrate = 100\n",
    );
    assert_eq!(inline, headed);
}

#[test]
fn prop_parts_add_up_to_one_within_rounding() {
    let thirds = |x: &str| {
        format!(
            "infusions = [{{ day = 0, fraction = {x} }}, {{ day = 1, fraction = {x} }}, {{ day = 2, fraction = {x} }}]"
        )
    };
    assert_eq!(of_arm(&thirds("0.3333333333")).infusions.len(), 3);
    let text = format!("[study]\nname = \"x\"\npatients = 1\n[[arms]]\nname = \"a\"\n{}", thirds("0.333"));
    let message = Study::parse(&text, Path::new("x.toml")).unwrap_err().to_string();
    assert!(message.contains("the fractions add up to 0.999, not to 1."), "{message}");
}

#[test]
fn prop_endpoints_are_resolved() {
    let study = parse(
        "[study]\nname = \"x\"\npatients = 1\n[endpoints]\nsevere_inflammation = 250\nremission_fraction = 0.01\n\
         remission_count = 1\nrelapse_fraction = 0.02\nrelapse_count = 2\ncar_t_detection = 5\n",
    );
    let expected = EndpointThresholds {
        severe_inflammation: 250.0,
        remission_fraction: 0.01,
        remission_count: 1.0,
        relapse_fraction: 0.02,
        relapse_count: 2.0,
        car_t_detection: 5.0,
    };
    assert_eq!(study.endpoints, expected);
    assert_eq!(parse("[study]\nname = \"x\"\npatients = 1\n").endpoints, EndpointThresholds::default());
}

#[test]
fn regress_days_of_arms_are_held_against_the_override() {
    let text = "[study]\nname = \"x\"\npatients = 1\ndays = 90\n[[arms]]\nname = \"a\"\nsecond_infusion = { day = 60 }\n";
    assert!(Study::parse(text, Path::new("x.toml")).is_ok());
    let with_days = |days| {
        let overrides = Overrides { days: Some(days), ..Overrides::default() };
        Study::parse_with(text, Path::new("x.toml"), &overrides)
    };
    assert!(with_days(61.0).is_ok());
    assert_eq!(
        with_days(30.0).unwrap_err().to_string(),
        "x.toml:7:27: arms[0].second_infusion.day: day 60 is not before the end of the study (30 days by \
         study.days). Move it, or give a larger study.days."
    );
}

#[test]
fn regress_more_arms_than_can_be_compared() {
    let arms: String = (0..101).map(|i| format!("[[arms]]\nname = \"{i}\"\n")).collect();
    let text = format!("[study]\nname = \"x\"\npatients = 1\n{arms}");
    assert_eq!(
        Study::parse(&text, Path::new("x.toml")).unwrap_err().to_string(),
        "x.toml:104:1: arms: 101 arms are too many. At most 50 can be compared; divide them among several studies."
    );
}

#[test]
fn prop_the_schema_describes_arms() {
    let schema = schema();
    let arm = &schema["properties"]["arms"]["items"];
    assert_eq!(arm["required"], json!(["name"]));
    let keys = &arm["properties"];
    assert_eq!(keys["ratio"]["default"], json!(1));
    assert_eq!(keys["dose_multiplier"]["minimum"], json!(0.0));
    let shares = ["effector_ctl", "memory_ctl", "effector_helper", "memory_helper"];
    assert_eq!(keys["composition"]["required"], json!(shares));
    assert_eq!(keys["infusions"]["minItems"], json!(1));
    assert_eq!(keys["infusions"]["default"], json!([{ "day": 0.0, "fraction": 1.0 }]));
    assert_eq!(keys["infusions"]["items"]["required"], json!(["day", "fraction"]));
    assert_eq!(
        arm["else"]["properties"]["second_infusion"]["oneOf"],
        json!([{ "required": ["day"] }, { "required": ["after_relapse_days"] }])
    );
    assert_eq!(keys["suppressant"]["items"]["properties"]["rate"]["exclusiveMinimum"], json!(0.0));
    assert_eq!(arm["if"], json!({ "required": ["sweep"] }));
    assert_eq!(arm["else"]["properties"]["rescue"]["required"], json!(["above", "hours", "rate"]));
    assert_eq!(keys["rescue"]["required"], json!([]));
    assert_eq!(keys["rescue"]["properties"]["at_most"]["maximum"], json!(1000));
    assert_eq!(keys["bridging"]["properties"]["remaining"]["maximum"], json!(1.0));
    let endpoints = &schema["properties"]["endpoints"]["properties"];
    assert_eq!(endpoints["severe_inflammation"]["default"], json!(400.0));
    assert!(endpoints["severe_inflammation"]["description"].as_str().unwrap().contains("Maude"));
    let allocation = &schema["properties"]["study"]["properties"]["allocation"];
    assert_eq!(allocation["enum"], json!(["twins", "randomised"]));
    assert_eq!(allocation["default"], json!("twins"));
}

fn randomised(patients: u64, ratios: [u32; 2]) -> Cohort {
    let [a, b] = ratios;
    let study = parse(&format!(
        "[study]\nname = \"x\"\nseed = 7\npatients = {patients}\nallocation = \"randomised\"\n\
         [[arms]]\nname = \"a\"\nratio = {a}\n[[arms]]\nname = \"b\"\nratio = {b}\n"
    ));
    assert_eq!(study.allocation, Allocation::Randomised);
    assert_eq!(study.arms.iter().map(|arm| arm.ratio).collect::<Vec<_>>(), ratios);
    Cohort::new(&study).unwrap()
}

#[test]
fn prop_randomised_patients_have_one_arm_each_and_twins_none() {
    let cohort = randomised(1000, [2, 1]);
    let arms = cohort.allocation(0..1000).unwrap();
    assert_eq!(arms.len(), 1000);
    // 166 blocks of six, and a cut one of four.
    let second = arms.iter().filter(|arm| **arm == 1).count();
    assert!((332..=334).contains(&second), "{second}");
    assert_eq!(cohort.allocation(998..2000).unwrap(), arms[998..]);
    assert!(cohort.allocation(1000..2000).unwrap().is_empty());
    assert!(cohort.allocation(5000..6000).unwrap().is_empty());
    assert_eq!(&randomised(500, [2, 1]).allocation(0..500).unwrap()[..], &arms[..500]);
    let twins = Cohort::new(&parse("[study]\nname = \"x\"\npatients = 9\n")).unwrap();
    assert_eq!(twins.allocation(0..9), None);
}

#[test]
fn prop_the_allocation_is_independent_of_the_patients() {
    let n = 40_000;
    let cohort = randomised(n, [1, 1]);
    let (patients, arms) = (cohort.draw(0..n), cohort.allocation(0..n).unwrap());
    for q in Quantity::ALL {
        let of = |wanted| {
            let x =
                patients.iter().zip(&arms).filter(|(_, arm)| **arm == wanted).map(|(p, _)| p.quantities[q]);
            let x: Vec<f64> = x.collect();
            let mean = x.iter().sum::<f64>() / x.len() as f64;
            (mean, x.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / x.len() as f64)
        };
        let ((mean_a, variance), (mean_b, _)) = (of(0), of(1));
        let error = (2.0 * variance / (n as f64 / 2.0)).sqrt();
        assert!((mean_a - mean_b).abs() <= 4.5 * error, "{q}: {mean_a} and {mean_b}");
    }
}
