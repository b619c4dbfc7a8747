"""The model once for all peers: names, equations in any arithmetic, and tables of patients.

Equations and parameters are those of the curated form, BioModels BIOMD0000000837; time is in hours.
"""

import numpy

STATES = (
    "tumour_burden inflammation dose_effector_ctl dose_memory_ctl dose_effector_helper dose_memory_helper lymphocytes"
).split()
PARAMETERS = "n r1 r2 r3 r4 d1 d2 d3 d4 d5 p0 p1 p2 a1 a2 a3 b l k".split()

STANDARD = dict(zip(STATES, (300, 140, 10, 10, 10, 10, 1600)))
STANDARD |= zip(PARAMETERS[:10], (6, 3e-3, 0.1, 0.1, 0.1, 2e-4, 1.5, 4e-3, 4e-3, 2e-4))
STANDARD |= zip(PARAMETERS[10:], (200, 2e-3, 0.4, 4e-7, 2, 8e-5, 800, 1600, 4800))


def coefficients(parameters):
    """What the equations take: 2^n, b² and r1/k, computed once a patient, in place of n, b and k."""
    changed = numpy.array(parameters, dtype=float)
    n, r1, b, k = (PARAMETERS.index(symbol) for symbol in ("n", "r1", "b", "k"))
    changed[n] = 2.0 ** changed[n]
    changed[b] = changed[b] ** 2
    changed[k] = changed[r1] / changed[k]
    return changed


def total_lymphocytes(state):
    """T cells, B-ALL cells and all others."""
    tumour, _, effector, memory, effector_helper, memory_helper, others = state
    return tumour + effector + memory + effector_helper + memory_helper + others


def derivatives(state, coefficient, lymphopenia):
    """Rates of change per hour, of numbers, arrays or expressions. Lymphopenia is max(0, 1 - T/l)."""
    tumour, inflammation, effector, memory, effector_helper, memory_helper, others = state
    clone, r1, r2, r3, r4, d1, d2, d3, d4, d5, p0, p1, p2, a1, a2, a3, b_squared, _, r1_over_k = coefficient
    squared = inflammation * inflammation
    encounter = tumour * (squared / (squared + b_squared))
    activated = a1 * memory * (1.0 + a2 * effector_helper) * encounter
    activated_helper = a3 * memory_helper * encounter
    return (
        tumour * (r1 - r1_over_k * tumour - d1 * effector),
        p0 + p1 * (tumour * (effector + effector_helper)) - d2 * inflammation,
        clone * activated - d3 * effector,
        r2 * (memory * lymphopenia) - activated,
        clone * activated_helper - d4 * effector_helper,
        r3 * (memory_helper * lymphopenia) - activated_helper,
        p2 + r4 * (others * lymphopenia) - d5 * others,
    )


def patients(columns):
    """Initial states (7, N) and parameters (19, N) from a table of columns by name."""
    return tuple(numpy.array([columns[name] for name in names], dtype=float) for names in (STATES, PARAMETERS))
