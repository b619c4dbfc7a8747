//! The seven equations, written once over the number type so that one patient and eight cannot drift apart.

use crate::quantity::{Quantities, Quantity};
use crate::spec::{Growth, ModelSpec, Reading};
use crate::state::State;
use crate::tumour::{Burden, TumourVariable};
use cartrial_lanes::Real;
use std::marker::PhantomData;

/// The equations with one patient's parameters in every lane, in 1/h and the units of [`Quantity::unit`].
///
/// With T = B + Ce + Cm + He + Hm + L, x = max(0, 1 − T/ℓ), h = I²/(I² + b²), growth g(B) and drug D:
///
/// ```text
/// dB/dt  = g(B) − d1 B Ce
/// dI/dt  = p0 + p1 B (Ce + He) − d2 I − D
/// dCe/dt = 2ⁿ a1 B Cm (1 + a2 He) h − d3 Ce
/// dCm/dt = r2 Cm x − a1 B Cm (1 + a2 He) h
/// dHe/dt = 2ⁿ a3 B Hm h − d4 He
/// dHm/dt = r3 Hm x − a3 B Hm h
/// dL/dt  = p2 + r4 L x − d5 L
/// ```
///
/// In [`Reading::Printed`] dI/dt = p1 B Ce − d2 I − D and dCe/dt = 2ⁿ a1 B Cm I (1 + a2 He) − d3 Ce.
///
/// At I = 0 the drug removes no more than is produced: as long as D is more than the
/// [production](Self::inflammation_production), inflammation is *held* there, dI/dt = 0. It is for whoever solves the
/// equations to say in which lanes it is held, since a state in itself does not tell: a step on its way through 0 has
/// to see a smooth right-hand side on both sides of it.
///
/// Source: Hanson *et al.* 2016, BIOMD0000000837.
///
/// With `PAPER` the equations are those of [`ModelSpec::default`], known when compiling; without it the reading and the
/// growth law are looked up at every evaluation, which is slower. `V` is the variable that stands for the tumour in a
/// state: with [`LogBurden`](crate::LogBurden) the first entry of a state is ln B, and the first equation its derivative.
#[derive(Clone, Copy, Debug)]
pub struct CarT<R, V = Burden, const PAPER: bool = false> {
    spec: ModelSpec,
    variable: PhantomData<V>,
    // Coefficients with the sign that they have in front of a sum, so that every sum is one of fused multiply-adds.
    pub(crate) minus_two_to_n: R,
    pub(crate) r1: R,
    pub(crate) minus_r1_over_k: R,
    pub(crate) r2: R,
    pub(crate) r3: R,
    pub(crate) r4: R,
    pub(crate) minus_d1: R,
    pub(crate) minus_d2: R,
    pub(crate) minus_d3: R,
    pub(crate) minus_d4: R,
    pub(crate) minus_d5: R,
    p0: R,
    pub(crate) p1: R,
    p2: R,
    pub(crate) minus_a1: R,
    pub(crate) a2: R,
    pub(crate) minus_a3: R,
    pub(crate) b_squared: R,
    pub(crate) minus_one_over_l: R,
    ln_k: R,
}

impl<R: Real, V: TumourVariable, const PAPER: bool> CarT<R, V, PAPER> {
    /// The equations with the standard patient in every lane.
    ///
    /// # Panics
    /// If `PAPER` is set and `spec` is another.
    pub fn new(spec: ModelSpec) -> Self {
        assert!(!PAPER || spec == ModelSpec::default(), "equations compiled for the default");
        let zero = R::splat(0.0);
        let mut equations = Self {
            spec,
            variable: PhantomData,
            minus_two_to_n: zero,
            r1: zero,
            minus_r1_over_k: zero,
            r2: zero,
            r3: zero,
            r4: zero,
            minus_d1: zero,
            minus_d2: zero,
            minus_d3: zero,
            minus_d4: zero,
            minus_d5: zero,
            p0: zero,
            p1: zero,
            p2: zero,
            minus_a1: zero,
            a2: zero,
            minus_a3: zero,
            b_squared: zero,
            minus_one_over_l: zero,
            ln_k: zero,
        };
        for lane in 0..R::LANES {
            equations.set_lane(lane, &Quantities::standard());
        }
        equations
    }

