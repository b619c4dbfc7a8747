//! The full text of every refusal of a study file.

mod common;

use common::refuses;

#[test]
fn regress_messages_of_toml_syntax() {
    refuses(&[
        (
            r#"[study
name = "x""#,
            "x.toml:1:7: not valid TOML: unclosed table, expected `]`.",
        ),
        (
            r#"[study]
name = "x"
name = "y""#,
            "x.toml:3:1: not valid TOML: duplicate key.",
        ),
        (
            r#"[study]
name = x"#,
            "x.toml:2:8: not valid TOML: string values must be quoted, expected literal string.",
        ),
    ]);
}

#[test]
fn regress_messages_of_study_keys() {
    refuses(&[
        (
            "",
            r#"x.toml:1:1: study.name: missing. Write name = "my-study" under [study].
x.toml:1:1: study.patients: missing. Write patients = 200 under [study]."#,
        ),
        (
            r#"patients = 3
STUDY
"#,
            "x.toml:1:1: patients: unknown table or key. It belongs in [study].",
        ),
        (
            r#"[study]
"#,
            r#"x.toml:1:1: study.name: missing. Write name = "my-study" under [study].
x.toml:1:1: study.patients: missing. Write patients = 200 under [study]."#,
        ),
        (
            r#"[study]
name = ""
patients = 1"#,
            "x.toml:2:8: study.name: empty. The results directory bears this name: up to 100 letters, digits, '-', '_' and '.', beginning with a letter or digit.",
        ),
        (
            r#"[study]
name = "a/b"
patients = 1"#,
            r#"x.toml:2:8: study.name: "a/b" has the character '/'. The results directory bears this name: up to 100 letters, digits, '-', '_' and '.', beginning with a letter or digit."#,
        ),
        (
            r#"[study]
name = "..x"
patients = 1"#,
            r#"x.toml:2:8: study.name: "..x" begins with '.'. The results directory bears this name: up to 100 letters, digits, '-', '_' and '.', beginning with a letter or digit."#,
        ),
        (
            r#"[study]
name = "x"
patients = 0"#,
            "x.toml:3:12: study.patients: expected a whole number from 1 to 1000000000000, found 0.",
        ),
        (
            r#"[study]
name = "x"
patients = -5"#,
            "x.toml:3:12: study.patients: expected a whole number from 1 to 1000000000000, found -5.",
        ),
        (
            r#"[study]
name = "x"
patients = 1.5"#,
            "x.toml:3:12: study.patients: expected a whole number, found a float.",
        ),
        (
            r#"[study]
name = 7
patients = "many""#,
            r#"x.toml:2:8: study.name: expected a string, found an integer.
x.toml:3:12: study.patients: expected a whole number, found a string."#,
        ),
        (
            r#"[study]
name = "x"
patients = 1
seed = -1"#,
            "x.toml:4:8: study.seed: expected a whole number from 0 to 18446744073709551615, found -1.",
        ),
        (
            r#"STUDY
days = 0"#,
            "x.toml:4:8: study.days: expected a number above 0 and at most 36500, found 0.",
        ),
        (
            r#"STUDY
days = -3.5"#,
            "x.toml:4:8: study.days: expected a number above 0 and at most 36500, found -3.5.",
        ),
        (
            r#"STUDY
days = nan"#,
            "x.toml:4:8: study.days: expected a finite number, found NaN.",
        ),
        (
            r#"STUDY
days = inf"#,
            "x.toml:4:8: study.days: expected a finite number, found inf.",
        ),
        (
            r#"STUDY
days = "30""#,
            "x.toml:4:8: study.days: expected a number, found a string.",
        ),
        (
            r#"STUDY
days = 40000"#,
            "x.toml:4:8: study.days: expected a number above 0 and at most 36500, found 40000.",
        ),
        (
            r#"STUDY
dayz = 30"#,
            r#"x.toml:4:1: study.dayz: unknown key. Did you mean "days"? Valid: name, seed, patients, days, allocation."#,
        ),
        (
            r#"STUDY
spread = 0.25"#,
            "x.toml:4:1: study.spread: unknown key. It belongs in [population].",
        ),
        (
            r#"STUDY
[sutdy]"#,
            r#"x.toml:4:2: sutdy: unknown table or key. Did you mean "study"? Valid: study, model, population, solver, endpoints, run, trajectories, arms."#,
        ),
        ("study = 3", "x.toml:1:9: study: expected a table, found an integer."),
    ]);
}

