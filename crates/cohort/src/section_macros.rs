//! How a table of the study file is declared: in one place, a row a key.

/// Declares a table: one row a key, with name, type, default, kind, advice and meaning. A key whose value is a table has
/// that table's meaning.
///
/// From the rows follow the [`Section`](crate::declaration::Section), from which reader, schema and writer know the keys;
/// the struct that has the table as it is typed, with its reader; and for each key with a default a method of its name,
/// which gives the value or the default, and nothing if the value was refused.
macro_rules! section {
    (
        $(#[$doc:meta])*
        $typed:ident, $section:ident = $toml_name:literal $({ $($property:ident: $setting:expr),* })?, $about:literal {
            $(
                $key:ident: $type:ty $(= $default:expr)?, $kind:expr
                $(, $($advice:ident($($argument:expr)?))* $($meaning:literal)?)?;
            )*
        }
    ) => {
        $(#[$doc])*
        #[derive(Debug, Default)]
        pub(crate) struct $typed { $(pub $key: $crate::typed_value::Given<$type>,)* }

        pub(crate) static $section: $crate::declaration::Section = $crate::declaration::Section {
            $($($property: $setting,)*)?
            ..$crate::declaration::section(
                $toml_name,
                &[$(
                    $crate::declaration::key(stringify!($key), $kind, concat!($($($meaning)?)?))
                        $(.default(|| serde_json::json!($default)))?
                        $($(.$advice($($argument)?))*)?,
                )*],
                $about,
            )
        };

        impl $typed {
            $($(
                pub(crate) fn $key(&self) -> Option<$type> {
                    self.$key.or($default)
                }
            )?)*
        }

        impl $crate::typed_value::TypedTable for $typed {
            fn read_keys(
                node: &$crate::toml_reader::Node<'_>,
                diagnostics: &mut $crate::error::Diagnostics<'_>,
            ) -> Self {
                let mut typed = Self::default();
                for key in $section.keys {
                    match key.name {
                        $(
                            stringify!($key) => {
                                typed.$key = $crate::typed_value::Given::read(node, key, diagnostics);
                            }
                        )*
                        _ => {}
                    }
                }
                typed
            }

            fn refused() -> Self {
                Self { $($key: $crate::typed_value::Given::Refused,)* }
            }

            fn add_times(&self, times: &mut Vec<$crate::toml_reader::At<cartrial_model::When>>) {
                $(
                    if let Some(at) = self.$key.value() {
                        $crate::typed_value::TypedValue::add_times(at, times);
                    }
                )*
            }
        }
    };
}

/// Declares a table all of whose keys have defaults: as [`section!`], and the struct of the study that it fills, with its
/// [`Default`].
macro_rules! section_of_defaults {
    (
        $(#[$doc:meta])*
        $name:ident, typed $typed:ident,
        $section:ident = $toml_name:literal, $about:literal {
            $($key:ident: $type:ty = $default:expr, $kind:expr, $($advice:ident($argument:expr))* $meaning:literal;)*
        }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
        pub struct $name {
            $(
                #[doc = $meaning]
                #[doc = concat!("\n\nDefault: `", stringify!($default), "`.")]
                pub $key: $type,
            )*
        }

        impl Default for $name {
            fn default() -> Self {
                Self { $($key: $default,)* }
            }
        }

        $crate::section_macros::section! {
            /// The table as it is typed.
            $typed, $section = $toml_name, $about {
                $($key: $type = $default, $kind, $($advice($argument))* $meaning;)*
            }
        }

        impl $typed {
            /// The values, with the default where nothing was typed; none if one was refused.
            pub(crate) fn with_defaults(&self) -> Option<$name> {
                Some($name { $($key: self.$key()?,)* })
            }
        }
    };
}

/// The [`Kind`](crate::declaration::Kind) of a key whose value is one of an enum's names.
macro_rules! choice {
    ($choice:ty) => {{
        const NAMES: [&str; <$choice>::ALL.len()] = {
            let mut names = [""; <$choice>::ALL.len()];
            let mut i = 0;
            while i < names.len() {
                names[i] = <$choice>::ALL[i].name();
                i += 1;
            }
            names
        };
        $crate::declaration::Kind::Choice(&NAMES)
    }};
}

pub(crate) use choice;
pub(crate) use section;
pub(crate) use section_of_defaults;
