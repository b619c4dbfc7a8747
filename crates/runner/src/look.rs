//! What is to be looked for inside an accepted step, on its polynomial.

use crate::patients::{PatientLanes, SOLVED, car_t};
use crate::watch::turning_point;
use cartrial_lanes::{Mask, Real};
use cartrial_model::{CAR_T, INFLAMMATION, TUMOUR_BURDEN};
use cartrial_ode::{OneStepMethod, Quartic, Step};

/// For every thing that may lie inside a step, the lanes in which it does.
pub(crate) struct Look<R: Real> {
    /// Inflammation turns from rising to falling.
    peaks: R::Mask,
    /// Inflammation was highest where the step begins, and no change of sign of its derivative gave that away.
    flat_tops: R::Mask,
    /// The tumour turns from falling to rising.
    nadirs: R::Mask,
    /// CAR T cells turn from rising to falling.
    car_t_peaks: R::Mask,
    /// Inflammation may pass the threshold of severity.
    severe: R::Mask,
    /// CAR T cells may pass the limit of detection.
    detected: R::Mask,
    /// The tumour may pass the level of remission or relapse.
    response: R::Mask,
}

/// Where a quantity turns within the step: from rising to falling, and from falling to rising.
#[inline(always)]
fn turns<R: Real>(before: R, after: R) -> (R::Mask, R::Mask) {
    let zero = R::splat(0.0);
    (zero.lt(before) & after.lt(zero), before.lt(zero) & zero.lt(after))
}

impl<R: Real> Look<R> {
    /// Takes note of the step's end in the lanes of `first_pass`, and finds where to look inside it.
    #[inline(always)]
    pub(crate) fn meet<M: OneStepMethod, const PAPER: bool, const TREATED: bool>(
        patients: &mut PatientLanes<'_, R, PAPER, TREATED>,
        lanes: R::Mask,
        first_pass: R::Mask,
        step: &Step<R, SOLVED, M>,
    ) -> Self {
        let (t0, t1, h) = (step.t0, step.t1, step.h);
        let (i0, di0, i1) = (step.y0[INFLAMMATION], step.f0[INFLAMMATION], step.end.y[INFLAMMATION]);
        let (tops, dips) = turns(di0, step.end.f[INFLAMMATION]);
        let (_, nadirs) = turns(step.f0[TUMOUR_BURDEN], step.end.f[TUMOUR_BURDEN]);
        let (c0, dc0, c1) = (car_t(&step.y0), car_t(&step.f0), car_t(&step.end.y));
        let (car_t_tops, car_t_dips) = turns(dc0, car_t(&step.end.f));
        patients.peak.meet_end(first_pass, t1, i1);
        patients.nadir.meet_end(first_pass, t1, step.end.y[TUMOUR_BURDEN]);
        patients.car_t_peak.meet_end(first_pass, t1, c1);
        Self {
            peaks: lanes & tops,
            flat_tops: first_pass & patients.peak.is_at(t0) & patients.wake.began_before(t0),
            nadirs: first_pass & nadirs,
            car_t_peaks: first_pass & car_t_tops,
            severe: patients.severe.meet(first_pass, h, i0, i1, di0, tops | dips),
            detected: patients.detected.meet(first_pass, h, c0, c1, dc0, car_t_tops | car_t_dips),
            response: patients.response.meet(first_pass, step.end.y[TUMOUR_BURDEN], nadirs),
        }
    }

    /// Whether there is anything to look for.
    #[inline(always)]
    pub(crate) fn any(&self) -> bool {
        let inflammation = self.peaks | self.flat_tops | self.severe;
        let tumour = self.nadirs | self.response;
        (inflammation | tumour | self.car_t_peaks | self.detected).any()
    }

    /// Looks inside. Rare.
    #[cold]
    #[inline(never)]
    pub(crate) fn inside<M: OneStepMethod, const PAPER: bool, const TREATED: bool>(
        &self,
        patients: &mut PatientLanes<'_, R, PAPER, TREATED>,
        step: &Step<R, SOLVED, M>,
    ) {
        let is_in = |mask: R::Mask, lane: usize| mask.bits() >> lane & 1 != 0;
        for lane in 0..R::LANES {
            let (t0_h, h) = (step.t0.lane(lane), step.h.lane(lane));
            let inflammation = || step.dense(lane, INFLAMMATION);
            let peaks = is_in(self.peaks, lane);
            if peaks && patients.refining >> lane & 1 != 0 {
                if let Some((value, time_h)) = turning_point(t0_h, h, &inflammation()) {
                    patients.peak.set(lane, value, time_h);
                }
            } else if peaks && patients.peak.meet_turning_point(lane, t0_h, h, &inflammation()) {
                let (_, peak_h) = patients.peak.get(lane);
                remember_way_to_peak(patients, lane, peak_h);
            } else if is_in(self.flat_tops, lane) {
                // It may turn anywhere in this step or the one before.
                patients.peak.take_for_turning_point(lane);
                remember_way_to_peak(patients, lane, t0_h + h);
            }
            if is_in(self.severe, lane) {
                patients.severe.look(lane, t0_h, h, &inflammation());
            }
            if is_in(self.nadirs | self.response, lane) {
                let tumour = step.dense(lane, TUMOUR_BURDEN);
                if is_in(self.nadirs, lane) {
                    patients.nadir.meet_turning_point(lane, t0_h, h, &tumour);
                }
                if is_in(self.response, lane) {
                    patients.response.look(lane, t0_h, h, &tumour);
                    if let Some(above) = patients.response.relapse_level(lane) {
                        patients.intervention.await_relapse(lane, above);
                    }
                }
            }
            if is_in(self.car_t_peaks | self.detected, lane) {
                let [ce, cm, he, hm] = CAR_T.map(|i| step.dense(lane, i));
                let all: Quartic = (ce + cm) + (he + hm);
                if is_in(self.car_t_peaks, lane) {
                    patients.car_t_peak.meet_turning_point(lane, t0_h, h, &all);
                }
                if is_in(self.detected, lane) {
                    patients.detected.look(lane, t0_h, h, &all);
                }
            }
        }
    }
}

/// A peak that lies before `before_h` is to be solved again from where the wake is now.
fn remember_way_to_peak<R: Real, const PAPER: bool, const TREATED: bool>(
    patients: &mut PatientLanes<'_, R, PAPER, TREATED>,
    lane: usize,
    before_h: f64,
) {
    let (t_h, y) = patients.wake.older(lane);
    let in_lane = &mut patients.in_lane[lane];
    in_lane.before_peak = (t_h, y, patients.intervention.drug.lane(lane));
    in_lane.peak_before_h = before_h;
    in_lane.peak_until_h = f64::INFINITY;
}
