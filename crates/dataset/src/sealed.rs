//! A JSON object that ends with the hash of its own text.

use crate::file_hash::FileHash;

const KEY: &str = "\"manifest_hash\": \"";
/// What stands in the place of the hash while the text is hashed.
const BLANK: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// The text of a JSON object with one more key at its end: the hash of all of it.
pub(crate) fn seal(object: &str) -> String {
    let open = object.trim_end().trim_end_matches('}').trim_end();
    let with_hash = |hash: &str| format!("{open},\n  {KEY}{hash}\"\n}}\n");
    with_hash(&FileHash::of(with_hash(BLANK).as_bytes()).to_string())
}

/// Whether a text is as [`seal`] made it.
pub(crate) fn is_sealed(text: &str) -> bool {
    let Some(at) = text.rfind(KEY).map(|at| at + KEY.len()) else { return false };
    let (Some(hash), Some(rest)) = (text.get(at..at + BLANK.len()), text.get(at + BLANK.len()..)) else {
        return false;
    };
    let blanked = format!("{}{BLANK}{rest}", &text[..at]);
    FileHash::of(blanked.as_bytes()).to_string() == hash
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_byte_that_changes_breaks_the_seal() {
        let text = seal("{\n  \"a\": 1,\n  \"b\": {\"c\": []}\n}");
        assert!(is_sealed(&text), "{text}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).expect("JSON")["a"], 1);
        for at in 0..text.len() {
            let mut bytes = text.clone().into_bytes();
            bytes[at] ^= 1;
            assert!(!String::from_utf8(bytes).is_ok_and(|changed| is_sealed(&changed)), "byte {at}");
            assert!(!is_sealed(&text[..at]), "cut at {at}");
        }
        assert!(!is_sealed("{}"));
    }
}
