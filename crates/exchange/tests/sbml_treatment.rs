//! What is done to a patient is what the file says: the state at t = 0, and events.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::{Values, all, child, evaluate, initial, math, sbml, study};
use roxmltree::{Document, Node};

fn event<'a>(document: &'a Document<'_>, id: &str) -> Node<'a, 'a> {
    all(document, "event").into_iter().find(|event| event.attribute("id") == Some(id)).unwrap()
}

fn names(document: &Document<'_>) -> Vec<String> {
    all(document, "event").into_iter().map(|event| event.attribute("id").unwrap().to_owned()).collect()
}

fn is_triggered(event: Node<'_, '_>, values: &Values) -> bool {
    evaluate(math(child(event, "trigger").unwrap()), values) == 1.0
}

fn delay(event: Node<'_, '_>, values: &Values) -> f64 {
    child(event, "delay").map_or(0.0, |delay| evaluate(math(delay), values))
}

/// The values after an event.
fn after(event: Node<'_, '_>, values: &Values) -> Values {
    let mut after = values.clone();
    for assignment in event.descendants().filter(|node| node.tag_name().name() == "eventAssignment") {
        after.insert(assignment.attribute("variable").unwrap().into(), evaluate(math(assignment), values));
    }
    after
}

/// The values with another of them.
fn with(values: &Values, id: &str, value: f64) -> Values {
    let mut changed = values.clone();
    changed.insert(id.into(), value);
    changed
}

const CELLS: [&str; 4] = ["effector_ctl", "memory_ctl", "effector_helper", "memory_helper"];

fn cells(values: &Values) -> [f64; 4] {
    CELLS.map(|name| values[name])
}

#[test]
fn an_arm_without_treatment_has_no_events() {
    let text = sbml(&study(""));
    let document = Document::parse(&text).unwrap();
    assert_eq!(names(&document), Vec::<String>::new());
    assert_eq!(cells(&initial(&document)), [10.0; 4]);
    assert!(!text.contains("suppressant"));
}

#[test]
fn infusions_divide_the_dose_of_the_arm_after_what_precedes_them() {
    let text = sbml(&study(
        "[[arms]]\nname = \"a\"\ndose_multiplier = 2\ncomposition = { effector_ctl = 0.5, memory_ctl = 0.25, effector_helper = \
         0.25, memory_helper = 0 }\ninfusions = [{ day = 0, fraction = 0.25 }, { day = 1.5, fraction = 0.75 }]\nsecond_infusion \
         = { day = 9, fraction = 0.5 }\nlymphodepletion = { remaining = 0.125 }\nbridging = { remaining = 0.5 }\n",
    ));
    let document = Document::parse(&text).unwrap();
    let start = initial(&document);
    assert_eq!((start["tumour_burden"], start["lymphocytes"]), (150.0, 200.0));
    assert_eq!(cells(&start), [10.0, 5.0, 5.0, 0.0]);
    assert_eq!(names(&document), ["infusion_2", "second_infusion"]);
    let second = event(&document, "infusion_2");
    assert!(!is_triggered(second, &with(&start, "time", 35.9)));
    assert!(is_triggered(second, &with(&start, "time", 36.0)));
    assert_eq!(cells(&after(second, &start)), [40.0, 20.0, 20.0, 0.0]);
    let further = event(&document, "second_infusion");
    assert!(!is_triggered(further, &with(&start, "time", 215.9)));
    assert!(is_triggered(further, &with(&start, "time", 216.0)));
    assert_eq!(cells(&after(further, &start)), [30.0, 15.0, 15.0, 0.0]);
}

#[test]
fn scheduled_drug_runs_from_its_start_to_its_end() {
    let text = sbml(&study(
        "[[arms]]\nname = \"a\"\nsuppressant = [{ day = 0, hours = 36, rate = 150 }, { day = 1, hours = 24, rate = 100 }]\n",
    ));
    let document = Document::parse(&text).unwrap();
    let start = initial(&document);
    assert_eq!(
        names(&document),
        [
            "suppressant_1_ends",
            "suppressant_2_starts",
            "suppressant_2_ends",
            "inflammation_gone",
            "inflammation_back"
        ]
    );
    let total = all(&document, "assignmentRule");
    let total = total.iter().find(|rule| rule.attribute("variable") == Some("suppressant")).unwrap();
    let mut values = start;
    let mut seen = vec![(0.0, evaluate(math(*total), &values))];
    for (time, id) in
        [(24.0, "suppressant_2_starts"), (36.0, "suppressant_1_ends"), (48.0, "suppressant_2_ends")]
    {
        let event = event(&document, id);
        assert!(!is_triggered(event, &with(&values, "time", time - 0.1)), "{id}");
        assert!(is_triggered(event, &with(&values, "time", time)), "{id}");
        values = after(event, &values);
        seen.push((time, evaluate(math(*total), &values)));
    }
    assert_eq!(seen, [(0.0, 150.0), (24.0, 250.0), (36.0, 100.0), (48.0, 0.0)]);
}

