//! Arms, endpoints and allocations that cannot be run: the whole message, exit code 2, and nothing written.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::Place;

/// Begins in line 4.
const STUDY: &str = "[study]\nname = \"x\"\npatients = 6\n";
/// Two arms in lines 4 to 7; keys of the second follow.
const ARMS: &str = "[[arms]]\nname = \"control\"\n[[arms]]\nname = \"treated\"\n";

/// `run` and `check` must refuse the study with exactly this message.
#[track_caller]
fn refuses(lines: &str, message: &str) {
    let place = Place::with_study(&format!("{STUDY}{lines}\n"));
    for arguments in [&["run", "study.toml"][..], &["check", "study.toml"], &["patient", "study.toml"]] {
        place.refuses(arguments, 2, message);
    }
}

/// As [`refuses`], of lines in the second arm; they begin in line 8.
#[track_caller]
fn refuses_in_arm(lines: &str, message: &str) {
    refuses(&format!("{ARMS}{lines}"), message);
}

#[test]
fn an_unknown_key_of_an_arm_is_refused_with_the_nearest_one() {
    refuses_in_arm(
        "resuce = { above = 300, hours = 48, rate = 200 }",
        "\
error: study.toml:8:1: arms[1].resuce: unknown key. Did you mean \"rescue\"? Valid: name, ratio, dose_multiplier, composition, infusions, second_infusion, suppressant, rescue, lymphodepletion, bridging, sweep.
 8 | resuce = { above = 300, hours = 48, rate = 200 }
   | ^^^^^^",
    );
    refuses_in_arm(
        "tocilizumab = true",
        "\
error: study.toml:8:1: arms[1].tocilizumab: unknown key. Did you mean \"rescue\"? Valid: name, ratio, dose_multiplier, composition, infusions, second_infusion, suppressant, rescue, lymphodepletion, bridging, sweep.
 8 | tocilizumab = true
   | ^^^^^^^^^^^",
    );
}

#[test]
fn a_key_in_the_wrong_place_is_refused_with_the_right_one() {
    refuses(
        "rescue = { above = 300, hours = 48, rate = 200 }",
        "\
error: study.toml:4:1: study.rescue: unknown key. It belongs in [[arms]].
 4 | rescue = { above = 300, hours = 48, rate = 200 }
   | ^^^^^^",
    );
    refuses_in_arm(
        "allocation = \"randomised\"",
        "\
error: study.toml:8:1: arms[1].allocation: unknown key. It belongs in [study].
 8 | allocation = \"randomised\"
   | ^^^^^^^^^^",
    );
}

#[test]
fn arms_that_are_no_list_are_refused_with_how_to_begin_one() {
    refuses(
        "[arms]\nname = \"treated\"",
        "\
error: study.toml:4:1: arms: expected a list of tables, found a table. Begin every arm with [[arms]].
 4 | [arms]
   | ^^^^^^",
    );
}

#[test]
fn a_treatment_of_the_wrong_shape_is_refused_with_an_example() {
    refuses_in_arm(
        "rescue = [{ above = 300, hours = 48, rate = 200 }]",
        "\
error: study.toml:8:10: arms[1].rescue: expected a table, found a list. Write rescue = { above = 300, hours = 48, rate = 200 }.
 8 | rescue = [{ above = 300, hours = 48, rate = 200 }]
   |          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^",
    );
    refuses_in_arm(
        "suppressant = { day = 3, hours = 24, rate = 100 }",
        "\
error: study.toml:8:15: arms[1].suppressant: expected a list of tables, found a table. Write suppressant = [{ day = 3, hours = 24, rate = 100 }].
 8 | suppressant = { day = 3, hours = 24, rate = 100 }
   |               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^",
    );
}

#[test]
fn numbers_that_no_treatment_can_have_are_refused() {
    refuses_in_arm(
        "rescue = { above = 300, hours = 48, rate = -200 }\ndose_multiplier = \"2x\"",
        "\
error: study.toml:8:44: arms[1].rescue.rate: expected a number above 0, found -200.
 8 | rescue = { above = 300, hours = 48, rate = -200 }
   |                                            ^^^^
error: study.toml:9:19: arms[1].dose_multiplier: expected a number, found a string.
 9 | dose_multiplier = \"2x\"
   |                   ^^^^",
    );
    refuses_in_arm(
        "bridging = { remaining = 50 }",
        "\
error: study.toml:8:26: arms[1].bridging.remaining: expected a number of at least 0 and at most 1, found 50. It is a fraction: 0.1 for 10 %.
 8 | bridging = { remaining = 50 }
   |                          ^^",
    );
}

