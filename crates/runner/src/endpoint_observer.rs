//! Observes the endpoints of patients, and has the peak of inflammation solved again with short steps.

use crate::extremum::ExtremumTracker;
use crate::layout::{INFLAMMATION_AUC, MAX_LANES, SOLVED, car_t, in_every_lane, states};
use crate::observer::{Observer, Replay};
use crate::outcome::Outcome;
use crate::peak_refinement::{PeakToRefine, Refinement};
use crate::plan::Course;
use crate::response::ResponseTracker;
use crate::simulate::{SELF_SUSTAINED_SCALE, control};
use crate::step_features::StepFeatures;
use crate::step_history::StepHistory;
use crate::time_above::TimeAboveThreshold;
use cartrial_cohort::{Method, Study};
use cartrial_lanes::{Mask, Real};
use cartrial_model::{
    EFFECTOR_CTL, EFFECTOR_HELPER, Endpoint, HOURS_PER_DAY, INFLAMMATION, LYMPHOCYTES, MEMORY_CTL,
    MEMORY_HELPER, Quantities, Quantity, STATE_COUNT, State, TUMOUR_BURDEN, TumourVariable,
};
use cartrial_ode::{Control, Finish, OneStepMethod, Status, Step};

/// The endpoints of the patients in the lanes, and the outcomes of those done.
///
/// A peak of inflammation that is a turning point is solved again; see [`crate::peak_refinement`].
pub(crate) struct EndpointObserver<'a, R: Real> {
    end_h: f64,
    /// The burden of a tumour variable.
    to_burden: fn(f64) -> f64,
    /// The states at the end of the study that the tolerance does not tell from 0: no less is possible.
    least: State<f64>,
    /// Cells/µL below which a tumour is not resolved.
    resolved_from: f64,
    /// How peaks are solved again, if they are.
    refinement: Option<Refinement>,
    patients: [PatientRecord; MAX_LANES],
    pub(crate) peak: ExtremumTracker<R, true>,
    pub(crate) nadir: ExtremumTracker<R, false>,
    pub(crate) car_t_peak: ExtremumTracker<R, true>,
    pub(crate) severe: TimeAboveThreshold<R>,
    pub(crate) detected: TimeAboveThreshold<R>,
    pub(crate) response: ResponseTracker<R>,
    pub(crate) history: StepHistory<R>,
    /// Bit i: the patient in lane i is done but for the refinement of the peak.
    pub(crate) refining: u32,
    outcomes: &'a mut [Option<Outcome>],
}

/// The patient in a lane, and what has to be remembered until the end.
#[derive(Clone, Copy)]
struct PatientRecord {
    index: usize,
    d2: f64,
    p2: f64,
    peak: PeakToRefine,
    /// State at the end of the study.
    end: [f64; SOLVED],
}

impl<'a, R: Real> EndpointObserver<'a, R> {
    /// The tumour is observed as the variable `V`.
    pub(crate) fn new<V: TumourVariable>(
        study: &Study,
        end_h: f64,
        outcomes: &'a mut [Option<Outcome>],
    ) -> Self {
        let nobody = PatientRecord {
            index: 0,
            d2: 1.0,
            p2: 0.0,
            peak: PeakToRefine {
                start: (0.0, [0.0; SOLVED], 0.0),
                before_h: 0.0,
                is_located: false,
                until_h: 0.0,
            },
            end: [0.0; SOLVED],
        };
        Self {
            end_h,
            to_burden: V::to_burden,
            least: least_states(study),
            resolved_from: resolved_from(study.solver.method),
            refinement: Refinement::of(&study.solver),
            patients: in_every_lane::<R, _>(nobody),
            peak: ExtremumTracker::new(),
            nadir: ExtremumTracker::new(),
            car_t_peak: ExtremumTracker::new(),
            severe: TimeAboveThreshold::new(study.endpoints.severe_inflammation),
            detected: TimeAboveThreshold::new(study.endpoints.car_t_detection),
            response: ResponseTracker::new(study.endpoints, V::from_burden),
            history: StepHistory::new(),
            refining: 0,
            outcomes,
        }
    }

    /// A peak that lies before `before_h`, just before it if it `is_located`, is to be solved again from the older point
    /// of the history.
    pub(crate) fn record_peak(&mut self, lane: usize, before_h: f64, is_located: bool, drug: f64) {
        let (t_h, y) = self.history.older(lane);
        self.patients[lane].peak =
            PeakToRefine { start: (t_h, y, drug), before_h, is_located, until_h: f64::INFINITY };
    }

    /// Whether a state of the patient who is done in a lane is below 0 by more than the tolerance. Lymphocytes are
    /// produced at rate p2, so that none are too few: below 0 there is an equilibrium, from which the solution flees and on
    /// which long implicit steps land.
    fn ended_negative(&self, lane: usize) -> bool {
        let PatientRecord { end, p2, .. } = &self.patients[lane];
        let below = states(end).iter().zip(self.least).any(|(state, least)| *state < least);
        below || (end[LYMPHOCYTES] < 0.0 && *p2 > 0.0)
    }

