"""The highest inflammation of a patient, from the states on one grid of times that every peer is asked for.

The grid is fine where inflammation answers within the hour and coarse later. Between its points a quintic is drawn
through inflammation and its first two derivatives, which the equations give. Of 16,384 patients the worst peak so found
is 9e-8 off, which is below the error of any solver at the tolerances compared here.
"""

import os

import numpy
from numpy.polynomial import polynomial

from model import PARAMETERS, coefficients, derivatives

HOURS = 24.0 * float(os.environ.get("PEERS_DAYS", 30))
FIRST = 720.0 * numpy.expm1(numpy.linspace(0.0, 4.0, 160)) / numpy.expm1(4.0)
# Later than 30 days the last spacing of these goes on.
LATER = numpy.arange(FIRST[-1], HOURS, FIRST[-1] - FIRST[-2])[1:]
GRID = numpy.concatenate((FIRST[FIRST < HOURS], LATER, [HOURS]))


def highest(states, parameters):
    """Peaks of N patients from their states (times, 7, N) on the grid and their parameters (19, N)."""
    p0, p1, d2 = (parameters[PARAMETERS.index(symbol)] for symbol in ("p0", "p1", "d2"))
    tumour, inflammation, effector, _, effector_helper, _, _ = numpy.moveaxis(states, 1, 0)
    slope = p0 + p1 * tumour * (effector + effector_helper) - d2 * inflammation
    interval, patient = numpy.nonzero((slope[:-1] > 0) & (slope[1:] <= 0))
    of_patient = parameters[:, patient]
    coefficient = coefficients(of_patient)

    def value_slope_curvature(point):
        state = states[point, :, patient].T
        rates = derivatives(state, coefficient, 0.0)  # lymphopenia moves none of the rates that are used
        encounters = rates[0] * (state[2] + state[4]) + state[0] * (rates[2] + rates[4])
        return state[1], rates[1], p1[patient] * encounters - d2[patient] * rates[1]

    quintic = hermite(numpy.diff(GRID)[interval], value_slope_curvature(interval), value_slope_curvature(interval + 1))
    peaks = inflammation.max(axis=0)
    numpy.maximum.at(peaks, patient, polynomial.polyval(root(quintic), quintic, tensor=False))
    return peaks


def hermite(width, left, right):
    """Coefficients, on 0 to 1, of the quintics with these values, slopes and curvatures at both ends of intervals."""
    f0, g0, h0 = left[0], left[1] * width, left[2] * width**2
    f1, g1, h1 = right[0], right[1] * width, right[2] * width**2
    rise = f1 - f0
    return numpy.array([
        f0,
        g0,
        h0 / 2,
        10 * rise - 6 * g0 - 4 * g1 - 1.5 * h0 + 0.5 * h1,
        -15 * rise + 8 * g0 + 7 * g1 + 1.5 * h0 - h1,
        6 * rise - 3 * (g0 + g1) - 0.5 * (h0 - h1),
    ])


def root(quintic):
    """Where on 0 to 1 the slope, positive at 0 and not at 1, changes its sign: by bisection."""
    slope = polynomial.polyder(quintic)
    low, high = numpy.zeros(quintic.shape[1]), numpy.ones(quintic.shape[1])
    for _ in range(30):
        middle = (low + high) / 2
        rising = polynomial.polyval(middle, slope, tensor=False) > 0
        low, high = numpy.where(rising, middle, low), numpy.where(rising, high, middle)
    return (low + high) / 2
