//! One arm's treatment on the clock, and how far a patient has come in it.

use cartrial_model::{
    CAR_T, HOURS_PER_DAY, INFLAMMATION, Quantities, Rescue, State, Suppressant, Treatment, When,
};

/// One arm's treatment in hours, the same for all its patients.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub treatment: Treatment,
    /// End of the study.
    pub end_h: f64,
    /// Time and fraction of the dose of every scheduled infusion, in order.
    infusions: Vec<(f64, f64)>,
    /// Time and rate D that holds from then on, of the scheduled drug, in order.
    rates: Vec<(f64, f64)>,
    /// Delay and fraction of the infusion after a relapse.
    after_relapse: Option<(f64, f64)>,
}

/// How far one patient has come in the treatment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Course {
    dose: [f64; 4],
    infusions_given: usize,
    rates_passed: usize,
    rescue: RescueState,
    rescues_ordered: u32,
    /// When the infusion after a relapse is due; infinite as long as there is none.
    second_due_h: f64,
    has_relapsed: bool,
    now_h: f64,
    /// CAR T cells infused so far, in cells/µL.
    pub car_t_given: f64,
    /// ∫ D dt so far, in pg/mL.
    pub suppressant_given: f64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum RescueState {
    None,
    OrderedFor(f64),
    RunningUntil(f64),
}

impl Plan {
    pub(crate) fn new(treatment: &Treatment, days: f64) -> Self {
        // Without `..`, so that whoever adds a part has to decide when it happens.
        let Treatment {
            infusions,
            second_infusion,
            suppressant,
            // A rescue begins when the state triggers it: see `Course`.
            rescue: _,
            // These change the dose or the state at t = 0: see `begin`.
            dose_multiplier: _,
            composition: _,
            lymphodepletion: _,
            bridging: _,
        } = treatment;
        let hours = |day: f64| day * HOURS_PER_DAY;
        let mut infusions: Vec<_> = infusions.iter().map(|i| (hours(i.day), i.fraction)).collect();
        let mut after_relapse = None;
        if let Some(second) = second_infusion {
            match second.when {
                When::Day(day) => infusions.push((hours(day), second.fraction)),
                When::AfterRelapse(days) => after_relapse = Some((hours(days), second.fraction)),
            }
        }
        infusions.sort_by(|a, b| a.0.total_cmp(&b.0));
        Self {
            treatment: treatment.clone(),
            end_h: hours(days),
            infusions,
            rates: rates(suppressant),
            after_relapse,
        }
    }

    /// Whether all that happens happens at t = 0, so that the equations are solved as if there were no treatment.
    pub(crate) fn is_over_at_once(&self) -> bool {
        // Without `..`, so that a new part of a treatment has to be judged here.
        let Treatment {
            infusions,
            second_infusion,
            suppressant,
            rescue,
            // These change the dose or the state at t = 0 and nothing later.
            dose_multiplier: _,
            composition: _,
            lymphodepletion: _,
            bridging: _,
        } = &self.treatment;
        infusions.iter().all(|infusion| infusion.day == 0.0)
            && second_infusion.is_none_or(|second| second.when == When::Day(0.0))
            && suppressant.is_empty()
            && rescue.is_none()
    }

    /// A patient just before t = 0.
    pub(crate) fn begin(&self, patient: &Quantities) -> (Course, State<f64>) {
        let course = Course {
            dose: self.treatment.dose(patient),
            infusions_given: 0,
            rates_passed: 0,
            rescue: RescueState::None,
            rescues_ordered: 0,
            second_due_h: f64::INFINITY,
            has_relapsed: false,
            now_h: 0.0,
            car_t_given: 0.0,
            suppressant_given: 0.0,
        };
        (course, self.treatment.prepare(patient).initial_state())
    }
}

/// The sum of the rates that run, wherever it changes.
fn rates(suppressant: &[Suppressant]) -> Vec<(f64, f64)> {
    let span = |s: &Suppressant| {
        let start = s.day * HOURS_PER_DAY;
        (start, start + s.hours)
    };
    let mut times: Vec<f64> = suppressant.iter().map(span).flat_map(|(from, to)| [from, to]).collect();
    times.sort_by(f64::total_cmp);
    times.dedup();
    let running = |t: f64, s: &&Suppressant| {
        let (from, to) = span(s);
        from <= t && t < to
    };
    let rate = |t: f64| suppressant.iter().filter(|s| running(t, s)).map(|s| s.rate).sum();
    times.into_iter().map(|t| (t, rate(t))).collect()
}

