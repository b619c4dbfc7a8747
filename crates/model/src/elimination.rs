//! Linear systems with the matrix σ − J of the equations, by elimination in an order that leaves three unknowns.

use crate::jacobian::{Branch, Partials};
use crate::rhs::CarT;
use crate::state::State;
use crate::tumour::LogBurden;
use cartrial_lanes::Real;

/// The matrix σ − J of [`Reading::Curated`](crate::Reading::Curated) with any growth law, factorised.
///
/// J is sparse but for what three scalars bring into it: with u the unknown, the changes
///
/// ```text
/// α = A_v u_v + A_I u_I + A_Cm u_Cm + A_He u_He      of the memory CTL that are activated,
/// γ = G_v u_v + G_I u_I + G_Hm u_Hm                  of the memory helper T cells that are activated,
/// τ = B u_v + u_Ce + u_Cm + u_He + u_Hm + u_L        of the total of lymphocytes.
/// ```
///
/// For given α, γ and τ the seven rows are solved one after the other, in the order Ce, He, v, I, Cm, Hm, L:
///
/// ```text
/// (σ + d3) u_Ce = b_Ce + 2ⁿ α                (σ − r2 x) u_Cm = b_Cm − α − r2 Cm τ/ℓ
/// (σ + d4) u_He = b_He + 2ⁿ γ                (σ − r3 x) u_Hm = b_Hm − γ − r3 Hm τ/ℓ
/// (σ − g′) u_v  = b_v − d1 u_Ce              (σ + d5 − r4 x) u_L = b_L − r4 L τ/ℓ
/// (σ + d2) u_I  = b_I + p1 B ((Ce + He) u_v + u_Ce + u_He)
/// ```
///
/// So each unknown is a known number plus multiples of α, γ and τ; put into their definitions, these are three
/// equations for the three, and nothing is filled in.
///
/// There is no pivoting. σ = 1/(γh) of a Rosenbrock method is above the rates at which the solution changes, or the
/// step is not accurate and is rejected for that: the divisors σ − r x vanish for a step of 1/(0.2 r x) ≥ 47 h over
/// which memory cells would multiply by e⁵. Where a divisor or the determinant of the three equations does vanish, the
/// lane's solution is not finite, its error is not a number, and the integrator rejects the step and tries a shorter.
#[derive(Clone, Copy, Debug)]
pub struct Factors<R> {
    partials: Partials<R>,
    /// 1/(σ + d3) and 2ⁿ/(σ + d3); the same for He.
    effector_ctl: [R; 2],
    effector_helper: [R; 2],
    /// 1/(σ − g′), and that times −d1.
    tumour: [R; 2],
    /// 1/(σ + d2), and that times the derivatives of the production by v and by Ce and He.
    inflammation: [R; 3],
    /// 1/(σ − r x), and that times r y/ℓ, of Cm, Hm and L.
    memory_ctl: [R; 2],
    memory_helper: [R; 2],
    lymphocytes: [R; 2],
    /// How u_v and u_I change with α, and u_I with γ.
    tumour_by_alpha: R,
    inflammation_by: [R; 2],
    /// The inverse of the three equations' matrix.
    inverse: [[R; 3]; 3],
}

impl<R: Real, const PAPER: bool> CarT<R, LogBurden, PAPER> {
    /// Factorises `sigma` − J at the state `y`, with σ in 1/h.
    ///
    /// # Panics
    /// If the reading is not the curated one; see [`CarT::jacobian`] for any.
    #[inline(always)]
    pub fn factorise(&self, y: &State<R>, branch: Branch<R>, sigma: R) -> Factors<R> {
        assert!(
            self.spec().reading == crate::Reading::Curated,
            "the elimination is that of the curated reading"
        );
        let (zero, one) = (R::splat(0.0), R::splat(1.0));
        let p = self.partials(y, branch);
        let [_, _, _, cm, _, hm, l] = *y;
        let two_to_n = zero - self.minus_two_to_n;

        let effector_ctl = one / (sigma - self.minus_d3);
        let effector_ctl = [effector_ctl, two_to_n * effector_ctl];
        let effector_helper = one / (sigma - self.minus_d4);
        let effector_helper = [effector_helper, two_to_n * effector_helper];
        let tumour = one / (sigma - p.growth);
        let tumour = [tumour, tumour * self.minus_d1];
        let [by_v, by_cells, _] = p.production;
        let inflammation = one / (sigma + p.decay);
        let inflammation = [inflammation, inflammation * by_v, inflammation * by_cells];
        let memory_ctl = dividing(&p, sigma, self.r2, cm, zero);
        let memory_helper = dividing(&p, sigma, self.r3, hm, zero);
        let lymphocytes = dividing(&p, sigma, self.r4, l, self.minus_d5);

        let tumour_by_alpha = tumour[1] * effector_ctl[1];
        let inflammation_by_alpha =
            inflammation[1].mul_add(tumour_by_alpha, inflammation[2] * effector_ctl[1]);
        let inflammation_by_gamma = inflammation[2] * effector_helper[1];

        let [a_v, a_i, a_cm, a_he] = p.activated_ctl;
        let [g_v, g_i, g_hm] = p.activated_helper;
        let alpha = [
            a_v.neg_mul_add(
                tumour_by_alpha,
                a_i.neg_mul_add(inflammation_by_alpha, a_cm.mul_add(memory_ctl[0], one)),
            ),
            a_i.neg_mul_add(inflammation_by_gamma, zero - a_he * effector_helper[1]),
            a_cm * memory_ctl[1],
        ];
        let gamma = [
            g_v.neg_mul_add(tumour_by_alpha, zero - g_i * inflammation_by_alpha),
            g_i.neg_mul_add(inflammation_by_gamma, g_hm.mul_add(memory_helper[0], one)),
            g_hm * memory_helper[1],
        ];
        let tau = [
            p.burden.neg_mul_add(tumour_by_alpha, memory_ctl[0] - effector_ctl[1]),
            memory_helper[0] - effector_helper[1],
            (one + memory_ctl[1]) + (memory_helper[1] + lymphocytes[1]),
        ];
        Factors {
            partials: p,
            effector_ctl,
            effector_helper,
            tumour,
            inflammation,
            memory_ctl,
            memory_helper,
            lymphocytes,
            tumour_by_alpha,
            inflammation_by: [inflammation_by_alpha, inflammation_by_gamma],
            inverse: inverse([alpha, gamma, tau]),
        }
    }
}

