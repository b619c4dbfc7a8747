//! The dictionary of the data sets: Define-XML 2.1.

use super::dataset_json::{METADATA_OID, group_oid, item_oid, study_oid};
use super::record_writer::Provenance;
use super::variable::{CodeList, DataSet, Kind, Origin, ParameterNote, Variable};
use crate::Result;
use crate::staged_directory::StagedDirectory;
use cartrial_dataset::DatasetError;
use quick_xml::events::{BytesDecl, BytesText, Event};
use quick_xml::writer::Writer;
use std::io::{self, Write};

/// Digits that any number can have before or after its decimal point, in its shortest form.
const DIGITS: &str = "17";
const STANDARD: &str = "STD.ADAMIG";
const SOURCE: &str = "Sponsor";

/// Writes the dictionary of those data sets, whose files have that extension, into a directory.
pub(crate) fn write(
    directory: &StagedDirectory,
    name: &str,
    data_sets: &[&DataSet],
    extension: &str,
    provenance: &Provenance,
) -> Result<()> {
    let mut file = directory.file(name)?;
    let text = document(data_sets, extension, provenance);
    let written = text.and_then(|text| file.write_all(&text));
    Ok(written.map_err(|e| DatasetError::io(&directory.shown(name), "written", e))?)
}

/// XML being written into memory.
type Xml = Writer<Vec<u8>>;

fn document(data_sets: &[&DataSet], extension: &str, provenance: &Provenance) -> io::Result<Vec<u8>> {
    let mut xml = Writer::new_with_indent(Vec::new(), b' ', 2);
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let created = provenance.created_text();
    let file_oid = format!("{}.define.{}", provenance.study, provenance.content_hash);
    let root = [
        ("xmlns", "http://www.cdisc.org/ns/odm/v1.3"),
        ("xmlns:def", "http://www.cdisc.org/ns/def/v2.1"),
        ("xmlns:xlink", "http://www.w3.org/1999/xlink"),
        ("ODMVersion", "1.3.2"),
        ("FileType", "Snapshot"),
        ("FileOID", &file_oid),
        ("CreationDateTime", &created),
        ("Originator", "cartrial"),
        ("SourceSystem", "cartrial"),
        ("SourceSystemVersion", provenance.version),
        ("def:Context", "Other"),
    ];
    element(&mut xml, "ODM", &root, |xml| {
        element(xml, "Study", &[("OID", &study_oid(&provenance.study))], |xml| {
            let about = format!(
                "Virtual patients of the study {}, seed {}; content hash of the patient table {}",
                provenance.study, provenance.seed, provenance.content_hash
            );
            element(xml, "GlobalVariables", &[], |xml| {
                text(xml, "StudyName", &[], &provenance.study)?;
                text(xml, "StudyDescription", &[], &about)?;
                text(xml, "ProtocolName", &[], &provenance.study)
            })?;
            let name = format!("Analysis data sets of {}", provenance.study);
            let version = [("OID", METADATA_OID), ("Name", &name), ("def:DefineVersion", "2.1.0")];
            element(xml, "MetaDataVersion", &version, |xml| metadata(xml, data_sets, extension))
        })
    })?;
    let mut text = xml.into_inner();
    text.push(b'\n');
    Ok(text)
}

