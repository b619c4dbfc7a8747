"""SciPy: solve_ivp with LSODA, one patient after another, right-hand side in plain Python numbers."""

import numpy

import harness
import model
import peaks

TOLERANCE = 1e-8


def prepare():
    from scipy.integrate import solve_ivp

    capacity = model.PARAMETERS.index("l")

    def rates(time, state, coefficient):
        state = state.tolist()
        lymphopenia = max(0.0, 1.0 - model.total_lymphocytes(state) / coefficient[capacity])
        return model.derivatives(state, coefficient, lymphopenia)

    def solve(initial, parameters):
        coefficients = model.coefficients(parameters).T.tolist()
        states = numpy.empty((len(peaks.GRID), *initial.shape))
        for patient, coefficient in enumerate(coefficients):
            solution = solve_ivp(
                rates,
                (0.0, peaks.HOURS),
                initial[:, patient],
                method="LSODA",
                t_eval=peaks.GRID,
                args=(coefficient,),
                rtol=TOLERANCE,
                atol=TOLERANCE,
            )
            states[:, :, patient] = solution.y.T
        return peaks.highest(states, parameters)

    return solve


if __name__ == "__main__":
    harness.main(
        name="SciPy",
        package="scipy",
        method=f"solve_ivp, LSODA, rtol = atol = {TOLERANCE:g}",
        prepare=prepare,
        block=8,
        at_most=256,
    )
