//! Expressions that read as the equations do, and their MathML.

use crate::unit::Unit;
use crate::xml::Element;
use std::ops::{Add, Div, Mul, Sub};

/// A formula.
#[derive(Clone, Debug)]
pub(crate) enum Expression {
    Number(f64, Unit),
    Symbol(String),
    /// The time since t = 0, in hours.
    Time,
    /// An element of MathML applied to arguments.
    Apply(&'static str, Vec<Expression>),
    /// The first value where the condition holds, the second elsewhere.
    Piecewise(Box<[Expression; 3]>),
}

/// The value of that identifier.
pub(crate) fn symbol(id: impl Into<String>) -> Expression {
    Expression::Symbol(id.into())
}

/// A number without a unit.
pub(crate) fn number(value: f64) -> Expression {
    Expression::Number(value, Unit::NONE)
}

/// `value` where `condition` holds, `otherwise` elsewhere.
pub(crate) fn piecewise(value: Expression, condition: Expression, otherwise: Expression) -> Expression {
    Expression::Piecewise(Box::new([value, condition, otherwise]))
}

impl Expression {
    fn apply(self, operator: &'static str, other: Self) -> Self {
        match self {
            // A sum of three is one of `plus`, as people write it.
            Self::Apply(inner, mut arguments)
                if inner == operator && matches!(operator, "plus" | "times" | "and") =>
            {
                arguments.push(other);
                Self::Apply(operator, arguments)
            }
            first => Self::Apply(operator, vec![first, other]),
        }
    }

    pub fn power(self, exponent: Self) -> Self {
        self.apply("power", exponent)
    }

    pub fn ln(self) -> Self {
        Self::Apply("ln", vec![self])
    }

    pub fn and(self, other: Self) -> Self {
        self.apply("and", other)
    }

    pub fn is(self, other: Self) -> Self {
        self.apply("eq", other)
    }

    pub fn below(self, other: Self) -> Self {
        self.apply("lt", other)
    }

    pub fn above(self, other: Self) -> Self {
        self.apply("gt", other)
    }

    pub fn at_most(self, other: Self) -> Self {
        self.apply("leq", other)
    }

    pub fn at_least(self, other: Self) -> Self {
        self.apply("geq", other)
    }

    /// The element `math`.
    pub fn to_math(&self) -> Element {
        Element::new("math")
            .with("xmlns", "http://www.w3.org/1998/Math/MathML")
            .with("xmlns:sbml", crate::sbml::NAMESPACE)
            .holding(self.to_element())
    }

    fn to_element(&self) -> Element {
        match self {
            // MathML's real numbers have no exponent.
            Self::Number(value, unit) => {
                Element::new("cn").with("sbml:units", unit.id()).text(value.to_string())
            }
            Self::Symbol(id) => Element::new("ci").text(id.as_str()),
            Self::Time => Element::new("csymbol")
                .with("encoding", "text")
                .with("definitionURL", "http://www.sbml.org/sbml/symbols/time")
                .text("time"),
            Self::Apply(operator, arguments) => Element::new("apply")
                .holding(Element::new(operator))
                .holding_all(arguments.iter().map(Self::to_element)),
            Self::Piecewise(parts) => {
                let [value, condition, otherwise] = parts.as_ref().each_ref().map(Self::to_element);
                Element::new("piecewise")
                    .holding(Element::new("piece").holding(value).holding(condition))
                    .holding(Element::new("otherwise").holding(otherwise))
            }
        }
    }
}

impl Add for Expression {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        self.apply("plus", other)
    }
}

impl Sub for Expression {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        self.apply("minus", other)
    }
}

impl Mul for Expression {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        self.apply("times", other)
    }
}

impl Div for Expression {
    type Output = Self;
    fn div(self, other: Self) -> Self {
        self.apply("divide", other)
    }
}
