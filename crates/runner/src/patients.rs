//! A block of patients as an ensemble of initial value problems.

use crate::endpoint::{Endpoint, Outcome};
use crate::simulate::HOURS_PER_DAY;
use crate::watch::{Extreme, MAX_LANES, Wake};
use cartrial_cohort::VirtualPatient;
use cartrial_lanes::{Mask, Real};
use cartrial_model::{CarT, ModelSpec, Quantity, STATE_COUNT};
use cartrial_ode::{Arrival, Ensemble, Finish, Method, Start, Status, Step};

/// The seven states and ∫I dt behind them.
pub(crate) const SOLVED: usize = STATE_COUNT + 1;
const TUMOUR: usize = 0;
const INFLAMMATION: usize = 1;
const INFLAMMATION_AUC: usize = 7;

/// Refinement of a peak starts this many relaxation times 1/d2 before it: what error inflammation has there decays by
/// e⁻¹⁰ on the way.
const REFINEMENT_RELAXATION_TIMES: f64 = 10.0;
/// Steps of the refinement are shorter than the stability limit by this factor.
const REFINEMENT_STEP_RATIO: f64 = 6.0;
/// Refinement goes on for this long after the peak's first estimate, in hours.
const REFINEMENT_MARGIN_H: f64 = 1.0;

/// Patients waiting, patients in the lanes, and outcomes of those done.
///
/// The highest inflammation of most patients is flat: dI/dt = F − d2 I is the small difference of two large numbers,
/// so an error of 10⁻⁹ in I, which is far below any tolerance, moves the time of the peak by minutes. That error is
/// forgotten at rate d2, while the slow states that make up F are accurate. So a patient whose peak is a turning point
/// is taken back, when done, to a point shortly before it and solved from there past the peak with short steps.
pub(crate) struct PatientLanes<'a, R, const PAPER: bool> {
    equations: CarT<R, PAPER>,
    no_drug: R,
    hours: f64,
    first_step_h: f64,
    waiting: std::iter::Enumerate<std::slice::Iter<'a, VirtualPatient>>,
    in_lane: [Patient<'a>; MAX_LANES],
    peak: Extreme<R, true>,
    nadir: Extreme<R, false>,
    wake: Wake<R>,
    /// Bit i: the patient in lane i is done but for the refinement of the peak.
    refining: u32,
    outcomes: &'a mut [Outcome],
}

/// Who is in a lane, and what has to be remembered until done.
#[derive(Clone, Copy)]
struct Patient<'a> {
    index: usize,
    patient: Option<&'a VirtualPatient>,
    /// Time and state shortly before the peak.
    before_peak: (f64, [f64; SOLVED]),
    /// State at the end of the study.
    end: [f64; SOLVED],
}

impl<'a, R: Real, const PAPER: bool> PatientLanes<'a, R, PAPER> {
    pub(crate) fn new(
        spec: ModelSpec,
        hours: f64,
        first_step_h: f64,
        patients: &'a [VirtualPatient],
        outcomes: &'a mut [Outcome],
    ) -> Self {
        let nobody =
            Patient { index: 0, patient: None, before_peak: (0.0, [0.0; SOLVED]), end: [0.0; SOLVED] };
        Self {
            equations: CarT::new(spec),
            no_drug: R::splat(0.0),
            hours,
            first_step_h,
            waiting: patients.iter().enumerate(),
            in_lane: [nobody; MAX_LANES],
            peak: Extreme::of(INFLAMMATION),
            nadir: Extreme::of(TUMOUR),
            wake: Wake::new(),
            refining: 0,
            outcomes,
        }
    }

    /// Looks inside the step in the lanes where inflammation or tumour turn. Rare.
    #[cold]
    #[inline(never)]
    fn look_inside<M: Method>(&mut self, peaks: u32, nadirs: u32, step: &Step<R, SOLVED, M>) {
        for lane in 0..R::LANES {
            if peaks >> lane & 1 != 0 {
                if self.refining >> lane & 1 != 0 {
                    if let Some((value, time_h)) = self.peak.turning_point(lane, step) {
                        self.peak.set(lane, value, time_h);
                    }
                } else if self.peak.meet_turning_point(lane, step) {
                    self.in_lane[lane].before_peak = self.wake.older(lane);
                }
            }
            if nadirs >> lane & 1 != 0 {
                self.nadir.meet_turning_point(lane, step);
            }
        }
    }

