"""The figures of a comparison as Markdown."""

NOTE = """\
Wall time, median of {repeats} runs, on {cores} cores ({processor}), all of them for each. Of peers and of cartrial's
solving alone, building, compiling and starting are left out; its whole command has everything, from drawing patients
to figures on disk. Patients: the first of `{study}`, followed for {days} days. Errors: relative, against the truth, on the
first {patients_checked} patients."""


def markdown(result):
    """Times and errors, what they mean, and how each does on patients whose answers are known."""
    rows = result["rows"]
    times = table(
        "peer | version | method and tolerance | cores | patients | µs per patient | × solving alone"
        " | × whole command | worst error of peak",
        "--- | --- | --- | --: | --: | --: | --: | --: | --:",
        (
            (
                *(row["peer"], row["version"], row["method"], row["processes"], f"{row['patients']:,}"),
                *(number(row[key]) for key in ("us_per_patient", "over_alone", "over_whole")),
                error(row["worst_error"]),
            )
            for row in rows
        ),
    )
    known = table(
        "peer | standard patient's peak, pg/mL | worst error of 64 reference patients",
        "--- | --: | --:",
        ((row["peer"], f"{row['standard_patient_peak']:.6f}", error(row["worst_error_reference"])) for row in rows),
    )
    return f"{times}\n{NOTE.format(**result, **result['machine'])}\n\n{known}"


def table(head, alignment, rows):
    """A Markdown table."""
    lines = (head, alignment, *(" | ".join(map(str, row)) for row in rows))
    return "".join(f"| {line} |\n" for line in lines)


def number(value):
    """Three digits, or as many as stand before the point."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def error(value):
    """Two digits; the truth has no error."""
    return "–" if value is None else f"{value:.1e}"
