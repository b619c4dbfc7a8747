//! What can be observed of patients while they are solved.

use crate::layout::SOLVED;
use crate::plan::Course;
use cartrial_lanes::Real;
use cartrial_model::Quantities;
use cartrial_ode::{Finish, OneStepMethod, Step};

/// Records something about the patients in the lanes of an ensemble.
///
/// For each patient: [`begin_patient`](Self::begin_patient); then for each segment, that is from one event of the
/// treatment to the next, [`begin_segment`](Self::begin_segment), [`observe_step`](Self::observe_step) after every
/// accepted step, and [`end_segment`](Self::end_segment); then [`end_of_study`](Self::end_of_study), perhaps the steps
/// of one replay or more, and [`finish`](Self::finish).
pub(crate) trait Observer<R: Real> {
    /// Patient number `index` enters a lane with this tumour burden in cells/µL; `y` is what is solved, at t = 0 after
    /// what the treatment does then.
    fn begin_patient(
        &mut self,
        lane: usize,
        index: usize,
        patient: &Quantities,
        burden: f64,
        y: &[f64; SOLVED],
    );

    /// A segment begins at `t_h` in state `y`.
    fn begin_segment(&mut self, _lane: usize, _t_h: f64, _y: &[f64; SOLVED]) {}

    /// A step was accepted in the lanes of `lanes`, under this drug in pg/(mL·h). Returns the bits of the lanes whose
    /// [relapse threshold](Self::relapse_threshold) may have changed.
    ///
    /// Hot code: inline it, and hand a copy of the step to what is not inlined.
    fn observe_step<M: OneStepMethod>(&mut self, lanes: R::Mask, step: &Step<R, SOLVED, M>, drug: &R) -> u32;

    /// From remission on, the tumour burden above which the patient in a lane relapses.
    fn relapse_threshold(&self, lane: usize) -> Option<f64>;

    /// A segment ends at `t_h`.
    fn end_segment(&mut self, _lane: usize, _t_h: f64) {}

    /// The treatment has changed the state at `t_h`, to `y`.
    fn observe_jump(&mut self, _lane: usize, _t_h: f64, _y: &[f64; SOLVED]) {}

    /// The study ends in state `y`. Returns what is to be solved again, if anything.
    fn end_of_study(&mut self, _lane: usize, _y: &[f64; SOLVED]) -> Option<Replay> {
        None
    }

    /// A replay ends at `t_h` in state `y`. Returns what is to be solved again after it, if anything.
    fn end_of_replay(&mut self, _lane: usize, _t_h: f64, _y: &[f64; SOLVED]) -> Option<Replay> {
        None
    }

    /// Whether the lane is in a replay.
    fn is_replaying(&self, _lane: usize) -> bool {
        false
    }

    /// The patient in a lane is done. `course` is what the treatment came to, unless the solve failed.
    fn finish(&mut self, lane: usize, finish: &Finish<SOLVED>, course: Option<Course>);
}

/// A part of a patient's course that is to be solved again.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Replay {
    /// Where it begins.
    pub t_h: f64,
    /// State there.
    pub y: [f64; SOLVED],
    /// Where it ends.
    pub stop_h: f64,
    /// The drug that runs meanwhile, in pg/(mL·h).
    pub drug: f64,
    /// The decay rate that limits the steps of an explicit method, in 1/h.
    pub decay: f64,
    /// The step to try first, if not that of every segment.
    pub first_step_h: Option<f64>,
    /// No step of any method is longer than this.
    pub longest_step_h: f64,
}
