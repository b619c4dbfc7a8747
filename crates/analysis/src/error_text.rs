//! [`StatError`] in a file: written as its message, and read back from it.

use crate::error::StatError;
use serde::de::{Error, Unexpected};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::str::FromStr;

impl Serialize for StatError {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for StatError {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let message = String::deserialize(deserializer)?;
        let expected = "the reason why a statistic does not exist";
        of_message(&message).ok_or_else(|| D::Error::invalid_value(Unexpected::Str(&message), &expected))
    }
}

/// The error with this message. The numbers in the message are tried in every kind of error, so that the words stand
/// in one place only.
fn of_message(message: &str) -> Option<StatError> {
    let numbers = Numbers::of(message);
    candidates(&numbers).into_iter().find(|error| error.to_string() == message)
}

/// The numbers of a message, in order.
struct Numbers<'a>(Vec<&'a str>);

impl<'a> Numbers<'a> {
    fn of(message: &'a str) -> Self {
        let words = message.split(|c: char| c.is_whitespace() || "(),:".contains(c));
        Self(words.filter(|word| word.parse::<f64>().is_ok()).collect())
    }

    /// The number at a position; 0 if there is none or it is of another type.
    fn at<T: FromStr + Default>(&self, position: usize) -> T {
        self.0.get(position).and_then(|word| word.parse().ok()).unwrap_or_default()
    }
}

fn candidates(numbers: &Numbers<'_>) -> Vec<StatError> {
    use StatError::*;
    vec![
        TooFewRows { n: numbers.at(0), needed: numbers.at(1) },
        ConstantPredictor,
        ConstantResponse,
        PerfectFit { r: numbers.at(0) },
        Collinear { index: numbers.at(0) },
        NotFinite,
        NoSpread,
        WithinAccuracy,
        NoDifference,
        EqualRisks,
        NotBinary { n: numbers.at(0) },
        NegativeTime,
        NoEvents,
        EmptyCell,
        HorizonNotReached { last: numbers.at(0), horizon: numbers.at(1) },
        CensoredBeforeHorizon { n: numbers.at(0), horizon: numbers.at(1) },
        TooFewPatients { asked: numbers.at(0), available: numbers.at(1) },
        PowerNotReached { wanted: numbers.at(0), most: numbers.at(1), power: numbers.at(2) },
        PlanOutOfRange,
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_is_read_back_from_its_message() {
        let numbers = Numbers(vec!["3", "90", "0.125"]);
        for error in candidates(&numbers) {
            let json = serde_json::to_string(&error).unwrap();
            assert_eq!(json, serde_json::to_string(&error.to_string()).unwrap());
            assert_eq!(serde_json::from_str::<StatError>(&json).unwrap(), error);
        }
        let precise = StatError::PowerNotReached { wanted: 0.1 + 0.2, most: 5000, power: 1.0 / 3.0 };
        assert_eq!(of_message(&precise.to_string()), Some(precise));
    }

    #[test]
    fn another_text_is_no_reason() {
        let error = serde_json::from_str::<StatError>("\"it rained\"").unwrap_err();
        assert!(error.to_string().contains("it rained"), "{error}");
    }
}
