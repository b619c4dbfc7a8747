//! What SBML has of a patient: quantities, rules, events.

use crate::equations;
use crate::expression::Expression;
use crate::treatment;
use crate::unit::Unit;
use cartrial_cohort::{Arm, Study};

/// One patient in one arm.
#[derive(Debug, Default)]
pub(crate) struct Model {
    pub parameters: Vec<Parameter>,
    /// What a parameter is at t = 0 where that follows from others.
    pub initial: Vec<(String, Expression)>,
    pub rules: Vec<Rule>,
    pub events: Vec<Event>,
}

/// A number with a name and a unit.
#[derive(Debug)]
pub(crate) struct Parameter {
    pub id: String,
    pub label: String,
    pub unit: Unit,
    /// Its value at t = 0; none where a rule gives it.
    pub value: Option<f64>,
    /// Whether it keeps that value.
    pub constant: bool,
}

/// What a parameter follows.
#[derive(Debug)]
pub(crate) struct Rule {
    /// `rateRule` or `assignmentRule`.
    pub kind: &'static str,
    pub of: String,
    pub is: Expression,
}

/// What happens as soon as a condition comes to hold, or a while later.
#[derive(Debug)]
pub(crate) struct Event {
    pub id: String,
    pub label: String,
    pub trigger: Expression,
    pub delay: Option<Expression>,
    pub assignments: Vec<(String, Expression)>,
}

impl Model {
    /// The study's standard patient in that arm.
    pub fn new(study: &Study, arm: &Arm) -> Self {
        let mut model = Self::default();
        equations::add(&mut model, study, arm);
        treatment::add(&mut model, study, arm);
        model
    }

    pub fn constant(&mut self, id: impl Into<String>, label: impl Into<String>, unit: Unit, value: f64) {
        let (id, label) = (id.into(), label.into());
        self.parameters.push(Parameter { id, label, unit, value: Some(value), constant: true });
    }

    /// A parameter that events or a rate change.
    pub fn variable(&mut self, id: impl Into<String>, label: impl Into<String>, unit: Unit, value: f64) {
        let (id, label) = (id.into(), label.into());
        self.parameters.push(Parameter { id, label, unit, value: Some(value), constant: false });
    }

    /// A parameter that always is the value of an expression.
    pub fn assign(&mut self, id: &str, label: &str, unit: Unit, is: Expression) {
        let parameter = Parameter { id: id.into(), label: label.into(), unit, value: None, constant: false };
        self.parameters.push(parameter);
        self.rules.push(Rule { kind: "assignmentRule", of: id.into(), is });
    }

    pub fn rate(&mut self, of: &str, is: Expression) {
        self.rules.push(Rule { kind: "rateRule", of: of.into(), is });
    }

    pub fn event(
        &mut self,
        id: impl Into<String>,
        label: impl Into<String>,
        trigger: Expression,
        delay: Option<Expression>,
        assignments: Vec<(String, Expression)>,
    ) {
        self.events.push(Event { id: id.into(), label: label.into(), trigger, delay, assignments });
    }
}
