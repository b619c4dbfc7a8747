//! Where a key that stands in the wrong table belongs.

use crate::declaration::{Kind, Section};
use crate::error::listed;
use crate::population::table_of;
use cartrial_model::Quantity;

/// The sentence that names the table to which the key `name` belongs instead of `here`; `None` if no table has it.
pub(crate) fn where_it_belongs(name: &str, here: &str, sections: &[&Section]) -> Option<String> {
    if let (Some(quantity), true) = (Quantity::from_symbol(name), here.starts_with("population")) {
        return Some(format!("It belongs in [population.{}].", table_of(quantity.role())));
    }
    let in_arm = here.starts_with("arms[");
    if here.contains('.') {
        // Inside a table of an arm, where names of the file's sections mean something else.
        let table = here.rsplit('.').next().filter(|_| in_arm)?;
        let table = table.split('[').next()?;
        return arms(sections)?
            .names()
            .contains(&name)
            .then(|| format!("It belongs in [[arms]] itself, not in {table}."));
    }
    if let Some(section) = sections.iter().find(|s| s.name == name && !here.is_empty()) {
        return Some(format!("It is a table of its own: {}.", heading(section)));
    }
    if let Some(section) = sections.iter().find(|s| s.name != here && s.names().contains(&name)) {
        return Some(format!("It belongs in {}.", heading(section)));
    }
    let values = arms(sections)?.keys.iter().filter_map(|key| match key.kind {
        Kind::Table(section) => Some((section, format!("{} = {{ … }}", key.name))),
        Kind::Tables(section, _) => Some((section, format!("{} = [{{ … }}]", key.name))),
        _ => None,
    });
    let holding: Vec<String> = values
        .filter(|(section, _)| in_arm && section.names().contains(&name))
        .map(|(_, text)| text)
        .collect();
    let holding: Vec<&str> = holding.iter().map(String::as_str).collect();
    (!holding.is_empty()).then(|| format!("It belongs in {}.", listed(&holding, "or")))
}

/// The table of which a file has several.
fn arms<'a>(sections: &[&'a Section]) -> Option<&'a Section> {
    sections.iter().find(|section| section.is_repeated).copied()
}

fn heading(section: &Section) -> String {
    if section.is_repeated { format!("[[{}]]", section.name) } else { format!("[{}]", section.name) }
}
