//! Morris' design, for elementary effects.

use super::Factor;
use crate::draws::Draws;
use crate::patient::VirtualPatient;
use crate::population::PopulationSpec;
use crate::sampler::Sampler;
use cartrial_model::Quantity;

/// Levels of the grid that trajectories run on.
const LEVELS: u64 = 4;
/// What a factor moves by: half of the levels.
const STEP: f64 = 0.5;
/// Where a quantity is that does not vary.
const MEDIAN: f64 = 0.5;

/// Morris' design: trajectories through a grid of the population, on which one factor moves after the other.
///
/// A quantity is at one of four equally likely levels, the fractions 1/8, 3/8, 5/8 and 7/8 of its distribution, and moves by
/// two of them: by Δ = 1/2 of its probability, up or down. The first point, the directions and the order of the factors are
/// random. The outer levels of Morris, 0 and 1, do not exist in distributions without ends. Of correlated quantities the levels are
/// those of their independent scores.
///
/// Source: M. D. Morris, *Technometrics* 33, 1991, 161–174; for groups, F. Campolongo, J. Cariboni and A. Saltelli, *Environ.
/// Model. Softw.* 22, 2007, 1509–1518.
#[derive(Clone, Debug)]
pub struct OneAtATime {
    trajectories: u64,
    factors: Vec<Factor>,
    draws: Draws,
    sampler: Sampler,
}

/// A trajectory: where it starts, how each quantity moves, and in which order.
struct Trajectory {
    start: [f64; Quantity::COUNT],
    steps: [f64; Quantity::COUNT],
    order: Vec<usize>,
}

impl OneAtATime {
    /// A design of so many trajectories.
    pub fn new(population: &PopulationSpec, seed: u64, trajectories: u64, factors: Vec<Factor>) -> Self {
        let sampler = Sampler::new(population, seed, trajectories.max(1));
        Self { trajectories, factors, draws: Draws::new(seed), sampler }
    }

    /// The factors.
    pub fn factors(&self) -> &[Factor] {
        &self.factors
    }

    /// How many trajectories.
    pub fn trajectories(&self) -> u64 {
        self.trajectories
    }

    /// Patients of a trajectory: one more than there are factors.
    pub fn patients_of_trajectory(&self) -> u64 {
        self.factors.len() as u64 + 1
    }

    /// The factor that moves in each step of a trajectory, and by how much of its probability. Of a group, whose quantities move up
    /// or down each by itself, it is the size: its effects have no sign.
    pub fn steps(&self, trajectory: u64) -> Vec<(usize, f64)> {
        let Trajectory { steps, order, .. } = self.trajectory(trajectory);
        let step = |factor: usize| match self.factors[factor].quantities[..] {
            [quantity] => steps[quantity.index()],
            _ => STEP,
        };
        order.into_iter().map(|factor| (factor, step(factor))).collect()
    }

    /// Fills in the quantities of patients.
    pub(crate) fn fill(&self, patients: &mut [VirtualPatient]) {
        let of_trajectory = self.patients_of_trajectory();
        let mut current: Option<(u64, Trajectory)> = None;
        for patient in patients {
            let number = patient.id / of_trajectory;
            let trajectory = match current.take() {
                Some((same, trajectory)) if same == number => trajectory,
                _ => self.trajectory(number),
            };
            let mut at = trajectory.start;
            for factor in &trajectory.order[..(patient.id % of_trajectory) as usize] {
                for quantity in &self.factors[*factor].quantities {
                    at[quantity.index()] += trajectory.steps[quantity.index()];
                }
            }
            self.sampler.place(&at, patient);
            current = Some((number, trajectory));
        }
    }

    fn trajectory(&self, number: u64) -> Trajectory {
        let mut start = [MEDIAN; Quantity::COUNT];
        let mut steps = [0.0; Quantity::COUNT];
        for quantity in self.factors.iter().flat_map(|factor| &factor.quantities) {
            let level = below(self.draws.word(&format!("morris/{}", quantity.symbol()), number), LEVELS);
            start[quantity.index()] = (level as f64 + 0.5) / LEVELS as f64;
            steps[quantity.index()] = if level < LEVELS / 2 { STEP } else { -STEP };
        }
        let mut order: Vec<usize> = (0..self.factors.len()).collect();
        let count = order.len() as u64;
        for last in (1..order.len()).rev() {
            let word = self.draws.word("morris/order", number * count + last as u64);
            order.swap(last, below(word, last as u64 + 1) as usize);
        }
        Trajectory { start, steps, order }
    }
}

/// A random number below `count` from a random word: the high half of a product is as uniform as 64 bits can be.
fn below(word: u64, count: u64) -> u64 {
    ((u128::from(word) * u128::from(count)) >> 64) as u64
}
