//! A block of patients as an ensemble of initial value problems.

use crate::intervention::Intervention;
use crate::look::Look;
use crate::outcome::Outcome;
use crate::plan::Plan;
use crate::response::Response;
use crate::threshold::TimeAbove;
use crate::watch::{Extreme, MAX_LANES, Wake, in_every_lane};
use cartrial_cohort::{StepSize, Study, VirtualPatient};
use cartrial_lanes::{Mask, Real};
use cartrial_model::{
    CAR_T, CarT, Endpoint, HOURS_PER_DAY, INFLAMMATION, Quantity, STATE_COUNT, State, TUMOUR_BURDEN,
};
use cartrial_ode::{Arrival, Ensemble, Finish, OneStepMethod, Start, Status, Step};

/// The seven states and ∫I dt behind them.
pub(crate) const SOLVED: usize = STATE_COUNT + 1;
const INFLAMMATION_AUC: usize = STATE_COUNT;

/// Refinement of a peak starts this many relaxation times 1/d2 before it: what error inflammation has there decays by
/// e⁻¹⁰ on the way.
const REFINEMENT_RELAXATION_TIMES: f64 = 10.0;
/// Steps of the refinement are shorter than the stability limit by this factor.
const REFINEMENT_STEP_RATIO: f64 = 6.0;
/// Refinement goes on for this many relaxation times, about a full step, after the time before which the peak seemed to
/// lie: so far may a flat one be misplaced at first.
const REFINEMENT_MARGIN_RELAXATION_TIMES: f64 = 3.0;

/// Patients waiting, patients in the lanes, and outcomes of those done, in one arm.
///
/// The highest inflammation of most patients is flat: dI/dt = F − d2 I is the small difference of two large numbers,
/// so an error of 10⁻⁹ in I, which is far below any tolerance, moves the time of the peak by minutes. That error is
/// forgotten at rate d2, while the slow states that make up F are accurate. So a patient whose peak is a turning point
/// is taken back, when done, to a point shortly before it and solved from there past the peak with short steps.
///
/// With `TREATED` the arm's plan goes on after t = 0: the way from one event to the next is a *segment*, within which
/// the right-hand side is smooth. Without, there is one segment and no drug.
pub(crate) struct PatientLanes<'a, R: Real, const PAPER: bool, const TREATED: bool> {
    equations: CarT<R, PAPER>,
    pub(crate) intervention: Intervention<R>,
    hours: f64,
    first_step_h: f64,
    /// Whether peaks are solved again: fixed steps do not become shorter.
    refines: bool,
    waiting: std::iter::Enumerate<std::slice::Iter<'a, VirtualPatient>>,
    pub(crate) in_lane: [Patient<'a>; MAX_LANES],
    pub(crate) peak: Extreme<R, true>,
    pub(crate) nadir: Extreme<R, false>,
    pub(crate) car_t_peak: Extreme<R, true>,
    pub(crate) severe: TimeAbove<R>,
    pub(crate) detected: TimeAbove<R>,
    pub(crate) response: Response<R>,
    pub(crate) wake: Wake<R>,
    /// Bit i: the patient in lane i is done but for the refinement of the peak.
    pub(crate) refining: u32,
    outcomes: &'a mut [Option<Outcome>],
}

/// Who is in a lane, and what has to be remembered until done.
#[derive(Clone, Copy)]
pub(crate) struct Patient<'a> {
    index: usize,
    patient: Option<&'a VirtualPatient>,
    /// Time, state and drug shortly before the peak, in the same segment.
    pub before_peak: (f64, [f64; SOLVED], f64),
    /// The peak lies before this time.
    pub peak_before_h: f64,
    /// End of the segment that the peak lies in; infinite as long as that goes on.
    pub peak_until_h: f64,
    /// State at the end of the study.
    end: [f64; SOLVED],
}

/// The seven states of those solved.
#[inline(always)]
pub(crate) fn states<T: Copy>(y: &[T; SOLVED]) -> State<T> {
    let [b, i, ce, cm, he, hm, l, _] = *y;
    [b, i, ce, cm, he, hm, l]
}

/// All CAR T cells.
#[inline(always)]
pub(crate) fn car_t<R: Real>(y: &[R; SOLVED]) -> R {
    let [ce, cm, he, hm] = CAR_T;
    (y[ce] + y[cm]) + (y[he] + y[hm])
}

