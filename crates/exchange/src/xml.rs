//! XML as a tree of elements.

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};
use std::io;

/// An element with its attributes and either elements or text in it.
#[derive(Clone, Debug)]
pub(crate) struct Element {
    name: &'static str,
    attributes: Vec<(&'static str, String)>,
    elements: Vec<Element>,
    text: Option<String>,
}

impl Element {
    pub fn new(name: &'static str) -> Self {
        Self { name, attributes: Vec::new(), elements: Vec::new(), text: None }
    }

    /// With a further attribute.
    pub fn with(mut self, attribute: &'static str, value: impl ToString) -> Self {
        self.attributes.push((attribute, value.to_string()));
        self
    }

    /// With text in it.
    pub fn text(mut self, text: impl Into<String>) -> Self {
        self.text = Some(text.into());
        self
    }

    /// With a further element in it.
    pub fn holding(mut self, element: Element) -> Self {
        self.elements.push(element);
        self
    }

    /// With further elements in it.
    pub fn holding_all(mut self, elements: impl IntoIterator<Item = Element>) -> Self {
        self.elements.extend(elements);
        self
    }

    /// With a list of elements in it, unless there are none: an empty list is no valid SBML before Version 2.
    pub fn listing(self, list: &'static str, elements: impl IntoIterator<Item = Element>) -> Self {
        let list = Element::new(list).holding_all(elements);
        if list.elements.is_empty() { self } else { self.holding(list) }
    }

    /// The whole document whose root this is.
    pub fn to_document(&self) -> io::Result<String> {
        let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
        writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
        self.write(&mut writer)?;
        let mut bytes = writer.into_inner();
        bytes.push(b'\n');
        String::from_utf8(bytes).map_err(|e| io::Error::new(io::ErrorKind::InvalidData, e))
    }

    fn write(&self, writer: &mut Writer<Vec<u8>>) -> io::Result<()> {
        let attributes = self.attributes.iter().map(|(name, value)| (*name, value.as_str()));
        let element = writer.create_element(self.name).with_attributes(attributes);
        match &self.text {
            Some(text) => element.write_text_content(BytesText::new(text))?,
            None if self.elements.is_empty() => element.write_empty()?,
            None => element.write_inner_content(|writer| {
                self.elements.iter().try_for_each(|element| element.write(writer))
            })?,
        };
        Ok(())
    }
}
