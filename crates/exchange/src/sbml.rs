//! The SBML document.

use crate::error::ExchangeError;
use crate::expression::Expression;
use crate::model::{Event, Model, Parameter};
use crate::unit::Unit;
use crate::xml::Element;
use cartrial_cohort::{Arm, Study};

pub(crate) const NAMESPACE: &str = "http://www.sbml.org/sbml/level3/version2/core";
const RDF: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
const META_ID: &str = "model";
/// The preprint, and its curated form.
const SOURCES: [(&str, &str); 2] = [
    ("bqmodel:isDescribedBy", "http://identifiers.org/doi/10.1101/049908"),
    ("bqmodel:isDerivedFrom", "http://identifiers.org/biomodels.db/BIOMD0000000837"),
];

/// The equations of a study, its standard patient and an arm's treatment as SBML Level 3 Version 2.
///
/// Every state is a parameter with a rate rule, in the unit and under the name of the trajectory's column; time is in
/// hours. What happens after t = 0 are events.
///
/// # Errors
/// [`ExchangeError::Xml`].
pub fn sbml(study: &Study, arm: &Arm) -> Result<String, ExchangeError> {
    Ok(document(study, arm).to_document()?)
}

fn document(study: &Study, arm: &Arm) -> Element {
    let Model { parameters, initial, rules, events } = Model::new(study, arm);
    let rules = rules
        .iter()
        .map(|rule| Element::new(rule.kind).with("variable", &rule.of).holding(rule.is.to_math()));
    let model = Element::new("model")
        .with("metaid", META_ID)
        .with("id", identifier(&study.name))
        .with("name", format!("{}, arm {}", study.name, arm.name))
        .with("timeUnits", Unit::HOUR.id())
        .with("substanceUnits", "item")
        .with("extentUnits", "item")
        .with("volumeUnits", "litre")
        .holding(notes(study, arm))
        .holding(annotation())
        .listing("listOfUnitDefinitions", Unit::definitions())
        .listing("listOfParameters", parameters.iter().map(parameter))
        .listing("listOfInitialAssignments", initial.iter().map(|(of, is)| initial_assignment(of, is)))
        .listing("listOfRules", rules)
        .listing("listOfEvents", events.iter().map(event));
    Element::new("sbml").with("xmlns", NAMESPACE).with("level", 3).with("version", 2).holding(model)
}

/// A study's name as SBML allows identifiers, letters, digits and underscores, and as no parameter begins.
fn identifier(name: &str) -> String {
    let safe = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
    format!("study_{}", name.chars().map(safe).collect::<String>())
}

fn notes(study: &Study, arm: &Arm) -> Element {
    let text = format!(
        "The standard patient of the study {study}, arm {arm}: {reading} reading, {growth} growth. Seven equations of \
         tumour, inflammation, CAR T cells and other lymphocytes after Hanson et al. 2016 (bioRxiv 049908). Time is in \
         hours. A research model, not calibrated to any patient. Written by cartrial {version}.",
        study = study.name,
        arm = arm.name,
        reading = study.model.reading.name(),
        growth = study.model.growth.name(),
        version = env!("CARGO_PKG_VERSION"),
    );
    Element::new("notes").holding(Element::new("p").with("xmlns", "http://www.w3.org/1999/xhtml").text(text))
}

fn annotation() -> Element {
    let source = |(relation, resource)| {
        let item = Element::new("rdf:li").with("rdf:resource", resource);
        Element::new(relation).holding(Element::new("rdf:Bag").holding(item))
    };
    let description = Element::new("rdf:Description")
        .with("rdf:about", format!("#{META_ID}"))
        .holding_all(SOURCES.map(source));
    let rdf = Element::new("rdf:RDF")
        .with("xmlns:rdf", RDF)
        .with("xmlns:bqmodel", "http://biomodels.net/model-qualifiers/")
        .holding(description);
    Element::new("annotation").holding(rdf)
}

fn parameter(parameter: &Parameter) -> Element {
    let Parameter { id, label, unit, value, constant } = parameter;
    let element = Element::new("parameter").with("id", id).with("name", label);
    let element = match value {
        Some(value) => element.with("value", format!("{value:?}")),
        None => element,
    };
    element.with("units", unit.id()).with("constant", constant)
}

fn initial_assignment(of: &str, is: &Expression) -> Element {
    Element::new("initialAssignment").with("symbol", of).holding(is.to_math())
}

/// An event whose condition counts as not met before t = 0, and that assigns what holds when it happens.
fn event(event: &Event) -> Element {
    let Event { id, label, trigger, delay, assignments } = event;
    let trigger = Element::new("trigger")
        .with("initialValue", false)
        .with("persistent", true)
        .holding(trigger.to_math());
    let assignment = |(of, is): &(String, Expression)| {
        Element::new("eventAssignment").with("variable", of).holding(is.to_math())
    };
    Element::new("event")
        .with("id", id)
        .with("name", label)
        .with("useValuesFromTriggerTime", false)
        .holding(trigger)
        .holding_all(delay.as_ref().map(|delay| Element::new("delay").holding(delay.to_math())))
        .listing("listOfEventAssignments", assignments.iter().map(assignment))
}