impl<'a, R: Real, const PAPER: bool, const TREATED: bool> PatientLanes<'a, R, PAPER, TREATED> {
    pub(crate) fn new(
        study: &Study,
        plan: Plan,
        first_step_h: f64,
        patients: &'a [VirtualPatient],
        outcomes: &'a mut [Option<Outcome>],
    ) -> Self {
        let nobody = Patient {
            index: 0,
            patient: None,
            before_peak: (0.0, [0.0; SOLVED], 0.0),
            peak_before_h: 0.0,
            peak_until_h: 0.0,
            end: [0.0; SOLVED],
        };
        Self {
            equations: CarT::new(study.model),
            hours: plan.end_h,
            intervention: Intervention::new(plan),
            first_step_h,
            refines: study.solver.method.step_size() == StepSize::Adaptive,
            waiting: patients.iter().enumerate(),
            in_lane: in_every_lane::<R, _>(nobody),
            peak: Extreme::new(),
            nadir: Extreme::new(),
            car_t_peak: Extreme::new(),
            severe: TimeAbove::new(study.endpoints.severe_inflammation),
            detected: TimeAbove::new(study.endpoints.car_t_detection),
            response: Response::new(study.endpoints),
            wake: Wake::new(),
            refining: 0,
            outcomes,
        }
    }

    /// Goes on in a lane from this state, until `stop`.
    fn begin_segment(&mut self, lane: usize, t: f64, y: [f64; SOLVED], stop: f64) -> Start<SOLVED> {
        let decay = self.in_lane[lane].patient.map_or(1.0, |p| p.quantities[Quantity::D2]);
        self.wake.restart(lane, t, &y, REFINEMENT_RELAXATION_TIMES / decay);
        Start { t, y, stop, first_step: self.first_step_h, decay }
    }

    /// The way from shortly before the peak to shortly after it, in small steps.
    fn refinement(&self, lane: usize) -> Option<Start<SOLVED>> {
        let Patient { before_peak: (t, y, _), peak_before_h, peak_until_h, .. } = self.in_lane[lane];
        let d2 = self.in_lane[lane].patient?.quantities[Quantity::D2];
        let stop = (peak_before_h + REFINEMENT_MARGIN_RELAXATION_TIMES / d2).min(peak_until_h);
        Some(Start { t, y, stop, first_step: self.first_step_h, decay: REFINEMENT_STEP_RATIO * d2 })
    }

    /// Every endpoint of the patient who is done in a lane.
    fn values(&mut self, lane: usize) -> [f64; Endpoint::COUNT] {
        let mut values = [f64::NAN; Endpoint::COUNT];
        let mut put = |endpoint: Endpoint, value: f64| values[endpoint.index()] = value;
        let end = &self.in_lane[lane].end;
        for (endpoint, value) in Endpoint::AT_END.into_iter().zip(states(end)) {
            put(endpoint, value);
        }
        let (indicator, day) = (|is: bool| f64::from(u8::from(is)), |hours: f64| hours / HOURS_PER_DAY);
        let censored_day = |time_h: Option<f64>| day(time_h.unwrap_or(self.hours));

        // What was solved again may end up below what came later, by an error of the tolerance.
        let (peak, peak_h) = match self.peak.get(lane) {
            (peak, _) if peak < end[INFLAMMATION] => (end[INFLAMMATION], self.hours),
            refined => refined,
        };
        let is_severe = self.severe.first_h(lane).is_finite();
        put(Endpoint::PeakInflammation, peak);
        put(Endpoint::TimeOfPeak, day(peak_h));
        put(Endpoint::InflammationAuc, day(end[INFLAMMATION_AUC]));
        put(Endpoint::SevereInflammation, indicator(is_severe));
        put(Endpoint::SevereInflammationDay, day(self.severe.first_h(lane).min(self.hours)));
        put(Endpoint::DaysSevere, day(self.severe.hours(lane)));

        let (nadir, nadir_h) = self.nadir.get(lane);
        let met = self.response.met(lane);
        put(Endpoint::TumourNadir, nadir);
        put(Endpoint::TimeOfNadir, day(nadir_h));
        put(Endpoint::Remission, indicator(met.remission_h.is_some()));
        put(Endpoint::RemissionDay, censored_day(met.remission_h));
        if met.remission_h.is_some() {
            put(Endpoint::Relapse, indicator(met.relapse_h.is_some()));
            put(Endpoint::RelapseDay, censored_day(met.relapse_h));
        }

        let (car_t_peak, car_t_peak_h) = self.car_t_peak.get(lane);
        put(Endpoint::CarTPeak, car_t_peak);
        put(Endpoint::TimeOfCarTPeak, day(car_t_peak_h));
        put(Endpoint::CarTPersistence, day(self.detected.hours(lane)));
        if let Some(course) = self.intervention.close(lane) {
            put(Endpoint::CarTGiven, course.car_t_given);
            put(Endpoint::SuppressantGiven, course.suppressant_given);
            put(Endpoint::Rescues, f64::from(course.rescues_begun()));
        }
        values
    }
}

