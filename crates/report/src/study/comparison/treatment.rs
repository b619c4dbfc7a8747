//! An arm's treatment in words.

use cartrial_model::{
    Composition, Infusion, Remaining, Rescue, SecondInfusion, Suppressant, Treatment, When,
};

use crate::page::{listed, percent, plain};

/// What is done to an arm's patients: the dose first, then whatever else.
pub(super) fn words(treatment: &Treatment) -> String {
    // Without `..`, so that a new part of a treatment does not compile until it has its words.
    let Treatment {
        dose_multiplier,
        composition,
        infusions,
        second_infusion,
        suppressant,
        rescue,
        lymphodepletion,
        bridging,
    } = treatment;
    let mut parts = vec![dose(*dose_multiplier, infusions)];
    parts.extend(composition.map(product));
    parts.extend(second_infusion.map(further_infusion));
    parts.extend(suppressant.iter().map(|Suppressant { day, hours, rate }| {
        format!("immunosuppressant from day {}, {}", plain(*day), course(*rate, *hours))
    }));
    parts.extend(rescue.map(rescue_infusions));
    parts.extend(lymphodepletion.map(|Remaining { remaining }| {
        format!("lymphodepletion that leaves {} of the other lymphocytes", share(remaining))
    }));
    parts.extend(bridging.map(|Remaining { remaining }| {
        format!("bridging therapy that leaves {} of the tumour", share(remaining))
    }));
    let text = parts.join("; ");
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn dose(multiplier: f64, infusions: &[Infusion]) -> String {
    if multiplier == 0.0 {
        return "no CAR T cells".to_owned();
    }
    let dose = if multiplier == 1.0 {
        "the patient's own dose".to_owned()
    } else {
        format!("{} times the patient's own dose", plain(multiplier))
    };
    match infusions {
        [] => dose,
        [Infusion { day, .. }] => format!("{dose} on day {}", plain(*day)),
        several => {
            let part = |Infusion { day, fraction }: &Infusion| {
                format!("{} on day {}", share(*fraction), plain(*day))
            };
            format!("{dose} in parts, {}", listed(&several.iter().map(part).collect::<Vec<_>>(), "and"))
        }
    }
}

fn product(composition: Composition) -> String {
    let Composition { effector_ctl, memory_ctl, effector_helper, memory_helper } = composition;
    let parts = [
        (effector_ctl, "effector CTL"),
        (memory_ctl, "memory CTL"),
        (effector_helper, "effector helper"),
        (memory_helper, "memory helper T cells"),
    ];
    let parts = parts.map(|(fraction, name)| format!("{} {name}", share(fraction)));
    format!("a product of {}", listed(&parts, "and"))
}

fn further_infusion(SecondInfusion { when, fraction }: SecondInfusion) -> String {
    let when = match when {
        When::Day(day) => format!("on day {}", plain(day)),
        When::AfterRelapse(days) => format!("{} days after a relapse", plain(days)),
    };
    let dose = match fraction {
        1.0 => "the whole dose".to_owned(),
        2.0 => "twice the dose".to_owned(),
        more if more > 1.0 => format!("{} times the dose", plain(more)),
        part => format!("{} of the dose", share(part)),
    };
    format!("a second infusion of {dose} {when}")
}

fn rescue_infusions(Rescue { above, delay_hours, hours, rate, at_most }: Rescue) -> String {
    let begins =
        if delay_hours > 0.0 { format!(", begun {} h later", plain(delay_hours)) } else { String::new() };
    let most = match at_most {
        1 => "once at most".to_owned(),
        n => format!("{n} times at most"),
    };
    format!(
        "immunosuppressant whenever inflammation exceeds {} pg/mL, {}{begins}, {most}",
        plain(above),
        course(rate, hours)
    )
}

/// Rate and length of an infusion of immunosuppressant.
fn course(rate: f64, hours: f64) -> String {
    format!("{} pg/(mL·h) for {} h", plain(rate), plain(hours))
}

fn share(fraction: f64) -> String {
    if (100.0 * fraction).fract().abs() < 1e-9 {
        format!("{} %", plain(100.0 * fraction))
    } else {
        percent(fraction)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(treatment: Treatment) -> String {
        words(&treatment)
    }

    #[test]
    fn a_treatment_that_changes_nothing_is_the_dose() {
        assert_eq!(of(Treatment::default()), "The patient's own dose on day 0");
        assert_eq!(of(Treatment { dose_multiplier: 0.0, ..Treatment::default() }), "No CAR T cells");
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
             infusion of the whole dose 3 days after a relapse; immunosuppressant from day 2, 1.5 pg/(mL·h) for 24 h; \
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
        let of = |fraction| further_infusion(SecondInfusion { when: When::AfterRelapse(14.0), fraction });
        assert_eq!(of(2.0), "a second infusion of twice the dose 14 days after a relapse");
        assert_eq!(of(2.5), "a second infusion of 2.5 times the dose 14 days after a relapse");
    }
}
