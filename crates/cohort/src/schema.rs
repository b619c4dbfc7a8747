//! JSON Schema of the study file, from the same tables that validation uses.

use crate::declaration::{Key, Kind, MOST_ITEMS, Section};
use crate::population::table_of;
use crate::sections::{ARMS, FIXED, FORMS, MOST_ARMS, MOST_PAIRS, POPULATION, SECTIONS, STUDY};
use crate::sweep::SWEEP;
use crate::swept_key::SweptKey;
use cartrial_model::{Quantity, Role};
use serde_json::{Map, Value, json};

/// The JSON Schema (2020-12) of the study file, for editors.
///
/// It states keys, types, ranges, names, defaults and meanings. What depends on two keys at once (`step_hours` with
/// `rk4`, `low` above `high`, correlations that contradict each other, a table beside distributions, shares that do not add up to 1, a day beyond the study's
/// end) only [`Study::read`](crate::Study::read) checks.
pub fn schema() -> Value {
    let mut properties = Map::new();
    for section in SECTIONS {
        properties.insert(section.name.to_owned(), section_schema(section));
    }
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "cartrial study",
        "description": "A virtual clinical trial of CAR T cell therapy.",
        "type": "object",
        "properties": properties,
        "required": [STUDY.name],
        "additionalProperties": false,
        "$defs": { "distribution": distribution() },
    })
}

fn section_schema(section: &Section) -> Value {
    let mut table = object(section);
    if std::ptr::eq(section, &POPULATION) {
        for role in [Role::Parameter, Role::Initial] {
            table["properties"][table_of(role)] = quantities(role);
        }
    }
    if std::ptr::eq(section, &ARMS) {
        table["properties"][SWEEP] = sweep();
        relax_swept_tables(&mut table);
    }
    if section.is_repeated {
        return json!({ "type": "array", "maxItems": MOST_ARMS, "description": section.about, "items": table });
    }
    table
}

fn object(section: &Section) -> Value {
    let properties: Map<String, Value> =
        section.keys.iter().map(|key| (key.name.to_owned(), key_schema(key))).collect();
    let mut table = json!({
        "type": "object",
        "description": section.about,
        "properties": properties,
        "additionalProperties": false,
    });
    let required: Vec<&str> = section.keys.iter().filter(|k| k.required).map(|k| k.name).collect();
    if !required.is_empty() {
        table["required"] = json!(required);
    }
    if !section.one_of.is_empty() {
        table["oneOf"] = section.one_of.iter().map(|name| json!({ "required": [name] })).collect();
    }
    table
}

fn key_schema(key: &Key) -> Value {
    let mut schema = match key.kind {
        Kind::Text => json!({ "type": "string", "minLength": 1 }),
        Kind::Integer(min, max) => json!({ "type": "integer", "minimum": min, "maximum": max }),
        Kind::Choice(names) => json!({ "enum": names }),
        Kind::Texts => json!({ "type": "array", "items": { "type": "string" } }),
        Kind::Pairs => {
            let symbol = json!({ "enum": Quantity::ALL.map(Quantity::symbol) });
            let coefficient = json!({ "type": "number", "exclusiveMinimum": -1, "exclusiveMaximum": 1 });
            let items = [symbol.clone(), symbol, coefficient];
            let pair = json!({ "type": "array", "prefixItems": items, "minItems": 3, "maxItems": 3 });
            json!({ "type": "array", "minItems": 1, "maxItems": MOST_PAIRS, "items": pair })
        }
        Kind::Table(section) => object(section),
        Kind::Tables(section, at_least) => {
            json!({ "type": "array", "minItems": at_least, "maxItems": MOST_ITEMS, "items": object(section) })
        }
        Kind::Number(bounds) => {
            let mut number = json!({ "type": "number" });
            let limits =
                [("exclusiveMinimum", bounds.above), ("minimum", bounds.min), ("maximum", bounds.max)];
            for (name, limit) in limits {
                if let Some(limit) = limit {
                    number[name] = json!(limit);
                }
            }
            number
        }
    };
    schema["description"] = json!(key.about);
    if let Some(default) = key.default {
        schema["default"] = default();
    }
    schema
}

