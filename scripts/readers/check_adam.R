# Opens an ADaM export in R, and repeats the survival statistics of summary.json from it.
#
#     apt-get install r-cran-haven r-cran-survival r-cran-jsonlite
#     cartrial export results/rescue --format adam
#     Rscript scripts/readers/check_adam.R results/rescue
#
# haven reads the transport files, jsonlite the Dataset-JSON; both have to say the same. survival repeats Kaplan-Meier,
# restricted means and log-rank to a relative 1e-10.

suppressPackageStartupMessages({
  library(haven)
  library(jsonlite)
  library(survival)
})

tolerance <- 1e-10
# Curves and tests of large cohorts rest on the first patients of each arm.
kept_patients <- 1e5
# The range of a transport file: what is smaller is 0 there, what is larger is missing.
least <- 16^-65
too_large <- 16^63
parameters <- c(severe_inflammation_day = "TTSEVINF", remission_day = "TTREMISS", relapse_day = "TTRELAPS")

expect <- function(condition, message) {
  if (!isTRUE(condition)) {
    cat("FAILED:", message, "\n")
    quit(status = 1)
  }
}
checked <- 0
near <- function(found, stated, what) {
  checked <<- checked + 1
  same <- found == stated || abs(found - stated) <= tolerance * abs(stated)
  expect(same, sprintf("%s: %.17g here, %.17g in summary.json", what, found, stated))
}

arguments <- commandArgs(trailingOnly = TRUE)
if (!length(arguments) %in% 1:2) stop("usage: Rscript check_adam.R DIRECTORY [EXPORT]")
directory <- arguments[1]
export <- if (length(arguments) == 2) arguments[2] else file.path(directory, "export-adam")

# A column of values of which some are null.
column <- function(rows, i, texts) {
  values <- lapply(rows, `[[`, i)
  missing <- vapply(values, is.null, NA)
  values[missing] <- if (texts) "" else NA_real_
  if (texts) as.character(unlist(values)) else as.numeric(unlist(values))
}

read <- function(name) {
  xpt <- as.data.frame(read_xpt(file.path(export, paste0(name, ".xpt"))))
  json <- fromJSON(file.path(export, paste0(name, ".json")), simplifyVector = FALSE)
  about <- json$columns
  names <- vapply(about, `[[`, "", "name")
  expect(identical(names(xpt), names), paste(name, "variables"))
  labels <- vapply(about, `[[`, "", "label")
  expect(identical(unname(vapply(xpt, function(x) attr(x, "label"), "")), labels), paste(name, "labels"))
  expect(nrow(xpt) == json$records && nrow(xpt) == length(json$rows), paste(name, "rows"))
  for (i in seq_along(names)) {
    texts <- about[[i]]$dataType == "string"
    expect(is.character(xpt[[i]]) == texts, paste(name, names[i], "type"))
    values <- column(json$rows, i, texts)
    if (!texts) {
      values[!is.na(values) & abs(values) < least] <- 0
      values[!is.na(values) & abs(values) >= too_large] <- NA
    }
    expect(identical(as.vector(zap_formats(zap_label(xpt[[i]]))), values), paste(name, names[i], "values"))
  }
  cat(sprintf("%s: %d rows of %d variables are the same in xpt and json\n", name, nrow(xpt), ncol(xpt)))
  xpt
}

adsl <- read("adsl")
adlb <- read("adlb")
adtte <- read("adtte")
if (file.exists(file.path(export, "adtc.xpt"))) {
  adtc <- read("adtc")
  expect(all(adtc$USUBJID %in% adsl$USUBJID), "subjects of adtc are not those of adsl")
  expect(isTRUE(all.equal(as.numeric(adtc$AVAL - adtc$BASE), as.numeric(adtc$CHG))), "adtc CHG")
}
expect(!anyDuplicated(adsl$USUBJID), "adsl USUBJID is not unique")
for (records in list(adlb, adtte)) {
  expect(setequal(records$USUBJID, adsl$USUBJID), "subjects are not those of adsl")
}

arm_times <- function(parameter, arm) {
  kept <- head(adtte[adtte$PARAMCD == parameter & adtte$TRTP == arm, ], kept_patients)
  kept <- kept[kept$ANL01FL == "Y", ]
  data.frame(time = as.numeric(kept$AVAL), event = as.numeric(kept$CNSR == 0), arm = rep(arm, nrow(kept)))
}

summary_json <- fromJSON(file.path(directory, "summary.json"), simplifyVector = FALSE)
for (entry in summary_json$comparisons) {
  if (entry$kind != "time_to_event") next
  parameter <- parameters[[entry$endpoint]]
  both <- lapply(entry$described, function(described) arm_times(parameter, described$arm))
  for (i in 1:2) {
    described <- entry$described[[i]]
    what <- sprintf("%s in %s", parameter, described$arm)
    if (!is.null(described$not_estimated)) {
      expect(nrow(both[[i]]) == 0, paste(what, "patients"))
      next
    }
    expect(nrow(both[[i]]) == described$n && sum(both[[i]]$event) == described$events, paste(what, "counts"))
    # Times that differ in the last digits are not the same time.
    fit <- survfit(Surv(time, event) ~ 1, data = both[[i]], timefix = FALSE)
    table <- summary(fit, rmean = described$horizon)$table
    if (is.null(described$median)) {
      expect(is.na(table[["median"]]), paste(what, "median"))
    } else {
      near(table[["median"]], described$median, paste(what, "median"))
    }
    if (!is.null(described$survival_at_horizon)) {
      at <- summary(fit, times = described$horizon, extend = TRUE)
      near(at$surv, described$survival_at_horizon, paste(what, "survival"))
      near(table[["rmean"]], described$restricted_mean, paste(what, "mean"))
      near(table[["se(rmean)"]], described$restricted_mean_se, paste(what, "SE of the mean"))
    }
  }
  for (test in entry$tests) {
    if (test$test == "log_rank" && !is.null(test$statistic)) {
      # survdiff would take times that differ in the last digits for one; it depends on their order alone.
      all <- transform(do.call(rbind, both), time = rank(time))
      found <- survdiff(Surv(time, event) ~ arm, data = all)
      near(found$chisq, test$statistic, paste(parameter, "log-rank"))
      near(pchisq(found$chisq, 1, lower.tail = FALSE), test$p_value, paste(parameter, "p of the log-rank test"))
    }
  }
}
cat(sprintf("%d survival statistics of summary.json are repeated from adtte\n", checked))
