//! The variable in which the tumour is solved: its burden, or the logarithm of it.

use cartrial_lanes::Real;
use std::fmt::Debug;

/// The variable that stands for the tumour in a [`State`](crate::State).
///
/// CAR T cells may leave 10⁻²⁰ cells/µL of a tumour that grows back for a year. In its logarithm an absolute error is
/// a relative error of the burden, however small that is, and exponential growth is a straight line.
pub trait TumourVariable: Copy + Debug + Send + Sync + 'static {
    /// The variable of a burden in cells/µL.
    fn from_burden(burden: f64) -> f64;
    /// The burden in cells/µL of a variable.
    fn to_burden(variable: f64) -> f64;
    /// How much the variable changes, near `variable`, for each relative change of the burden.
    fn per_relative_change(variable: f64) -> f64;
    /// The burden in cells/µL, lane by lane, as the equations need it.
    fn burden<R: Real>(variable: R) -> R;
    /// ln B, lane by lane.
    fn ln_burden<R: Real>(variable: R) -> R;
    /// The derivative of the variable, of dB/dt = `burden` · `per_capita`, with the latter in 1/h.
    fn derivative<R: Real>(burden: R, per_capita: R) -> R;
}

/// The burden B itself, in cells/µL, as the paper solves it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Burden;

/// ln B. No tumour at all, B = 0, is [`LogBurden::NO_TUMOUR`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogBurden;

impl TumourVariable for Burden {
    fn from_burden(burden: f64) -> f64 {
        burden
    }

    fn to_burden(variable: f64) -> f64 {
        variable
    }

    fn per_relative_change(variable: f64) -> f64 {
        variable
    }

    #[inline(always)]
    fn burden<R: Real>(variable: R) -> R {
        variable
    }

    #[inline(always)]
    fn ln_burden<R: Real>(variable: R) -> R {
        let mut out = variable.max(R::splat(f64::MIN_POSITIVE));
        for lane in 0..R::LANES {
            out.set_lane(lane, libm::log(out.lane(lane)));
        }
        out
    }

    #[inline(always)]
    fn derivative<R: Real>(burden: R, per_capita: R) -> R {
        burden * per_capita
    }
}

impl LogBurden {
    /// Stands for ln 0. It is so low that no growth within a study makes a cell of it, and finite, so that arithmetic
    /// with it stays finite.
    pub const NO_TUMOUR: f64 = -1e6;
}

impl TumourVariable for LogBurden {
    fn from_burden(burden: f64) -> f64 {
        if burden > 0.0 { libm::log(burden) } else { Self::NO_TUMOUR }
    }

    fn to_burden(variable: f64) -> f64 {
        libm::exp(variable)
    }

    fn per_relative_change(_variable: f64) -> f64 {
        1.0
    }

    /// At least e⁻⁶⁰⁰, which no other equation can tell from 0.
    #[inline(always)]
    fn burden<R: Real>(variable: R) -> R {
        variable.exp()
    }

    #[inline(always)]
    fn ln_burden<R: Real>(variable: R) -> R {
        variable
    }

    #[inline(always)]
    fn derivative<R: Real>(_burden: R, per_capita: R) -> R {
        per_capita
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burden_comes_back_from_its_logarithm_and_none_stays_none() {
        for burden in [1e-300, 1e-20, 0.5, 4800.0] {
            let back = LogBurden::to_burden(LogBurden::from_burden(burden));
            assert!((back / burden - 1.0).abs() < 1e-13, "{burden}: {back}");
        }
        assert_eq!(LogBurden::to_burden(LogBurden::from_burden(0.0)), 0.0);
        assert_eq!(Burden::to_burden(Burden::from_burden(0.5)), 0.5);
    }
}
