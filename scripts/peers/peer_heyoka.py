"""heyoka: Taylor's method, as many patients side by side as the machine has SIMD lanes.

- Lymphopenia, max(0, 1 - T/l), has a kink. Taylor's method sees no kink within its step and with `relu` would be off
  by 1e-4, so a terminal event at T = l ends the step there and turns the term on or off.
- heyoka's own ensembles copy the integrator, machine code and all, for every batch, which takes longer than solving.
  One integrator a process, set anew for each batch, does without that.
- Patients go sorted by d2, which bounds the step: lanes of a batch then need about as many steps.
- Events that find the peak cost more than the grid of times does, and compact mode more than none.
"""

import numpy

import harness
import model
import peaks

TOLERANCE = 1e-8


def prepare():
    import heyoka

    lanes = heyoka.recommended_simd_size()
    state = heyoka.make_vars("B", "I", "Ce", "Cm", "He", "Hm", "L")
    parameter = [heyoka.par[i] for i in range(len(model.PARAMETERS))]
    lack = 1.0 - model.total_lymphocytes(state) / parameter[model.PARAMETERS.index("l")]
    switch = len(parameter)

    def at_kink(integrator, direction, lane):
        integrator.pars[switch, lane] = direction > 0
        return True

    integrator = heyoka.taylor_adaptive_batch(
        list(zip(state, model.derivatives(state, parameter, heyoka.par[switch] * lack))),
        state=numpy.zeros((len(state), lanes)),
        pars=numpy.ones((switch + 1, lanes)),
        t_events=[heyoka.t_event_batch(lack, callback=at_kink)],
        tol=TOLERANCE,
        fast_math=True,
    )
    grid = numpy.repeat(peaks.GRID[:, None], lanes, axis=1)

    def solve(initial, parameters):
        order = numpy.argsort(parameters[model.PARAMETERS.index("d2")])
        order = numpy.append(order, numpy.repeat(order[-1:], -len(order) % lanes))  # the last batch is filled up
        found = numpy.empty(initial.shape[1])
        initial, parameters = initial[:, order], parameters[:, order]
        lymphopenic = model.total_lymphocytes(initial) < parameters[model.PARAMETERS.index("l")]
        coefficients = numpy.vstack([model.coefficients(parameters), lymphopenic])
        states = numpy.empty((len(grid), *initial.shape))
        for start in range(0, len(order), lanes):
            batch = slice(start, start + lanes)
            integrator.set_time(0.0)
            integrator.reset_cooldowns()
            integrator.state[:], integrator.pars[:] = initial[:, batch], coefficients[:, batch]
            _, states[:, :, batch] = integrator.propagate_grid(grid)
        found[order] = peaks.highest(states, parameters)
        return found

    return solve


if __name__ == "__main__":
    harness.main(
        name="heyoka",
        package="heyoka",
        method=f"Taylor, SIMD batches, event at the kink, tol {TOLERANCE:g}",
        prepare=prepare,
        block=256,
        at_most=65536,
    )
