//! Thresholds of the outcome columns.

use crate::error::{Diagnostics, show};
use crate::keys;
use crate::toml_reader::{At, Node};
use serde::{Deserialize, Serialize};

/// Thresholds of the outcome columns.
///
/// The tumour burden with which remission and relapse are compared is the patient's own, before any bridging, so that
/// twins are judged alike in every arm. Where a fraction and a count are given, the higher of the two counts.
///
/// None of the defaults is a finding; where they come from stands beside each.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct EndpointThresholds {
    /// Inflammation above which it is severe, in pg/mL; 400.
    ///
    /// The model's inflammation is not calibrated to one cytokine, so there is no clinical threshold. About a quarter
    /// of the paper's uniform population exceeds 400, the share of severe cytokine release syndrome in the first trials
    /// in B-ALL: 8 of 30 (Maude et al., N Engl J Med 2014) and 14 of 53 (Park et al., N Engl J Med 2018).
    pub severe_inflammation: f64,
    /// Remission: the tumour is below this fraction of the patient's own; 0.05.
    ///
    /// After the haematological definition of complete remission, fewer than 5 % blasts. That is a share of the cells
    /// in the marrow, which the model does not have, and not of the tumour at the start.
    pub remission_fraction: f64,
    /// Remission: the tumour is below this count, in cells/µL; 0.
    pub remission_count: f64,
    /// Relapse: the tumour is, after remission, above this fraction of the patient's own; 0.1.
    ///
    /// Twice that of remission, so that a fluctuation about the threshold does not count.
    pub relapse_fraction: f64,
    /// Relapse: the tumour is, after remission, above this count, in cells/µL; 0.
    pub relapse_count: f64,
    /// CAR T cells in all above which they are detected, in cells/µL; 1.6.
    ///
    /// 0.1 % of the normal lymphocyte count, 1600: about what flow cytometry resolves.
    pub car_t_detection: f64,
}

impl Default for EndpointThresholds {
    fn default() -> Self {
        Self {
            severe_inflammation: 400.0,
            remission_fraction: 0.05,
            remission_count: 0.0,
            relapse_fraction: 0.1,
            relapse_count: 0.0,
            car_t_detection: 1.6,
        }
    }
}

/// `[endpoints]` as it is typed.
#[derive(Debug, Default)]
pub(crate) struct RawEndpoints {
    severe_inflammation: Option<At<f64>>,
    remission_fraction: Option<At<f64>>,
    remission_count: Option<At<f64>>,
    relapse_fraction: Option<At<f64>>,
    relapse_count: Option<At<f64>>,
    car_t_detection: Option<At<f64>>,
    /// Whether one of them was refused already.
    refused: bool,
}

impl RawEndpoints {
    pub(crate) fn read(node: &Node<'_>, diagnostics: &mut Diagnostics<'_>) -> Self {
        node.refuse_unknown_in(&keys::ENDPOINTS, diagnostics);
        let mut refused = false;
        let mut number = |key: &keys::Key| {
            let number = node.number(key, diagnostics);
            refused |= number.is_none() && node.entry(key.name).is_some();
            number
        };
        let raw = Self {
            severe_inflammation: number(&keys::SEVERE_INFLAMMATION),
            remission_fraction: number(&keys::REMISSION_FRACTION),
            remission_count: number(&keys::REMISSION_COUNT),
            relapse_fraction: number(&keys::RELAPSE_FRACTION),
            relapse_count: number(&keys::RELAPSE_COUNT),
            car_t_detection: number(&keys::CAR_T_DETECTION),
            refused: false,
        };
        Self { refused, ..raw }
    }

    /// Fills in the defaults and checks that remission and relapse fit together.
    pub(crate) fn resolve(&self, diagnostics: &mut Diagnostics<'_>) -> EndpointThresholds {
        let default = EndpointThresholds::default();
        let or = |typed: &Option<At<f64>>, default| typed.as_ref().map_or(default, |at| at.value);
        let endpoints = EndpointThresholds {
            severe_inflammation: or(&self.severe_inflammation, default.severe_inflammation),
            remission_fraction: or(&self.remission_fraction, default.remission_fraction),
            remission_count: or(&self.remission_count, default.remission_count),
            relapse_fraction: or(&self.relapse_fraction, default.relapse_fraction),
            relapse_count: or(&self.relapse_count, default.relapse_count),
            car_t_detection: or(&self.car_t_detection, default.car_t_detection),
        };
        if !self.refused {
            self.check(&endpoints, diagnostics);
        }
        endpoints
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
            let Some(at) = typed.as_ref().or(typed_relapse.as_ref()).filter(|_| remission > relapse) else {
                continue;
            };
            let default = |at: &Option<_>| if at.is_none() { " (its default)" } else { "" };
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
        if let Some(at) = self.remission_fraction.as_ref().or(self.remission_count.as_ref())
            && endpoints.remission_fraction == 0.0
            && endpoints.remission_count == 0.0
        {
            let reason = "remission_fraction and remission_count are both 0, and no tumour is below 0";
            diagnostics.at(&at.span, at.path.as_str(), reason, "Raise one of them.");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    #[test]
    fn prop_defaults_are_those_that_the_key_table_states() {
        let resolved =
            serde_json::to_value(RawEndpoints::default().resolve(&mut Diagnostics::new("", ""))).unwrap();
        for key in keys::ENDPOINTS.keys {
            let stated: Value = serde_json::from_str(key.default.unwrap()).unwrap();
            assert_eq!(resolved[key.name], stated, "{}", key.name);
        }
        assert_eq!(resolved.as_object().unwrap().len(), keys::ENDPOINTS.keys.len());
    }
}
