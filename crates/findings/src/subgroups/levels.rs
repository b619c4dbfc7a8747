//! Subgroups of patients, by the values of one column.

use crate::FindingsError;
use crate::study_analysis::PATIENT_ID;
use cartrial_analysis::quantiles;
use cartrial_dataset::{Column, ColumnType, Dataset, PatientRows, RowSelection};
use serde::Serialize;
use std::borrow::Cow;
use std::str::FromStr;

/// The most texts that a column may have to form subgroups.
const MOST_TEXTS: usize = 20;

/// A column that forms subgroups, and where a number is cut: `tumour_burden` or `tumour_burden:250,500`.
#[derive(Clone, Debug, PartialEq)]
pub struct SubgroupColumn {
    /// Its name.
    pub column: String,
    /// Values at which the next subgroup begins, rising; none if there are to be three of one size.
    pub cuts: Vec<f64>,
}

impl FromStr for SubgroupColumn {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wanted = || "expected COLUMN, or COLUMN:CUT,CUT,… with rising numbers".to_owned();
        let (column, cuts) = text.split_once(':').map_or((text, None), |(column, cuts)| (column, Some(cuts)));
        let cuts = cuts
            .map_or(Ok(Vec::new()), |cuts| cuts.split(',').map(|cut| cut.trim().parse::<f64>()).collect());
        let cuts: Vec<f64> = cuts.map_err(|_| wanted())?;
        let rises = cuts.windows(2).all(|two| two[0] < two[1]) && cuts.iter().all(|cut| cut.is_finite());
        if column.is_empty() || !rises { Err(wanted()) } else { Ok(Self { column: column.to_owned(), cuts }) }
    }
}

/// What the patients of a subgroup have in common.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SubgroupLevel {
    /// The flag.
    Flag(bool),
    /// The text or category.
    Text(String),
    /// A number from one cut, included, to the next, excluded.
    Range {
        /// The lower cut; none of the first subgroup.
        from: Option<f64>,
        /// The upper cut; none of the last subgroup.
        to: Option<f64>,
    },
}

/// The subgroups that a column forms.
pub(super) struct Levels {
    column: Column,
    forms: Forms,
}

enum Forms {
    Flags,
    Texts(Vec<String>),
    Cuts(Vec<f64>),
}

impl Levels {
    /// The subgroups of the selected rows.
    pub fn of(
        dataset: &Dataset,
        by: &SubgroupColumn,
        selection: Option<&RowSelection>,
    ) -> Result<Self, FindingsError> {
        let column = dataset.column(&by.column)?.clone();
        let refuse = |reason: String, remedy: &str| {
            Err(FindingsError::Subgroups { what: "--by", reason, remedy: remedy.to_owned() })
        };
        if matches!(column.name.as_str(), "arm" | PATIENT_ID) {
            return refuse(format!("{} forms no subgroups", column.name), "Name a quantity or a flag.");
        }
        let is_number = matches!(column.kind, ColumnType::F64 | ColumnType::U32 | ColumnType::U64);
        if !is_number && !by.cuts.is_empty() {
            let reason = format!("{} holds no numbers that could be cut", column.name);
            return refuse(reason, "Leave the cuts out.");
        }
        let forms = match column.kind {
            ColumnType::Bool => Forms::Flags,
            ColumnType::Category | ColumnType::Text => {
                let texts = texts(dataset, &column.name, selection)?;
                if texts.len() > MOST_TEXTS {
                    let reason = format!("{} has more than {MOST_TEXTS} different values", column.name);
                    return refuse(reason, "Choose a column with fewer.");
                }
                Forms::Texts(texts)
            }
            ColumnType::F64 | ColumnType::U32 | ColumnType::U64 if by.cuts.is_empty() => {
                Forms::Cuts(tertiles(dataset, &column.name, selection)?)
            }
            ColumnType::F64 | ColumnType::U32 | ColumnType::U64 => Forms::Cuts(by.cuts.clone()),
        };
        Ok(Self { column, forms })
    }

