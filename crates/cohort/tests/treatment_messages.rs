//! The full text of every refusal of what is done in an arm.

mod common;

use common::refuses;

#[test]
fn regress_messages_of_doses_and_infusions() {
    refuses(&[
        (
            r#"STUDY
[[arms]]
name = "a"
composition = { effector_ctl = 0.5, memory_ctl = 0.5 }"#,
            r"x.toml:6:15: arms[0].composition.effector_helper: missing. composition needs effector_ctl, memory_ctl, effector_helper and memory_helper.
x.toml:6:15: arms[0].composition.memory_helper: missing. composition needs effector_ctl, memory_ctl, effector_helper and memory_helper.",
        ),
        (
            r#"STUDY
[[arms]]
name = "a"
composition = { effector_ctl = 0.25, memory_ctl = 0.25, effector_helper = 0.2, memory_helper = 0.2 }"#,
            "x.toml:6:15: arms[0].composition: the shares add up to 0.9, not to 1. They divide the dose; for another dose use dose_multiplier.",
        ),
        (
            r#"STUDY
[[arms]]
name = "a"
composition = { effector_ctl = 25, memory_ctl = 25, effector_helper = 25, memory_helper = 25 }"#,
            r"x.toml:6:32: arms[0].composition.effector_ctl: expected a number of at least 0 and at most 1, found 25. It is a fraction: 0.1 for 10 %.
x.toml:6:49: arms[0].composition.memory_ctl: expected a number of at least 0 and at most 1, found 25. It is a fraction: 0.1 for 10 %.
x.toml:6:71: arms[0].composition.effector_helper: expected a number of at least 0 and at most 1, found 25. It is a fraction: 0.1 for 10 %.
x.toml:6:91: arms[0].composition.memory_helper: expected a number of at least 0 and at most 1, found 25. It is a fraction: 0.1 for 10 %.",
        ),
        (
            r#"STUDY
[[arms]]
name = "a"
composition = { dose_effector_ctl = 0.25, memory_ctl = 0.25, effector_helper = 0.25, memory_helper = 0.25 }"#,
            r#"x.toml:6:15: arms[0].composition.effector_ctl: missing. composition needs effector_ctl, memory_ctl, effector_helper and memory_helper.
x.toml:6:17: arms[0].composition.dose_effector_ctl: unknown key. Did you mean "effector_ctl"? Valid: effector_ctl, memory_ctl, effector_helper, memory_helper."#,
        ),
        (
            r#"STUDY
[[arms]]
name = "a"
composition = [0.25, 0.25, 0.25, 0.25]"#,
            "x.toml:6:15: arms[0].composition: expected a table, found a list. Write composition = { effector_ctl = 0.25, memory_ctl = 0.25, effector_helper = 0.25, memory_helper = 0.25 }.",
        ),
        (
            r#"STUDY
[[arms]]
name = "a"
infusions = [{ day = 0, fraction = 0.1 }, { day = 1, fraction = 0.3 }, { day = 2, fraction = 0.5 }]"#,
            "x.toml:6:13: arms[0].infusions: the fractions add up to 0.9, not to 1. They divide the dose; for another dose use dose_multiplier.",
        ),
        (
            r#"STUDY
[[arms]]
name = "a"
infusions = [{ day = 0, fraction = 10 }, { day = 1, fraction = 0 }]"#,
            r"x.toml:6:36: arms[0].infusions[0].fraction: expected a number above 0 and at most 1, found 10. It is a fraction: 0.1 for 10 %.
x.toml:6:64: arms[0].infusions[1].fraction: expected a number above 0 and at most 1, found 0. It is a fraction: 0.1 for 10 %.",
        ),
        (
            r#"STUDY
[[arms]]
name = "a"
infusions = [{ day = 0, fraction = 0.5 }, { day = 40, fraction = 0.5 }]"#,
            "x.toml:6:51: arms[0].infusions[1].day: day 40 is not before the end of the study (30 days). Move it, or lengthen the study with days under [study].",
        ),
        (
            r#"[study]
name = "x"
patients = 10
days = 0
[[arms]]
name = "a"
infusions = [{ day = 0, fraction = 0.5 }, { day = 40, fraction = 0.5 }]"#,
            "x.toml:4:8: study.days: expected a number above 0 and at most 36500, found 0.",
        ),
        (
            r#"STUDY
[[arms]]
name = "a"
infusions = [{ day = 1, fraction = 0.5 }, { day = 1.0, fraction = 0.5 }]"#,
            "x.toml:6:51: arms[0].infusions[1].day: another infusion on day 1. Put their fractions together.",
        ),
        (
            r#"STUDY
[[arms]]
name = "a"
infusions = []"#,
            "x.toml:6:13: arms[0].infusions: empty. Leave it out for the whole dose on day 0.",
        ),
        (
            r#"STUDY
[[arms]]
name = "a"
infusions = { day = 0, fraction = 1 }"#,
            "x.toml:6:13: arms[0].infusions: expected a list of tables, found a table. Write infusions = [{ day = 0, fraction = 0.5 }, { day = 1, fraction = 0.5 }].",
        ),
        (
            r#"STUDY
[[arms]]
name = "a"
infusions = [0, 1, 2]"#,
            r"x.toml:6:14: arms[0].infusions[0]: expected a table, found an integer. Write infusions = [{ day = 0, fraction = 0.5 }, { day = 1, fraction = 0.5 }].
x.toml:6:17: arms[0].infusions[1]: expected a table, found an integer. Write infusions = [{ day = 0, fraction = 0.5 }, { day = 1, fraction = 0.5 }].
x.toml:6:20: arms[0].infusions[2]: expected a table, found an integer. Write infusions = [{ day = 0, fraction = 0.5 }, { day = 1, fraction = 0.5 }].",
        ),
        (
            r#"STUDY
[[arms]]
name = "a"
infusions = [{ days = 0, dose = 1 }, { day = -1, fraction = 1, hours = 2 }]"#,
            r#"x.toml:6:14: arms[0].infusions[0].day: missing. Every item of infusions needs day and fraction.
x.toml:6:14: arms[0].infusions[0].fraction: missing. Every item of infusions needs day and fraction.
x.toml:6:16: arms[0].infusions[0].days: unknown key. Did you mean "day"? Valid: day, fraction.
x.toml:6:26: arms[0].infusions[0].dose: unknown key. Did you mean "fraction"? Valid: day, fraction.
x.toml:6:46: arms[0].infusions[1].day: expected a number of at least 0, found -1.
x.toml:6:64: arms[0].infusions[1].hours: unknown key. Valid: day, fraction."#,
        ),
        (
            r#"STUDY
[[arms]]
name = "a"
infusions = [{ day = 31, fraction = 0 }]"#,
            r"x.toml:6:22: arms[0].infusions[0].day: day 31 is not before the end of the study (30 days). Move it, or lengthen the study with days under [study].
x.toml:6:37: arms[0].infusions[0].fraction: expected a number above 0 and at most 1, found 0. It is a fraction: 0.1 for 10 %.",
        ),
    ]);
}

