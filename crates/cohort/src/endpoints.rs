//! `[endpoints]`: thresholds of the outcome columns.

use crate::declaration::{A_FRACTION, Kind, NOT_NEGATIVE, POSITIVE, UP_TO_ONE};
use crate::error::{Diagnostics, show};
use crate::section_macros::section_of_defaults;
use crate::typed_value::Given;

section_of_defaults! {
    /// Thresholds of the outcome columns.
    ///
    /// Remission and relapse compare the tumour with the patient's own burden before any bridging, so that twins are
    /// judged alike in every arm. Where a fraction and a count are given, the higher of the two counts.
    ///
    /// None of the defaults is a finding.
    EndpointThresholds, typed TypedEndpoints,
    ENDPOINTS = "endpoints", "Thresholds of the outcome columns." {
        severe_inflammation: f64 = 400.0, Kind::Number(POSITIVE),
            synonyms(&["severe", "threshold", "severe_crs"])
            "Inflammation above which it is severe, in pg/mL. It is not calibrated to one cytokine, so there is no \
             clinical threshold: about a quarter of the paper's uniform population exceeds 400, the share of severe \
             cytokine release syndrome in the first trials in B-ALL (Maude et al., N Engl J Med 2014: 8 of 30; Park et \
             al., N Engl J Med 2018: 14 of 53).";
        remission_fraction: f64 = 0.05, Kind::Number(UP_TO_ONE),
            hint(A_FRACTION)
            synonyms(&["remission"])
            "Remission: the tumour is below this fraction of the patient's own burden before any bridging. After \
             complete remission in haematology, fewer than 5 % blasts, which is a share of marrow cells: the model has \
             no marrow.";
        remission_count: f64 = 0.0, Kind::Number(NOT_NEGATIVE),
            "Remission: the tumour is below this count, in cells/µL; of count and fraction the higher holds.";
        relapse_fraction: f64 = 0.1, Kind::Number(NOT_NEGATIVE),
            hint(A_FRACTION)
            synonyms(&["relapse"])
            "Relapse: the tumour is, after remission, above this fraction of the patient's own burden. Twice that of \
             remission, so that a fluctuation about the threshold does not count.";
        relapse_count: f64 = 0.0, Kind::Number(NOT_NEGATIVE),
            "Relapse: the tumour is, after remission, above this count, in cells/µL; of count and fraction the higher \
             holds.";
        car_t_detection: f64 = 1.6, Kind::Number(POSITIVE),
            synonyms(&["detection", "detection_limit", "persistence"])
            "CAR T cells in all above which they are detected, in cells/µL. 0.1 % of the normal lymphocyte count, 1600: \
             about what flow cytometry resolves.";
    }
}

impl TypedEndpoints {
    /// Fills in the defaults and checks that remission and relapse fit together.
    pub(crate) fn resolve(&self, diagnostics: &mut Diagnostics<'_>) -> Option<EndpointThresholds> {
        let endpoints = self.with_defaults()?;
        self.check(&endpoints, diagnostics);
        Some(endpoints)
    }

    fn check(&self, endpoints: &EndpointThresholds, diagnostics: &mut Diagnostics<'_>) {
        let pairs = [
            (
                "fraction",
                &self.remission_fraction,
                endpoints.remission_fraction,
                &self.relapse_fraction,
                endpoints.relapse_fraction,
            ),
            (
                "count",
                &self.remission_count,
                endpoints.remission_count,
                &self.relapse_count,
                endpoints.relapse_count,
            ),
        ];
        for (what, typed, remission, typed_relapse, relapse) in pairs {
            let Some(at) = typed.value().or(typed_relapse.value()).filter(|_| remission > relapse) else {
                continue;
            };
            let default = |given: &Given<f64>| if given.is_absent() { " (its default)" } else { "" };
            let reason = format!(
                "remission_{what} = {}{} is above relapse_{what} = {}{}, so that a remission would be a relapse at once",
                show(remission),
                default(typed),
                show(relapse),
                default(typed_relapse)
            );
            let remedy = format!("Raise relapse_{what}, or lower remission_{what}.");
            diagnostics.at(&at.span, at.path.as_str(), reason, remedy);
        }
        if let Some(at) = self.remission_fraction.value().or(self.remission_count.value())
            && endpoints.remission_fraction == 0.0
            && endpoints.remission_count == 0.0
        {
            let reason = "remission_fraction and remission_count are both 0, and no tumour is below 0";
            diagnostics.at(&at.span, at.path.as_str(), reason, "Raise one of them.");
        }
    }
}
