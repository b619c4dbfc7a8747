//! Arms over a grid of values: what they are, and the full text of every refusal.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use cartrial_cohort::{Arm, Study, SweptKey};
use common::refuses;
use serde_json::Value;
use std::path::Path;

const STUDY: &str = "[study]\nname = \"x\"\npatients = 1\n";

fn arms(text: &str) -> Vec<Arm> {
    Study::parse(&format!("{STUDY}{text}"), Path::new("x.toml")).unwrap().arms
}

#[test]
fn an_arm_for_every_combination_the_last_key_changing_fastest() {
    let swept = arms(
        "[[arms]]\nname = \"control\"\n\
         [[arms]]\nname = \"grid\"\nbridging = { remaining = 0.5 }\n\
         rescue = { hours = 24, rate = 200 }\n\
         sweep = { rescue.above = [100, 300], dose_multiplier = [0.25, 1, 4] }\n",
    );
    let names: Vec<&str> = swept.iter().map(|arm| arm.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "control",
            "grid rescue.above=100 dose_multiplier=0.25",
            "grid rescue.above=100 dose_multiplier=1",
            "grid rescue.above=100 dose_multiplier=4",
            "grid rescue.above=300 dose_multiplier=0.25",
            "grid rescue.above=300 dose_multiplier=1",
            "grid rescue.above=300 dose_multiplier=4",
        ]
    );
    assert_eq!(swept[0].swept, []);
    for arm in &swept[1..] {
        assert_eq!(arm.swept, [SweptKey::RescueAbove, SweptKey::DoseMultiplier]);
        assert_eq!(arm.treatment.bridging.unwrap().remaining, 0.5);
        assert_eq!(arm.treatment.rescue.unwrap().rate, 200.0);
    }
    let last = &swept[6].treatment;
    assert_eq!((last.rescue.unwrap().above, last.dose_multiplier), (300.0, 4.0));
}

#[test]
fn a_sweep_is_the_arms_that_it_stands_for() {
    let swept = arms(
        "[[arms]]\nname = \"a\"\nsweep.rescue = { above = [100, 200], hours = [24], rate = [50], at_most = [2] }",
    );
    let typed = arms(
        "[[arms]]\nname = \"1\"\nrescue = { above = 100, hours = 24, rate = 50, at_most = 2 }\n\
         [[arms]]\nname = \"2\"\nrescue = { above = 200, hours = 24, rate = 50, at_most = 2 }\n",
    );
    for (swept, typed) in swept.iter().zip(&typed) {
        assert_eq!(swept.treatment, typed.treatment);
    }
    assert_eq!(swept.len(), 2);
}

#[test]
fn arms_share_a_sweep_if_they_differ_in_nothing_else() {
    let rescue = "rescue = { hours = 24, rate = 200 }\n";
    let swept = "sweep = { dose_multiplier = [1, 2], rescue.above = [100, 300] }\n";
    let other = "rescue = { hours = 48, rate = 200 }\n";
    let arms = arms(&format!(
        "[[arms]]\nname = \"control\"\n[[arms]]\nname = \"a\"\n{rescue}{swept}[[arms]]\nname = \"b\"\n{other}{swept}"
    ));
    let shared = |i: usize| arms.iter().filter(|arm| arm.shares_sweep_with(&arms[i])).count();
    assert_eq!([0, 1, 4, 5, 8].map(shared), [0, 4, 4, 4, 4]);
    assert!(!arms[4].shares_sweep_with(&arms[5]));
}

#[test]
fn a_single_combination_keeps_its_name() {
    let [arm] = &arms("[[arms]]\nname = \"double\"\nsweep = { dose_multiplier = [2] }\n")[..] else {
        panic!()
    };
    assert_eq!((arm.name.as_str(), arm.treatment.dose_multiplier), ("double", 2.0));
}

