//! The keys of a trial arm, and of the tables that are their values.

use crate::declaration::{
    A_FRACTION, Bounds, FRACTION, Key, Kind, NOT_NEGATIVE, POSITIVE, Section, key, required, section,
};

/// As many arms as a page can show and as memory holds comparisons of.
pub(crate) const MOST_ARMS: usize = 20;

const POSITIVE_FRACTION: Kind = Kind::Number(Bounds { max: Some(1.0), ..POSITIVE });

pub(crate) const ARM_NAME: Key = required("name", Kind::Text, "Name of the arm.");
pub(crate) const RATIO: Key = key(
    "ratio",
    Kind::Integer(1, 100),
    Some("1"),
    "The arm's share of the patients, in proportion to the other arms'; only where allocation = \"randomised\".",
)
.also(&["weight", "share"]);
pub(crate) const DOSE_MULTIPLIER: Key = key(
    "dose_multiplier",
    Kind::Number(NOT_NEGATIVE),
    Some("1.0"),
    "Factor on the patient's total CAR T cell dose.",
)
.also(&["dose", "dose_factor", "multiplier"]);

pub(crate) const EFFECTOR_CTL: Key = required("effector_ctl", FRACTION, "Share of effector CTL.")
    .hint(A_FRACTION)
    .also(&["dose_effector_ctl"]);
pub(crate) const MEMORY_CTL: Key =
    required("memory_ctl", FRACTION, "Share of memory CTL.").hint(A_FRACTION).also(&["dose_memory_ctl"]);
pub(crate) const EFFECTOR_HELPER: Key =
    required("effector_helper", FRACTION, "Share of effector helper T cells.")
        .hint(A_FRACTION)
        .also(&["dose_effector_helper"]);
pub(crate) const MEMORY_HELPER: Key = required("memory_helper", FRACTION, "Share of memory helper T cells.")
    .hint(A_FRACTION)
    .also(&["dose_memory_helper"]);
pub(crate) const COMPOSITION: Key = table(&Section {
    example: "{ effector_ctl = 0.25, memory_ctl = 0.25, effector_helper = 0.25, memory_helper = 0.25 }",
    ..section(
        "composition",
        &[EFFECTOR_CTL, MEMORY_CTL, EFFECTOR_HELPER, MEMORY_HELPER],
        "Shares of the four populations in the CAR T cell product, adding up to 1. None: the patient's own.",
    )
});

const DAY: Key =
    required("day", Kind::Number(NOT_NEGATIVE), "Day on which it begins, before the study's end.")
        .also(&["days", "start", "time", "at"]);

pub(crate) const INFUSION_DAY: Key = DAY;
pub(crate) const INFUSION_FRACTION: Key =
    required("fraction", POSITIVE_FRACTION, "Fraction of the arm's CAR T cell dose.")
        .hint(A_FRACTION)
        .also(&["dose", "share", "percent"]);
pub(crate) const INFUSIONS: Key = Key {
    default: Some("[{ \"day\": 0.0, \"fraction\": 1.0 }]"),
    hint: "Leave it out for the whole dose on day 0.",
    ..tables(
        &Section {
            example: "[{ day = 0, fraction = 0.5 }, { day = 1, fraction = 0.5 }]",
            ..section(
                "infusions",
                &[INFUSION_DAY, INFUSION_FRACTION],
                "How the CAR T cell dose is divided in time; the fractions add up to 1.",
            )
        },
        1,
    )
}
.also(&["doses", "schedule", "fractions"]);

pub(crate) const SECOND_DAY: Key = Key { required: false, ..DAY };
pub(crate) const AFTER_RELAPSE_DAYS: Key = key(
    "after_relapse_days",
    Kind::Number(NOT_NEGATIVE),
    None,
    "Days from the patient's first relapse, instead of a fixed day.",
)
.also(&["after_relapse", "relapse", "delay_days"]);
pub(crate) const SECOND_FRACTION: Key = key(
    "fraction",
    Kind::Number(Bounds { max: Some(10.0), ..POSITIVE }),
    Some("1.0"),
    "Fraction of the arm's CAR T cell dose, which is given beside the infusions.",
)
.hint(A_FRACTION)
.also(&["dose", "share", "percent"]);
pub(crate) const SECOND_INFUSION: Key = table(&Section {
    one_of: &["day", "after_relapse_days"],
    example: "{ day = 14, fraction = 1 } or { after_relapse_days = 0, fraction = 1 }",
    ..section(
        "second_infusion",
        &[SECOND_DAY, AFTER_RELAPSE_DAYS, SECOND_FRACTION],
        "A further infusion of the same product, on a fixed day or after the first relapse.",
    )
})
.also(&["reinfusion", "second_dose"]);

