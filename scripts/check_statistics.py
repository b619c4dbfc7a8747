"""Recomputes every regression and rank correlation of summary.json from the patient table, by other means.

    pip install pyarrow scipy mpmath
    python3 scripts/check_statistics.py results/hanson2016-uniform

Sums of products are formed in whole numbers, without any rounding; what follows from them, and the p-value as an
integral over the tail of Student's t, is computed by mpmath with 50 digits. scipy says the same things once more with
its own means. Every field has to agree to a relative 1e-10.
"""

import argparse
import functools
import json
import pathlib
import sys

import mpmath
import numpy
from mpmath import mp
from scipy import stats

from read_results import numbers, patient_table

mp.dps = 50
TOLERANCE = 1e-10
REGRESSION = ("slope", "intercept", "slope_se", "intercept_se", "ci95", "r", "r_squared", "t", "p_value", "log10_p")
CORRELATION = ("r", "t", "p_value", "log10_p")
# Below this a p-value is no normal f64 any more and has fewer digits; log10_p is compared all the same.
SMALLEST_P = mp.mpf("1e-300")
# Ranks need all rows in memory, so rank correlations rest on the first rows of a large cohort.
RANKED_ROWS = 100_000


def integers(values):
    """Whole numbers and an exponent e: the values are the numbers times 2^e, exactly."""
    mantissas, exponents = numpy.frexp(values)
    mantissas, lowest = (mantissas * 2.0**53).astype(numpy.int64), int(exponents.min())
    shifts = (exponents - lowest).tolist()
    shifted = [m << s for m, s in zip(mantissas.tolist(), shifts)]
    return numpy.array(shifted, dtype=object), lowest - 53


class Moments:
    """Means, sums of squares and of products about them, exact but for the last of 50 digits."""

    def __init__(self, x, y):
        (x, ex), (y, ey) = integers(x), integers(y)
        self.n = n = len(x)
        sx, sy = int(x.sum()), int(y.sum())
        about_mean = lambda of_products, of_sums, e: mpmath.ldexp(mp.mpf(n * int(of_products) - of_sums), e) / n
        self.mean_x, self.mean_y = mpmath.ldexp(mp.mpf(sx), ex) / n, mpmath.ldexp(mp.mpf(sy), ey) / n
        self.sxx = about_mean(x.dot(x), sx * sx, 2 * ex)
        self.syy = about_mean(y.dot(y), sy * sy, 2 * ey)
        self.sxy = about_mean(x.dot(y), sx * sy, ex + ey)


def log10_p(t, df):
    """Of the two-sided p-value: with t = √ν tan θ it is 2/B(½, ν/2) times the integral of cos^(ν−1) from θ to π/2."""
    theta = mpmath.atan(abs(t) / mpmath.sqrt(df))
    log_cos = mpmath.log(mpmath.cos(theta))
    relative = lambda u: mpmath.exp((df - 1) * (mpmath.log(mpmath.cos(u)) - log_cos))
    width = 1 / (df * mpmath.tan(theta) + mpmath.sqrt(df))
    ends = [theta]
    while ends[-1] + width < mp.pi / 2:
        ends.append(ends[-1] + width)
        width *= mp.mpf("1.5")
    ends.append(mp.pi / 2)
    tail = mpmath.quad(relative, ends, method="gauss-legendre")
    log_beta = mpmath.loggamma(mp.mpf(1) / 2) + mpmath.loggamma(mp.mpf(df) / 2) - mpmath.loggamma(mp.mpf(df + 1) / 2)
    return (mpmath.log(2 * tail) - log_beta + (df - 1) * log_cos) / mpmath.log(10)


@functools.cache
def critical_t(df):
    """The t whose two-sided p-value is 0.05."""
    start = stats.t.ppf(0.975, df)
    return mpmath.findroot(lambda t: log10_p(t, df) - mpmath.log10(mp.mpf("0.05")), (start, start * (1 + 1e-9)))


def test_of(r, n):
    """t and p of a correlation."""
    t = r * mpmath.sqrt((n - 2) / (1 - r * r))
    log10 = log10_p(t, n - 2)
    return {"r": r, "t": t, "p_value": mp.mpf(10) ** log10, "log10_p": log10}


def by_mpmath(x, y):
    """Every field of a regression."""
    m = Moments(x, y)
    slope = m.sxy / m.sxx
    residual = (m.syy - slope * m.sxy) / (m.n - 2)
    slope_se = mpmath.sqrt(residual / m.sxx)
    half = critical_t(m.n - 2) * slope_se
    r = m.sxy / mpmath.sqrt(m.sxx * m.syy)
    return test_of(r, m.n) | {
        "slope": slope,
        "intercept": m.mean_y - slope * m.mean_x,
        "slope_se": slope_se,
        "intercept_se": mpmath.sqrt(residual * (mp.mpf(1) / m.n + m.mean_x**2 / m.sxx)),
        "ci95": [slope - half, slope + half],
        "r_squared": r * r,
    }


