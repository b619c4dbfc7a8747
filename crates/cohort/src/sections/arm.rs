//! `[[arms]]`, and the tables that are values of its keys.

use crate::declaration::{A_FRACTION, Bounds, Kind, NOT_NEGATIVE, POSITIVE, UP_TO_ONE};
use crate::section_macros::section;
use crate::sweep::SWEEP;
use crate::typed_value::{Day, DaysAfterRelapse};
use cartrial_model::Treatment;
use serde_json::json;

/// As many arms as a page can show and as memory holds comparisons of.
pub(crate) const MOST_ARMS: usize = 50;

section! {
    /// An arm as it is typed.
    TypedArm, ARMS = "arms" { is_repeated: true, tables: &[SWEEP] },
    "Trial arms; the first is the one with which the others are compared. None: one arm named \"car-t\"." {
        name: String, Kind::Text, required()
            "Name of the arm.";
        ratio: u64 = 1, Kind::Integer(1, 100),
            synonyms(&["weight", "share"])
            "The arm's share of the patients, in proportion to the other arms'; only where allocation = \"randomised\".";
        dose_multiplier: f64 = Treatment::default().dose_multiplier, Kind::Number(NOT_NEGATIVE),
            synonyms(&["dose", "dose_factor", "multiplier"])
            "Factor on the patient's total CAR T cell dose.";
        composition: TypedComposition, Kind::Table(&COMPOSITION);
        infusions: Vec<TypedInfusion>, Kind::Tables(&INFUSIONS, 1),
            default(|| json!(Treatment::default().infusions))
            hint("Leave it out for the whole dose on day 0.")
            synonyms(&["doses", "schedule", "fractions"]);
        second_infusion: TypedSecondInfusion, Kind::Table(&SECOND_INFUSION),
            synonyms(&["reinfusion", "second_dose"]);
        suppressant: Vec<TypedSuppressant>, Kind::Tables(&SUPPRESSANT, 0),
            default(|| json!(Treatment::default().suppressant))
            synonyms(&["immunosuppressant", "steroid", "steroids", "drug"]);
        rescue: TypedRescue, Kind::Table(&RESCUE),
            synonyms(&["tocilizumab", "on_demand"]);
        lymphodepletion: TypedLymphodepletion, Kind::Table(&LYMPHODEPLETION);
        bridging: TypedBridging, Kind::Table(&BRIDGING);
    }
}

section! {
    /// The CAR T cell product as it is typed.
    TypedComposition, COMPOSITION = "composition" {
        example: "{ effector_ctl = 0.25, memory_ctl = 0.25, effector_helper = 0.25, memory_helper = 0.25 }"
    },
    "Shares of the four populations in the CAR T cell product, adding up to 1. None: the patient's own." {
        effector_ctl: f64, Kind::Number(UP_TO_ONE),
            required() hint(A_FRACTION) synonyms(&["dose_effector_ctl"])
            "Share of effector CTL.";
        memory_ctl: f64, Kind::Number(UP_TO_ONE),
            required() hint(A_FRACTION) synonyms(&["dose_memory_ctl"])
            "Share of memory CTL.";
        effector_helper: f64, Kind::Number(UP_TO_ONE),
            required() hint(A_FRACTION) synonyms(&["dose_effector_helper"])
            "Share of effector helper T cells.";
        memory_helper: f64, Kind::Number(UP_TO_ONE),
            required() hint(A_FRACTION) synonyms(&["dose_memory_helper"])
            "Share of memory helper T cells.";
    }
}

section! {
    /// One of the infusions as it is typed.
    TypedInfusion, INFUSIONS = "infusions" { example: "{ day = 0, fraction = 0.5 }, { day = 1, fraction = 0.5 }" },
    "How the CAR T cell dose is divided in time; the fractions add up to 1." {
        day: Day, Kind::Number(NOT_NEGATIVE),
            required() synonyms(&["days", "start", "time", "at"])
            "Day on which it begins, before the study's end.";
        fraction: f64, Kind::Number(Bounds { max: Some(1.0), ..POSITIVE }),
            required() hint(A_FRACTION) synonyms(&["dose", "share", "percent"])
            "Fraction of the arm's CAR T cell dose.";
    }
}