impl<R: Real, const PAPER: bool, const TREATED: bool> Ensemble<R, SOLVED>
    for PatientLanes<'_, R, PAPER, TREATED>
{
    const CONTROLLED: usize = STATE_COUNT;
    const TRIGGERED: bool = TREATED;

    #[inline(always)]
    fn rhs(&self, _t: R, y: &[R; SOLVED]) -> [R; SOLVED] {
        let (drug, held) = if TREATED {
            (self.intervention.drug, self.intervention.held)
        } else {
            (R::splat(0.0), R::Mask::none())
        };
        let [db, di, dce, dcm, dhe, dhm, dl] = self.equations.rhs(&states(y), drug, held);
        [db, di, dce, dcm, dhe, dhm, dl, y[INFLAMMATION]]
    }

    #[inline(always)]
    fn kink(&self, y: &[R; SOLVED]) -> R {
        self.equations.lymphocyte_deficit(&states(y))
    }

    #[inline(always)]
    fn trigger(&self, y: &[R; SOLVED], f: &[R; SOLVED]) -> (R, R) {
        self.intervention.trigger(&self.equations, y, f)
    }

    fn load(&mut self, lane: usize) -> Option<Start<SOLVED>> {
        let (index, patient) = self.waiting.next()?;
        let in_lane = &mut self.in_lane[lane];
        (in_lane.index, in_lane.patient) = (index, Some(patient));
        self.refining &= !(1 << lane);
        self.equations.set_lane(lane, &patient.quantities);
        let (state, stop) = self.intervention.begin(lane, &self.equations, &patient.quantities);
        let mut y = [0.0; SOLVED];
        y[..STATE_COUNT].copy_from_slice(&state);
        self.peak.restart(lane, y[INFLAMMATION]);
        self.nadir.restart(lane, y[TUMOUR_BURDEN]);
        self.car_t_peak.restart(lane, car_t(&y));
        self.severe.restart(lane, y[INFLAMMATION]);
        self.detected.restart(lane, car_t(&y));
        self.response.restart(lane, patient.quantities[Quantity::TumourBurden], y[TUMOUR_BURDEN]);
        if let Some(above) = self.response.relapse_level(lane) {
            self.intervention.await_relapse(lane, above);
        }
        Some(self.begin_segment(lane, 0.0, y, stop))
    }

    #[inline(always)]
    fn accepted<M: OneStepMethod>(&mut self, lanes: R::Mask, step: &Step<R, SOLVED, M>) {
        let first_pass = lanes & R::Mask::from_bits(!self.refining);
        let look = Look::meet(self, lanes, first_pass, step);
        if look.any() {
            let copy = *step;
            look.inside(self, &copy);
        }
        // Only what rises is going to peak.
        let rising = R::splat(0.0).lt(step.end.f[INFLAMMATION]);
        self.wake.pass(first_pass & rising, step);
    }

    fn arrived(&mut self, lane: usize, t: f64, y: &[f64; SOLVED]) -> Arrival<SOLVED> {
        if self.refining >> lane & 1 != 0 {
            return Arrival::Done;
        }
        self.in_lane[lane].peak_until_h = self.in_lane[lane].peak_until_h.min(t);
        if TREATED && t < self.hours {
            let mut state = states(y);
            let stop = self.intervention.attend(lane, &self.equations, t, &mut state);
            let mut y = *y;
            y[..STATE_COUNT].copy_from_slice(&state);
            self.car_t_peak.meet(lane, car_t(&y), t);
            self.detected.jump(lane, car_t(&y), t);
            return Arrival::Continue(self.begin_segment(lane, t, y, stop));
        }
        // A fall to 0 is met just below it.
        self.in_lane[lane].end = *y;
        self.in_lane[lane].end[INFLAMMATION] = y[INFLAMMATION].max(0.0);
        match self.refinement(lane) {
            Some(start) if self.refines && self.peak.is_turning_point(lane) => {
                self.refining |= 1 << lane;
                self.intervention.replay(lane, self.in_lane[lane].before_peak.2);
                Arrival::Continue(start)
            }
            _ => Arrival::Done,
        }
    }

    fn finished(&mut self, lane: usize, finish: &Finish<SOLVED>) {
        let completed = finish.status == Status::Completed;
        let values = if completed { self.values(lane) } else { [f64::NAN; Endpoint::COUNT] };
        self.outcomes[self.in_lane[lane].index] = Some(Outcome {
            status: finish.status,
            steps: finish.accepted + finish.rejected,
            rejected: finish.rejected,
            values,
        });
    }
}
