//! The full text of every refusal of trial arms as a list, misplaced keys, and the limits of a run.

mod common;

use common::refuses;

#[test]
fn regress_messages_of_run_and_arms() {
    refuses(&[
        (
            r#"STUDY
[run]
max_failed_fraction = 1.5"#,
            "x.toml:5:23: run.max_failed_fraction: expected a number of at least 0 and at most 1, found 1.5.",
        ),
        (
            r#"STUDY
[run]
max_failed = 0.1"#,
            "x.toml:5:1: run.max_failed: unknown key. Valid: max_failed_fraction, part_patients, store, sample_patients.",
        ),
        (
            r#"STUDY
[arms]
name = "a""#,
            "x.toml:4:1: arms: expected a list of tables, found a table. Begin every arm with [[arms]].",
        ),
        (
            r#"STUDY
[[arms]]
dose = 3"#,
            r#"x.toml:4:1: arms[0].name: missing. Write name = "control" under [[arms]].
x.toml:5:1: arms[0].dose: unknown key. Did you mean "dose_multiplier"? Valid: name, ratio, dose_multiplier, composition, infusions, second_infusion, suppressant, rescue, lymphodepletion, bridging, sweep."#,
        ),
        (
            r#"STUDY
[[arms]]
name = "a"
[[arms]]
name = "a""#,
            r#"x.toml:7:8: arms[1].name: a second arm named "a". Give every arm its own name."#,
        ),
        (
            r#"STUDY
[[arms]]
name = " ""#,
            "x.toml:5:8: arms[0].name: empty. It stands in the column arm of the results.",
        ),
        (
            r#"STUDY
[[arms]]
name = "a\tb""#,
            "x.toml:5:8: arms[0].name: has control characters. It stands in the column arm of the results.",
        ),
        (
            &format!("STUDY\n[[arms]]\nname = \"{}\"", "ä".repeat(1001)),
            "x.toml:5:8: arms[0].name: 1001 characters are too many. It stands in the column arm of the results: up to 1000 \
             characters.",
        ),
        (
            r#"STUDY
[[arms]]
name = 3"#,
            "x.toml:5:8: arms[0].name: expected a string, found an integer.",
        ),
        (
            r#"STUDY
arms = ["a"]"#,
            "x.toml:4:1: study.arms: unknown key. It is a table of its own: [[arms]].",
        ),
    ]);
}

#[test]
fn regress_messages_of_arm_keys() {
    refuses(&[
        (
            r#"STUDY
[[arms]]
name = "a"
dose = 3
infusion = [{ day = 0, fraction = 1 }]
supressant = []
steroid = 3
lymphodepleton = { remaining = 0.1 }"#,
            r#"x.toml:6:1: arms[0].dose: unknown key. Did you mean "dose_multiplier"? Valid: name, ratio, dose_multiplier, composition, infusions, second_infusion, suppressant, rescue, lymphodepletion, bridging, sweep.
x.toml:7:1: arms[0].infusion: unknown key. Did you mean "infusions"? Valid: name, ratio, dose_multiplier, composition, infusions, second_infusion, suppressant, rescue, lymphodepletion, bridging, sweep.
x.toml:8:1: arms[0].supressant: unknown key. Did you mean "suppressant"? Valid: name, ratio, dose_multiplier, composition, infusions, second_infusion, suppressant, rescue, lymphodepletion, bridging, sweep.
x.toml:9:1: arms[0].steroid: unknown key. Did you mean "suppressant"? Valid: name, ratio, dose_multiplier, composition, infusions, second_infusion, suppressant, rescue, lymphodepletion, bridging, sweep.
x.toml:10:1: arms[0].lymphodepleton: unknown key. Did you mean "lymphodepletion"? Valid: name, ratio, dose_multiplier, composition, infusions, second_infusion, suppressant, rescue, lymphodepletion, bridging, sweep."#,
        ),
        (
            r#"STUDY
[[arms]]
name = "a"
dose_multiplier = -1"#,
            "x.toml:6:19: arms[0].dose_multiplier: expected a number of at least 0, found -1.",
        ),
    ]);
}