fn metadata(xml: &mut Xml, data_sets: &[&DataSet], extension: &str) -> io::Result<()> {
    element(xml, "def:Standards", &[], |xml| {
        let standard =
            [("OID", STANDARD), ("Name", "ADaMIG"), ("Type", "IG"), ("Version", "1.3"), ("Status", "Final")];
        empty(xml, "def:Standard", &standard)
    })?;
    let with_parameters = || data_sets.iter().filter(|set| !set.parameters.is_empty());
    for set in with_parameters() {
        element(xml, "def:ValueListDef", &[("OID", &value_list(set))], |xml| {
            for (i, parameter) in set.parameters.iter().enumerate() {
                let order = (i + 1).to_string();
                let value = [
                    ("ItemOID", value_oid(set, parameter)),
                    ("OrderNumber", order),
                    ("Mandatory", "No".into()),
                    ("MethodOID", value_method(set, parameter)),
                ];
                element(xml, "ItemRef", &borrowed(&value), |xml| {
                    empty(xml, "def:WhereClauseRef", &[("WhereClauseOID", &where_clause(set, parameter))])
                })?;
            }
            Ok(())
        })?;
    }
    for set in with_parameters() {
        for parameter in &set.parameters {
            element(xml, "def:WhereClauseDef", &[("OID", &where_clause(set, parameter))], |xml| {
                let of = item_oid(set.name, "PARAMCD");
                let check = [("SoftHard", "Soft"), ("def:ItemOID", of.as_str()), ("Comparator", "EQ")];
                element(xml, "RangeCheck", &check, |xml| text(xml, "CheckValue", &[], parameter.code))
            })?;
        }
    }
    data_sets.iter().try_for_each(|set| group(xml, set, extension))?;
    for set in data_sets {
        set.variables.iter().try_for_each(|variable| item(xml, set, variable))?;
        set.parameters.iter().try_for_each(|parameter| value_item(xml, set, parameter))?;
    }
    code_lists(data_sets).into_iter().try_for_each(|(list, kind)| code_list(xml, list, kind))?;
    for set in data_sets {
        for variable in &set.variables {
            if let Origin::Derived(about) = &variable.origin {
                method(
                    xml,
                    &method_oid(set, variable),
                    &format!("{} of {}", variable.name, set.name),
                    about,
                )?;
            }
        }
        for parameter in &set.parameters {
            let name = format!("AVAL of {} where PARAMCD is {}", set.name, parameter.code);
            method(xml, &value_method(set, parameter), &name, &parameter.origin)?;
        }
    }
    for set in data_sets {
        for variable in &set.variables {
            if let Origin::Assigned(about) = &variable.origin {
                let oid = comment_oid(set, variable);
                element(xml, "def:CommentDef", &[("OID", &oid)], |xml| description(xml, about))?;
            }
        }
    }
    Ok(())
}

/// A data set.
fn group(xml: &mut Xml, set: &DataSet, extension: &str) -> io::Result<()> {
    let leaf = format!("LF.{}", set.name);
    let attributes = [
        ("OID", group_oid(set.name)),
        ("Name", set.name.into()),
        ("Repeating", if set.parameters.is_empty() { "No" } else { "Yes" }.into()),
        ("IsReferenceData", "No".into()),
        ("SASDatasetName", set.name.into()),
        ("Purpose", "Analysis".into()),
        ("def:Structure", set.structure.into()),
        ("def:StandardOID", STANDARD.into()),
        ("def:ArchiveLocationID", leaf.clone()),
    ];
    element(xml, "ItemGroupDef", &borrowed(&attributes), |xml| {
        description(xml, set.label)?;
        for (i, variable) in set.variables.iter().enumerate() {
            let mut attributes = vec![
                ("ItemOID", item_oid(set.name, &variable.name)),
                ("OrderNumber", (i + 1).to_string()),
                ("Mandatory", if set.key(&variable.name).is_some() { "Yes" } else { "No" }.into()),
            ];
            if let Some(key) = set.key(&variable.name) {
                attributes.push(("KeySequence", key.to_string()));
            }
            if matches!(variable.origin, Origin::Derived(_)) {
                attributes.push(("MethodOID", method_oid(set, variable)));
            }
            empty(xml, "ItemRef", &borrowed(&attributes))?;
        }
        match set.subclass {
            None => empty(xml, "def:Class", &[("Name", set.class)])?,
            Some(subclass) => element(xml, "def:Class", &[("Name", set.class)], |xml| {
                empty(xml, "def:SubClass", &[("Name", subclass)])
            })?,
        }
        let file = set.file(extension);
        element(xml, "def:leaf", &[("ID", leaf.as_str()), ("xlink:href", file.as_str())], |xml| {
            text(xml, "def:title", &[], &file)
        })
    })
}

/// A variable.
fn item(xml: &mut Xml, set: &DataSet, variable: &Variable) -> io::Result<()> {
    let mut attributes = vec![
        ("OID", item_oid(set.name, &variable.name)),
        ("Name", variable.name.clone()),
        ("SASFieldName", variable.name.clone()),
    ];
    attributes.extend(kind(variable.kind));
    let origin = match variable.origin {
        Origin::Assigned(_) => {
            attributes.push(("def:CommentOID", comment_oid(set, variable)));
            "Assigned"
        }
        Origin::Derived(_) => "Derived",
    };
    element(xml, "ItemDef", &borrowed(&attributes), |xml| {
        description(xml, &variable.label)?;
        if let Some(codes) = &variable.codes {
            empty(xml, "CodeListRef", &[("CodeListOID", &codes.id)])?;
        }
        empty(xml, "def:Origin", &[("Type", origin), ("Source", SOURCE)])?;
        if variable.name == "AVAL" {
            empty(xml, "def:ValueListRef", &[("ValueListOID", &value_list(set))])?;
        }
        Ok(())
    })
}

