"""diffrax: explicit Runge-Kutta, a block of patients at once (vmap), compiled by JAX in double precision.

Explicit, because a step costs little, though the decay of inflammation bounds it to about 1.9 h; Kvaerno's implicit
methods take ten times as long, Dopri5, Dopri8, Bosh3 and other step-size control somewhat longer. One process a core,
since XLA runs such a loop on one.
"""

import os

import numpy

import harness
import model
import peaks

BLOCK = 512
TOLERANCE = 1e-8


def prepare():
    os.environ["JAX_PLATFORMS"] = "cpu"
    os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false"
    import diffrax
    import jax

    jax.config.update("jax_enable_x64", True)

    def rates(time, state, coefficient):
        lack = 1.0 - model.total_lymphocytes(state) / coefficient[model.PARAMETERS.index("l")]
        return model.derivatives(state, coefficient, jax.numpy.maximum(0.0, lack))

    def patient(initial, coefficient):
        return diffrax.diffeqsolve(
            diffrax.ODETerm(rates),
            diffrax.Tsit5(),
            t0=0.0,
            t1=peaks.HOURS,
            dt0=None,
            y0=initial,
            args=coefficient,
            saveat=diffrax.SaveAt(ts=peaks.GRID),
            stepsize_controller=diffrax.PIDController(rtol=TOLERANCE, atol=TOLERANCE),
            adjoint=diffrax.ForwardMode(),
            max_steps=16384,
        ).ys

    shapes = [tuple(numpy.ones((len(names), BLOCK))) for names in (model.STATES, model.PARAMETERS)]
    compiled = jax.jit(jax.vmap(patient)).lower(*shapes).compile()

    def solve(initial, parameters):
        patients = initial.shape[1]
        padded = [numpy.pad(rows, ((0, 0), (0, BLOCK - patients)), "edge") for rows in (initial, parameters)]
        states = compiled(tuple(padded[0]), tuple(model.coefficients(padded[1])))
        return peaks.highest(numpy.array(states).transpose(2, 0, 1)[:, :, :patients], parameters)

    return solve


if __name__ == "__main__":
    harness.main(
        name="diffrax",
        package="diffrax",
        method=f"Tsit5, vmap of {BLOCK}, rtol = atol = {TOLERANCE:g}",
        prepare=prepare,
        block=BLOCK,
        at_most=8192,
    )