#[test]
fn regress_messages_of_misplaced_keys() {
    refuses(&[
        (
            r#"allocation = "twins"
[study]
name = "x"
patients = 10"#,
            "x.toml:1:1: allocation: unknown table or key. It belongs in [study].",
        ),
        (
            r"STUDY
rescue = { above = 300, hours = 48, rate = 200 }",
            "x.toml:4:1: study.rescue: unknown key. It belongs in [[arms]].",
        ),
        (
            r#"rescue = { above = 300, hours = 48, rate = 200 }
[study]
name = "x"
patients = 10"#,
            "x.toml:1:1: rescue: unknown table or key. It belongs in [[arms]].",
        ),
        (
            r"STUDY
[rescue]
above = 300",
            "x.toml:4:2: rescue: unknown table or key. It belongs in [[arms]].",
        ),
        (
            r"STUDY
severe_inflammation = 300",
            "x.toml:4:1: study.severe_inflammation: unknown key. It belongs in [endpoints].",
        ),
        (
            r"STUDY
[endpoints]
rescue = { above = 300, hours = 48, rate = 200 }",
            "x.toml:5:1: endpoints.rescue: unknown key. It belongs in [[arms]].",
        ),
        (
            r#"STUDY
[[arms]]
name = "a"
allocation = "twins"
days = 20
severe_inflammation = 300"#,
            r"x.toml:6:1: arms[0].allocation: unknown key. It belongs in [study].
x.toml:7:1: arms[0].days: unknown key. It belongs in [study].
x.toml:8:1: arms[0].severe_inflammation: unknown key. It belongs in [endpoints].",
        ),
        (
            r#"STUDY
[[arms]]
name = "a"
above = 300
hours = 48"#,
            r"x.toml:6:1: arms[0].above: unknown key. It belongs in rescue = { … }.
x.toml:7:1: arms[0].hours: unknown key. It belongs in suppressant = [{ … }] or rescue = { … }.",
        ),
        (
            r#"STUDY
[[arms]]
name = "a"
rescue = { above = 300, days = 2, rate = 200, bridging = { remaining = 0.1 } }"#,
            r#"x.toml:6:10: arms[0].rescue.hours: missing. rescue needs above, hours and rate.
x.toml:6:25: arms[0].rescue.days: unknown key. Did you mean "hours"? Valid: above, delay_hours, hours, rate, at_most.
x.toml:6:47: arms[0].rescue.bridging: unknown key. It belongs in [[arms]] itself, not in rescue."#,
        ),
        (
            r#"STUDY
[[arms]]
name = "a"
after_relapse_days = 3
fraction = 1
remaining = 0.3
effector_ctl = 0.5"#,
            r"x.toml:6:1: arms[0].after_relapse_days: unknown key. It belongs in second_infusion = { … }.
x.toml:7:1: arms[0].fraction: unknown key. It belongs in infusions = [{ … }] or second_infusion = { … }.
x.toml:8:1: arms[0].remaining: unknown key. It belongs in lymphodepletion = { … } or bridging = { … }.
x.toml:9:1: arms[0].effector_ctl: unknown key. It belongs in composition = { … }.",
        ),
    ]);
}

#[test]
fn regress_messages_of_several_mistakes_in_arms() {
    refuses(&[(
        r#"STUDY
[[arms]]
name = "a"
[[arms]]
name = "a"
dose_multiplier = "double"
suppressant = [{ day = 50, hours = 24, rate = 100 }]"#,
        r#"x.toml:7:8: arms[1].name: a second arm named "a". Give every arm its own name.
x.toml:8:19: arms[1].dose_multiplier: expected a number, found a string.
x.toml:9:24: arms[1].suppressant[0].day: day 50 is not before the end of the study (30 days). Move it, or lengthen the study with days under [study]."#,
    )]);
}
