//! What is said of a variable and of a data set, whatever file it goes to.

/// The longest label.
pub(crate) const LONGEST_LABEL: usize = 40;

/// A variable of a data set.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Variable {
    /// At most 8 capital letters, digits and underscores.
    pub name: String,
    /// At most 40 characters.
    pub label: String,
    /// What its values are.
    pub kind: Kind,
    /// Its unit as the patient table has it; empty where there is none.
    pub unit: String,
    /// Where its values come from.
    pub origin: Origin,
    /// The values that it can have, where these are few.
    pub codes: Option<CodeList>,
}

/// What the values of a variable are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Text of at most so many characters.
    Text(usize),
    /// Whole numbers.
    Integer,
    /// Numbers of double precision.
    Float,
}

/// Where the values of a variable come from, with a sentence about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// Given by the study.
    Assigned(String),
    /// Computed.
    Derived(String),
}

/// The values that a variable can have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CodeList {
    /// Its identifier, unless it is another's under the same one.
    pub id: String,
    /// What it lists.
    pub name: String,
    /// Value and meaning.
    pub codes: Vec<(String, String)>,
}

/// A data set.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct DataSet {
    /// Its name, and that of its files.
    pub name: &'static str,
    /// What it is, in at most 40 characters.
    pub label: &'static str,
    /// What one record is.
    pub structure: &'static str,
    /// Its class in ADaM.
    pub class: &'static str,
    /// Its subclass in ADaM, if it has one.
    pub subclass: Option<&'static str>,
    /// The variables that tell its records apart, in order.
    pub keys: &'static [&'static str],
    /// Its variables, in order.
    pub variables: Vec<Variable>,
    /// Its parameters; none where it has a record for each subject.
    pub parameters: Vec<ParameterNote>,
    /// How many records it has.
    pub records: u64,
}

/// What a dictionary says about a parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ParameterNote {
    /// PARAMCD.
    pub code: &'static str,
    /// PARAM.
    pub label: &'static str,
    /// Where AVAL comes from.
    pub origin: String,
}

impl DataSet {
    /// The place of a variable among those that tell records apart, from 1.
    pub fn key(&self, variable: &str) -> Option<usize> {
        self.keys.iter().position(|key| *key == variable).map(|i| i + 1)
    }
}

impl Kind {
    /// The type in Dataset-JSON and Define-XML.
    pub fn name_in_json(self) -> &'static str {
        match self {
            Self::Text(_) => "string",
            Self::Integer => "integer",
            Self::Float => "float",
        }
    }
}
