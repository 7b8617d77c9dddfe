//! How a demo declares its parameters: once.
//!
//! [`parameters!`] makes of one declaration a struct with the values, as the program uses them,
//! and the [`Declaration`] from which the form on the page, `--set` on the command line, the
//! link's query and validation come. Texts for people are in the phrase table, by the keys that
//! [`DemoSpec`](wakeline_protocol::DemoSpec) documents; a test compares.
//!
//! ```text
//! parameters! {
//!     /// What the program needs to know.
//!     pub struct Bakery {
//!         /// How many ovens there are.
//!         ovens: u32 = 2, 1..=20;
//!         /// The least time a loaf takes.
//!         bake_min_ms: u64 = 200 ms, 0..=60_000;
//!         /// The greatest.
//!         bake_max_ms: u64 = 800 ms, 0..=60_000;
//!         /// Who is served first.
//!         order: Order = FirstCome;
//!         /// Whether the oven is real. Then the run is live.
//!         oven: Oven = Simulated;
//!     }
//!     ordered { bake_min_ms <= bake_max_ms; }
//!     live { oven = "real"; }
//!     presets { tiny { ovens = 1; order = "first-come"; } }
//! }
//! ```

use std::marker::PhantomData;
use std::ops::RangeInclusive;

use wakeline_protocol::{ParamKind, ParamSpec, Preset, Unit, Value, Values};

/// What a demo declares about its parameters: plain data, so that a catalogue of many demos costs
/// the engine a table and not code for each of them.
#[derive(Debug)]
pub(crate) struct Declaration {
    /// The parameters in the order of the form.
    pub params: &'static [Declared],
    /// Pairs of which the first must not be greater than the second.
    pub ordered: &'static [(&'static str, &'static str)],
    /// Options that make a run live.
    pub live: &'static [(&'static str, &'static str)],
    /// Named sets of values.
    pub presets: &'static [(&'static str, &'static [(&'static str, Literal)])],
}

/// A parameter.
#[derive(Debug)]
pub(crate) struct Declared {
    /// Its name in links and on the command line.
    pub name: &'static str,
    /// What values it takes.
    pub kind: Kind,
    /// What they are measured in.
    pub unit: Unit,
}

/// What values a parameter takes.
#[derive(Debug)]
pub(crate) enum Kind {
    Integer {
        min: i64,
        max: i64,
        default: i64,
    },
    Number {
        min: f64,
        max: f64,
        default: f64,
    },
    Flag {
        default: bool,
    },
    Choice {
        options: &'static [&'static str],
        default: &'static str,
    },
    Text {
        longest: usize,
        default: &'static str,
    },
}

/// A value as it stands in a preset.
#[derive(Debug)]
pub(crate) enum Literal {
    Integer(i64),
    Number(f64),
    Flag(bool),
    Text(&'static str),
}

impl Declaration {
    /// The parameters, as the page and the command line have them.
    pub(crate) fn params(&self) -> Vec<ParamSpec> {
        let params = self.params.iter().map(|param| ParamSpec {
            name: param.name.to_owned(),
            kind: param.kind.spelled_out(),
            unit: param.unit,
        });
        params.collect()
    }

    /// The ordered pairs.
    pub(crate) fn ordered(&self) -> Vec<(String, String)> {
        pairs(self.ordered)
    }

    /// The options that make a run live, with their parameters.
    pub(crate) fn live(&self) -> Vec<(String, String)> {
        pairs(self.live)
    }

    /// The presets.
    pub(crate) fn presets(&self) -> Vec<Preset> {
        let mut presets = Vec::new();
        for (name, literals) in self.presets {
            let mut values = Values::new();
            for (key, literal) in *literals {
                values.insert((*key).to_owned(), literal.value());
            }
            let name = (*name).to_owned();
            presets.push(Preset { name, values });
        }
        presets
    }
}

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    let pairs = pairs.iter();
    pairs
        .map(|(one, other)| ((*one).to_owned(), (*other).to_owned()))
        .collect()
}

impl Kind {
    fn spelled_out(&self) -> ParamKind {
        match *self {
            Self::Integer { min, max, default } => ParamKind::Integer { min, max, default },
            Self::Number { min, max, default } => ParamKind::Number {
                min,
                max,
                default,
                // The form's buttons go through the range in about a hundred steps.
                step: (max - min) / 100.0,
            },
            Self::Flag { default } => ParamKind::Flag { default },
            Self::Choice { options, default } => ParamKind::Choice {
                options: options.iter().map(|option| (*option).to_owned()).collect(),
                default: default.to_owned(),
            },
            Self::Text { longest, default } => ParamKind::Text {
                longest,
                default: default.to_owned(),
            },
        }
    }
}

impl Literal {
    fn value(&self) -> Value {
        match *self {
            Self::Integer(number) => Value::Integer(number),
            Self::Number(number) => Value::Number(number),
            Self::Flag(flag) => Value::Flag(flag),
            Self::Text(text) => Value::Text(text.to_owned()),
        }
    }
}

/// A struct made by [`parameters!`].
pub(crate) trait Parameters: Sized {
    /// What was declared.
    const DECLARATION: Declaration;

    /// The values. They must have been completed by the demo's own spec.
    fn read(values: &Values) -> Self;
}

/// A type that a parameter can have.
pub(crate) trait Parameter: Sized {
    /// The value, `None` if it is one of another type.
    fn read(value: &Value) -> Option<Self>;
}

/// Makes the declaration of a parameter of type `T`: a function `kind` for each type, of its
/// default and of what stands behind that, `()` if nothing does. Not a trait's, since those cannot
/// be called in a constant.
pub(crate) struct Of<T>(PhantomData<T>);

