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
//!     }
//!     ordered { bake_min_ms <= bake_max_ms; }
//!     presets { tiny { ovens = 1; order = "first-come"; } }
//! }
//! ```

use std::ops::RangeInclusive;

use wakeline_protocol::{ParamKind, ParamSpec, Preset, Value, Values};

/// What a demo declares about its parameters.
#[derive(Clone, Debug, Default)]
pub(crate) struct Declaration {
    /// The parameters in the order of the form.
    pub params: Vec<ParamSpec>,
    /// Pairs of which the first must not be greater than the second.
    pub ordered: Vec<(String, String)>,
    /// Named sets of values.
    pub presets: Vec<Preset>,
}

/// A struct made by [`parameters!`].
pub(crate) trait Parameters: Sized {
    /// What was declared.
    fn declare() -> Declaration;

    /// The values. They must have been completed by the demo's own spec.
    fn read(values: &Values) -> Self;
}

/// A type that a parameter can have.
pub(crate) trait Parameter: Sized {
    /// How the default is written in the declaration.
    type Default;

    /// What stands after the default in the declaration; `()` if nothing does.
    type Range;

    /// What values it takes.
    fn kind(default: Self::Default, range: Self::Range) -> ParamKind;

    /// The value, `None` if it is one of another type.
    fn read(value: &Value) -> Option<Self>;
}

macro_rules! whole_numbers {
    ($($type:ty),+) => { $(
        impl Parameter for $type {
            type Default = Self;
            type Range = RangeInclusive<$type>;

            fn kind(default: Self::Default, range: Self::Range) -> ParamKind {
                // Declared bounds are small; what does not fit is cut to what a value can be.
                let wide = |number: $type| i64::try_from(number).unwrap_or(i64::MAX);
                ParamKind::Integer {
                    min: wide(*range.start()),
                    max: wide(*range.end()),
                    default: wide(default),
                }
            }

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

impl Parameter for f64 {
    type Default = Self;
    type Range = RangeInclusive<f64>;

    fn kind(default: Self::Default, range: Self::Range) -> ParamKind {
        let (min, max) = range.into_inner();
        ParamKind::Number {
            min,
            max,
            default,
            // The form's buttons go through the range in about a hundred steps.
            step: (max - min) / 100.0,
        }
    }

    fn read(value: &Value) -> Option<Self> {
        match value {
            Value::Number(number) => Some(*number),
            _ => None,
        }
    }
}

impl Parameter for bool {
    type Default = Self;
    type Range = ();

    fn kind(default: Self::Default, (): ()) -> ParamKind {
        ParamKind::Flag { default }
    }

    fn read(value: &Value) -> Option<Self> {
        match value {
            Value::Flag(flag) => Some(*flag),
            _ => None,
        }
    }
}

impl Parameter for String {
    type Default = &'static str;
    /// The greatest length in characters.
    type Range = usize;

    fn kind(default: &'static str, longest: usize) -> ParamKind {
        let default = default.to_owned();
        ParamKind::Text { longest, default }
    }

    fn read(value: &Value) -> Option<Self> {
        match value {
            Value::Text(text) => Some(text.clone()),
            _ => None,
        }
    }
}

/// A value as it stands in a preset.
pub(crate) trait Literal {
    /// The value.
    fn value(self) -> Value;
}

impl Literal for i32 {
    fn value(self) -> Value {
        Value::Integer(i64::from(self))
    }
}

impl Literal for f64 {
    fn value(self) -> Value {
        Value::Number(self)
    }
}

impl Literal for bool {
    fn value(self) -> Value {
        Value::Flag(self)
    }
}

impl Literal for &str {
    fn value(self) -> Value {
        Value::Text(self.to_owned())
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
        $(presets { $($preset:ident { $($key:ident = $value:literal;)* })+ })?
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug)]
        $vis struct $name { $($(#[$doc])* $field: $type,)* }

        impl $crate::parameters::Parameters for $name {
            fn declare() -> $crate::parameters::Declaration {
                $crate::parameters::Declaration {
                    params: vec![$(
                        wakeline_protocol::ParamSpec {
                            name: stringify!($field).to_owned(),
                            kind: <$type as $crate::parameters::Parameter>::kind(
                                $crate::parameters::default!($type, $default),
                                $crate::parameters::range!($($range)?),
                            ),
                            unit: $crate::parameters::unit!($($unit)?),
                        },
                    )*],
                    ordered: vec![$($(
                        (stringify!($low).to_owned(), stringify!($high).to_owned()),
                    )+)?],
                    presets: vec![$($(
                        wakeline_protocol::Preset {
                            name: stringify!($preset).to_owned(),
                            values: [$((
                                stringify!($key).to_owned(),
                                $crate::parameters::Literal::value($value),
                            )),*].into(),
                        },
                    )+)?],
                }
            }

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

        impl $crate::parameters::Parameter for $name {
            type Default = Self;
            type Range = ();

            fn kind(default: Self::Default, (): ()) -> wakeline_protocol::ParamKind {
                let name = match default { $(Self::$variant => $text,)+ };
                wakeline_protocol::ParamKind::Choice {
                    options: vec![$($text.to_owned()),+],
                    default: name.to_owned(),
                }
            }

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
