//! An arm's treatment in words, from the study of a manifest.

use serde_json::Value;

use crate::page::{percent, plain};

/// What is done to an arm's patients: the dose first, then whatever else.
pub(super) fn words(arm: &Value) -> String {
    let mut parts = vec![dose(arm)];
    parts.extend(composition(&arm["composition"]));
    parts.extend(second_infusion(&arm["second_infusion"]));
    parts.extend(list(&arm["suppressant"]).map(|s| {
        let (day, course) = (number(s, "day"), course(s));
        format!("immunosuppressant from day {day}, {course}")
    }));
    parts.extend(rescue(&arm["rescue"]));
    if let Some(left) = arm["lymphodepletion"]["remaining"].as_f64() {
        parts.push(format!("lymphodepletion that leaves {} of the other lymphocytes", share(left)));
    }
    if let Some(left) = arm["bridging"]["remaining"].as_f64() {
        parts.push(format!("bridging therapy that leaves {} of the tumour", share(left)));
    }
    let text = parts.join("; ");
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn dose(arm: &Value) -> String {
    let factor = arm["dose_multiplier"].as_f64().unwrap_or(1.0);
    if factor == 0.0 {
        return "no CAR T cells".to_owned();
    }
    let dose = if factor == 1.0 {
        "the patient's own dose".to_owned()
    } else {
        format!("{} times the patient's own dose", plain(factor))
    };
    let infusions: Vec<&Value> = list(&arm["infusions"]).collect();
    match infusions.as_slice() {
        [] => dose,
        [one] => format!("{dose} on day {}", number(one, "day")),
        several => {
            let parts = several.iter().map(|infusion| {
                let fraction = infusion["fraction"].as_f64().unwrap_or(0.0);
                format!("{} on day {}", share(fraction), number(infusion, "day"))
            });
            format!("{dose} in parts, {}", joined(parts.collect()))
        }
    }
}

fn composition(composition: &Value) -> Option<String> {
    let names = [
        ("effector_ctl", "effector CTL"),
        ("memory_ctl", "memory CTL"),
        ("effector_helper", "effector helper"),
        ("memory_helper", "memory helper T cells"),
    ];
    let part = |(key, name): (&str, &str)| Some(format!("{} {name}", share(composition[key].as_f64()?)));
    let parts = names.into_iter().map(part).collect::<Option<Vec<_>>>()?;
    Some(format!("a product of {}", joined(parts)))
}

fn second_infusion(second: &Value) -> Option<String> {
    let fraction = share(second["fraction"].as_f64()?);
    let when = match (second["day"].as_f64(), second["after_relapse_days"].as_f64()) {
        (Some(day), _) => format!("on day {}", plain(day)),
        (None, Some(days)) => format!("{} days after a relapse", plain(days)),
        (None, None) => return None,
    };
    Some(format!("a second infusion of {fraction} of the dose {when}"))
}

fn rescue(rescue: &Value) -> Option<String> {
    let above = plain(rescue["above"].as_f64()?);
    let delay = rescue["delay_hours"].as_f64().unwrap_or(0.0);
    let begins = if delay > 0.0 { format!(", begun {} h later", plain(delay)) } else { String::new() };
    let most = match rescue["at_most"].as_u64() {
        Some(1) => ", once at most".to_owned(),
        Some(n) => format!(", {n} times at most"),
        None => String::new(),
    };
    Some(format!(
        "immunosuppressant whenever inflammation exceeds {above} pg/mL, {}{begins}{most}",
        course(rescue)
    ))
}

/// Rate and length of an infusion of immunosuppressant.
fn course(infusion: &Value) -> String {
    format!("{} pg/(mL·h) for {} h", number(infusion, "rate"), number(infusion, "hours"))
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn number(value: &Value, key: &str) -> String {
    value[key].as_f64().map_or_else(|| "?".to_owned(), plain)
}

fn share(fraction: f64) -> String {
    if (100.0 * fraction).fract().abs() < 1e-9 {
        format!("{} %", plain(100.0 * fraction))
    } else {
        percent(fraction)
    }
}

/// `a, b and c`.
fn joined(mut parts: Vec<String>) -> String {
    let last = parts.pop().unwrap_or_default();
    if parts.is_empty() { last } else { format!("{} and {last}", parts.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cartrial_model::{
        Composition, Infusion, Remaining, Rescue, SecondInfusion, Suppressant, Treatment, When,
    };

    fn of(treatment: Treatment) -> String {
        words(&serde_json::to_value(&treatment).unwrap())
    }

    #[test]
    fn a_treatment_that_changes_nothing_is_the_dose() {
        assert_eq!(of(Treatment::default()), "The patient's own dose on day 0");
        assert_eq!(of(Treatment { dose_multiplier: 0.0, ..Treatment::default() }), "No CAR T cells");
        assert_eq!(words(&Value::Null), "The patient's own dose", "an arm of a manifest without treatments");
    }

    #[test]
    fn every_part_of_a_treatment_is_said() {
        let infusion = |day, fraction| Infusion { day, fraction };
        let everything = Treatment {
            dose_multiplier: 0.5,
            composition: Some(Composition {
                effector_ctl: 0.1,
                memory_ctl: 0.4,
                effector_helper: 0.125,
                memory_helper: 0.375,
            }),
            infusions: vec![infusion(0.0, 0.1), infusion(1.0, 0.3), infusion(2.5, 0.6)],
            second_infusion: Some(SecondInfusion { when: When::AfterRelapse(3.0), fraction: 1.0 }),
            suppressant: vec![Suppressant { day: 2.0, hours: 24.0, rate: 1.5 }],
            rescue: Some(Rescue { above: 200.0, delay_hours: 2.0, hours: 24.0, rate: 5.0, at_most: 3 }),
            lymphodepletion: Some(Remaining { remaining: 0.1 }),
            bridging: Some(Remaining { remaining: 0.3 }),
        };
        assert_eq!(
            of(everything),
            "0.5 times the patient's own dose in parts, 10 % on day 0, 30 % on day 1 and 60 % on day 2.5; a product of \
             10 % effector CTL, 40 % memory CTL, 12.5 % effector helper and 37.5 % memory helper T cells; a second \
             infusion of 100 % of the dose 3 days after a relapse; immunosuppressant from day 2, 1.5 pg/(mL·h) for 24 h; \
             immunosuppressant whenever inflammation exceeds 200 pg/mL, 5 pg/(mL·h) for 24 h, begun 2 h later, 3 times at \
             most; lymphodepletion that leaves 10 % of the other lymphocytes; bridging therapy that leaves 30 % of the \
             tumour"
        );
    }

    #[test]
    fn a_second_infusion_may_have_its_day() {
        let arm = Treatment {
            second_infusion: Some(SecondInfusion { when: When::Day(14.0), fraction: 0.5 }),
            ..Treatment::default()
        };
        assert_eq!(
            of(arm),
            "The patient's own dose on day 0; a second infusion of 50 % of the dose on day 14"
        );
    }
}
