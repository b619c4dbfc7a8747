"""The truth that errors are taken against: SciPy's DOP853 at rtol 1e-12, every peak found as a root of its slope."""

import numpy

import harness
import model
import peaks

TOLERANCE = 1e-12


def prepare():
    from scipy.integrate import solve_ivp

    capacity = model.PARAMETERS.index("l")

    def rates(time, state, coefficient):
        state = state.tolist()
        lymphopenia = max(0.0, 1.0 - model.total_lymphocytes(state) / coefficient[capacity])
        return model.derivatives(state, coefficient, lymphopenia)

    def slope(time, state, coefficient):
        return rates(time, state, coefficient)[1]

    slope.direction = -1

    def peak(initial, coefficient):
        solution = solve_ivp(
            rates,
            (0.0, peaks.HOURS),
            initial,
            method="DOP853",
            events=slope,
            args=(coefficient,),
            rtol=TOLERANCE,
            atol=TOLERANCE,
        )
        return max(initial[1], solution.y[1, -1], *(state[1] for state in solution.y_events[0]))

    def solve(initial, parameters):
        return numpy.array([*map(peak, initial.T, model.coefficients(parameters).T.tolist())])

    return solve


if __name__ == "__main__":
    harness.main(
        name="SciPy, the truth",
        package="scipy",
        method=f"solve_ivp, DOP853, rtol = atol = {TOLERANCE:g}, peak by root-finding",
        prepare=prepare,
        block=8,
        at_most=64,
    )