    /// Whether the tumour has been too small to be resolved and grew back.
    fn grew_from_nothing(&self, values: &[f64; Endpoint::COUNT]) -> bool {
        values[Endpoint::TumourNadir.index()] < self.resolved_from
            && values[Endpoint::TumourBurdenEnd.index()] >= self.resolved_from
    }

    /// Every endpoint of the patient who was solved to the end, and whether these are values that a patient can have.
    fn solved(&self, lane: usize, course: &Course) -> (Status, [f64; Endpoint::COUNT]) {
        let values = self.values(lane, course);
        let status = if self.ended_negative(lane) {
            Status::NegativeState
        } else if values.iter().any(|value| value.is_infinite()) {
            Status::NonFinite
        } else if self.grew_from_nothing(&values) {
            Status::Underflow
        } else {
            Status::Completed
        };
        (status, values)
    }

    /// Every endpoint of the patient who is done in a lane.
    fn values(&self, lane: usize, course: &Course) -> [f64; Endpoint::COUNT] {
        let mut end = states(&self.patients[lane].end);
        let tumour_burden_end = (self.to_burden)(end[TUMOUR_BURDEN]).max(0.0);
        for i in (0..STATE_COUNT).filter(|i| *i != TUMOUR_BURDEN) {
            end[i] = end[i].max(0.0);
        }
        let auc = self.patients[lane].end[INFLAMMATION_AUC].max(0.0);
        let (indicator, day) = (|is: bool| f64::from(u8::from(is)), |hours: f64| hours / HOURS_PER_DAY);
        let censored_day = |time_h: Option<f64>| day(time_h.unwrap_or(self.end_h));

        // What was solved again may end up below what came later, by an error of the tolerance.
        let (peak, peak_h) = match self.peak.get(lane) {
            (peak, _) if peak < end[INFLAMMATION] => (end[INFLAMMATION], self.end_h),
            refined => refined,
        };
        let severe_h = self.severe.first_h(lane);
        let (nadir, nadir_h) = self.nadir.get(lane);
        let (car_t_peak, car_t_peak_h) = self.car_t_peak.get(lane);
        let response = self.response.times(lane);
        let after_remission = |value: f64| if response.remission_h.is_some() { value } else { f64::NAN };
        // Without `_`, so that a new endpoint does not compile until it is computed.
        Endpoint::ALL.map(|endpoint| match endpoint {
            Endpoint::PeakInflammation => peak,
            Endpoint::TimeOfPeak => day(peak_h),
            Endpoint::InflammationAuc => day(auc),
            Endpoint::TumourNadir => (self.to_burden)(nadir).max(0.0),
            Endpoint::TimeOfNadir => day(nadir_h),
            Endpoint::TumourBurdenEnd => tumour_burden_end,
            Endpoint::InflammationEnd => end[INFLAMMATION],
            Endpoint::EffectorCtlEnd => end[EFFECTOR_CTL],
            Endpoint::MemoryCtlEnd => end[MEMORY_CTL],
            Endpoint::EffectorHelperEnd => end[EFFECTOR_HELPER],
            Endpoint::MemoryHelperEnd => end[MEMORY_HELPER],
            Endpoint::LymphocytesEnd => end[LYMPHOCYTES],
            Endpoint::SevereInflammation => indicator(severe_h.is_finite()),
            Endpoint::SevereInflammationDay => day(severe_h.min(self.end_h)),
            Endpoint::DaysSevere => day(self.severe.hours(lane)),
            Endpoint::Remission => indicator(response.remission_h.is_some()),
            Endpoint::RemissionDay => censored_day(response.remission_h),
            Endpoint::Relapse => after_remission(indicator(response.relapse_h.is_some())),
            Endpoint::RelapseDay => after_remission(censored_day(response.relapse_h)),
            Endpoint::RemissionAtEnd => indicator(self.response.is_in_remission(lane, end[TUMOUR_BURDEN])),
            Endpoint::CarTPeak => car_t_peak,
            Endpoint::TimeOfCarTPeak => day(car_t_peak_h),
            Endpoint::CarTPersistence => day(self.detected.hours(lane)),
            Endpoint::CarTGiven => course.car_t_given,
            Endpoint::SuppressantGiven => course.suppressant_given,
            Endpoint::Rescues => f64::from(course.rescues_begun()),
        })
    }
}

/// For every state the least value that stands for 0; a logarithm of the tumour has none.
fn least_states(study: &Study) -> State<f64> {
    let Control { tolerance, absolute, .. } = control(study);
    let mut least = states(&absolute.map(|absolute| -tolerance * absolute));
    if study.solver.method == Method::Rodas5P {
        least[TUMOUR_BURDEN] = f64::NEG_INFINITY;
    }
    least
}

