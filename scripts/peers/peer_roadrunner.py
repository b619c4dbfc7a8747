"""libRoadRunner: CVODE, on the curated SBML file itself, compiled to machine code.

BIOMD0000000837.xml is the file of https://www.ebi.ac.uk/biomodels/BIOMD0000000837, in the public domain (CC0).
BDF, since Adams' method takes twice as long or more.
"""

import pathlib

import numpy

import harness
import model
import peaks

SBML = pathlib.Path(__file__).with_name("BIOMD0000000837.xml")
SPECIES = "B Inflam C_e C_m H_e H_m L".split()
TOLERANCE = 1e-8


def sbml_id(symbol):
    """r1 is r_1 there; n, b, l and k are themselves."""
    return symbol if len(symbol) == 1 else f"{symbol[0]}_{symbol[1:]}"


def prepare():
    import roadrunner

    runner = roadrunner.RoadRunner(str(SBML))
    runner.timeCourseSelections = SPECIES
    runner.integrator.relative_tolerance = TOLERANCE
    runner.integrator.absolute_tolerance = TOLERANCE * 1e-3
    known, species = runner.model.getGlobalParameterIds(), runner.model.getFloatingSpeciesIds()
    # ModelValue_16 is the file's name for the value of l at the start, which its lymphopenia divides by.
    parameter_at = [known.index(sbml_id(symbol)) for symbol in model.PARAMETERS] + [known.index("ModelValue_16")]
    species_at = [species.index(name) for name in SPECIES]
    l = model.PARAMETERS.index("l")
    times = peaks.GRID.tolist()

    def solve(initial, parameters):
        states = numpy.empty((len(times), *initial.shape))
        for patient in range(initial.shape[1]):
            values = parameters[:, patient]
            runner.reset()
            runner.model.setGlobalParameterValues(parameter_at, numpy.append(values, values[l]))
            runner.model.setFloatingSpeciesConcentrations(species_at, initial[:, patient])
            states[:, :, patient] = runner.simulate(times=times)
        return peaks.highest(states, parameters)

    return solve


if __name__ == "__main__":
    harness.main(
        name="libRoadRunner",
        package="libroadrunner",
        method=f"CVODE (BDF) on the SBML, rtol {TOLERANCE:g}, atol {TOLERANCE * 1e-3:g}",
        prepare=prepare,
        block=64,
        at_most=2048,
    )
