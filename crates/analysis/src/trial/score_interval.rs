//! Score intervals of ratios: all ratios that a score test does not reject.

use super::effect::Effect;
use super::terms::IntervalMethod;
use crate::distribution::normal::Z95;

/// The natural logarithms between which an end is sought: no count makes a ratio beyond them.
const LN_ENDS: [f64; 2] = [-100.0, 100.0];

/// A ratio, 0 and infinity included, with its interval: from where `score` is 1.96 to where it is −1.96.
///
/// `score` is the standardised distance of the data from the ratio it is given, and falls as that rises. A ratio of 0
/// has 0 as its lower end and an infinite one has infinity as its upper end, since no smaller or greater one exists.
pub(super) fn score_ratio(estimate: f64, method: IntervalMethod, score: impl Fn(f64) -> f64) -> Effect {
    let [least, most] = LN_ENDS;
    let ln_estimate = libm::log(estimate).clamp(least, most);
    let low = if estimate == 0.0 { 0.0 } else { crossing([least, ln_estimate], |ratio| score(ratio) > Z95) };
    let high = if estimate.is_infinite() {
        f64::INFINITY
    } else {
        crossing([ln_estimate, most], |ratio| score(ratio) > -Z95)
    };
    Effect { estimate, se: None, ci95: [low, high], method }
}

/// The ratio at which `above` turns from true to false, by bisection of its logarithm.
fn crossing([mut low, mut high]: [f64; 2], above: impl Fn(f64) -> bool) -> f64 {
    loop {
        let middle = 0.5 * (low + high);
        if middle <= low || middle >= high {
            return libm::exp(middle);
        }
        if above(libm::exp(middle)) { low = middle } else { high = middle }
    }
}