#[test]
fn regress_messages_of_model_keys() {
    refuses(&[
        (
            r#"STUDY
[model]
reading = "curatd""#,
            r#"x.toml:5:11: model.reading: unknown value "curatd". Did you mean "curated"? Valid: curated, printed."#,
        ),
        (
            r#"STUDY
[model]
growth = "linear""#,
            r#"x.toml:5:10: model.growth: unknown value "linear". Valid: logistic, gompertz, exponential."#,
        ),
        (
            r#"STUDY
[model]
growth = true"#,
            "x.toml:5:10: model.growth: expected a string, found a boolean.",
        ),
    ]);
}

#[test]
fn regress_messages_of_population_keys() {
    refuses(&[
        (
            r#"STUDY
[population]
distribution = "gaussian""#,
            r#"x.toml:5:16: population.distribution: unknown value "gaussian". Valid: uniform, normal, lognormal, fixed."#,
        ),
        (
            r#"STUDY
[population]
spread = -0.1"#,
            "x.toml:5:10: population.spread: expected a number of at least 0, found -0.1.",
        ),
        (
            r#"STUDY
[population]
spread = 1.5"#,
            r#"x.toml:5:10: population.spread: expected a number of at least 0 and at most 1 with the distribution "uniform", found 1.5. It is a fraction of the mean: 0.25 for 25 %."#,
        ),
        (
            r#"STUDY
[population]
distribution = "lognormal"
spread = 25"#,
            r#"x.toml:6:10: population.spread: expected a number of at least 0 and at most 10 with the distribution "lognormal", found 25. It is a fraction of the mean: 0.25 for 25 %."#,
        ),
        (
            r#"STUDY
[population]
distribution = "fixed"
spread = 0.25"#,
            r#"x.toml:6:10: population.spread: has no meaning with the distribution "fixed". Remove it, or choose another distribution."#,
        ),
        (
            r#"STUDY
[population]
spread = "wide""#,
            "x.toml:5:10: population.spread: expected a number, found a string.",
        ),
        (
            r#"STUDY
[population]
correction = "drop""#,
            r#"x.toml:5:14: population.correction: unknown value "drop". Valid: resample, clamp."#,
        ),
        (
            r#"STUDY
[population]
sampling = "lhs""#,
            r#"x.toml:5:12: population.sampling: unknown value "lhs". Valid: random, latin-hypercube, sobol."#,
        ),
        (
            r#"STUDY
[population]
carry = ["site"]"#,
            r#"x.toml:5:9: population.carry: there is no table to carry columns from. Name one with table = "…"."#,
        ),
        (
            r#"STUDY
[population]
carry = "site""#,
            "x.toml:5:9: population.carry: expected a list of strings, found a string.",
        ),
        (
            r#"STUDY
[population]
parameter = 3"#,
            r#"x.toml:5:1: population.parameter: unknown key. Did you mean "parameters"? Valid: distribution, spread, correction, sampling, table, carry, weight, correlation, targets, parameters, initial."#,
        ),
        (
            r#"STUDY
[population]
n = { fixed = 6 }"#,
            "x.toml:5:1: population.n: unknown key. It belongs in [population.parameters].",
        ),
    ]);
}