#[test]
fn drug_holds_inflammation_at_0_until_production_exceeds_it() {
    let text = sbml(&study("[[arms]]\nname = \"a\"\nsuppressant = [{ day = 0, hours = 36, rate = 250 }]\n"));
    let document = Document::parse(&text).unwrap();
    let [gone, back] = ["inflammation_gone", "inflammation_back"].map(|id| event(&document, id));
    let values = with(&initial(&document), "suppressant", 250.0);
    let at = |inflammation, production| {
        with(&with(&values, "inflammation", inflammation), "inflammation_production", production)
    };
    assert!(!is_triggered(gone, &at(0.1, 212.0)));
    assert!(!is_triggered(gone, &at(0.0, 250.0)), "production keeps up with the drug");
    assert!(is_triggered(gone, &at(0.0, 212.0)) && !is_triggered(back, &at(0.0, 250.0)));
    let held = after(gone, &at(-1e-9, 212.0));
    assert_eq!((held["inflammation"], held["inflammation_held"]), (0.0, 1.0));
    assert!(!is_triggered(gone, &held) && !is_triggered(back, &held));
    let outweighed = with(&held, "inflammation_production", 250.0);
    assert!(is_triggered(back, &outweighed));
    assert!(is_triggered(back, &with(&held, "suppressant", 0.0)), "the drug has ended");
    assert_eq!(after(back, &outweighed)["inflammation_held"], 0.0);
}

#[test]
fn a_rescue_is_ordered_waited_for_and_ends_before_another() {
    let text = sbml(&study(
        "[[arms]]\nname = \"a\"\nrescue = { above = 300, delay_hours = 2, hours = 10, rate = 50, at_most = 2 }\n",
    ));
    let document = Document::parse(&text).unwrap();
    let [ordered, starts, ends] =
        ["rescue_ordered", "rescue_starts", "rescue_ends"].map(|id| event(&document, id));
    let mut values = initial(&document);
    assert!(!is_triggered(ordered, &with(&values, "inflammation", 300.0)));
    for orders in [1.0, 2.0] {
        values = with(&values, "inflammation", 300.1);
        assert!(is_triggered(ordered, &values) && !is_triggered(starts, &values));
        values = after(ordered, &values);
        assert_eq!((values["rescues_ordered"], values["rescue_running"]), (orders, 0.0));
        assert!(
            !is_triggered(ordered, &values) && is_triggered(starts, &values) && is_triggered(ends, &values)
        );
        assert_eq!((delay(starts, &values), delay(ends, &values)), (2.0, 12.0));
        values = after(starts, &values);
        assert_eq!(values["rescue_running"], 1.0);
        assert!(!is_triggered(ordered, &values));
        values = after(ends, &values);
        assert_eq!((values["rescue_running"], is_triggered(starts, &values)), (0.0, false));
    }
    assert!(!is_triggered(ordered, &values), "at most two");
}

#[test]
fn an_infusion_waits_for_the_first_rise_after_the_first_fall() {
    let text = sbml(&study(
        "[endpoints]\nremission_fraction = 0.05\nrelapse_count = 45\n[[arms]]\nname = \"a\"\nsecond_infusion = { after_relapse_days \
         = 2, fraction = 0.5 }\nbridging = { remaining = 0.5 }\n",
    ));
    let document = Document::parse(&text).unwrap();
    let [remits, relapses, second] =
        ["first_remission", "first_relapse", "second_infusion"].map(|id| event(&document, id));
    let mut values = initial(&document);
    assert!(!is_triggered(relapses, &values), "there was no remission");
    // The levels are those of the burden before bridging: 300 · 0.05, and 45 above 300 · 0.1.
    assert!(!is_triggered(remits, &with(&values, "tumour_burden", 15.0)));
    assert!(is_triggered(remits, &with(&values, "tumour_burden", 14.9)));
    values = after(remits, &values);
    assert!(!is_triggered(relapses, &with(&values, "tumour_burden", 45.0)));
    values = with(&values, "tumour_burden", 45.1);
    assert!(is_triggered(relapses, &values) && !is_triggered(second, &values));
    values = after(relapses, &values);
    assert!(!is_triggered(relapses, &values) && is_triggered(second, &values));
    assert_eq!(delay(second, &values), 48.0);
    assert_eq!(cells(&after(second, &values)), [15.0; 4]);
}

/// What an event assigns is computed when it happens, not when its delay begins.
#[test]
fn events_take_the_values_of_their_own_time_and_happen_even_at_t_0() {
    let text = sbml(&study(
        "[[arms]]\nname = \"a\"\nsecond_infusion = { after_relapse_days = 2, fraction = 0.5 }\nrescue = { above = 1, hours = 1, rate \
         = 1 }\n",
    ));
    let document = Document::parse(&text).unwrap();
    for event in all(&document, "event") {
        assert_eq!(event.attribute("useValuesFromTriggerTime"), Some("false"));
        let trigger = child(event, "trigger").unwrap();
        assert_eq!(
            (trigger.attribute("initialValue"), trigger.attribute("persistent")),
            (Some("false"), Some("true"))
        );
    }
}
