//! The simulation in SED-ML: what is solved, for how long, and what is shown.

use crate::sbml::NAMESPACE as SBML;
use crate::xml::Element;
use cartrial_cohort::Study;
use cartrial_model::{HOURS_PER_DAY, INFLAMMATION, STATES, TUMOUR_BURDEN};

const NAMESPACE: &str = "http://sed-ml.org/sed-ml/level1/version4";
const TASK: &str = "course";
const DAY: &str = "day";
/// Names of KiSAO: CVODE, its tolerances, and the most steps between two outputs.
const CVODE: &str = "KISAO:0000019";
const SETTINGS: [(&str, &str, &str); 3] = [
    ("KISAO:0000209", "Relative tolerance", "1e-10"),
    ("KISAO:0000211", "Absolute tolerance", "1e-10"),
    ("KISAO:0000415", "Maximum number of steps", "100000"),
];

/// The course over the study's days of the model in the file `model`, a state every hour.
pub(crate) fn document(study: &Study, model: &str) -> Element {
    let end_h = study.days * HOURS_PER_DAY;
    let source = Element::new("model")
        .with("id", "model")
        .with("language", "urn:sedml:language:sbml.level-3.version-2")
        .with("source", model);
    let setting = |(id, name, value)| {
        Element::new("algorithmParameter").with("kisaoID", id).with("name", name).with("value", value)
    };
    let algorithm = Element::new("algorithm")
        .with("kisaoID", CVODE)
        .with("name", "CVODE")
        .listing("listOfAlgorithmParameters", SETTINGS.map(setting));
    let simulation = Element::new("uniformTimeCourse")
        .with("id", "follow_up")
        .with("initialTime", 0)
        .with("outputStartTime", 0)
        .with("outputEndTime", end_h)
        .with("numberOfSteps", end_h.ceil())
        .holding(algorithm);
    let task = Element::new("task")
        .with("id", TASK)
        .with("modelReference", "model")
        .with("simulationReference", "follow_up");
    let states = STATES.iter().map(|state| state_generator(state.name, state.label));
    Element::new("sedML")
        .with("xmlns", NAMESPACE)
        .with("xmlns:sbml", SBML)
        .with("level", 1)
        .with("version", 4)
        .listing("listOfModels", [source])
        .listing("listOfSimulations", [simulation])
        .listing("listOfTasks", [task])
        .listing("listOfDataGenerators", std::iter::once(day_generator()).chain(states))
        .listing("listOfOutputs", [plot(INFLAMMATION), plot(TUMOUR_BURDEN), report()])
}

fn ci(id: &str) -> Element {
    Element::new("ci").text(id)
}

fn math(element: Element) -> Element {
    Element::new("math").with("xmlns", "http://www.w3.org/1998/Math/MathML").holding(element)
}

fn variable(id: &str) -> Element {
    Element::new("variable").with("id", id).with("taskReference", TASK)
}

fn day_generator() -> Element {
    let hours = Element::new("cn").text(HOURS_PER_DAY.to_string());
    let quotient = Element::new("apply").holding(Element::new("divide")).holding(ci("time_h")).holding(hours);
    Element::new("dataGenerator")
        .with("id", DAY)
        .with("name", "Day")
        .listing("listOfVariables", [variable("time_h").with("symbol", "urn:sedml:symbol:time")])
        .holding(math(quotient))
}

fn state_generator(name: &str, label: &str) -> Element {
    let id = format!("{name}_value");
    let target = format!("/sbml:sbml/sbml:model/sbml:listOfParameters/sbml:parameter[@id='{name}']");
    Element::new("dataGenerator")
        .with("id", name)
        .with("name", label)
        .listing("listOfVariables", [variable(&id).with("target", target)])
        .holding(math(ci(&id)))
}

fn plot(state: usize) -> Element {
    let state = &STATES[state];
    let axis = |element, name: &str| Element::new(element).with("name", name).with("type", "linear");
    let curve = Element::new("curve")
        .with("id", format!("{}_curve", state.name))
        .with("type", "points")
        .with("order", 0)
        .with("xDataReference", DAY)
        .with("yDataReference", state.name);
    Element::new("plot2D")
        .with("id", format!("{}_plot", state.name))
        .with("name", state.label)
        .holding(axis("xAxis", "Day"))
        .holding(axis("yAxis", &format!("{} ({})", state.label, state.unit)))
        .listing("listOfCurves", [curve])
}

fn report() -> Element {
    let set = |name: &str| {
        Element::new("dataSet")
            .with("id", format!("{name}_column"))
            .with("label", name)
            .with("dataReference", name)
    };
    Element::new("report")
        .with("id", "trajectory")
        .with("name", "Trajectory")
        .listing("listOfDataSets", std::iter::once(DAY).chain(STATES.map(|state| state.name)).map(set))
}