#[test]
fn regress_messages_of_distribution_forms() {
    refuses(&[
        (
            r#"STUDY
[population.parameters]
r9 = { fixed = 1 }"#,
            r#"x.toml:5:1: population.parameters.r9: unknown parameter. Did you mean "r1"? Valid: n, r1, r2, r3, r4, d1, d2, d3, d4, d5, p0, p1, p2, a1, a2, a3, b, l, k."#,
        ),
        (
            r#"STUDY
[population.parameters]
tumour_burden = { fixed = 1 }"#,
            "x.toml:5:1: population.parameters.tumour_burden: unknown parameter. It belongs in [population.initial].",
        ),
        (
            r#"STUDY
[population.initial]
d2 = { fixed = 1 }"#,
            "x.toml:5:1: population.initial.d2: unknown initial value. It belongs in [population.parameters].",
        ),
        (
            r#"STUDY
[population.initial]
tumor_burden = { fixed = 1 }"#,
            r#"x.toml:5:1: population.initial.tumor_burden: unknown initial value. Did you mean "tumour_burden"? Valid: tumour_burden, inflammation, dose_effector_ctl, dose_memory_ctl, dose_effector_helper, dose_memory_helper, lymphocytes."#,
        ),
        (
            r#"STUDY
[population.parameters]
n = 6"#,
            "x.toml:5:5: population.parameters.n: expected a distribution, found an integer. To hold it there for every patient, write { fixed = 6 }.",
        ),
        (
            r#"STUDY
[population.parameters]
n = "6""#,
            r#"x.toml:5:5: population.parameters.n: expected a distribution, found a string. Write one of { fixed = 6 }, { uniform = { low = 1, high = 30 } }, { normal = { mean = 1.5, sd = 0.1 } }, { lognormal = { mean = 1.5, cv = 0.1, low = 1 } }, { loguniform = { low = 1, high = 30 } }, { triangular = { low = 1, mode = 5, high = 30 } }, { relative = { distribution = "normal", spread = 0.25 } }."#,
        ),
        (
            r#"STUDY
[population.parameters]
n = {}"#,
            r#"x.toml:5:5: population.parameters.n: no distribution given. Write one of { fixed = 6 }, { uniform = { low = 1, high = 30 } }, { normal = { mean = 1.5, sd = 0.1 } }, { lognormal = { mean = 1.5, cv = 0.1, low = 1 } }, { loguniform = { low = 1, high = 30 } }, { triangular = { low = 1, mode = 5, high = 30 } }, { relative = { distribution = "normal", spread = 0.25 } }."#,
        ),
        (
            r#"STUDY
[population.parameters]
n = { fixd = 6 }"#,
            r#"x.toml:5:7: population.parameters.n.fixd: unknown distribution. Did you mean "fixed"? Valid: fixed, uniform, normal, lognormal, loguniform, triangular, relative."#,
        ),
        (
            r#"STUDY
[population.parameters]
n = { fixed = 6, normal = { mean = 6, sd = 1 } }"#,
            "x.toml:5:5: population.parameters.n: more than one distribution: fixed, normal. Keep one.",
        ),
        (
            r#"STUDY
[population.parameters]
d2 = { fixed = 0 }"#,
            "x.toml:5:16: population.parameters.d2.fixed: expected a number above 0 (decay rate of inflammation, in 1/h), found 0. The standard patient has 1.5.",
        ),
        (
            r#"STUDY
[population.parameters]
r1 = { fixed = -1e-9 }"#,
            "x.toml:5:16: population.parameters.r1.fixed: expected a number of at least 0 (tumour growth rate, in 1/h), found -1e-9. The standard patient has 0.003.",
        ),
        (
            r#"STUDY
[population.parameters]
r1 = { fixed = nan }"#,
            "x.toml:5:16: population.parameters.r1.fixed: expected a finite number, found NaN.",
        ),
        (
            r#"STUDY
[population.parameters]
r1 = { uniform = { low = 2, high = 1 } }"#,
            "x.toml:5:26: population.parameters.r1.uniform.low: low = 2 is above high = 1. Exchange them.",
        ),
        (
            r#"STUDY
[population.parameters]
r1 = { uniform = { low = -2, high = 1 } }"#,
            "x.toml:5:26: population.parameters.r1.uniform.low: expected a number of at least 0, found -2.",
        ),
        (
            r#"STUDY
[population.parameters]
r1 = { uniform = { low = 2 } }"#,
            "x.toml:5:18: population.parameters.r1.uniform.high: missing. uniform needs low and high.",
        ),
        (
            r#"STUDY
[population.parameters]
r1 = { uniform = [1, 2] }"#,
            "x.toml:5:18: population.parameters.r1.uniform: expected a table, found a list.",
        ),
        (
            r#"STUDY
[population.parameters]
d2 = { uniform = { low = 0, high = 0 } }"#,
            "x.toml:5:36: population.parameters.d2.uniform.high: expected a number above 0 (decay rate of inflammation, in 1/h), found 0. The standard patient has 1.5.",
        ),
        (
            r#"STUDY
[population.parameters]
r1 = { normal = { mean = 0, sd = 1 } }"#,
            "x.toml:5:26: population.parameters.r1.normal.mean: expected a number above 0, found 0.",
        ),
        (
            r#"STUDY
[population.parameters]
r1 = { normal = { mean = 1, sd = -1 } }"#,
            "x.toml:5:34: population.parameters.r1.normal.sd: expected a number of at least 0, found -1.",
        ),
        (
            r#"STUDY
[population.parameters]
r1 = { lognormal = { mean = -1, cv = 0 } }"#,
            r#"x.toml:5:29: population.parameters.r1.lognormal.mean: expected a number above 0, found -1.
x.toml:5:38: population.parameters.r1.lognormal.cv: expected a number above 0, found 0."#,
        ),
        (
            r#"STUDY
[population.parameters]
r1 = { normal = { mean = 1, cv = 0.1 } }"#,
            r#"x.toml:5:17: population.parameters.r1.normal.sd: missing. normal needs mean and sd.
x.toml:5:29: population.parameters.r1.normal.cv: unknown key. Valid: mean, sd, low, high."#,
        ),
        (
            r#"STUDY
[population.parameters]
r1 = { relative = { distribution = "normal", spread = 2 } }"#,
            r#"x.toml:5:55: population.parameters.r1.relative.spread: expected a number of at least 0 and at most 1 with the distribution "normal", found 2. It is a fraction of the mean: 0.25 for 25 %."#,
        ),
        (
            r#"STUDY
[population.parameters]
r1 = { relative = { distribution = "fixed", spread = 0.1 } }"#,
            r#"x.toml:5:54: population.parameters.r1.relative.spread: has no meaning with the distribution "fixed". Remove it, or choose another distribution."#,
        ),
        (
            r#"STUDY
[population]
distribution = "lognormal"
spread = 3
[population.parameters]
r1 = { relative = { distribution = "normal" } }"#,
            r#"x.toml:8:19: population.parameters.r1.relative: expected a number of at least 0 and at most 1 with the distribution "normal", found 3. It is a fraction of the mean: 0.25 for 25 %."#,
        ),
        (
            r#"STUDY
[population.parameters]
r1 = { relative = { distribution = "gauss" } }"#,
            r#"x.toml:5:36: population.parameters.r1.relative.distribution: unknown value "gauss". Valid: uniform, normal, lognormal, fixed."#,
        ),
    ]);
}

