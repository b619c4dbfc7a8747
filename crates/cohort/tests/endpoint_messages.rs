//! The full text of every refusal of endpoints and of how patients come to arms.

mod common;

use common::refuses;

#[test]
fn regress_messages_of_endpoints() {
    refuses(&[
        (
            r"STUDY
[endpoints]
severe_inflammation = 0",
            "x.toml:5:23: endpoints.severe_inflammation: expected a number above 0, found 0.",
        ),
        (
            r"STUDY
[endpoints]
remission_fraction = 5
relapse_fraction = -0.1",
            r"x.toml:5:22: endpoints.remission_fraction: expected a number of at least 0 and at most 1, found 5. It is a fraction: 0.1 for 10 %.
x.toml:6:20: endpoints.relapse_fraction: expected a number of at least 0, found -0.1. It is a fraction: 0.1 for 10 %.",
        ),
        (
            r"STUDY
[endpoints]
remission_count = -1
car_t_detection = 0",
            r"x.toml:5:19: endpoints.remission_count: expected a number of at least 0, found -1.
x.toml:6:19: endpoints.car_t_detection: expected a number above 0, found 0.",
        ),
        (
            r"STUDY
[endpoints]
threshold = 3",
            r#"x.toml:5:1: endpoints.threshold: unknown key. Did you mean "severe_inflammation"? Valid: severe_inflammation, remission_fraction, remission_count, relapse_fraction, relapse_count, car_t_detection."#,
        ),
        (
            r"STUDY
[endpoints]
remision_fraction = 0.05",
            r#"x.toml:5:1: endpoints.remision_fraction: unknown key. Did you mean "remission_fraction"? Valid: severe_inflammation, remission_fraction, remission_count, relapse_fraction, relapse_count, car_t_detection."#,
        ),
        (
            r"STUDY
[endpoints]
remission_fraction = 0.2",
            "x.toml:5:22: endpoints.remission_fraction: remission_fraction = 0.2 is above relapse_fraction = 0.1 (its default), so that a remission would be a relapse at once. Raise relapse_fraction, or lower remission_fraction.",
        ),
        (
            r"STUDY
[endpoints]
relapse_fraction = 0.01",
            "x.toml:5:20: endpoints.relapse_fraction: remission_fraction = 0.05 (its default) is above relapse_fraction = 0.01, so that a remission would be a relapse at once. Raise relapse_fraction, or lower remission_fraction.",
        ),
        (
            r"STUDY
[endpoints]
remission_count = 10
relapse_count = 5",
            "x.toml:5:19: endpoints.remission_count: remission_count = 10 is above relapse_count = 5, so that a remission would be a relapse at once. Raise relapse_count, or lower remission_count.",
        ),
        (
            r"STUDY
[endpoints]
remission_fraction = 0",
            "x.toml:5:22: endpoints.remission_fraction: remission_fraction and remission_count are both 0, and no tumour is below 0. Raise one of them.",
        ),
        (
            r"STUDY
[endpoints]
remission_fraction = 0
remission_count = 0",
            "x.toml:5:22: endpoints.remission_fraction: remission_fraction and remission_count are both 0, and no tumour is below 0. Raise one of them.",
        ),
    ]);
}

#[test]
fn regress_messages_of_allocation() {
    refuses(&[
        (
            r#"[study]
name = "x"
patients = 10
allocation = "randomized""#,
            r#"x.toml:4:14: study.allocation: unknown value "randomized". Did you mean "randomised"? Valid: twins, randomised."#,
        ),
        (
            r#"[study]
name = "x"
patients = 10
randomised = true"#,
            r#"x.toml:4:1: study.randomised: unknown key. Did you mean "allocation"? Valid: name, seed, patients, days, allocation."#,
        ),
        (
            r#"[study]
name = "x"
patients = 10
allocation = "randomised""#,
            "x.toml:4:14: study.allocation: there is only one arm, and patients can be randomised to two or more. Add another [[arms]], or remove the key.",
        ),
        (
            r#"[study]
name = "x"
patients = 10
allocation = "randomised"
[[arms]]
name = "a""#,
            "x.toml:4:14: study.allocation: there is only one arm, and patients can be randomised to two or more. Add another [[arms]], or remove the key.",
        ),
        (
            r#"[study]
name = "x"
patients = 10
allocation = "randomised"
[[arms]]
name = "a"
ratio = 0
[[arms]]
name = "b"
ratio = 1.5
[[arms]]
name = "c"
ratio = 101"#,
            r"x.toml:7:9: arms[0].ratio: expected a whole number from 1 to 100, found 0.
x.toml:10:9: arms[1].ratio: expected a whole number, found a float.
x.toml:13:9: arms[2].ratio: expected a whole number from 1 to 100, found 101.",
        ),
        (
            r#"STUDY
[[arms]]
name = "a"
ratio = 2"#,
            r#"x.toml:6:9: arms[0].ratio: has no meaning where every patient goes through every arm. Remove it, or write allocation = "randomised" under [study]."#,
        ),
        (
            r#"STUDY
[[arms]]
name = "a"
suppressant = [{ day = 3, duration = 24, rate = 0 }, { day = 30, hours = 0, rate = 100 }]"#,
            r#"x.toml:6:16: arms[0].suppressant[0].hours: missing. Every item of suppressant needs day, hours and rate.
x.toml:6:27: arms[0].suppressant[0].duration: unknown key. Did you mean "hours"? Valid: day, hours, rate.
x.toml:6:49: arms[0].suppressant[0].rate: expected a number above 0, found 0.
x.toml:6:62: arms[0].suppressant[1].day: day 30 is not before the end of the study (30 days). Move it, or lengthen the study with days under [study].
x.toml:6:74: arms[0].suppressant[1].hours: expected a number above 0, found 0."#,
        ),
    ]);
}

#[test]
fn regress_messages_of_trajectories() {
    refuses(&[
        (
            r"STUDY
[trajectories]
patients = 200
every_hours = 1e-3",
            "x.toml:5:12: trajectories.patients: 1.4e8 rows, 720001 for each patient and arm, are more than 10000000. Lower \
             it, or raise every_hours, which is 0.001.",
        ),
        (
            r"STUDY
[trajectories]
every = 6",
            "x.toml:5:1: trajectories.every: unknown key. Did you mean \"every_hours\"? Valid: patients, every_hours.",
        ),
    ]);
}