    /// Gives lane `lane` this patient's parameters.
    #[inline(always)]
    pub fn set_lane(&mut self, lane: usize, patient: &Quantities) {
        use Quantity as Q;
        let set = |field: &mut R, value: f64| field.set_lane(lane, value);
        set(&mut self.minus_two_to_n, -libm::exp2(patient[Q::N]));
        set(&mut self.r1, patient[Q::R1]);
        set(&mut self.minus_r1_over_k, -patient[Q::R1] / patient[Q::K]);
        set(&mut self.r2, patient[Q::R2]);
        set(&mut self.r3, patient[Q::R3]);
        set(&mut self.r4, patient[Q::R4]);
        set(&mut self.minus_d1, -patient[Q::D1]);
        set(&mut self.minus_d2, -patient[Q::D2]);
        set(&mut self.minus_d3, -patient[Q::D3]);
        set(&mut self.minus_d4, -patient[Q::D4]);
        set(&mut self.minus_d5, -patient[Q::D5]);
        set(&mut self.p0, patient[Q::P0]);
        set(&mut self.p1, patient[Q::P1]);
        set(&mut self.p2, patient[Q::P2]);
        set(&mut self.minus_a1, -patient[Q::A1]);
        set(&mut self.a2, patient[Q::A2]);
        set(&mut self.minus_a3, -patient[Q::A3]);
        set(&mut self.b_squared, patient[Q::B] * patient[Q::B]);
        set(&mut self.minus_one_over_l, -1.0 / patient[Q::L]);
        set(&mut self.ln_k, libm::log(patient[Q::K]));
    }

    /// p0 + p1 B (Ce + He), or p1 B Ce in [`Reading::Printed`]: what inflammation gains, in pg/(mL·h).
    #[inline(always)]
    pub fn inflammation_production(&self, y: &State<R>) -> R {
        self.production(V::burden(y[0]), y)
    }

    #[inline(always)]
    fn production(&self, b: R, y: &State<R>) -> R {
        let [_, _, ce, _, he, _, _] = *y;
        match self.spec().reading {
            Reading::Curated => (self.p1 * b).mul_add(ce + he, self.p0),
            Reading::Printed => (self.p1 * b) * ce,
        }
    }

    #[inline(always)]
    pub(crate) fn spec(&self) -> ModelSpec {
        if PAPER { ModelSpec::default() } else { self.spec }
    }

    /// dy/dt in 1/h of the state `y`, with `drug` = D ≥ 0 in pg/(mL·h) and inflammation held in the lanes of `held`.
    #[inline(always)]
    pub fn rhs(&self, y: &State<R>, drug: R, held: R::Mask) -> State<R> {
        let [v, i, ce, cm, he, hm, l] = *y;
        let (zero, one) = (R::splat(0.0), R::splat(1.0));
        let b = V::burden(v);

        let lymphopenia = self.deficit(b, y).max(zero);
        let hill = (i * i) / i.mul_add(i, self.b_squared);
        let tumour_hill = b * hill;
        let help = self.a2.mul_add(he, one);
        let minus_a1_memory_help = (self.minus_a1 * cm) * help;
        let minus_memory_ctl_activated = tumour_hill * minus_a1_memory_help;
        let minus_memory_helper_activated = tumour_hill * (self.minus_a3 * hm);

        let growth = match self.spec().growth {
            Growth::Logistic => self.minus_r1_over_k.mul_add(b, self.r1),
            // ln(k/B) has no bound: without this a tumour that rounding leaves below 0 would grow there.
            Growth::Gompertz => R::select(zero.lt(b), self.r1 * (self.ln_k - V::ln_burden(v)), zero),
            Growth::Exponential => self.r1,
        };
        let minus_effector_ctl_born = match self.spec().reading {
            Reading::Curated => minus_memory_ctl_activated,
            Reading::Printed => (b * i) * minus_a1_memory_help,
        };
        let di = self.minus_d2.mul_add(i, self.production(b, y)) - drug;
        [
            V::derivative(b, self.minus_d1.mul_add(ce, growth)),
            R::select(held, zero, di),
            self.minus_two_to_n.mul_add(minus_effector_ctl_born, self.minus_d3 * ce),
            (self.r2 * lymphopenia).mul_add(cm, minus_memory_ctl_activated),
            self.minus_two_to_n.mul_add(minus_memory_helper_activated, self.minus_d4 * he),
            (self.r3 * lymphopenia).mul_add(hm, minus_memory_helper_activated),
            l.mul_add(self.r4.mul_add(lymphopenia, self.minus_d5), self.p2),
        ]
    }

    /// 1 − T/ℓ: where it changes sign, lymphopenia x = max(0, 1 − T/ℓ) has a kink.
    #[inline(always)]
    pub fn lymphocyte_deficit(&self, y: &State<R>) -> R {
        self.deficit(V::burden(y[0]), y)
    }

    #[inline(always)]
    pub(crate) fn deficit(&self, b: R, y: &State<R>) -> R {
        let [_, _, ce, cm, he, hm, l] = *y;
        let total = ((b + l) + (ce + cm)) + (he + hm);
        total.mul_add(self.minus_one_over_l, R::splat(1.0))
    }
}
