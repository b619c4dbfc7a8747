//! A model read back from its SBML, and its formulas evaluated.

#![allow(dead_code, reason = "every test file uses a part of it")]

use cartrial_cohort::Study;
use roxmltree::{Document, Node};
use std::collections::BTreeMap;
use std::path::Path;

/// The values of all identifiers.
pub type Values = BTreeMap<String, f64>;

/// A study of 30 days with this text appended.
pub fn study(text: &str) -> Study {
    let text = format!("[study]\nname = \"x\"\npatients = 1\ndays = 30\n{text}");
    Study::parse(&text, Path::new("x.toml")).unwrap()
}

/// The model of the study's first arm.
pub fn sbml(study: &Study) -> String {
    cartrial_exchange::sbml(study, &study.arms[0]).unwrap()
}

/// Every element of that name.
pub fn all<'a>(document: &'a Document<'_>, name: &str) -> Vec<Node<'a, 'a>> {
    document.descendants().filter(|node| node.has_tag_name(name) || node.tag_name().name() == name).collect()
}

/// The formula in an element.
pub fn math<'a>(of: Node<'a, 'a>) -> Node<'a, 'a> {
    let math = of.children().find(|node| node.tag_name().name() == "math").unwrap();
    math.first_element_child().unwrap()
}

/// The child of that name.
pub fn child<'a>(of: Node<'a, 'a>, name: &str) -> Option<Node<'a, 'a>> {
    of.children().find(|node| node.tag_name().name() == name)
}

/// What every parameter is at t = 0, by attribute or by initial assignment.
pub fn initial(document: &Document<'_>) -> Values {
    let value =
        |node: Node<'_, '_>| Some((node.attribute("id")?.into(), node.attribute("value")?.parse().ok()?));
    let mut values: Values = all(document, "parameter").into_iter().filter_map(value).collect();
    for node in all(document, "initialAssignment") {
        let of = node.attribute("symbol").unwrap().to_owned();
        let assigned = evaluate(math(node), &values);
        values.insert(of, assigned);
    }
    values
}

/// What every rule of rates gives, after those of assignment, which stand in an order that needs no other.
pub fn rates(document: &Document<'_>, values: &Values) -> Values {
    let mut values = values.clone();
    let mut rules = all(document, "assignmentRule");
    while !rules.is_empty() {
        let before = rules.len();
        rules.retain(|rule| {
            let known = rule
                .descendants()
                .filter(|n| n.tag_name().name() == "ci")
                .all(|n| values.contains_key(text(n)));
            if known {
                let is = evaluate(math(*rule), &values);
                values.insert(rule.attribute("variable").unwrap().into(), is);
            }
            !known
        });
        assert!(rules.len() < before, "rules in a circle");
    }
    let rate =
        |rule: Node<'_, '_>| (rule.attribute("variable").unwrap().into(), evaluate(math(rule), &values));
    all(document, "rateRule").into_iter().map(rate).collect()
}

fn text<'a>(node: Node<'a, 'a>) -> &'a str {
    node.text().unwrap().trim()
}

/// The value of a formula; 1 and 0 for what holds and what does not.
pub fn evaluate(node: Node<'_, '_>, values: &Values) -> f64 {
    let parts: Vec<_> = node.children().filter(Node::is_element).collect();
    match node.tag_name().name() {
        "cn" => text(node).parse().unwrap(),
        "ci" => *values.get(text(node)).unwrap_or_else(|| panic!("{} has no value", text(node))),
        "csymbol" => values["time"],
        "piecewise" => {
            let piece: Vec<_> = parts[0].children().filter(Node::is_element).collect();
            if evaluate(piece[1], values) == 1.0 {
                evaluate(piece[0], values)
            } else {
                evaluate(parts[1].first_element_child().unwrap(), values)
            }
        }
        "apply" => {
            let arguments: Vec<f64> = parts[1..].iter().map(|part| evaluate(*part, values)).collect();
            let truth = |holds: bool| f64::from(u8::from(holds));
            match (parts[0].tag_name().name(), arguments.as_slice()) {
                ("plus", all) => all.iter().sum(),
                ("times", all) => all.iter().product(),
                ("and", all) => truth(all.iter().all(|holds| *holds == 1.0)),
                ("minus", [a, b]) => a - b,
                ("divide", [a, b]) => a / b,
                ("power", [a, b]) => libm::pow(*a, *b),
                ("ln", [a]) => libm::log(*a),
                ("eq", [a, b]) => truth(a == b),
                ("lt", [a, b]) => truth(a < b),
                ("gt", [a, b]) => truth(a > b),
                ("leq", [a, b]) => truth(a <= b),
                ("geq", [a, b]) => truth(a >= b),
                other => panic!("{other:?}"),
            }
        }
        other => panic!("{other}"),
    }
}