/// The table of the quantities of one role.
fn quantities(role: Role) -> Value {
    let of_role = Quantity::ALL.into_iter().filter(|q| q.role() == role);
    let properties: Map<String, Value> = of_role
        .map(|q| {
            let about = format!("{} ({}); the standard patient has {}.", q.label(), q.unit(), q.mean());
            (q.symbol().to_owned(), json!({ "$ref": "#/$defs/distribution", "description": about }))
        })
        .collect();
    let about = match role {
        Role::Parameter => "Parameters that are distributed otherwise than [population] says.",
        Role::Initial => "State at the start; all but the lymphocytes are fixed unless they stand here.",
    };
    json!({ "type": "object", "description": about, "properties": properties, "additionalProperties": false })
}

/// Demands of an arm's tables what a sweep could have in their place only where there is no sweep.
fn relax_swept_tables(arm: &mut Value) {
    let mut without_sweep = Map::new();
    for key in ARMS.keys {
        let Kind::Table(section) = &key.kind else { continue };
        let swept =
            |name: &str| SweptKey::ALL.iter().any(|swept| swept.path() == format!("{}.{name}", key.name));
        let Some(table) = arm["properties"][key.name].as_object_mut() else { continue };
        let mut demanded = Map::new();
        if let Some(required) = table.get_mut("required").and_then(Value::as_array_mut)
            && required.iter().any(|name| name.as_str().is_some_and(swept))
        {
            demanded.insert("required".to_owned(), json!(required));
            required.retain(|name| !name.as_str().is_some_and(swept));
        }
        if section.one_of.iter().any(|name| swept(name)) {
            demanded.extend(table.remove("oneOf").map(|one_of| ("oneOf".to_owned(), one_of)));
        }
        if !demanded.is_empty() {
            without_sweep.insert(key.name.to_owned(), Value::Object(demanded));
        }
    }
    arm["if"] = json!({ "required": [SWEEP] });
    arm["else"] = json!({ "properties": without_sweep });
}

/// The lists of a sweep, which mirror the arm.
fn sweep() -> Value {
    let about = "Lists of values; the arm stands for one arm for every combination of them.";
    let mut sweep =
        json!({ "type": "object", "description": about, "properties": {}, "additionalProperties": false });
    for key in ARMS.keys {
        let swept = |path: String| SweptKey::ALL.iter().any(|key| key.path() == path);
        if swept(key.name.to_owned()) {
            sweep["properties"][key.name] = values(key);
        } else if let Kind::Table(section) = key.kind {
            let keys = section.keys.iter().filter(|inner| swept(format!("{}.{}", key.name, inner.name)));
            let lists: Map<String, Value> =
                keys.map(|inner| (inner.name.to_owned(), values(inner))).collect();
            if !lists.is_empty() {
                sweep["properties"][key.name] =
                    json!({ "type": "object", "properties": lists, "additionalProperties": false });
            }
        }
    }
    sweep
}

/// A list of values of a key.
fn values(key: &Key) -> Value {
    let mut value = key_schema(key);
    let about = value.as_object_mut().and_then(|value| value.remove("description"));
    json!({ "type": "array", "minItems": 1, "uniqueItems": true, "items": value, "description": about })
}

/// The forms of a distribution, exactly one of which stands.
fn distribution() -> Value {
    let mut properties = Map::new();
    properties.insert(FIXED.name.to_owned(), key_schema(&FIXED));
    for form in FORMS {
        properties.insert(form.name.to_owned(), object(form));
    }
    json!({
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
        "minProperties": 1,
        "maxProperties": 1,
    })
}