    /// The column.
    pub fn column(&self) -> &Column {
        &self.column
    }

    /// Every level, in order.
    pub fn levels(&self) -> Vec<SubgroupLevel> {
        match &self.forms {
            Forms::Flags => [false, true].map(SubgroupLevel::Flag).into(),
            Forms::Texts(texts) => texts.iter().cloned().map(SubgroupLevel::Text).collect(),
            Forms::Cuts(cuts) => {
                let from = [None].into_iter().chain(cuts.iter().copied().map(Some));
                let to = cuts.iter().copied().map(Some).chain([None]);
                from.zip(to).map(|(from, to)| SubgroupLevel::Range { from, to }).collect()
            }
        }
    }

    /// The number of the level of every row; none where there is no value.
    pub fn of_rows(&self, rows: &PatientRows) -> Result<Vec<Option<usize>>, FindingsError> {
        let name = &self.column.name;
        Ok(match &self.forms {
            Forms::Flags => {
                let level = |flag: &f64| (!flag.is_nan()).then_some(usize::from(*flag == 1.0));
                rows.f64_column(name)?.iter().map(level).collect()
            }
            Forms::Texts(texts) => {
                let level = |text: Option<&str>| texts.iter().position(|known| Some(known.as_str()) == text);
                rows.text_column(name)?.map(level).collect()
            }
            Forms::Cuts(cuts) => {
                let level = |x: &f64| (!x.is_nan()).then(|| cuts.partition_point(|cut| cut <= x));
                numbers(rows, name)?.iter().map(level).collect()
            }
        })
    }
}

/// A column of numbers, whatever their type.
fn numbers<'a>(rows: &'a PatientRows, name: &str) -> Result<Cow<'a, [f64]>, FindingsError> {
    if let Ok(values) = rows.u32_column(name) {
        return Ok(values.iter().copied().map(f64::from).collect());
    }
    Ok(rows.f64_column(name)?)
}

/// The different texts of a column, in the order of their first appearance, and one more than there may be at most.
fn texts(
    dataset: &Dataset,
    name: &str,
    selection: Option<&RowSelection>,
) -> Result<Vec<String>, FindingsError> {
    let mut texts: Vec<String> = Vec::new();
    for rows in dataset.selected_chunks(&[name], selection)? {
        for text in rows?.text_column(name)?.flatten() {
            if !texts.iter().any(|known| known == text) {
                texts.push(text.to_owned());
                if texts.len() > MOST_TEXTS {
                    return Ok(texts);
                }
            }
        }
    }
    Ok(texts)
}

/// The values that cut a column into three parts of one size; fewer where many patients have the same. All values are in
/// memory, eight bytes a row.
fn tertiles(
    dataset: &Dataset,
    name: &str,
    selection: Option<&RowSelection>,
) -> Result<Vec<f64>, FindingsError> {
    let mut values = Vec::new();
    for rows in dataset.selected_chunks(&[name], selection)? {
        values.extend_from_slice(&numbers(&rows?, name)?);
    }
    let least = values.iter().copied().fold(f64::INFINITY, f64::min);
    let mut cuts = quantiles(&values, &[1.0 / 3.0, 2.0 / 3.0]).unwrap_or_default();
    cuts.dedup();
    // Nobody would be below the least value.
    cuts.retain(|cut| *cut > least);
    Ok(cuts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_read_with_their_cuts() {
        let read = |text: &str| text.parse::<SubgroupColumn>();
        let column = |column: &str, cuts: &[f64]| SubgroupColumn { column: column.into(), cuts: cuts.into() };
        assert_eq!(read("site"), Ok(column("site", &[])));
        assert_eq!(read("tumour_burden:0, 250,1e3"), Ok(column("tumour_burden", &[0.0, 250.0, 1000.0])));
        for text in ["", ":1", "a:", "a:x", "a:2,1", "a:1,1", "a:1,inf", "a:nan"] {
            assert!(read(text).is_err(), "{text:?}");
        }
    }
}