#[test]
fn regress_messages_of_second_infusions() {
    refuses(&[
        (
            r#"STUDY
[[arms]]
name = "a"
second_infusion = { fraction = 1 }"#,
            "x.toml:6:19: arms[0].second_infusion: neither day nor after_relapse_days. Give one of them.",
        ),
        (
            r#"STUDY
[[arms]]
name = "a"
second_infusion = { day = 14, after_relapse_days = 2 }"#,
            "x.toml:6:19: arms[0].second_infusion: both day and after_relapse_days. Keep one.",
        ),
        (
            r#"STUDY
[[arms]]
name = "a"
second_infusion = { day = 60, fraction = 20 }"#,
            r"x.toml:6:27: arms[0].second_infusion.day: day 60 is not before the end of the study (30 days). Move it, or lengthen the study with days under [study].
x.toml:6:42: arms[0].second_infusion.fraction: expected a number above 0 and at most 10, found 20. It is a fraction: 0.1 for 10 %.",
        ),
        (
            r#"STUDY
[[arms]]
name = "a"
second_infusion = { after_relapse_days = 30 }"#,
            "x.toml:6:42: arms[0].second_infusion.after_relapse_days: 30 days after a relapse are not before the end of the study (30 days). Move it, or lengthen the study with days under [study].",
        ),
        (
            r#"STUDY
[[arms]]
name = "a"
second_infusion = { day = 2 }
infusions = [{ day = 0, fraction = 0.5 }, { day = 2, fraction = 0.5 }]"#,
            "x.toml:6:27: arms[0].second_infusion.day: day 2 is not after the last of the infusions (day 2). Move it, or make it one of the infusions.",
        ),
        (
            r#"STUDY
[[arms]]
name = "a"
second_infusion = [{ day = 14 }]"#,
            "x.toml:6:19: arms[0].second_infusion: expected a table, found a list. Write second_infusion = { day = 14, fraction = 1 } or { after_relapse_days = 0, fraction = 1 }.",
        ),
        (
            r#"STUDY
[[arms]]
name = "a"
second_infusion = { after_relapse = 3 }"#,
            r#"x.toml:6:19: arms[0].second_infusion: neither day nor after_relapse_days. Give one of them.
x.toml:6:21: arms[0].second_infusion.after_relapse: unknown key. Did you mean "after_relapse_days"? Valid: day, after_relapse_days, fraction."#,
        ),
        (
            r#"STUDY
[[arms]]
name = "a"
second_infusion = { day = 14, fraction = 60 }"#,
            "x.toml:6:42: arms[0].second_infusion.fraction: expected a number above 0 and at most 10, found 60. It is a fraction: 0.1 for 10 %.",
        ),
    ]);
}

