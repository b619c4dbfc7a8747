//! How the last hours before a peak of inflammation are solved again.
//!
//! The highest inflammation of most patients is flat: dI/dt = F − d2 I is the small difference of two large numbers,
//! so an error of 10⁻⁹ in I, which is far below any tolerance, moves the time of the peak by minutes. That error is
//! forgotten at rate d2, while the slow states that make up F are accurate. So a patient whose peak is a turning point
//! is taken back, when done, to a point shortly before it and solved from there past the peak with short steps.

use crate::layout::SOLVED;
use crate::observer::Replay;
use cartrial_cohort::{Method, Solver};

/// The steps in which a peak is solved again. All times are in relaxation times 1/d2.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Refinement {
    /// Starts at least this long before the peak: what error inflammation has there decays on the way.
    pub starts_before: f64,
    /// The step to try first, if not that of every segment.
    first_step: Option<f64>,
    /// How long before the peak an approach in longer steps ends, and the longest of these, if there is one.
    approach: Option<(f64, f64)>,
    /// From there no step is longer than this.
    longest_step: f64,
    /// Steps are shorter than an explicit method's stability limit by this factor.
    step_ratio: f64,
    /// Goes on for this long after the time before which the peak seemed to lie: so far may a flat one be misplaced.
    margin: f64,
}

/// Short steps all the way, as they have to be: the error decays by e⁻¹⁰.
const EXPLICIT: Refinement = Refinement {
    starts_before: 10.0,
    first_step: None,
    approach: None,
    longest_step: 0.75,
    step_ratio: 6.0,
    margin: 3.0,
};

/// An L-stable method forgets an error in a few longer steps, so that only the last have to be short: they are for the
/// interpolant, whose error in the time of the peak grows with the fourth power of the step.
const L_STABLE: Refinement = Refinement {
    starts_before: 5.0,
    first_step: Some(0.75),
    approach: Some((2.0, 2.5)),
    longest_step: 0.75,
    step_ratio: 1.0,
    margin: 1.0,
};

impl Refinement {
    /// None where steps are fixed and so do not become shorter.
    pub(crate) fn of(solver: &Solver) -> Option<Self> {
        match solver.method {
            Method::Tsit5 | Method::Dopri5 | Method::Bs3 => Some(EXPLICIT),
            Method::Rodas5P => Some(L_STABLE),
            Method::Rk4 { .. } => None,
        }
    }
}

/// A patient's highest peak so far, and from where it can be solved again.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PeakToRefine {
    /// Time, state and drug shortly before the peak, in the same segment.
    pub start: (f64, [f64; SOLVED], f64),
    /// The peak lies before this time: just before it, or anywhere after `start` if the solution did not tell.
    pub before_h: f64,
    /// Whether it lies just before it.
    pub is_located: bool,
    /// End of the segment that the peak lies in; infinite as long as that goes on.
    pub until_h: f64,
}

impl PeakToRefine {
    /// What is to be solved again first, for a patient with this d2.
    pub(crate) fn first_replay(&self, steps: Refinement, d2: f64) -> Replay {
        let (t_h, y, drug) = self.start;
        let replay = self.last_replay(steps, d2, t_h, y, drug);
        let approach = steps
            .approach
            .filter(|_| self.is_located)
            .map(|(ends_before, longest_step)| (self.before_h - ends_before / d2, longest_step / d2));
        match approach {
            Some((stop_h, longest_step_h)) if t_h < stop_h => Replay { stop_h, longest_step_h, ..replay },
            _ => replay,
        }
    }

    /// What is to be solved again after a replay that ended at `t_h` in state `y`, if that was not the last.
    pub(crate) fn next_replay(
        &self,
        steps: Refinement,
        d2: f64,
        t_h: f64,
        y: &[f64; SOLVED],
    ) -> Option<Replay> {
        let (.., drug) = self.start;
        let next = self.last_replay(steps, d2, t_h, *y, drug);
        (t_h < self.before_h && t_h < next.stop_h).then_some(next)
    }

    /// Past the peak in short steps.
    fn last_replay(&self, steps: Refinement, d2: f64, t_h: f64, y: [f64; SOLVED], drug: f64) -> Replay {
        Replay {
            t_h,
            y,
            stop_h: (self.before_h + steps.margin / d2).min(self.until_h),
            drug,
            decay: steps.step_ratio * d2,
            first_step_h: steps.first_step.map(|step| step / d2),
            longest_step_h: steps.longest_step / d2,
        }
    }
}
