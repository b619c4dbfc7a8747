# Reads the results of a run: what the columns are, and the paper's two regressions once more.
#
#     Rscript scripts/read_results.R results/hanson2016-uniform
#
# An example to start from. Needs the packages jsonlite and either arrow or nanoparquet. Tested with R 4.2.2, jsonlite
# 1.8.4 and nanoparquet 0.5.1.9000; with arrow it is written after its documentation and was not run. Label and unit
# stand in the metadata of the Parquet schema and, the same, in dictionary.json, which R reads more easily.

read_parquet <- if (requireNamespace("arrow", quietly = TRUE)) {
  function(file) as.data.frame(arrow::read_parquet(file))
} else {
  function(file) as.data.frame(nanoparquet::read_parquet(file))
}

arguments <- commandArgs(trailingOnly = TRUE)
if (length(arguments) != 1) stop("usage: Rscript read_results.R DIRECTORY")
directory <- arguments[1]

# One file or, of a large cohort, many.
files <- file.path(directory, "patients.parquet")
if (!file.exists(files)) files <- sort(Sys.glob(file.path(directory, "patients", "part-*.parquet")))
patients <- do.call(rbind, lapply(files, read_parquet))

cat(sprintf("%s: %d rows\n", directory, nrow(patients)))
dictionary <- jsonlite::fromJSON(file.path(directory, "dictionary.json"))
unit <- ifelse(dictionary$unit %in% c("", "1"), "", sprintf(" (%s)", dictionary$unit))
cat(sprintf("  %-24s %s%s\n", dictionary$name, dictionary$label, unit), sep = "")

# An outcome of a patient that could not be solved is NA, and lm leaves the row out.
summary_json <- jsonlite::fromJSON(file.path(directory, "summary.json"))
for (arm in summary_json$arms) {
  for (predictor in c("dose_total", "tumour_burden")) {
    fit <- summary(lm(reformulate(predictor, "peak_inflammation"), data = patients[patients$arm == arm, ]))
    stated <- subset(summary_json$regressions, scale == "linear")
    stated <- stated[stated$arm == arm & stated$predictor == predictor, ]
    cat(sprintf("\npeak_inflammation on %s, arm %s\n  %14s %22s %22s %22s\n", predictor, arm, "", "slope", "SE", "p"))
    row <- "  %-14s %22.15e %22.15e %22.15e\n"
    cat(sprintf(row, "R", fit$coefficients[2, 1], fit$coefficients[2, 2], fit$coefficients[2, 4]))
    cat(sprintf(row, "summary.json", stated$slope, stated$slope_se, stated$p_value))
  }
}
