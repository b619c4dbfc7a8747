//! Events: where a step has to end because something happens there.

use crate::dense::Quartic;
use cartrial_lanes::{Mask, Real};

/// An event is met where its [`trigger`](crate::Ensemble::trigger) is above 0 by no more than this.
pub const LANDING: f64 = 1e-8;

/// What a step that may have met an event comes to.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Meeting {
    /// It did not.
    None,
    /// It ended on it.
    Landed,
    /// It went beyond it, and should take this share of itself.
    Beyond(f64),
}

/// The lanes whose step is to end earlier, how long it is to be there, and the lanes whose step has ended on an event.
///
/// `g` and `slope` are the trigger and its derivative with respect to time at both ends of the step of size `h`.
#[cold]
#[inline(never)]
pub(crate) fn meet<R: Real>(suspects: u32, h: R, g: [R; 2], slope: [R; 2]) -> (R::Mask, R, R::Mask) {
    let (mut cut, mut landed, mut h_cut) = (0, 0, h);
    for lane in (0..R::LANES).filter(|lane| suspects >> lane & 1 != 0) {
        let h = h.lane(lane);
        match meeting(g.map(|g| g.lane(lane)), slope.map(|s| h * s.lane(lane))) {
            Meeting::None => {}
            Meeting::Landed => landed |= 1 << lane,
            Meeting::Beyond(share) => {
                cut |= 1 << lane;
                h_cut.set_lane(lane, share * h);
            }
        }
    }
    (R::Mask::from_bits(cut), h_cut, R::Mask::from_bits(landed))
}

/// Aims at the middle of the landing by the cubic with these values and slopes (with respect to θ) at both ends. Its
/// error vanishes with the square of the way that is left, so repeated cuts come in as Newton's method does.
fn meeting([g0, g1]: [f64; 2], [slope0, slope1]: [f64; 2]) -> Meeting {
    if g1 > 0.0 && g1 <= LANDING {
        return Meeting::Landed;
    }
    let cubic = Quartic::hermite(g0, g1, slope0, slope1);
    // Of a step that begins and ends before the event, its highest point may lie beyond.
    let beyond =
        if g1 > 0.0 { Some(1.0) } else { cubic.turning_point().filter(|&x| cubic.value(x) > LANDING) };
    match beyond.map(|x| cubic.crossing(0.5 * LANDING, [0.0, x])) {
        None => Meeting::None,
        Some(Some(share)) if share > 0.0 => Meeting::Beyond(share),
        // It began beyond.
        Some(_) => Meeting::Landed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_straight_way_is_cut_where_it_crosses() {
        let Meeting::Beyond(share) = meeting([-1.0, 3.0], [4.0, 4.0]) else { panic!("it crosses") };
        assert!((share - 0.25).abs() < LANDING);
    }

    #[test]
    fn a_top_between_two_low_ends_is_seen() {
        // −0.1 + 4 θ (1 − θ) is above 0 from 0.0257 to 0.974
        let Meeting::Beyond(share) = meeting([-0.1, -0.1], [4.0, -4.0]) else { panic!("it crosses") };
        assert!((share - (0.5 - 0.9_f64.sqrt() / 2.0)).abs() < LANDING);
    }

    #[test]
    fn a_top_that_stays_below_is_none_and_a_hair_above_is_landed() {
        assert_eq!(meeting([-2.0, -2.0], [4.0, -4.0]), Meeting::None);
        assert_eq!(meeting([-1.0, 0.5 * LANDING], [1.0, 1.0]), Meeting::Landed);
    }
}