#[test]
fn parts_that_are_not_the_whole_dose_are_refused() {
    refuses_in_arm(
        "infusions = [{ day = 0, fraction = 0.5 }, { day = 1, fraction = 0.6 }]",
        "\
error: study.toml:8:13: arms[1].infusions: the fractions add up to 1.1, not to 1. They divide the dose; for another dose use dose_multiplier.
 8 | infusions = [{ day = 0, fraction = 0.5 }, { day = 1, fraction = 0.6 }]
   |             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^",
    );
    refuses_in_arm(
        "composition = { effector_ctl = 0.5, memory_ctl = 0.25, effector_helper = 0.25 }",
        "\
error: study.toml:8:15: arms[1].composition.memory_helper: missing. composition needs effector_ctl, memory_ctl, effector_helper and memory_helper.
 8 | composition = { effector_ctl = 0.5, memory_ctl = 0.25, effector_helper = 0.25 }
   |               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^",
    );
}

#[test]
fn a_time_beyond_the_study_is_refused() {
    refuses_in_arm(
        "suppressant = [{ day = 30, hours = 24, rate = 100 }]",
        "\
error: study.toml:8:24: arms[1].suppressant[0].day: day 30 is not before the end of the study (30 days). Move it, or lengthen the study with days under [study].
 8 | suppressant = [{ day = 30, hours = 24, rate = 100 }]
   |                        ^^",
    );
}

#[test]
fn days_that_cut_off_an_event_are_refused() {
    let place = Place::with_study(&format!(
        "{STUDY}{ARMS}infusions = [{{ day = 0, fraction = 0.5 }}, {{ day = 2, fraction = 0.5 }}]\n"
    ));
    let message = "\
error: study.toml:8:51: arms[1].infusions[1].day: day 2 is not before the end of the study (1.5 days by --days). Move it, or give a larger --days.
 8 | infusions = [{ day = 0, fraction = 0.5 }, { day = 2, fraction = 0.5 }]
   |                                                   ^";
    place.refuses(&["run", "study.toml", "--days", "1.5"], 2, message);
    place.refuses(&["patient", "study.toml", "--days", "1.5"], 2, message);
    place.cartrial(&["run", "study.toml", "--days", "2.5", "--quiet"]).well();
}

#[test]
fn arms_are_told_apart_by_their_names() {
    refuses(
        "[[arms]]\nname = \"control\"\n[[arms]]\nname = \"control\"",
        "\
error: study.toml:7:8: arms[1].name: a second arm named \"control\". Give every arm its own name.
 7 | name = \"control\"
   |        ^^^^^^^^^",
    );
    refuses(
        "[[arms]]\nname = \"control\"\n[[arms]]\nbridging = { remaining = 0.5 }",
        "\
error: study.toml:6:1: arms[1].name: missing. Write name = \"control\" under [[arms]].
 6 | [[arms]]
   | ^^^^^^^^",
    );
}

#[test]
fn a_ratio_among_twins_is_refused() {
    refuses_in_arm(
        "ratio = 2",
        "\
error: study.toml:8:9: arms[1].ratio: has no meaning where every patient goes through every arm. Remove it, or write allocation = \"randomised\" under [study].
 8 | ratio = 2
   |         ^",
    );
}

#[test]
fn patients_cannot_be_randomised_to_one_arm() {
    for arms in ["", "\n[[arms]]\nname = \"treated\""] {
        refuses(
            &format!("allocation = \"randomised\"{arms}"),
            "\
error: study.toml:4:14: study.allocation: there is only one arm, and patients can be randomised to two or more. Add another [[arms]], or remove the key.
 4 | allocation = \"randomised\"
   |              ^^^^^^^^^^^^",
        );
    }
}

#[test]
fn an_unknown_allocation_is_refused_with_the_valid_ones() {
    refuses(
        &format!("allocation = \"randomized\"\n{ARMS}"),
        "\
error: study.toml:4:14: study.allocation: unknown value \"randomized\". Did you mean \"randomised\"? Valid: twins, randomised.
 4 | allocation = \"randomized\"
   |              ^^^^^^^^^^^^",
    );
}

#[test]
fn a_relapse_below_remission_is_refused() {
    refuses(
        "[endpoints]\nrelapse_fraction = 0.01",
        "\
error: study.toml:5:20: endpoints.relapse_fraction: remission_fraction = 0.05 (its default) is above relapse_fraction = 0.01, so that a remission would be a relapse at once. Raise relapse_fraction, or lower remission_fraction.
 5 | relapse_fraction = 0.01
   |                    ^^^^",
    );
}

#[test]
fn an_endpoint_is_a_number_of_a_known_name() {
    refuses(
        "[endpoints]\nsevere = 400\nremission_fraction = \"5 %\"",
        "\
error: study.toml:5:1: endpoints.severe: unknown key. Did you mean \"severe_inflammation\"? Valid: severe_inflammation, remission_fraction, remission_count, relapse_fraction, relapse_count, car_t_detection.
 5 | severe = 400
   | ^^^^^^
error: study.toml:6:22: endpoints.remission_fraction: expected a number, found a string.
 6 | remission_fraction = \"5 %\"
   |                      ^^^^^",
    );
}