    /// The way from shortly before the peak to shortly after it, in small steps.
    fn refinement(&self, lane: usize) -> Option<Start<SOLVED>> {
        let Patient { patient: Some(patient), before_peak: (t, y), .. } = self.in_lane[lane] else {
            return None;
        };
        let (_, peak_h) = self.peak.get(lane);
        let stop = (peak_h + REFINEMENT_MARGIN_H).min(self.hours);
        let decay = REFINEMENT_STEP_RATIO * patient.quantities[Quantity::D2];
        Some(Start { t, y, stop, first_step: self.first_step_h, decay })
    }
}

impl<R: Real, const PAPER: bool> Ensemble<R, SOLVED> for PatientLanes<'_, R, PAPER> {
    const CONTROLLED: usize = STATE_COUNT;

    #[inline(always)]
    fn rhs(&self, _t: R, y: &[R; SOLVED]) -> [R; SOLVED] {
        let [b, i, ce, cm, he, hm, l, _] = *y;
        let [db, di, dce, dcm, dhe, dhm, dl] = self.equations.rhs(&[b, i, ce, cm, he, hm, l], self.no_drug);
        [db, di, dce, dcm, dhe, dhm, dl, i]
    }

    #[inline(always)]
    fn kink(&self, y: &[R; SOLVED]) -> R {
        let [b, i, ce, cm, he, hm, l, _] = *y;
        self.equations.lymphocyte_deficit(&[b, i, ce, cm, he, hm, l])
    }

    fn load(&mut self, lane: usize) -> Option<Start<SOLVED>> {
        let (index, patient) = self.waiting.next()?;
        self.in_lane[lane].index = index;
        self.in_lane[lane].patient = Some(patient);
        self.refining &= !(1 << lane);
        self.equations.set_lane(lane, &patient.quantities);
        let mut y = [0.0; SOLVED];
        y[..STATE_COUNT].copy_from_slice(&patient.quantities.initial_state());
        let decay = patient.quantities[Quantity::D2];
        self.peak.restart(lane, &y);
        self.nadir.restart(lane, &y);
        self.wake.restart(lane, 0.0, &y, REFINEMENT_RELAXATION_TIMES / decay);
        Some(Start { t: 0.0, y, stop: self.hours, first_step: self.first_step_h, decay })
    }

    #[inline(always)]
    fn accepted<M: Method>(&mut self, lanes: R::Mask, step: &Step<R, SOLVED, M>) {
        let first_pass = lanes & R::Mask::from_bits(!self.refining);
        self.peak.meet_end(first_pass, step);
        self.nadir.meet_end(first_pass, step);
        let peaks = self.peak.turns(lanes, step);
        let nadirs = self.nadir.turns(first_pass, step);
        if (peaks | nadirs).any() {
            let copy = *step;
            self.look_inside(peaks.bits(), nadirs.bits(), &copy);
        }
        // Only what rises is going to peak.
        let rising = R::splat(0.0).lt(step.end.f[INFLAMMATION]);
        self.wake.pass(first_pass & rising, step);
    }

    fn arrived(&mut self, lane: usize, _t: f64, y: &[f64; SOLVED]) -> Arrival<SOLVED> {
        if self.refining >> lane & 1 != 0 {
            return Arrival::Done;
        }
        self.in_lane[lane].end = *y;
        match self.refinement(lane) {
            Some(start) if self.peak.is_turning_point(lane) => {
                self.refining |= 1 << lane;
                Arrival::Continue(start)
            }
            _ => Arrival::Done,
        }
    }

    fn finished(&mut self, lane: usize, finish: &Finish<SOLVED>) {
        let mut values = [f64::NAN; Endpoint::COUNT];
        if finish.status == Status::Completed {
            let end = &self.in_lane[lane].end;
            let (peak, peak_h) = self.peak.get(lane);
            let (nadir, nadir_h) = self.nadir.get(lane);
            let mut put = |endpoint: Endpoint, value: f64| values[endpoint.index()] = value;
            put(Endpoint::PeakInflammation, peak);
            put(Endpoint::TimeOfPeak, peak_h / HOURS_PER_DAY);
            put(Endpoint::InflammationAuc, end[INFLAMMATION_AUC] / HOURS_PER_DAY);
            put(Endpoint::TumourNadir, nadir);
            put(Endpoint::TimeOfNadir, nadir_h / HOURS_PER_DAY);
            let first = Endpoint::TumourBurdenEnd.index();
            values[first..first + STATE_COUNT].copy_from_slice(&end[..STATE_COUNT]);
        }
        self.outcomes[self.in_lane[lane].index] = Outcome {
            status: finish.status,
            steps: finish.accepted + finish.rejected,
            rejected: finish.rejected,
            values,
        };
    }
}