section! {
    /// The second infusion as it is typed.
    TypedSecondInfusion, SECOND_INFUSION = "second_infusion" {
        one_of: &["day", "after_relapse_days"],
        example: "{ day = 14, fraction = 1 } or { after_relapse_days = 0, fraction = 1 }"
    },
    "A further infusion of the same product, on a fixed day or after the first relapse." {
        day: Day, Kind::Number(NOT_NEGATIVE),
            synonyms(&["days", "start", "time", "at"])
            "Day on which it begins, before the study's end.";
        after_relapse_days: DaysAfterRelapse, Kind::Number(NOT_NEGATIVE),
            synonyms(&["after_relapse", "relapse", "delay_days"])
            "Days from the patient's first relapse, instead of a fixed day.";
        fraction: f64 = 1.0, Kind::Number(Bounds { max: Some(10.0), ..POSITIVE }),
            hint(A_FRACTION) synonyms(&["dose", "share", "percent"])
            "Fraction of the arm's CAR T cell dose, which is given beside the infusions.";
    }
}

section! {
    /// A scheduled infusion of immunosuppressant as it is typed.
    TypedSuppressant, SUPPRESSANT = "suppressant" { example: "{ day = 3, hours = 24, rate = 100 }" },
    "Infusions of immunosuppressant at fixed times; where they overlap their rates add up." {
        day: Day, Kind::Number(NOT_NEGATIVE),
            required() synonyms(&["start", "time", "at"])
            "Day on which it begins, before the study's end.";
        hours: f64, Kind::Number(POSITIVE),
            required() synonyms(&["duration", "days", "duration_hours", "length"])
            "How long an infusion of it runs.";
        rate: f64, Kind::Number(POSITIVE),
            required() synonyms(&["dose", "amount", "d"])
            "Rate at which it removes inflammation, D of the model in pg/(mL·h); a quantity of the model, not a dose of \
             a drug.";
    }
}

section! {
    /// The rescue as it is typed.
    TypedRescue, RESCUE = "rescue" { example: "{ above = 300, hours = 48, rate = 200 }" },
    "Infusions of immunosuppressant when inflammation calls for it; one follows another while it still does." {
        above: f64, Kind::Number(POSITIVE),
            required() synonyms(&["threshold", "trigger", "over", "inflammation"])
            "Inflammation above which it is ordered, in pg/mL.";
        delay_hours: f64 = 0.0, Kind::Number(NOT_NEGATIVE),
            synonyms(&["delay"])
            "From the order to its beginning, in hours.";
        hours: f64, Kind::Number(POSITIVE),
            required() synonyms(&["duration", "days", "duration_hours", "length"])
            "How long an infusion of it runs.";
        rate: f64, Kind::Number(POSITIVE),
            required() synonyms(&["dose", "amount", "d"])
            "Rate at which it removes inflammation, D of the model in pg/(mL·h); a quantity of the model, not a dose of \
             a drug.";
        at_most: u64 = 1, Kind::Integer(1, 1000),
            synonyms(&["max", "maximum", "times", "repeat"])
            "How many infusions of it a patient has at most.";
    }
}

section! {
    /// The lymphodepletion as it is typed.
    TypedLymphodepletion, LYMPHODEPLETION = "lymphodepletion" { example: "{ remaining = 0.1 }" },
    "Preparation that leaves a fraction of the patient's other lymphocytes at t = 0." {
        remaining: f64, Kind::Number(UP_TO_ONE),
            required() hint(A_FRACTION) synonyms(&["left"])
            "What is left at t = 0, as a fraction.";
    }
}

section! {
    /// The bridging as it is typed.
    TypedBridging, BRIDGING = "bridging" { example: "{ remaining = 0.3 }" },
    "Therapy before t = 0 that leaves a fraction of the patient's tumour burden." {
        remaining: f64, Kind::Number(UP_TO_ONE),
            required() hint(A_FRACTION) synonyms(&["left"])
            "What is left at t = 0, as a fraction.";
    }
}