/// The burden in cells/µL from which a tumour is resolved: an explicit method, which solves B, has no relative accuracy
/// where numbers are about to end. A logarithm does not end there.
fn resolved_from(method: Method) -> f64 {
    match method {
        Method::Rodas5P => 0.0,
        Method::Tsit5 | Method::Dopri5 | Method::Bs3 | Method::Rk4 { .. } => 1e10 * SELF_SUSTAINED_SCALE,
    }
}

impl<R: Real> Observer<R> for EndpointObserver<'_, R> {
    fn begin_patient(
        &mut self,
        lane: usize,
        index: usize,
        patient: &Quantities,
        _burden: f64,
        y: &[f64; SOLVED],
    ) {
        // Without `..`, so that a new tracker does not compile until it starts again with every patient.
        let Self {
            patients,
            peak,
            nadir,
            car_t_peak,
            severe,
            detected,
            response,
            refining,
            end_h: _,
            to_burden: _,
            least: _,
            resolved_from: _,
            refinement: _,
            history: _,
            outcomes: _,
        } = self;
        (patients[lane].index, patients[lane].d2) = (index, patient[Quantity::D2]);
        patients[lane].p2 = patient[Quantity::P2];
        *refining &= !(1 << lane);
        peak.restart(lane, y[INFLAMMATION]);
        nadir.restart(lane, y[TUMOUR_BURDEN]);
        car_t_peak.restart(lane, car_t(y));
        severe.restart(lane, y[INFLAMMATION]);
        detected.restart(lane, car_t(y));
        response.restart(lane, patient[Quantity::TumourBurden], y[TUMOUR_BURDEN]);
    }

    fn begin_segment(&mut self, lane: usize, t_h: f64, y: &[f64; SOLVED]) {
        let relaxation_times = self.refinement.map_or(f64::INFINITY, |refinement| refinement.starts_before);
        self.history.restart(lane, t_h, y, relaxation_times / self.patients[lane].d2);
    }

    #[inline(always)]
    fn observe_step<M: OneStepMethod>(&mut self, lanes: R::Mask, step: &Step<R, SOLVED, M>, drug: &R) -> u32 {
        let first_pass = lanes & R::Mask::from_bits(!self.refining);
        let features = StepFeatures::of_step(self, lanes, first_pass, step);
        let mut responses = 0;
        if features.any() {
            let copy = *step;
            responses = features.locate(self, &copy, drug);
        }
        // Only what rises is going to peak.
        let rising = R::splat(0.0).lt(step.end.f[INFLAMMATION]);
        self.history.record_step(first_pass & rising, step);
        responses
    }

    fn relapse_threshold(&self, lane: usize) -> Option<f64> {
        self.response.relapse_threshold(lane)
    }

    fn end_segment(&mut self, lane: usize, t_h: f64) {
        let until_h = &mut self.patients[lane].peak.until_h;
        *until_h = until_h.min(t_h);
    }

    fn observe_jump(&mut self, lane: usize, t_h: f64, y: &[f64; SOLVED]) {
        self.car_t_peak.observe(lane, car_t(y), t_h);
        self.detected.observe_jump(lane, car_t(y), t_h);
    }

    fn end_of_study(&mut self, lane: usize, y: &[f64; SOLVED]) -> Option<Replay> {
        let patient = &mut self.patients[lane];
        patient.end = *y;
        let refinement = self.refinement.filter(|_| self.peak.is_turning_point(lane))?;
        self.refining |= 1 << lane;
        Some(patient.peak.first_replay(refinement, patient.d2))
    }

    fn end_of_replay(&mut self, lane: usize, t_h: f64, y: &[f64; SOLVED]) -> Option<Replay> {
        let patient = &self.patients[lane];
        patient.peak.next_replay(self.refinement?, patient.d2, t_h, y)
    }

    fn is_replaying(&self, lane: usize) -> bool {
        self.refining >> lane & 1 != 0
    }

    fn finish(&mut self, lane: usize, finish: &Finish<SOLVED>, course: Option<Course>) {
        // Without a course the solve has failed.
        let solved = course.map(|course| self.solved(lane, &course));
        let (status, values) = solved.unwrap_or((finish.status, [f64::NAN; Endpoint::COUNT]));
        let reached_h = if solved.is_some() { self.end_h } else { finish.t };
        let is_failed = status != Status::Completed;
        self.outcomes[self.patients[lane].index] = Some(Outcome {
            status,
            failed_at_day: is_failed.then_some(reached_h / HOURS_PER_DAY),
            steps: finish.accepted + finish.rejected,
            rejected: finish.rejected,
            values: if is_failed { [f64::NAN; Endpoint::COUNT] } else { values },
        });
    }
}
