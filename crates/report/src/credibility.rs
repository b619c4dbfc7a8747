//! The page of evidence for a study's results, after ASME V&V 40.

use cartrial_dataset::Manifest;
use cartrial_findings::credibility::{CorrelationDiagnostic, Credibility, Standing};
use cartrial_model::Quantity;
use maud::{Markup, html};
use std::path::{Path, PathBuf};

use crate::files::{FileError, write_file};
use crate::page::{Page, facts, table};
use crate::significant;

/// Writes `credibility.html` and `credibility.json` into a results directory. The path is that of the page.
///
/// # Errors
/// [`FileError`] names the file and the reason.
pub fn write(directory: &Path, manifest: &Manifest, found: &Credibility) -> Result<PathBuf, FileError> {
    let name = "credibility.json";
    let text = serde_json::to_string_pretty(found)
        .map_err(|source| FileError::Json { name: name.to_owned(), source })?;
    write_file(&directory.join(name), format!("{text}\n").as_bytes())?;
    let path = directory.join("credibility.html");
    write_file(&path, page(manifest, found).as_bytes())?;
    Ok(path)
}

/// The page, as HTML that needs nothing from outside.
pub fn page(manifest: &Manifest, found: &Credibility) -> String {
    Page {
        kind: "Credibility evidence, after ASME V&V 40",
        title: &found.study,
        lead: lead(found),
        sections: vec![
            ("factors", "Credibility factors".to_owned(), factors(found)),
            ("context", "Context of use".to_owned(), context(manifest)),
            ("code", "Code verification".to_owned(), code(found)),
            ("calculation", "Calculation verification".to_owned(), calculation(found)),
            ("cohort", "Cohort".to_owned(), cohort(found)),
            ("limits", "What the model may be used for".to_owned(), limits()),
        ],
        footer: html! {
            p { "Measured by cartrial " (found.program_version) " on the rows " (found.content_hash) ". Simulated patients, not people." }
        },
    }
    .html()
}

fn lead(found: &Credibility) -> Markup {
    let count = |standing| found.factors.iter().filter(|factor| factor.standing == standing).count();
    let refuted = count(Standing::Refuted);
    html! {
        p.lead {
            "Of " (found.factors.len()) " factors, " (count(Standing::Shown)) " are shown here, " (count(Standing::ShownInPart))
            " in part, and " (count(Standing::NotShown)) " are not shown. "
            @if refuted > 0 { strong { "The evidence speaks against " (refuted) "." } }
            @else { "The numbers are those of the equations. That the equations are those of patients is not shown." }
        }
    }
}

fn factors(found: &Credibility) -> Markup {
    html! {
        div.scroll { table.words {
            thead { tr { @for cell in ["Activity", "Factor", "Standing", "Evidence, or what is missing"] { th { (cell) } } } }
            tbody { @for factor in &found.factors {
                tr.strong[factor.standing == Standing::Refuted] {
                    td { (factor.activity.name()) }
                    td { (factor.name) }
                    td { (factor.standing.in_words()) }
                    td { (factor.evidence) }
                }
            } }
        } }
    }
}

fn context(manifest: &Manifest) -> Markup {
    let study = &manifest.study;
    html! {
        (facts(&[
            ("Question of interest", html! { "A study file does not state one: it is for the study's author to write down." }),
            ("What was computed", html! {
                (manifest.patients) " virtual patients in " (study.arms.len()) " arm" @if study.arms.len() > 1 { "s" }
                " over " (study.days) " days"
            }),
            ("Model influence and decision consequence", html! {
                "Not assessed here. They decide how much credibility is enough, and depend on what is decided by the results."
            }),
            ("Model", html! { "Seven ordinary differential equations, " (Quantity::COUNT) " quantities a patient; reading "
                (study.model.reading.name()) ", growth "
                (study.model.growth.name()) }),
            ("Source", html! { "S. Hanson, D. R. Grimes, J. P. Taylor-King et al., bioRxiv 049908 (2016); BioModels BIOMD0000000837" }),
        ]))
    }
}