#[test]
fn regress_messages_of_truncations_and_ends() {
    let parameters = |form: &str| format!("STUDY\n[population.parameters]\nd2 = {form}");
    let cases = [
        (
            "{ normal = { mean = 1.5, sd = 0.1, low = 2, high = 1 } }",
            "x.toml:5:47: population.parameters.d2.normal.low: low = 2 is not below high = 1. Exchange them.",
        ),
        (
            "{ normal = { mean = 1.5, sd = 0.1, low = 2, high = 2 } }",
            "x.toml:5:47: population.parameters.d2.normal.low: low = 2 is not below high = 2. To hold it there for every patient, write { fixed = 2 }.",
        ),
        (
            "{ normal = { mean = 1.5, sd = 0.1, low = -1 } }",
            "x.toml:5:47: population.parameters.d2.normal.low: expected a number of at least 0, found -1. It is a value of the quantity itself, in its unit.",
        ),
        (
            "{ normal = { mean = 1.5, sd = 0.1, low = 2.1 } }",
            "x.toml:5:47: population.parameters.d2.normal.low: only 1e-9 of a normal distribution with mean 1.5 and sd 0.1 lies within its bounds. At least 1e-6 must. Check the bounds and their unit, or write a distribution between them: { uniform = { low = …, high = … } }.",
        ),
        (
            "{ normal = { mean = 1.5, sd = 0, high = 1.4 } }",
            "x.toml:5:46: population.parameters.d2.normal.high: nothing of a normal distribution with mean 1.5 and sd 0 lies within its bounds. At least 1e-6 must. Check the bounds and their unit, or write a distribution between them: { uniform = { low = …, high = … } }.",
        ),
        (
            "{ lognormal = { mean = 1.5, cv = 0.1, high = 0.9 } }",
            "x.toml:5:51: population.parameters.d2.lognormal.high: only 2e-7 of a log-normal distribution with mean 1.5 and cv 0.1 lies within its bounds. At least 1e-6 must. Check the bounds and their unit, or write a distribution between them: { uniform = { low = …, high = … } }.",
        ),
        (
            "{ normal = { mean = 1.5, sd = 0.1, min = 1 } }",
            r#"x.toml:5:41: population.parameters.d2.normal.min: unknown key. Did you mean "low"? Valid: mean, sd, low, high."#,
        ),
        (
            "{ loguniform = { low = 0, high = 3 } }",
            "x.toml:5:29: population.parameters.d2.loguniform.low: expected a number above 0, found 0.",
        ),
        (
            "{ loguniform = { low = 4, high = 3 } }",
            "x.toml:5:29: population.parameters.d2.loguniform.low: low = 4 is above high = 3. Exchange them.",
        ),
        (
            "{ triangular = { low = 1, high = 3 } }",
            "x.toml:5:21: population.parameters.d2.triangular.mode: missing. triangular needs low, mode and high.",
        ),
        (
            "{ triangular = { low = 1, mode = 4, high = 3 } }",
            "x.toml:5:39: population.parameters.d2.triangular.mode: mode = 4 is not between low = 1 and high = 3. It is the most frequent value, which may be one of the ends.",
        ),
        (
            "{ triangular = { low = 0, mode = 0, high = 0 } }",
            "x.toml:5:49: population.parameters.d2.triangular.high: expected a number above 0 (decay rate of inflammation, in 1/h), found 0. The standard patient has 1.5.",
        ),
    ];
    let texts: Vec<_> = cases.iter().map(|(form, message)| (parameters(form), *message)).collect();
    let cases: Vec<_> = texts.iter().map(|(text, message)| (text.as_str(), *message)).collect();
    refuses(&cases);
}

