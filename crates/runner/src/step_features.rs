//! What has to be located within an accepted step, on its polynomial.

use crate::endpoint_observer::EndpointObserver;
use crate::extremum::turning_point;
use crate::layout::{SOLVED, car_t};
use cartrial_lanes::{Mask, Real};
use cartrial_model::{CAR_T, INFLAMMATION, TUMOUR_BURDEN};
use cartrial_ode::{OneStepMethod, Quartic, Step};

/// For each feature that a step may have, the lanes in which it may.
pub(crate) struct StepFeatures<R: Real> {
    /// Inflammation turns from rising to falling.
    peaks: R::Mask,
    /// Inflammation was highest where the step begins, and no change of sign of its derivative gave that away.
    flat_peaks: R::Mask,
    /// The tumour turns from falling to rising.
    nadirs: R::Mask,
    /// CAR T cells turn from rising to falling.
    car_t_peaks: R::Mask,
    /// Inflammation may cross the threshold of severity.
    severe: R::Mask,
    /// CAR T cells may cross the limit of detection.
    detected: R::Mask,
    /// The tumour may cross the level of remission or relapse.
    response: R::Mask,
}

/// Where a quantity has a maximum within the step, and where a minimum.
#[inline(always)]
fn extrema<R: Real>(slope0: R, slope1: R) -> (R::Mask, R::Mask) {
    let zero = R::splat(0.0);
    (zero.lt(slope0) & slope1.lt(zero), slope0.lt(zero) & zero.lt(slope1))
}

impl<R: Real> StepFeatures<R> {
    /// Observes the end of a step in the lanes of `first_pass`, and finds what has to be located within it.
    #[inline(always)]
    pub(crate) fn of_step<M: OneStepMethod>(
        observer: &mut EndpointObserver<'_, R>,
        lanes: R::Mask,
        first_pass: R::Mask,
        step: &Step<R, SOLVED, M>,
    ) -> Self {
        let (t0, t1, h) = (step.t0, step.t1, step.h);
        let (i0, di0, i1) = (step.y0[INFLAMMATION], step.f0[INFLAMMATION], step.end.y[INFLAMMATION]);
        let (peaks, troughs) = extrema(di0, step.end.f[INFLAMMATION]);
        let (tumour_tops, nadirs) = extrema(step.f0[TUMOUR_BURDEN], step.end.f[TUMOUR_BURDEN]);
        let (c0, dc0, c1) = (car_t(&step.y0), car_t(&step.f0), car_t(&step.end.y));
        let (car_t_peaks, car_t_troughs) = extrema(dc0, car_t(&step.end.f));
        observer.peak.observe_step_end(first_pass, t1, i1);
        observer.nadir.observe_step_end(first_pass, t1, step.end.y[TUMOUR_BURDEN]);
        observer.car_t_peak.observe_step_end(first_pass, t1, c1);
        Self {
            peaks: lanes & peaks,
            flat_peaks: first_pass & observer.peak.is_at(t0) & observer.history.began_before(t0),
            nadirs: first_pass & nadirs,
            car_t_peaks: first_pass & car_t_peaks,
            severe: observer.severe.observe_step(first_pass, h, i0, i1, di0, peaks | troughs),
            detected: observer.detected.observe_step(first_pass, h, c0, c1, dc0, car_t_peaks | car_t_troughs),
            response: observer.response.observe_step(
                first_pass,
                step.end.y[TUMOUR_BURDEN],
                nadirs,
                tumour_tops,
            ),
        }
    }

    /// Whether there is anything to locate.
    #[inline(always)]
    pub(crate) fn any(&self) -> bool {
        // Without `..`, so that a new feature does not compile until it is looked for.
        let Self { peaks, flat_peaks, nadirs, car_t_peaks, severe, detected, response } = *self;
        let inflammation = peaks | flat_peaks | severe;
        let tumour = nadirs | response;
        (inflammation | tumour | car_t_peaks | detected).any()
    }

    /// Locates everything, and returns the bits of the lanes whose tumour may have crossed a level. Rare.
    #[cold]
    #[inline(never)]
    pub(crate) fn locate<M: OneStepMethod>(
        &self,
        observer: &mut EndpointObserver<'_, R>,
        step: &Step<R, SOLVED, M>,
        drug: &R,
    ) -> u32 {
        let is_in = |mask: R::Mask, lane: usize| mask.bits() >> lane & 1 != 0;
        for lane in 0..R::LANES {
            let (t0_h, h) = (step.t0.lane(lane), step.h.lane(lane));
            let inflammation = || step.dense(lane, INFLAMMATION);
            let peaks = is_in(self.peaks, lane);
            if peaks && observer.refining >> lane & 1 != 0 {
                if let Some((value, time_h)) = turning_point(t0_h, h, &inflammation()) {
                    observer.peak.set(lane, value, time_h);
                }
            } else if peaks && observer.peak.observe_turning_point(lane, t0_h, h, &inflammation()) {
                let (_, peak_h) = observer.peak.get(lane);
                observer.record_peak(lane, peak_h, true, drug.lane(lane));
            } else if is_in(self.flat_peaks, lane) {
                // It may turn anywhere in this step or the one before.
                observer.peak.mark_as_turning_point(lane);
                observer.record_peak(lane, t0_h + h, false, drug.lane(lane));
            }
            if is_in(self.severe, lane) {
                observer.severe.locate_crossings(lane, t0_h, h, &inflammation());
            }
            if is_in(self.nadirs | self.response, lane) {
                let tumour = step.dense(lane, TUMOUR_BURDEN);
                if is_in(self.nadirs, lane) {
                    observer.nadir.observe_turning_point(lane, t0_h, h, &tumour);
                }
                if is_in(self.response, lane) {
                    observer.response.locate_crossings(lane, t0_h, h, &tumour);
                }
            }
            if is_in(self.car_t_peaks | self.detected, lane) {
                let [ce, cm, he, hm] = CAR_T.map(|i| step.dense(lane, i));
                let all: Quartic = (ce + cm) + (he + hm);
                if is_in(self.car_t_peaks, lane) {
                    observer.car_t_peak.observe_turning_point(lane, t0_h, h, &all);
                }
                if is_in(self.detected, lane) {
                    observer.detected.locate_crossings(lane, t0_h, h, &all);
                }
            }
        }
        self.response.bits()
    }
}