const HOURS: Key = required("hours", Kind::Number(POSITIVE), "How long an infusion of it runs.").also(&[
    "duration",
    "days",
    "duration_hours",
    "length",
]);
const RATE: Key = required(
    "rate",
    Kind::Number(POSITIVE),
    "Rate at which it removes inflammation, D of the model in pg/(mL·h); a quantity of the model, not a dose of a drug.",
)
.also(&["dose", "amount", "d"]);

pub(crate) const SUPPRESSANT_DAY: Key = Key { also: &["start", "time", "at"], ..DAY };
pub(crate) const SUPPRESSANT_HOURS: Key = HOURS;
pub(crate) const SUPPRESSANT_RATE: Key = RATE;
pub(crate) const SUPPRESSANT: Key = Key {
    default: Some("[]"),
    ..tables(
        &Section {
            example: "[{ day = 3, hours = 24, rate = 100 }]",
            ..section(
                "suppressant",
                &[SUPPRESSANT_DAY, SUPPRESSANT_HOURS, SUPPRESSANT_RATE],
                "Infusions of immunosuppressant at fixed times; where they overlap their rates add up.",
            )
        },
        0,
    )
}
.also(&["immunosuppressant", "steroid", "steroids", "drug"]);

pub(crate) const ABOVE: Key =
    required("above", Kind::Number(POSITIVE), "Inflammation above which it is ordered, in pg/mL.").also(&[
        "threshold",
        "trigger",
        "over",
        "inflammation",
    ]);
pub(crate) const DELAY_HOURS: Key =
    key("delay_hours", Kind::Number(NOT_NEGATIVE), Some("0.0"), "From the order to its beginning, in hours.")
        .also(&["delay"]);
pub(crate) const RESCUE_HOURS: Key = HOURS;
pub(crate) const RESCUE_RATE: Key = RATE;
pub(crate) const AT_MOST: Key =
    key("at_most", Kind::Integer(1, 1000), Some("1"), "How many infusions of it a patient has at most.")
        .also(&["max", "maximum", "times", "repeat"]);
pub(crate) const RESCUE: Key = table(&Section {
    example: "{ above = 300, hours = 48, rate = 200 }",
    ..section(
        "rescue",
        &[ABOVE, DELAY_HOURS, RESCUE_HOURS, RESCUE_RATE, AT_MOST],
        "Infusions of immunosuppressant when inflammation calls for it; one follows another while it still does.",
    )
})
.also(&["tocilizumab", "on_demand"]);

const REMAINING: Key =
    required("remaining", FRACTION, "What is left at t = 0, as a fraction.").hint(A_FRACTION).also(&["left"]);
pub(crate) const LYMPHOCYTES_REMAINING: Key = REMAINING;
pub(crate) const LYMPHODEPLETION: Key = table(&Section {
    example: "{ remaining = 0.1 }",
    ..section(
        "lymphodepletion",
        &[LYMPHOCYTES_REMAINING],
        "Preparation that leaves a fraction of the patient's other lymphocytes at t = 0.",
    )
});
pub(crate) const TUMOUR_REMAINING: Key = REMAINING;
pub(crate) const BRIDGING: Key = table(&Section {
    example: "{ remaining = 0.3 }",
    ..section(
        "bridging",
        &[TUMOUR_REMAINING],
        "Therapy before t = 0 that leaves a fraction of the patient's tumour burden.",
    )
});

pub(crate) static ARMS: Section = Section {
    is_repeated: true,
    ..section(
        "arms",
        &[
            ARM_NAME,
            RATIO,
            DOSE_MULTIPLIER,
            COMPOSITION,
            INFUSIONS,
            SECOND_INFUSION,
            SUPPRESSANT,
            RESCUE,
            LYMPHODEPLETION,
            BRIDGING,
        ],
        "Trial arms; the first is the one with which the others are compared. None: one arm named \"car-t\".",
    )
};

const fn table(section: &'static Section) -> Key {
    key(section.name, Kind::Table(section), None, section.about)
}

const fn tables(section: &'static Section, at_least: usize) -> Key {
    key(section.name, Kind::Tables(section, at_least), None, section.about)
}
