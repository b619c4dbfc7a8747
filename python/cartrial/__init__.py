"""Virtual clinical trials of CAR T cell therapy, by the million."""

from cartrial._cartrial import (
    FailedPatientsError,
    Frame,
    Results,
    ResultsError,
    Study,
    StudyError,
    __version__,
    analyse,
    calibrate,
    merge,
    simulate,
    simulate_table,
    standard_patient,
)

__all__ = [
    "FailedPatientsError",
    "Frame",
    "Results",
    "ResultsError",
    "Study",
    "StudyError",
    "__version__",
    "analyse",
    "calibrate",
    "merge",
    "simulate",
    "simulate_table",
    "standard_patient",
]
