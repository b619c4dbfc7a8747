//! A table of the study file all of whose keys are numbers with defaults, declared in one place.

/// Declares such a table: one row a key, with name, default, bounds, advice and meaning.
///
/// From the rows follow the struct that the table fills, with its [`Default`]; the [`Section`](crate::declaration::Section)
/// from which schema and reader know the keys; the table as it is typed, with its reader; and the values for the writer.
macro_rules! number_section {
    (
        $(#[$doc:meta])*
        $name:ident, typed $typed:ident,
        $section:ident = $toml_name:literal, $about:literal {
            $($key:ident: $default:literal, $bounds:expr, $($advice:ident($value:expr))* $meaning:literal;)*
        }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
        pub struct $name {
            $(#[doc = $meaning] #[doc = concat!("\n\nDefault: ", stringify!($default), ".")] pub $key: f64,)*
        }

        impl Default for $name {
            fn default() -> Self {
                Self { $($key: $default,)* }
            }
        }

        impl $name {
            /// The keys and their values, in the order of the declaration.
            pub(crate) fn entries(&self) -> impl Iterator<Item = (&'static str, f64)> {
                [$((stringify!($key), self.$key),)*].into_iter()
            }
        }

        pub(crate) static $section: $crate::declaration::Section = $crate::declaration::section(
            $toml_name,
            &[$(
                $crate::declaration::key(
                    stringify!($key),
                    $crate::declaration::Kind::Number($bounds),
                    Some(stringify!($default)),
                    $meaning,
                )$(.$advice($value))*,
            )*],
            $about,
        );

        /// The table as it is typed.
        #[derive(Debug, Default)]
        pub(crate) struct $typed {
            $(pub $key: Option<$crate::toml_reader::At<f64>>,)*
            /// Whether a value was refused.
            pub refused: bool,
        }

        impl $typed {
            pub(crate) fn read(
                node: &$crate::toml_reader::Node<'_>,
                diagnostics: &mut $crate::error::Diagnostics<'_>,
            ) -> Self {
                node.refuse_unknown_in(&$section, diagnostics);
                let mut typed = Self::default();
                for key in $section.keys {
                    let number = node.number(key, diagnostics);
                    typed.refused |= number.is_none() && node.entry(key.name).is_some();
                    match key.name {
                        $(stringify!($key) => typed.$key = number,)*
                        _ => {}
                    }
                }
                typed
            }

            /// The values, with the default where nothing was typed.
            pub(crate) fn with_defaults(&self) -> $name {
                $name { $($key: self.$key.as_ref().map_or($default, |at| at.value),)* }
            }
        }
    };
}

pub(crate) use number_section;
