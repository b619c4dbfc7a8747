//! The keys of `[endpoints]`.

use super::{A_FRACTION, FRACTION, Key, Kind, NOT_NEGATIVE, POSITIVE, Section, key, section};

pub(crate) const SEVERE_INFLAMMATION: Key = key(
    "severe_inflammation",
    Kind::Number(POSITIVE),
    Some("400.0"),
    "Inflammation above which it is severe, in pg/mL. It is not calibrated to one cytokine, so there is no clinical \
     threshold: about a quarter of the paper's uniform population exceeds 400, the share of severe cytokine release \
     syndrome in the first trials in B-ALL (Maude et al., N Engl J Med 2014: 8 of 30; Park et al., N Engl J Med 2018: \
     14 of 53).",
)
.also(&["severe", "threshold", "severe_crs"]);
pub(crate) const REMISSION_FRACTION: Key = key(
    "remission_fraction",
    FRACTION,
    Some("0.05"),
    "Remission: the tumour is below this fraction of the patient's own burden before any bridging. After complete \
     remission in haematology, fewer than 5 % blasts, which is a share of marrow cells: the model has no marrow.",
)
.hint(A_FRACTION)
.also(&["remission"]);
pub(crate) const REMISSION_COUNT: Key = key(
    "remission_count",
    Kind::Number(NOT_NEGATIVE),
    Some("0.0"),
    "Remission: the tumour is below this count, in cells/µL; of count and fraction the higher holds.",
);
pub(crate) const RELAPSE_FRACTION: Key = key(
    "relapse_fraction",
    Kind::Number(NOT_NEGATIVE),
    Some("0.1"),
    "Relapse: the tumour is, after remission, above this fraction of the patient's own burden. Twice that of remission, \
     so that a fluctuation about the threshold does not count.",
)
.hint(A_FRACTION)
.also(&["relapse"]);
pub(crate) const RELAPSE_COUNT: Key = key(
    "relapse_count",
    Kind::Number(NOT_NEGATIVE),
    Some("0.0"),
    "Relapse: the tumour is, after remission, above this count, in cells/µL; of count and fraction the higher holds.",
);
pub(crate) const CAR_T_DETECTION: Key = key(
    "car_t_detection",
    Kind::Number(POSITIVE),
    Some("1.6"),
    "CAR T cells in all above which they are detected, in cells/µL. 0.1 % of the normal lymphocyte count, 1600: about \
     what flow cytometry resolves.",
)
.also(&["detection", "detection_limit", "persistence"]);

pub(crate) static ENDPOINTS: Section = section(
    "endpoints",
    &[
        SEVERE_INFLAMMATION,
        REMISSION_FRACTION,
        REMISSION_COUNT,
        RELAPSE_FRACTION,
        RELAPSE_COUNT,
        CAR_T_DETECTION,
    ],
    "Thresholds of the outcome columns.",
);