impl<R: Real> Factors<R> {
    /// u with (σ − J) u = `b`.
    #[inline(always)]
    pub fn solve(&self, b: &State<R>) -> State<R> {
        let [b_v, b_i, b_ce, b_cm, b_he, b_hm, b_l] = *b;
        let p = &self.partials;
        // With α = γ = τ = 0.
        let ce = self.effector_ctl[0] * b_ce;
        let he = self.effector_helper[0] * b_he;
        let v = self.tumour[1].mul_add(ce, self.tumour[0] * b_v);
        let i = self.inflammation[1]
            .mul_add(v, self.inflammation[2].mul_add(ce + he, self.inflammation[0] * b_i));
        let cm = self.memory_ctl[0] * b_cm;
        let hm = self.memory_helper[0] * b_hm;
        let l = self.lymphocytes[0] * b_l;

        let [a_v, a_i, a_cm, a_he] = p.activated_ctl;
        let [g_v, g_i, g_hm] = p.activated_helper;
        let known = [
            a_i.mul_add(i, a_v.mul_add(v, a_cm.mul_add(cm, a_he * he))),
            g_i.mul_add(i, g_v.mul_add(v, g_hm * hm)),
            p.burden.mul_add(v, (ce + he) + ((cm + hm) + l)),
        ];
        let of_row = |row: &[R; 3]| row[0].mul_add(known[0], row[1].mul_add(known[1], row[2] * known[2]));
        let [alpha, gamma, tau] =
            [of_row(&self.inverse[0]), of_row(&self.inverse[1]), of_row(&self.inverse[2])];

        [
            self.tumour_by_alpha.mul_add(alpha, v),
            self.inflammation_by[0].mul_add(alpha, self.inflammation_by[1].mul_add(gamma, i)),
            self.effector_ctl[1].mul_add(alpha, ce),
            self.memory_ctl[1].neg_mul_add(tau, self.memory_ctl[0].neg_mul_add(alpha, cm)),
            self.effector_helper[1].mul_add(gamma, he),
            self.memory_helper[1].neg_mul_add(tau, self.memory_helper[0].neg_mul_add(gamma, hm)),
            self.lymphocytes[1].neg_mul_add(tau, l),
        ]
    }
}

// Hot code calls functions that are inlined for certain: a closure might be compiled without the lanes' instructions.

/// 1/(σ − r x + death) of cells that divide at rate r x, and that times r y/ℓ.
#[inline(always)]
fn dividing<R: Real>(p: &Partials<R>, sigma: R, rate: R, cells: R, minus_death: R) -> [R; 2] {
    let inverse = R::splat(1.0) / (sigma - rate.mul_add(p.lymphopenia, minus_death));
    [inverse, ((rate * cells) * p.crowding) * inverse]
}

#[inline(always)]
fn product<R: Real>(row: &[R; 3], column: &[R; 3]) -> R {
    row[0].mul_add(column[0], row[1].mul_add(column[1], row[2] * column[2]))
}

/// The inverse of a matrix of three rows, by its adjugate.
#[inline(always)]
fn inverse<R: Real>([a, b, c]: [[R; 3]; 3]) -> [[R; 3]; 3] {
    let columns = [cross(&b, &c), cross(&c, &a), cross(&a, &b)];
    let scale = R::splat(1.0) / product(&a, &columns[0]);
    let mut out = columns;
    for i in 0..3 {
        for j in 0..3 {
            out[i][j] = columns[j][i] * scale;
        }
    }
    out
}

/// The vector product.
#[inline(always)]
fn cross<R: Real>(a: &[R; 3], b: &[R; 3]) -> [R; 3] {
    [
        a[2].neg_mul_add(b[1], a[1] * b[2]),
        a[0].neg_mul_add(b[2], a[2] * b[0]),
        a[1].neg_mul_add(b[0], a[0] * b[1]),
    ]
}