def by_scipy(x, y):
    """What scipy has of it."""
    fit = stats.linregress(x, y)
    half = stats.t.ppf(0.975, len(x) - 2) * fit.stderr
    return {
        "slope": fit.slope,
        "intercept": fit.intercept,
        "slope_se": fit.stderr,
        "intercept_se": fit.intercept_stderr,
        "ci95": [fit.slope - half, fit.slope + half],
        "r": fit.rvalue,
        "r_squared": fit.rvalue**2,
        "t": fit.slope / fit.stderr,
        "p_value": fit.pvalue,
    }


def ranks_by_mpmath(x, y):
    """Every field of a rank correlation: ranks have halves at most, so twice a rank is a whole number."""
    m = Moments(2 * stats.rankdata(x), 2 * stats.rankdata(y))
    return test_of(m.sxy / mpmath.sqrt(m.sxx * m.syy), m.n)


def ranks_by_scipy(x, y):
    """What scipy has of it."""
    result = stats.spearmanr(x, y)
    return {"r": result.statistic, "p_value": result.pvalue}


def difference(found, expected):
    """Relative difference, the larger one of a pair."""
    if isinstance(expected, list):
        return max(difference(f, e) for f, e in zip(found, expected, strict=True))
    return float(abs(found - mp.mpf(expected)) / abs(mp.mpf(expected)))


class Worst:
    """The worst relative difference of every field of one kind of statistic, from mpmath and from scipy."""

    def __init__(self, what, fields):
        self.what, self.fields, self.compared, self.wrong = what, fields, 0, []
        self.of = {}

    def compare(self, name, entry, mpmath_says, scipy_says):
        self.compared += 1
        for by, says in (("mpmath", mpmath_says), ("scipy", scipy_says)):
            for field in self.fields:
                if field not in says or (field == "p_value" and mpmath_says["p_value"] < SMALLEST_P):
                    continue
                off = difference(entry[field], says[field])
                self.of[by, field] = max(self.of.get((by, field), 0.0), off)
                if not off < TOLERANCE:
                    self.wrong.append(f"{name}: {field} is {entry[field]}, {by} says {says[field]}")

    def show(self):
        print(f"\n{self.compared} {self.what}: worst relative difference\n  {'':14} {'mpmath':>12} {'scipy':>12}")
        shown = lambda off: "not compared" if off is None else f"{off:.1e}"
        for field in self.fields:
            print(f"  {field:14} {shown(self.of.get(('mpmath', field))):>12} {shown(self.of.get(('scipy', field))):>12}")


def check(directory):
    """Compares everything; the disagreements as sentences."""
    summary = json.loads((directory / "summary.json").read_text())
    entries = summary["regressions"] + summary["spearman"]
    names = {entry[key] for entry in entries for key in ("predictor", "response")}
    table = patient_table(directory, columns=["arm", *sorted(names)])
    arms = numpy.array(table["arm"].to_pylist())

    @functools.cache
    def column(name, arm):
        return numbers(table, name)[arms == arm]

    def pair(entry, rows=None):
        x, y = column(entry["predictor"], entry["arm"])[:rows], column(entry["response"], entry["arm"])[:rows]
        complete = ~(numpy.isnan(x) | numpy.isnan(y))
        return x[complete], y[complete]

    regressions, correlations = Worst("regressions", REGRESSION), Worst("rank correlations", CORRELATION)
    wrong = []
    for entry in entries:
        name = f"{entry.get('scale', 'rank')} {entry['response']} on {entry['predictor']}, arm {entry['arm']}"
        if "not_estimated" in entry:
            print(f"{name}: not estimated: {entry['not_estimated']}")
            continue
        x, y = pair(entry, rows=None if "scale" in entry else RANKED_ROWS)
        if entry.get("scale") == "log":
            x, y = x[y > 0], numpy.log(y[y > 0])
        if len(x) != entry["n"]:
            wrong.append(f"{name}: n is {entry['n']}, the table has {len(x)}")
        elif "scale" in entry:
            regressions.compare(name, entry, by_mpmath(x, y), by_scipy(x, y))
        else:
            correlations.compare(name, entry, ranks_by_mpmath(x, y), ranks_by_scipy(x, y))
    regressions.show()
    correlations.show()
    return wrong + regressions.wrong + correlations.wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("directory", type=pathlib.Path, help="results directory of a finished run")
    directory = parser.parse_args().directory
    wrong = check(directory)
    print("\n" + ("\n".join(wrong) if wrong else f"{directory}: all agree to {TOLERANCE:g}"))
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