#[test]
fn regress_messages_of_correlations() {
    let table = |text: &str| format!("STUDY\n[population.correlation]\n{text}");
    let example = "Write pairs = [[\"k\", \"d2\", 0.5]], a list in the list for each pair.";
    let kind = "kind = \"spearman\"\n";
    let symbols = "Valid: n, r1, r2, r3, r4, d1, d2, d3, d4, d5, p0, p1, p2, a1, a2, a3, b, l, k, tumour_burden, inflammation, dose_effector_ctl, dose_memory_ctl, dose_effector_helper, dose_memory_helper, lymphocytes.";
    let cases = [
        (
            table("pairs = [[\"k\", \"d2\", 0.5]]"),
            "x.toml:4:1: population.correlation.kind: missing. correlation needs kind and pairs.".to_owned(),
        ),
        (
            table("kind = \"kendall\"\npairs = [[\"k\", \"d2\", 0.5]]"),
            "x.toml:5:8: population.correlation.kind: unknown value \"kendall\". Valid: spearman, pearson.".to_owned(),
        ),
        (
            table("kind = \"spearman\"\nmatrix = []"),
            "x.toml:4:1: population.correlation.pairs: missing. correlation needs kind and pairs.\n\
             x.toml:6:1: population.correlation.matrix: unknown key. Did you mean \"pairs\"? Valid: kind, pairs."
                .to_owned(),
        ),
        (
            "STUDY\n[population]\ncorrelation = 0.5".to_owned(),
            "x.toml:5:15: population.correlation: expected a table, found a float. \
             Write correlation = { kind = \"spearman\", pairs = [[\"k\", \"d2\", 0.5]] }."
                .to_owned(),
        ),
        (
            table(&format!("{kind}pairs = 3")),
            format!("x.toml:6:9: population.correlation.pairs: expected a list of pairs, found an integer. {example}"),
        ),
        (
            table(&format!("{kind}pairs = []")),
            format!("x.toml:6:9: population.correlation.pairs: empty. {example}"),
        ),
        (
            table(&format!("{kind}pairs = [\"k\", \"d2\", 0.5]")),
            format!(
                "x.toml:6:10: population.correlation.pairs[0]: expected two quantities and their correlation, found a string. {example}"
            ),
        ),
        (
            table(&format!("{kind}pairs = [[\"k\", \"d2\"]]")),
            format!(
                "x.toml:6:10: population.correlation.pairs[0]: expected two quantities and their correlation, found a list of 2. {example}"
            ),
        ),
        (
            table(&format!("{kind}pairs = [[\"k\", \"tumor_burden\", 0.5], [\"k\", 2, \"x\"]]")),
            format!(
                "x.toml:6:16: population.correlation.pairs[0][1]: unknown quantity \"tumor_burden\". Did you mean \"tumour_burden\"? {symbols}\n\
                 x.toml:6:44: population.correlation.pairs[1][1]: expected the symbol of a quantity, found an integer.\n\
                 x.toml:6:47: population.correlation.pairs[1][2]: expected a number, found a string."
            ),
        ),
        (
            table(&format!("{kind}pairs = [[\"k\", \"d2\", 1], [\"k\", \"k\", 0.5]]")),
            "x.toml:6:22: population.correlation.pairs[0][2]: expected a number above -1 and below 1, found 1. Quantities with a correlation of 1 or -1 would be one quantity.\n\
             x.toml:6:26: population.correlation.pairs[1]: \"k\" is paired with itself. Name another quantity, or remove the pair."
                .to_owned(),
        ),
        (
            table(&format!("{kind}pairs = [[\"k\", \"d2\", 0.5], [\"d2\", \"k\", 0.4]]")),
            "x.toml:6:28: population.correlation.pairs[1]: the pair of \"d2\" and \"k\" is given twice. Keep one.".to_owned(),
        ),
        (
            table(&format!("{kind}pairs = [[\"k\", \"tumour_burden\", 0.5]]\n[population.parameters]\nk = {{ fixed = 4800 }}")),
            "x.toml:6:11: population.correlation.pairs[0][0]: \"k\" is the same in every patient. Give it a distribution in [population.parameters], or remove the pair.\n\
             x.toml:6:16: population.correlation.pairs[0][1]: \"tumour_burden\" is the same in every patient. Give it a distribution in [population.initial], or remove the pair."
                .to_owned(),
        ),
        (
            table(&format!("{kind}pairs = [[\"k\", \"d2\", 0.9], [\"k\", \"d1\", 0.9], [\"d1\", \"d2\", -0.9]]")),
            "x.toml:6:9: population.correlation.pairs: the correlations contradict each other: the matrix of those of the normal scores is not positive definite. The nearest that they can have: pairs = [[\"d1\", \"d2\", -0.482], [\"d1\", \"k\", 0.482], [\"d2\", \"k\", 0.482]]."
                .to_owned(),
        ),
    ];
    let cases: Vec<_> = cases.iter().map(|(text, message)| (text.as_str(), message.as_str())).collect();
    refuses(&cases);
}

