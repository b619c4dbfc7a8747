# Repeats the statistics of a study of weighted patients in R, from its rows.
#
#     apt-get install r-cran-survey r-cran-survival r-cran-jsonlite
#     cartrial run STUDY.toml --out results/weighted            # with method = "weighting" under [population.targets], or a table's weight
#     cartrial export results/weighted --format csv --layout wide
#     Rscript scripts/readers/check_weighted.R results/weighted
#
# survey has the means, regressions and rank tests, survival the curves: all to a relative 1e-9. Twins in two arms.

suppressMessages({
  library(survey)
  library(survival)
  library(jsonlite)
})

tolerance <- 1e-9
checked <- 0
same <- function(ours, theirs, what) {
  off <- if (ours == theirs) 0 else abs(ours - theirs) / abs(theirs)
  if (!isTRUE(off < tolerance)) {
    cat("FAILED:", what, "is", format(ours, digits = 15), "and not", format(theirs, digits = 15), "\n")
    quit(status = 1)
  }
  checked <<- checked + 1
}

results <- commandArgs(trailingOnly = TRUE)[1]
summary <- fromJSON(file.path(results, "summary.json"), simplifyVector = FALSE)
rows <- read.csv(file.path(results, "export-csv", "patients.csv"), na.strings = c("", "NA"))
for (name in names(rows)) if (is.character(rows[[name]]) && all(rows[[name]] %in% c("true", "false", NA))) {
  rows[[name]] <- as.numeric(rows[[name]] == "true")
}
rows$w <- rows[[summary$weights$column]]
arms <- unlist(summary$arms)
stopifnot(length(arms) == 2)
of_arm <- lapply(arms, function(arm) rows[rows$arm == arm, ])
weighted <- function(data) svydesign(ids = ~1, weights = ~w, data = data)
w <- of_arm[[1]]$w
same(summary$weights$effective_sample_size, sum(w)^2 / sum(w^2), "effective sample size")

for (entry in summary$outcomes) {
  data <- of_arm[[match(entry$arm, arms)]]
  data <- data[!is.na(data[[entry$outcome]]), ]
  data$y <- data[[entry$outcome]]
  if (nrow(data) < 2 || is.null(entry$sd) || entry$sd == 0) next
  what <- paste(entry$outcome, "in", entry$arm)
  same(entry$mean, coef(svymean(~y, weighted(data)))[[1]], paste("mean of", what))
  same(entry$sd, sqrt(coef(svyvar(~y, weighted(data)))[[1]]), paste("standard deviation of", what))
}

for (entry in summary$regressions) {
  if (!is.null(entry$not_estimated)) next
  data <- of_arm[[match(entry$arm, arms)]]
  data$x <- data[[entry$predictor]]
  data$y <- if (entry$scale == "log") log(data[[entry$response]]) else data[[entry$response]]
  fit <- coef(summary(svyglm(y ~ x, weighted(data))))
  what <- paste(entry$scale, "regression on", entry$predictor, "in", entry$arm)
  same(entry$slope, fit[2, 1], paste("slope of", what))
  same(entry$slope_se, fit[2, 2], paste("error of", what))
  same(entry$t, fit[2, 3], paste("t of", what))
}

for (entry in summary$comparisons) {
  both <- lapply(of_arm, function(data) data[[entry$endpoint]])
  of <- function(list, key, name) Filter(function(item) item[[key]] == name, list)[[1]]
  if (entry$kind == "time_to_event") {
    # The days of those without the event are those of their follow-up.
    event <- sub("_day$", "", entry$endpoint)
    for (i in 1:2) {
      described <- entry$described[[i]]
      data <- of_arm[[i]]
      data <- data[!is.na(data[[event]]) & !is.na(data[[entry$endpoint]]), ]
      curve <- survfit(Surv(data[[entry$endpoint]], data[[event]]) ~ 1, weights = data$w, robust = TRUE)
      what <- paste(entry$endpoint, "in", entry$arm)
      at_end <- summary(curve, times = described$horizon, extend = TRUE)$surv
      same(described$survival_at_horizon, at_end, paste("survival of", what))
    }
    next
  }
  difference <- data.frame(d = both[[2]] - both[[1]], w = w)
  difference <- difference[!is.na(difference$d), ]
  if (all(difference$d == 0)) next
  # Differences within the solver's accuracy count as none, which moves a mean by no more than that.
  if (entry$kind == "binary") {
    mean <- svymean(~d, weighted(difference))
    effect <- of(entry$effects, "effect", "risk_difference")
    same(effect$estimate, coef(mean)[[1]], paste("risk difference of", entry$endpoint))
    same(effect$se, SE(mean)[[1]], paste("error of the risk difference of", entry$endpoint))
    same(entry$tests[[1]]$statistic, coef(mean)[[1]] / SE(mean)[[1]], paste("t of", entry$endpoint))
    shares <- svymean(~y1 + y2, weighted(data.frame(y1 = both[[1]], y2 = both[[2]], w = w)[!is.na(both[[1]] + both[[2]]), ]))
    ratio <- of(entry$effects, "effect", "risk_ratio")
    same(ratio$estimate, coef(shares)[[2]] / coef(shares)[[1]], paste("risk ratio of", entry$endpoint))
  }
}
cat(checked, "statistics of", nrow(rows), "rows are those of survey and survival\n")