impl Course {
    /// Applies everything that is due at time `t_h`, and what the state triggers.
    pub(crate) fn apply_due(&mut self, plan: &Plan, t_h: f64, state: &mut State<f64>, in_relapse: bool) {
        self.account(plan, t_h);
        if matches!(self.rescue, RescueState::RunningUntil(end) if end <= t_h) {
            self.rescue = RescueState::None;
        }
        if let Some(rescue) = self.rescue_ready(plan).filter(|rescue| state[INFLAMMATION] > rescue.above) {
            self.rescues_ordered += 1;
            self.rescue = RescueState::OrderedFor(t_h + rescue.delay_hours);
        }
        match (self.rescue, plan.treatment.rescue) {
            (RescueState::OrderedFor(start), Some(rescue)) if start <= t_h => {
                self.rescue = RescueState::RunningUntil(t_h + rescue.hours);
            }
            _ => {}
        }
        while plan.rates.get(self.rates_passed).is_some_and(|(time, _)| *time <= t_h) {
            self.rates_passed += 1;
        }
        while let Some(&(_, fraction)) =
            plan.infusions.get(self.infusions_given).filter(|(time, _)| *time <= t_h)
        {
            self.infusions_given += 1;
            self.infuse(fraction, state);
        }
        if let Some((delay, fraction)) = plan.after_relapse {
            if in_relapse && !self.has_relapsed {
                self.has_relapsed = true;
                self.second_due_h = t_h + delay;
            }
            if self.second_due_h <= t_h {
                self.second_due_h = f64::INFINITY;
                self.infuse(fraction, state);
            }
        }
    }

    /// Takes the drug since the last time into account.
    pub(crate) fn account(&mut self, plan: &Plan, t_h: f64) {
        self.suppressant_given += self.drug(plan) * (t_h - self.now_h);
        self.now_h = t_h;
    }

    fn infuse(&mut self, fraction: f64, state: &mut State<f64>) {
        for (i, dose) in CAR_T.into_iter().zip(self.dose) {
            state[i] += fraction * dose;
            self.car_t_given += fraction * dose;
        }
    }

    /// D in pg/(mL·h) from now on.
    pub(crate) fn drug(&self, plan: &Plan) -> f64 {
        let scheduled = self.rates_passed.checked_sub(1).map_or(0.0, |last| plan.rates[last].1);
        match (plan.treatment.rescue, self.rescue) {
            (Some(rescue), RescueState::RunningUntil(_)) => scheduled + rescue.rate,
            _ => scheduled,
        }
    }

    /// When something is due next: the end of the study at the latest.
    pub(crate) fn next_h(&self, plan: &Plan) -> f64 {
        let time = |entry: Option<&(f64, f64)>| entry.map_or(f64::INFINITY, |(time, _)| *time);
        let rescue = match self.rescue {
            RescueState::OrderedFor(t) | RescueState::RunningUntil(t) => t,
            RescueState::None => f64::INFINITY,
        };
        let infusion = time(plan.infusions.get(self.infusions_given)).min(self.second_due_h);
        plan.end_h.min(infusion).min(time(plan.rates.get(self.rates_passed))).min(rescue)
    }

    /// The rescue that inflammation may call for now; none while one is ordered or running, or if none is left.
    pub(crate) fn rescue_ready(&self, plan: &Plan) -> Option<Rescue> {
        let is_free = self.rescue == RescueState::None;
        plan.treatment.rescue.filter(|rescue| is_free && self.rescues_ordered < rescue.at_most)
    }

    /// Rescues begun so far.
    pub(crate) fn rescues_begun(&self) -> u32 {
        self.rescues_ordered - u32::from(matches!(self.rescue, RescueState::OrderedFor(_)))
    }

    /// Whether a relapse is waited for.
    pub(crate) fn awaits_relapse(&self, plan: &Plan) -> bool {
        plan.after_relapse.is_some() && !self.has_relapsed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overlapping_infusions_of_drug_add_up() {
        let infusion = |day, hours, rate| Suppressant { day, hours, rate };
        let found = rates(&[infusion(1.0, 36.0, 150.0), infusion(2.0, 24.0, 100.0)]);
        assert_eq!(found, [(24.0, 150.0), (48.0, 250.0), (60.0, 100.0), (72.0, 0.0)]);
    }

    #[test]
    fn one_rescue_follows_another_where_inflammation_is_still_above() {
        let rescue = Rescue { above: 300.0, delay_hours: 2.0, hours: 10.0, rate: 50.0, at_most: 2 };
        let plan = Plan::new(&Treatment { rescue: Some(rescue), ..Treatment::default() }, 30.0);
        let (mut course, mut state) = plan.begin(&Quantities::standard());
        course.apply_due(&plan, 0.0, &mut state, false);
        assert_eq!((course.rescue_ready(&plan), course.drug(&plan)), (Some(rescue), 0.0));
        state[INFLAMMATION] = 300.1;
        let mut seen = Vec::new();
        for _ in 0..5 {
            let t = if seen.is_empty() { 5.0 } else { course.next_h(&plan) };
            course.apply_due(&plan, t, &mut state, false);
            seen.push((t, course.drug(&plan), course.rescues_begun()));
        }
        assert_eq!(seen[..4], [(5.0, 0.0, 0), (7.0, 50.0, 1), (17.0, 0.0, 1), (19.0, 50.0, 2)]);
        assert_eq!((seen[4], course.next_h(&plan)), ((29.0, 0.0, 2), 720.0));
        assert_eq!((course.suppressant_given, course.rescue_ready(&plan)), (1000.0, None));
    }
}