#[test]
fn regress_messages_of_solver_keys() {
    refuses(&[
        (
            r#"STUDY
[solver]
method = "rk5""#,
            r#"x.toml:5:10: solver.method: unknown value "rk5". Did you mean "rk4"? Valid: tsit5, rodas5p, dopri5, bs3, rk4."#,
        ),
        (
            r#"STUDY
[solver]
method = "rk4""#,
            r#"x.toml:5:10: solver.step_hours: missing, and "rk4" has fixed steps. Write step_hours = 0.1 under [solver]."#,
        ),
        (
            r#"STUDY
[solver]
step_hours = 0.1"#,
            r#"x.toml:5:14: solver.step_hours: "rodas5p" chooses its own steps. Remove it, or use method = "rk4"."#,
        ),
        (
            r#"STUDY
[solver]
method = "rk4"
step_hours = 0"#,
            "x.toml:6:14: solver.step_hours: expected a number above 0, found 0.",
        ),
        (
            r#"STUDY
[solver]
method = "rk4"
step_hours = 1000"#,
            "x.toml:6:14: solver.step_hours: a step of 1000 h is longer than the study. A step has to be below 2.78/d2, about 1.4 h here.",
        ),
        (
            r#"STUDY
[solver]
rtol = 1"#,
            "x.toml:5:8: solver.rtol: expected a number of at least 1e-12 and at most 0.01, found 1.",
        ),
        (
            r#"STUDY
[solver]
rtol = 1e-13"#,
            "x.toml:5:8: solver.rtol: expected a number of at least 1e-12 and at most 0.01, found 1e-13.",
        ),
        (
            r#"STUDY
[solver]
atol = 1"#,
            r#"x.toml:5:1: solver.atol: unknown key. Did you mean "rtol"? Valid: method, rtol, step_hours."#,
        ),
    ]);
}

#[test]
fn regress_messages_of_several_mistakes_at_once() {
    refuses(&[(
        r#"[study]
name = "x"
patients = 0
[population]
spred = 0.1
[population.parameters]
r9 = { fixed = 1 }
"#,
        r#"x.toml:3:12: study.patients: expected a whole number from 1 to 1000000000000, found 0.
x.toml:5:1: population.spred: unknown key. Did you mean "spread"? Valid: distribution, spread, correction, sampling, table, carry, weight, correlation, targets, parameters, initial.
x.toml:7:1: population.parameters.r9: unknown parameter. Did you mean "r1"? Valid: n, r1, r2, r3, r4, d1, d2, d3, d4, d5, p0, p1, p2, a1, a2, a3, b, l, k."#,
    )]);
}
