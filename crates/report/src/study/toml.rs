//! The study of a manifest as a study file that gives the same rows.

use serde_json::{Map, Value};

/// A study file that says all that the manifest does, every default included.
pub(super) fn study_file(study: &Value) -> String {
    let mut text = String::new();
    let mut head = Map::new();
    let mut sections: Vec<(String, &Value)> = Vec::new();
    for (key, value) in study.as_object().into_iter().flatten() {
        match value {
            Value::Object(_) | Value::Array(_) => sections.push((key.clone(), value)),
            _ => {
                head.insert(key.clone(), value.clone());
            }
        }
    }
    section(&mut text, "[study]", &head);
    for (key, value) in sections {
        match (key.as_str(), value) {
            ("population", Value::Object(population)) => put_population(&mut text, population),
            (_, Value::Object(entries)) if !entries.is_empty() => {
                section(&mut text, &format!("[{key}]"), entries)
            }
            (_, Value::Array(items)) => {
                // Ratios have no meaning for twins, and a study file that gives them is refused.
                let twins = head.get("allocation").is_none_or(|allocation| allocation == "twins");
                for mut item in items.iter().filter_map(Value::as_object).cloned() {
                    item.retain(|key, _| !(twins && key == "ratio"));
                    section(&mut text, &format!("[[{key}]]"), &item);
                }
            }
            _ => {}
        }
    }
    text
}

fn put_population(text: &mut String, population: &Map<String, Value>) {
    if let Some(Value::Object(table)) = population.get("table") {
        let entries =
            ["table", "carry"].into_iter().filter_map(|key| Some((key.to_owned(), table.get(key)?.clone())));
        section(text, "[population]", &entries.collect());
    }
    if let Some(Value::Object(drawn)) = population.get("drawn") {
        let (tables, plain): (Vec<_>, Vec<_>) = drawn.iter().partition(|(_, value)| value.is_object());
        let plain = plain.into_iter().map(|(key, value)| (key.clone(), value.clone())).collect();
        section(text, "[population]", &plain);
        for (key, value) in tables {
            section(text, &format!("[population.{key}]"), value.as_object().unwrap_or(&Map::new()));
        }
    }
}

fn section(text: &mut String, heading: &str, entries: &Map<String, Value>) {
    if !text.is_empty() {
        text.push('\n');
    }
    text.push_str(heading);
    text.push('\n');
    for (key, value) in entries.iter().filter(|(_, value)| !value.is_null()) {
        text.push_str(&format!("{} = {}\n", name(key), inline(value)));
    }
}

fn inline(value: &Value) -> String {
    match value {
        Value::Object(entries) => {
            let pairs: Vec<_> = entries
                .iter()
                .filter(|(_, value)| !value.is_null())
                .map(|(key, value)| format!("{} = {}", name(key), inline(value)))
                .collect();
            format!("{{ {} }}", pairs.join(", "))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(inline).collect::<Vec<_>>().join(", ")),
        // JSON's strings, numbers and truth values are TOML's, but for one control character.
        other => other.to_string().replace('\u{7f}', "\\u007f"),
    }
}

/// A key, quoted unless it need not be.
fn name(key: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if !key.is_empty() && key.chars().all(bare) { key.to_owned() } else { Value::from(key).to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cartrial_cohort::Study;
    use std::path::Path;

    #[test]
    fn the_file_reads_back_as_the_same_study() {
        let texts = [
            include_str!("../../../../cohorts/hanson2016-uniform.toml"),
            include_str!("../../../../cohorts/hanson2016-normal.toml"),
            "[study]\nname = \"x\"\npatients = 7\ndays = 2.5\n[solver]\nmethod = \"rk4\"\nstep_hours = 0.1\n\
             [population.parameters]\nd2 = { lognormal = { mean = 1.5, cv = 0.1 } }\n[[arms]]\nname = \"a \\\"b\\\" é\"\n",
            "[study]\nname = \"x\"\npatients = 7\nallocation = \"randomised\"\n\
             [endpoints]\nsevere_inflammation = 250\nremission_fraction = 0.01\nremission_count = 1\n\
             relapse_fraction = 0.02\nrelapse_count = 2\ncar_t_detection = 5\n\
             [[arms]]\nname = \"all\"\nratio = 2\ndose_multiplier = 0.5\n\
             composition = { effector_ctl = 0.1, memory_ctl = 0.2, effector_helper = 0.3, memory_helper = 0.4 }\n\
             infusions = [{ day = 2, fraction = 0.7 }, { day = 0, fraction = 0.3 }]\n\
             second_infusion = { day = 14.5, fraction = 2 }\n\
             suppressant = [{ day = 3, hours = 24, rate = 100 }, { day = 1, hours = 12, rate = 50 }]\n\
             rescue = { above = 300, delay_hours = 6, hours = 48, rate = 200, at_most = 3 }\n\
             lymphodepletion = { remaining = 0.1 }\nbridging = { remaining = 0.3 }\n\
             [[arms]]\nname = \"relapse\"\nsecond_infusion = { after_relapse_days = 1 }\n",
            "[study]\nname = \"x\"\npatients = 7\nallocation = \"twins\"\n[[arms]]\nname = \"a\"\n[[arms]]\nname = \"b\"\n\
             rescue = { above = 300, hours = 48, rate = 200 }\n",
        ];
        for text in texts {
            let study = Study::parse(text, Path::new("study.toml")).unwrap();
            let again = study_file(&serde_json::to_value(&study).unwrap());
            assert_eq!(Study::parse(&again, Path::new("again.toml")).unwrap(), study, "{again}");
        }
    }
}