fn code(found: &Credibility) -> Markup {
    let code = &found.code_verification;
    let rows = code.convergence.iter().map(|c| {
        let cells = [
            format!("{:e}", c.setting),
            format!("{:.1e}", c.worst_inflammation),
            format!("{:.1e}", c.worst_state),
            c.failed.to_string(),
        ];
        (c.is_that_of_the_study, cells.to_vec())
    });
    html! {
        p {
            (code.patients) " random patients of the paper's uniform population, by " (code.method) ", against DOP853 at rtol 1e-12 "
            "with its extremes found by root-finding. Measured while this page was made; the study's own setting in bold."
        }
        (table(&["Tolerance or step (h)", "Peak and AUC, relative", "Nadir and end states, relative", "Failed"], 0, rows))
        @if let Some(order) = code.order {
            p.note { "Log error against log setting has the slope " (significant(order, 3)) "." }
        }
    }
}

fn calculation(found: &Credibility) -> Markup {
    let Some(calculation) = &found.calculation_verification else {
        return html! { p { "Not shown: the quantities of the patients are not stored." } };
    };
    let rows = calculation.endpoints.iter().map(|e| {
        let relative = e.relative.filter(|r| *r > 0.0).map_or_else(String::new, |r| format!("{r:.1e}"));
        let worst = match e.relative {
            None => format!("{} rows", e.worst),
            Some(_) if e.worst == 0.0 => "0".to_owned(),
            Some(_) => format!("{:.1e} {}", e.worst, e.unit),
        };
        (false, vec![e.endpoint.to_owned(), worst, relative])
    });
    html! {
        p {
            "The first " (calculation.patients) " patients of this study, " (calculation.rows) " rows, solved again at "
            (format!("{:e}", calculation.finer_setting)) " instead of " (format!("{:e}", calculation.setting)) ". "
            (calculation.solved_by_one_alone) " rows were solved by only one of the two."
        }
        (table(&["Endpoint", "Largest difference", "Of the largest value"], 1, rows))
    }
}

fn cohort(found: &Credibility) -> Markup {
    let Some(cohort) = &found.cohort else {
        return html! { p { "Not shown: the patients come from a table, or their quantities are not stored." } };
    };
    let rows = cohort.iter().map(|q| {
        let number = |x: f64| significant(x, 5);
        let drawn = |x: Option<f64>| x.map_or_else(|| "–".to_owned(), number);
        let p = q.p_value.map_or_else(String::new, |p| format!("{p:.3}"));
        let cells = [
            q.quantity.to_owned(),
            q.unit.to_owned(),
            number(q.mean_asked),
            drawn(q.mean_drawn),
            number(q.sd_asked),
            drawn(q.sd_drawn),
            format!("{:.4}", q.kolmogorov_smirnov),
            p,
        ];
        (false, cells.to_vec())
    });
    html! {
        p {
            "What was asked for against what was drawn, of "
            (cohort.first().map_or(0, |q| q.n)) " patients. D is Kolmogorov and Smirnov's; of so many tests some p are small by chance."
        }
        (table(&["Quantity", "Unit", "Mean asked", "drawn", "SD asked", "drawn", "D", "p"], 2, rows))
        @if !found.correlations.is_empty() { (correlations(&found.correlations)) }
    }
}

fn correlations(pairs: &[CorrelationDiagnostic]) -> Markup {
    let number = |x: Option<f64>, digits: usize| {
        x.map_or_else(|| "–".to_owned(), |x| format!("{x:.digits$}").replace('-', "−"))
    };
    let rows = pairs.iter().map(|pair| {
        let cells = [
            format!("{} and {}", pair.first, pair.second),
            number(Some(pair.spearman_asked), 4),
            number(pair.spearman_drawn, 4),
            number(pair.p_value, 3),
        ];
        (false, cells.to_vec())
    });
    html! {
        p { "Rank correlations (Spearman) of the pairs that the study correlates. p is that of Fisher's transform." }
        (table(&["Pair", "Asked", "drawn", "p"], 1, rows))
    }
}

fn limits() -> Markup {
    html! {
        p { "It may be used to explore a published mechanism: which of its assumptions drive toxicity, how a trial of such patients \
             would have to be designed, what a sample of a given size can show." }
        p { "It may not be used to treat or select patients, to set a dose, or as evidence of safety or efficacy. Nothing here shows \
             that real patients behave like these." }
    }
}