/// AVAL of one parameter.
fn value_item(xml: &mut Xml, set: &DataSet, parameter: &ParameterNote) -> io::Result<()> {
    let mut attributes = vec![
        ("OID", value_oid(set, parameter)),
        ("Name", "AVAL".to_owned()),
        ("SASFieldName", "AVAL".to_owned()),
    ];
    attributes.extend(kind(Kind::Float));
    element(xml, "ItemDef", &borrowed(&attributes), |xml| {
        description(xml, parameter.label)?;
        empty(xml, "def:Origin", &[("Type", "Derived"), ("Source", SOURCE)])
    })
}

fn kind(kind: Kind) -> Vec<(&'static str, String)> {
    match kind {
        Kind::Text(length) => vec![("DataType", "text".into()), ("Length", length.max(1).to_string())],
        Kind::Integer => vec![("DataType", "integer".into()), ("Length", "8".into())],
        Kind::Float => {
            vec![("DataType", "float".into()), ("Length", "24".into()), ("SignificantDigits", DIGITS.into())]
        }
    }
}

/// Every list of codes, once, with the type of its values.
fn code_lists<'a>(data_sets: &[&'a DataSet]) -> Vec<(&'a CodeList, &'static str)> {
    let mut lists: Vec<(&CodeList, &str)> = Vec::new();
    for variable in data_sets.iter().flat_map(|set| &set.variables) {
        if let Some(list) = &variable.codes
            && lists.iter().all(|(other, _)| other.id != list.id)
        {
            lists.push((list, if variable.kind == Kind::Integer { "integer" } else { "text" }));
        }
    }
    lists
}

fn code_list(xml: &mut Xml, list: &CodeList, kind: &str) -> io::Result<()> {
    let attributes = [("OID", list.id.as_str()), ("Name", &list.name), ("DataType", kind)];
    element(xml, "CodeList", &attributes, |xml| {
        for (code, meaning) in &list.codes {
            element(xml, "CodeListItem", &[("CodedValue", code)], |xml| {
                element(xml, "Decode", &[], |xml| translated(xml, meaning))
            })?;
        }
        Ok(())
    })
}

fn method(xml: &mut Xml, oid: &str, name: &str, about: &str) -> io::Result<()> {
    let attributes = [("OID", oid), ("Name", name), ("Type", "Computation")];
    element(xml, "MethodDef", &attributes, |xml| description(xml, about))
}

fn value_list(set: &DataSet) -> String {
    format!("VL.{}.AVAL", set.name)
}

fn value_oid(set: &DataSet, parameter: &ParameterNote) -> String {
    format!("IT.{}.AVAL.{}", set.name, parameter.code)
}

fn where_clause(set: &DataSet, parameter: &ParameterNote) -> String {
    format!("WC.{}.PARAMCD.{}", set.name, parameter.code)
}

fn value_method(set: &DataSet, parameter: &ParameterNote) -> String {
    format!("MT.{}.AVAL.{}", set.name, parameter.code)
}

fn method_oid(set: &DataSet, variable: &Variable) -> String {
    format!("MT.{}.{}", set.name, variable.name)
}

fn comment_oid(set: &DataSet, variable: &Variable) -> String {
    format!("COM.{}.{}", set.name, variable.name)
}

fn description(xml: &mut Xml, about: &str) -> io::Result<()> {
    element(xml, "Description", &[], |xml| translated(xml, about))
}

fn translated(xml: &mut Xml, content: &str) -> io::Result<()> {
    text(xml, "TranslatedText", &[("xml:lang", "en")], content)
}

fn borrowed<'a>(attributes: &'a [(&'a str, String)]) -> Vec<(&'a str, &'a str)> {
    attributes.iter().map(|(key, value)| (*key, value.as_str())).collect()
}

fn element(
    xml: &mut Xml,
    name: &str,
    attributes: &[(&str, &str)],
    inside: impl FnOnce(&mut Xml) -> io::Result<()>,
) -> io::Result<()> {
    let begun = xml.create_element(name).with_attributes(attributes.iter().copied());
    begun.write_inner_content(inside).map(drop)
}

fn text(xml: &mut Xml, name: &str, attributes: &[(&str, &str)], content: &str) -> io::Result<()> {
    let begun = xml.create_element(name).with_attributes(attributes.iter().copied());
    begun.write_text_content(BytesText::new(content)).map(drop)
}

fn empty(xml: &mut Xml, name: &str, attributes: &[(&str, &str)]) -> io::Result<()> {
    xml.create_element(name).with_attributes(attributes.iter().copied()).write_empty().map(drop)
}
