//! The Jacobian of the equations with the tumour as ln B, written out.

use crate::rhs::CarT;
use crate::spec::{Growth, Reading};
use crate::state::{
    EFFECTOR_CTL as CE, EFFECTOR_HELPER as HE, INFLAMMATION as I, LYMPHOCYTES as L, MEMORY_CTL as CM,
    MEMORY_HELPER as HM, STATE_COUNT, State, TUMOUR_BURDEN as V,
};
use crate::tumour::LogBurden;
use cartrial_lanes::Real;

/// Where the right-hand side is differentiated, beside its state.
#[derive(Clone, Copy, Debug)]
pub struct Branch<R: Real> {
    /// The lanes with 1 − T/ℓ > 0. On the kink itself, where a state does not tell, this says on which side to go on.
    pub lymphopenic: R::Mask,
    /// The lanes in which inflammation is held at 0.
    pub held: R::Mask,
}

/// The partial derivatives of everything that is not linear, with v = ln B.
///
/// Three fluxes couple the equations: A, the memory CTL that are activated; S, which is A but in
/// [`Reading::Printed`], the births of effector CTL per 2ⁿ; and G, the memory helper T cells that are activated. Of
/// them, and of lymphopenia, the Jacobian is made up.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Partials<R> {
    /// B.
    pub burden: R,
    /// ∂(d ln B/dt)/∂v.
    pub growth: R,
    /// ∂(dI/dt) by v, Ce and He.
    pub production: [R; 3],
    /// d2, or 0 where inflammation is held.
    pub decay: R,
    /// ∂A by v, I, Cm and He.
    pub activated_ctl: [R; 4],
    /// ∂S by v, I, Cm and He.
    pub born_ctl: [R; 4],
    /// ∂G by v, I and Hm.
    pub activated_helper: [R; 3],
    /// x = max(0, 1 − T/ℓ).
    pub lymphopenia: R,
    /// −∂x/∂T = 1/ℓ, or 0 where x = 0.
    pub crowding: R,
}

impl<R: Real, const PAPER: bool> CarT<R, LogBurden, PAPER> {
    /// The partial derivatives at the state `y`.
    #[inline(always)]
    pub(crate) fn partials(&self, y: &State<R>, branch: Branch<R>) -> Partials<R> {
        let [v, i, ce, cm, he, hm, _] = *y;
        let (zero, one) = (R::splat(0.0), R::splat(1.0));
        let c = self;
        let b = v.exp();

        let inverse = one / i.mul_add(i, c.b_squared);
        let hill = (i * i) * inverse;
        let hill_by_i = ((i + i) * c.b_squared) * (inverse * inverse);
        let help = c.a2.mul_add(he, one);
        let minus_a1_b = c.minus_a1 * b;
        let a1_b = zero - minus_a1_b;
        let encounters = (a1_b * cm) * help;
        let by_memory = a1_b * help;
        let by_helper = (a1_b * cm) * c.a2;
        let activated_ctl = [encounters * hill, encounters * hill_by_i, by_memory * hill, by_helper * hill];
        let born_ctl = match self.spec().reading {
            Reading::Curated => activated_ctl,
            Reading::Printed => [encounters * i, encounters, by_memory * i, by_helper * i],
        };
        let a3_b = zero - c.minus_a3 * b;
        let helper_encounters = a3_b * hm;

        let secreting = match self.spec().reading {
            Reading::Curated => ce + he,
            Reading::Printed => ce,
        };
        let per_cell = R::select(branch.held, zero, c.p1 * b);
        let by_he = match self.spec().reading {
            Reading::Curated => per_cell,
            Reading::Printed => zero,
        };
        Partials {
            burden: b,
            growth: match self.spec().growth {
                Growth::Logistic => c.minus_r1_over_k * b,
                Growth::Gompertz => zero - c.r1,
                Growth::Exponential => zero,
            },
            production: [per_cell * secreting, per_cell, by_he],
            decay: R::select(branch.held, zero, zero - c.minus_d2),
            activated_ctl,
            born_ctl,
            activated_helper: [helper_encounters * hill, helper_encounters * hill_by_i, a3_b * hill],
            lymphopenia: R::select(branch.lymphopenic, self.deficit(b, y), zero),
            crowding: R::select(branch.lymphopenic, zero - c.minus_one_over_l, zero),
        }
    }

    /// ∂fᵢ/∂yⱼ in row i and column j, in the order and units of the states, with ln B in place of B.
    #[inline(always)]
    pub fn jacobian(&self, y: &State<R>, branch: Branch<R>) -> [State<R>; STATE_COUNT] {
        let p = self.partials(y, branch);
        let zero = R::splat(0.0);
        let two_to_n = zero - self.minus_two_to_n;
        let mut j = [[zero; STATE_COUNT]; STATE_COUNT];

        (j[V][V], j[V][CE]) = (p.growth, self.minus_d1);
        [j[I][V], j[I][CE], j[I][HE]] = p.production;
        j[I][I] = zero - p.decay;
        for (column, born, activated) in [(V, 0, 0), (I, 1, 1), (CM, 2, 2), (HE, 3, 3)]
            .map(|(k, s, a)| (k, p.born_ctl[s], p.activated_ctl[a]))
        {
            j[CE][column] = two_to_n * born;
            j[CM][column] = zero - activated;
        }
        j[CE][CE] = self.minus_d3;
        for (column, activated) in [V, I, HM].into_iter().zip(p.activated_helper) {
            j[HE][column] = two_to_n * activated;
            j[HM][column] = zero - activated;
        }
        j[HE][HE] = self.minus_d4;
        for (row, rate) in [(CM, self.r2), (HM, self.r3), (L, self.r4)] {
            let by_total = zero - rate * y[row] * p.crowding;
            j[row][V] = by_total.mul_add(p.burden, j[row][V]);
            for column in [CE, CM, HE, HM, L] {
                j[row][column] = j[row][column] + by_total;
            }
            j[row][row] = rate.mul_add(p.lymphopenia, j[row][row]);
        }
        j[L][L] = j[L][L] + self.minus_d5;
        j
    }

    /// On which side of the kink a step of size `h` from `y` with derivative `f` goes on, and where inflammation is
    /// held.
    ///
    /// A step ends on the kink but for a small share of it. So the side is that of a point a little ahead.
    #[inline(always)]
    pub fn branch(&self, y: &State<R>, f: &State<R>, h: R, held: R::Mask) -> Branch<R> {
        const AHEAD: f64 = 0.01;
        let b = y[0].exp();
        let [v, _, ce, cm, he, hm, l] = *f;
        let total_rate = v.mul_add(b, l) + ((ce + cm) + (he + hm));
        let ahead = (h * R::splat(AHEAD)) * total_rate;
        let deficit = ahead.mul_add(self.minus_one_over_l, self.deficit(b, y));
        Branch { lymphopenic: R::splat(0.0).lt(deficit), held }
    }
}