#[test]
fn regress_messages_of_suppressants_and_rescues() {
    refuses(&[
        (
            r#"STUDY
[[arms]]
name = "a"
suppressant = { day = 3, hours = 24, rate = 100 }"#,
            "x.toml:6:15: arms[0].suppressant: expected a list of tables, found a table. Write suppressant = [{ day = 3, hours = 24, rate = 100 }].",
        ),
        (
            r#"STUDY
[[arms]]
name = "a"
suppressant = [{ day = 3, days = 2, rate = "high" }]"#,
            r#"x.toml:6:16: arms[0].suppressant[0].hours: missing. Every item of suppressant needs day, hours and rate.
x.toml:6:27: arms[0].suppressant[0].days: unknown key. Did you mean "hours"? Valid: day, hours, rate.
x.toml:6:44: arms[0].suppressant[0].rate: expected a number, found a string."#,
        ),
        (
            r#"STUDY
[[arms]]
name = "a"
rescue = [{ above = 300, hours = 48, rate = 200 }]"#,
            "x.toml:6:10: arms[0].rescue: expected a table, found a list. Write rescue = { above = 300, hours = 48, rate = 200 }.",
        ),
        (
            r#"STUDY
[[arms]]
name = "a"
rescue = 300"#,
            "x.toml:6:10: arms[0].rescue: expected a table, found an integer. Write rescue = { above = 300, hours = 48, rate = 200 }.",
        ),
        (
            r#"STUDY
[[arms]]
name = "a"
rescue = { threshold = 300, hour = 48, rate = 200 }"#,
            r#"x.toml:6:10: arms[0].rescue.above: missing. rescue needs above, hours and rate.
x.toml:6:10: arms[0].rescue.hours: missing. rescue needs above, hours and rate.
x.toml:6:12: arms[0].rescue.threshold: unknown key. Did you mean "above"? Valid: above, delay_hours, hours, rate, at_most.
x.toml:6:29: arms[0].rescue.hour: unknown key. Did you mean "hours"? Valid: above, delay_hours, hours, rate, at_most."#,
        ),
        (
            r#"STUDY
[[arms]]
name = "a"
rescue = { above = 0, delay_hours = -1, hours = 0, rate = -5, at_most = 0 }"#,
            r"x.toml:6:20: arms[0].rescue.above: expected a number above 0, found 0.
x.toml:6:37: arms[0].rescue.delay_hours: expected a number of at least 0, found -1.
x.toml:6:49: arms[0].rescue.hours: expected a number above 0, found 0.
x.toml:6:59: arms[0].rescue.rate: expected a number above 0, found -5.
x.toml:6:73: arms[0].rescue.at_most: expected a whole number from 1 to 1000, found 0.",
        ),
        (
            r#"STUDY
[[arms]]
name = "a"
[arms.rescue]
above = 300
hours = 48
rate = 100
at_mots = 2"#,
            r#"x.toml:10:1: arms[0].rescue.at_mots: unknown key. Did you mean "at_most"? Valid: above, delay_hours, hours, rate, at_most."#,
        ),
    ]);
}

#[test]
fn regress_messages_of_preparation() {
    refuses(&[
        (
            r#"STUDY
[[arms]]
name = "a"
lymphodepletion = { remaining = 10 }
bridging = { left = 0.3 }"#,
            r#"x.toml:6:33: arms[0].lymphodepletion.remaining: expected a number of at least 0 and at most 1, found 10. It is a fraction: 0.1 for 10 %.
x.toml:7:12: arms[0].bridging.remaining: missing. bridging needs remaining.
x.toml:7:14: arms[0].bridging.left: unknown key. Did you mean "remaining"? Valid: remaining."#,
        ),
        (
            r#"STUDY
[[arms]]
name = "a"
bridging = 0.3"#,
            "x.toml:6:12: arms[0].bridging: expected a table, found a float. Write bridging = { remaining = 0.3 }.",
        ),
    ]);
}
