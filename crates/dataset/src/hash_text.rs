//! How hashes are written: what was hashed how, and 32 hexadecimal digits.

/// Gives a hash of 128 bits its text, in which it is also serialised: the prefix and 32 hexadecimal digits.
macro_rules! hash_text {
    ($hash:ident, $prefix:literal) => {
        impl std::fmt::Display for $hash {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, concat!($prefix, "{:032x}"), self.0)
            }
        }

        impl std::str::FromStr for $hash {
            type Err = String;

            fn from_str(text: &str) -> Result<Self, String> {
                text.strip_prefix($prefix)
                    .filter(|digits| digits.len() == 32)
                    .and_then(|digits| u128::from_str_radix(digits, 16).ok())
                    .map(Self)
                    .ok_or_else(|| {
                        format!(concat!("expected ", $prefix, " and 32 hexadecimal digits, found {:?}"), text)
                    })
            }
        }

        impl serde::Serialize for $hash {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $hash {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

pub(crate) use hash_text;