macro_rules! whole_numbers {
    ($($type:ty),+) => { $(
        impl Of<$type> {
            /// Declared bounds are far below what a value can be.
            pub(crate) const fn kind(default: $type, range: RangeInclusive<$type>) -> Kind {
                Kind::Integer {
                    min: *range.start() as i64,
                    max: *range.end() as i64,
                    default: default as i64,
                }
            }
        }

        impl Parameter for $type {
            fn read(value: &Value) -> Option<Self> {
                match value {
                    Value::Integer(number) => Self::try_from(*number).ok(),
                    _ => None,
                }
            }
        }
    )+ };
}

whole_numbers!(u32, u64, usize);

impl Of<f64> {
    pub(crate) const fn kind(default: f64, range: RangeInclusive<f64>) -> Kind {
        Kind::Number {
            min: *range.start(),
            max: *range.end(),
            default,
        }
    }
}

impl Parameter for f64 {
    fn read(value: &Value) -> Option<Self> {
        match value {
            Value::Number(number) => Some(*number),
            _ => None,
        }
    }
}

impl Of<bool> {
    pub(crate) const fn kind(default: bool, (): ()) -> Kind {
        Kind::Flag { default }
    }
}

impl Parameter for bool {
    fn read(value: &Value) -> Option<Self> {
        match value {
            Value::Flag(flag) => Some(*flag),
            _ => None,
        }
    }
}

impl Of<String> {
    /// `longest` is the greatest length in characters.
    pub(crate) const fn kind(default: &'static str, longest: usize) -> Kind {
        Kind::Text { longest, default }
    }
}

impl Parameter for String {
    fn read(value: &Value) -> Option<Self> {
        match value {
            Value::Text(text) => Some(text.clone()),
            _ => None,
        }
    }
}

/// A literal in a preset; what kind it is follows from its type.
pub(crate) struct Written<T>(pub T);

impl Written<i32> {
    pub(crate) const fn literal(self) -> Literal {
        Literal::Integer(self.0 as i64)
    }
}

impl Written<f64> {
    pub(crate) const fn literal(self) -> Literal {
        Literal::Number(self.0)
    }
}

impl Written<bool> {
    pub(crate) const fn literal(self) -> Literal {
        Literal::Flag(self.0)
    }
}

impl Written<&'static str> {
    pub(crate) const fn literal(self) -> Literal {
        Literal::Text(self.0)
    }
}

/// Declares the parameters of a demo; see the [module](self).
macro_rules! parameters {
    (
        $(#[$meta:meta])*
        $vis:vis struct $name:ident { $(
            $(#[$doc:meta])*
            $field:ident: $type:ty = $default:tt $($unit:ident)? $(, $range:expr)?;
        )* }
        $(ordered { $($low:ident <= $high:ident;)+ })?
        $(live { $($choice:ident = $option:literal;)+ })?
        $(presets { $($preset:ident { $($key:ident = $value:literal;)* })+ })?
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug)]
        $vis struct $name { $($(#[$doc])* $field: $type,)* }

        impl $crate::parameters::Parameters for $name {
            const DECLARATION: $crate::parameters::Declaration =
                $crate::parameters::Declaration {
                    params: &[$(
                        $crate::parameters::Declared {
                            name: stringify!($field),
                            kind: $crate::parameters::Of::<$type>::kind(
                                $crate::parameters::default!($type, $default),
                                $crate::parameters::range!($($range)?),
                            ),
                            unit: $crate::parameters::unit!($($unit)?),
                        },
                    )*],
                    ordered: &[$($(
                        (stringify!($low), stringify!($high)),
                    )+)?],
                    live: &[$($(
                        (stringify!($choice), $option),
                    )+)?],
                    presets: &[$($(
                        (stringify!($preset), &[$((
                            stringify!($key),
                            $crate::parameters::Written($value).literal(),
                        )),*]),
                    )+)?],
                };

            fn read(values: &wakeline_protocol::Values) -> Self {
                Self { $(
                    $field: values
                        .get(stringify!($field))
                        .and_then(<$type as $crate::parameters::Parameter>::read)
                        .expect("the spec has completed the values"),
                )* }
            }
        }
    };
}

macro_rules! default {
    ($type:ty, $literal:literal) => {
        $literal
    };
    ($type:ty, $variant:ident) => {
        <$type>::$variant
    };
}

macro_rules! range {
    () => {
        ()
    };
    ($range:expr) => {
        $range
    };
}

#[rustfmt::skip]
macro_rules! unit {
    () => { wakeline_protocol::Unit::None };
    (ms) => { wakeline_protocol::Unit::Ms };
    (percent) => { wakeline_protocol::Unit::Percent };
    (bytes) => { wakeline_protocol::Unit::Bytes };
}

/// Declares the options of a choice: an enum whose variants have names.
macro_rules! choice {
    (
        $(#[$meta:meta])*
        $vis:vis enum $name:ident { $($(#[$doc:meta])* $variant:ident = $text:literal,)+ }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        $vis enum $name { $($(#[$doc])* $variant,)+ }

        impl $crate::parameters::Of<$name> {
            pub(crate) const fn kind(default: $name, (): ()) -> $crate::parameters::Kind {
                $crate::parameters::Kind::Choice {
                    options: &[$($text),+],
                    default: match default { $($name::$variant => $text,)+ },
                }
            }
        }

        impl $crate::parameters::Parameter for $name {
            fn read(value: &wakeline_protocol::Value) -> Option<Self> {
                match value {
                    $(wakeline_protocol::Value::Text(text) if text == $text => {
                        Some(Self::$variant)
                    })+
                    _ => None,
                }
            }
        }
    };
}

pub(crate) use {choice, default, parameters, range, unit};