#[test]
fn bad_sweeps_are_refused() {
    refuses(&[
        (
            "STUDY\n[[arms]]\nname = \"a\"\nsweep = [1, 2]",
            "x.toml:6:9: arms[0].sweep: expected a table, found a list. Write sweep = { dose_multiplier = [0.5, 1, 2] }.",
        ),
        (
            "STUDY\n[[arms]]\nname = \"a\"\nsweep = {}",
            "x.toml:6:9: arms[0].sweep: empty. Write sweep = { dose_multiplier = [0.5, 1, 2] }.",
        ),
        (
            "STUDY\n[[arms]]\nname = \"a\"\nsweep = { dose_multiplier = 2 }",
            "x.toml:6:29: arms[0].sweep.dose_multiplier: expected a list of numbers, found an integer. It takes a list of \
             values; a single one belongs in [[arms]] itself.",
        ),
        (
            "STUDY\n[[arms]]\nname = \"a\"\nsweep = { dose_multiplier = [] }",
            "x.toml:6:29: arms[0].sweep.dose_multiplier: empty. Give the values that it is to take.",
        ),
        (
            "STUDY\n[[arms]]\nname = \"a\"\nsweep = { dose_multiplier = [1, 2, 1.0] }",
            "x.toml:6:36: arms[0].sweep.dose_multiplier: 1 twice. Give every value once.",
        ),
        (
            "STUDY\n[[arms]]\nname = \"a\"\nsweep = { dose_multiplier = [1, -2], rescue.above = [100, 200] }\n\
             rescue = { hours = 24, rate = 200 }",
            "x.toml:6:33: arms[0].dose_multiplier: expected a number of at least 0, found -2.",
        ),
        (
            "STUDY\n[[arms]]\nname = \"a\"\nsweep = { dose_multiplier = [1, \"b\"] }",
            "x.toml:6:33: arms[0].dose_multiplier: expected a number, found a string.",
        ),
        (
            "STUDY\n[[arms]]\nname = \"a\"\ndose_multiplier = 3\nsweep = { dose_multiplier = [1, 2] }",
            "x.toml:6:19: arms[0].sweep.dose_multiplier: dose_multiplier stands in the arm as well. Keep it in one of the two \
             places.",
        ),
        (
            "STUDY\n[[arms]]\nname = \"a\"\nsweep = { dose = [1, 2] }",
            "x.toml:6:11: arms[0].sweep.dose: unknown key of a sweep. Did you mean \"dose_multiplier\"? Valid: \
             dose_multiplier, second_infusion, rescue, lymphodepletion, bridging.",
        ),
        (
            "STUDY\n[[arms]]\nname = \"a\"\nsweep = { rescue = { abov = [1, 2] } }",
            "x.toml:6:22: arms[0].sweep.rescue.abov: unknown key of a sweep. Did you mean \"above\"? Valid: above, \
             delay_hours, hours, rate, at_most.",
        ),
        (
            "STUDY\n[[arms]]\nname = \"a\"\nsweep = { composition = [1, 2] }",
            "x.toml:6:11: arms[0].sweep.composition: unknown key of a sweep. It belongs in [[arms]] itself, not in sweep.",
        ),
        (
            "STUDY\n[[arms]]\nname = \"a\"\nsweep = { rescue.above = [100, 200] }",
            "x.toml:6:18: arms[0].rescue.hours: missing. rescue needs above, hours and rate.\n\
             x.toml:6:18: arms[0].rescue.rate: missing. rescue needs above, hours and rate.",
        ),
        (
            "STUDY\n[[arms]]\nname = \"c\"\n[[arms]]\nname = \"a\"\nrescue = { hours = 24, rate = 200 }\n\
             sweep = { dose_multiplier = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], rescue.above = [1, 2, 3, 4, 5] }",
            "x.toml:9:9: arms[1].sweep: 10 × 5 arms, beside 1 of the study, are too many. A study can have 50 arms; leave \
             values out.",
        ),
        (
            "STUDY\n[[arms]]\nname = \"a\"\nsweep = { dose_multiplier = [1, 2] }\n[[arms]]\nname = \"b\"\nsweep = { dose_multiplier = [2, 4] }",
            "x.toml:7:1: arms[1].sweep: makes \"a dose_multiplier=2\" again, under another name. Leave out the values that another sweep \
             has, or change something else in the arm.",
        ),
        (
            "STUDY\n[[arms]]\nname = \"a\"\nsecond_infusion = { fraction = 1 }\nsweep = { second_infusion.day = [14, 60] }",
            "x.toml:7:38: arms[0].second_infusion.day: day 60 is not before the end of the study (30 days). Move it, or \
             lengthen the study with days under [study].",
        ),
    ]);
}

#[test]
fn prop_the_schema_has_a_list_for_every_swept_key() {
    let schema = cartrial_cohort::schema();
    let sweep = &schema["properties"]["arms"]["items"]["properties"]["sweep"];
    for key in SweptKey::ALL {
        let mut list = sweep;
        for name in key.path().split('.') {
            list = &list["properties"][name];
        }
        assert_eq!(list["type"], "array", "{}", key.path());
        assert_ne!(list["items"], Value::Null, "{}", key.path());
    }
}
