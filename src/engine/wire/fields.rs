//! Fields of an object, by name and type. What is missing or of another type is `None`.

use js_sys::{Array, Object, Reflect};
use wakeline_protocol::{Value, Values};
use wasm_bindgen::{JsCast, JsValue};

/// The greatest number up to which all whole numbers are exact.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// An object of a message.
#[derive(Clone, Debug)]
pub(crate) struct Fields(Object);

impl Fields {
    /// The fields of a value, if it is an object.
    pub(crate) fn of(value: JsValue) -> Option<Self> {
        if Array::is_array(&value) {
            return None;
        }
        value.dyn_into().ok().map(Self)
    }

    /// A field that is there and not `null`.
    pub(crate) fn get(&self, name: &str) -> Option<JsValue> {
        Reflect::get(&self.0, &name.into())
            .ok()
            .filter(|value| !value.is_undefined() && !value.is_null())
    }

    pub(crate) fn text(&self, name: &str) -> Option<String> {
        self.get(name)?.as_string()
    }

    /// A text that may be missing: then it is empty.
    pub(crate) fn text_or_empty(&self, name: &str) -> Option<String> {
        match self.get(name) {
            Some(value) => value.as_string(),
            None => Some(String::new()),
        }
    }

    pub(crate) fn number(&self, name: &str) -> Option<f64> {
        self.get(name)?.as_f64()
    }

    pub(crate) fn flag(&self, name: &str) -> Option<bool> {
        self.get(name)?.as_bool()
    }

    /// A whole number from `least` to `most`, both of which are exact.
    fn whole(&self, name: &str, least: f64, most: f64) -> Option<f64> {
        let number = self.number(name)?;
        (number.fract() == 0.0 && (least..=most).contains(&number)).then_some(number)
    }

    pub(crate) fn u32(&self, name: &str) -> Option<u32> {
        // The casts are exact within these ranges.
        Some(self.whole(name, 0.0, f64::from(u32::MAX))? as u32)
    }

    pub(crate) fn u64(&self, name: &str) -> Option<u64> {
        Some(self.whole(name, 0.0, EXACT)? as u64)
    }

    pub(crate) fn i64(&self, name: &str) -> Option<i64> {
        Some(self.whole(name, -EXACT, EXACT)? as i64)
    }

    /// A list whose every item can be read.
    pub(crate) fn list<T>(
        &self,
        name: &str,
        read: impl Fn(JsValue) -> Option<T>,
    ) -> Option<Vec<T>> {
        items(&self.get(name)?)?.iter().map(read).collect()
    }

    /// A list that may be missing: then it is empty.
    pub(crate) fn list_or_empty<T>(
        &self,
        name: &str,
        read: impl Fn(JsValue) -> Option<T>,
    ) -> Option<Vec<T>> {
        match self.get(name) {
            Some(_) => self.list(name, read),
            None => Some(Vec::new()),
        }
    }

    /// A field that is an object.
    pub(crate) fn object(&self, name: &str) -> Option<Self> {
        Self::of(self.get(name)?)
    }

    /// The names and whole numbers of an object; what is none is left out.
    pub(crate) fn numbers(&self, name: &str) -> Vec<(String, u64)> {
        let object = self.object(name);
        let entries = object
            .map(|object| Object::entries(&object.0))
            .unwrap_or_default();
        let pair = |entry: JsValue| {
            let (name, number) = pair(&entry)?;
            // Casts from floating point saturate.
            Some((name.as_string()?, number.as_f64()? as u64))
        };
        entries.iter().filter_map(pair).collect()
    }

    /// The names and texts of an object that may be missing: then there are none.
    pub(crate) fn pairs(&self, name: &str) -> Option<Vec<(String, String)>> {
        match self.get(name) {
            Some(object) => Object::entries(&object.dyn_into().ok()?)
                .iter()
                .map(two_texts)
                .collect(),
            None => Some(Vec::new()),
        }
    }

    /// Values of parameters.
    pub(crate) fn values(&self, name: &str) -> Option<Values> {
        let object = Self::of(self.get(name)?)?.0;
        let mut values = Values::new();
        for entry in Object::entries(&object).iter() {
            let (name, value) = pair(&entry)?;
            values.insert(name.as_string()?, read_value(&value)?);
        }
        Some(values)
    }
}

/// A list of two texts.
pub(crate) fn two_texts(value: JsValue) -> Option<(String, String)> {
    let (first, second) = pair(&value)?;
    Some((first.as_string()?, second.as_string()?))
}

fn pair(value: &JsValue) -> Option<(JsValue, JsValue)> {
    let items = items(value)?;
    (items.length() == 2).then(|| (items.get(0), items.get(1)))
}

fn items(value: &JsValue) -> Option<Array> {
    value.clone().dyn_into().ok()
}

fn read_value(value: &JsValue) -> Option<Value> {
    if let Some(flag) = value.as_bool() {
        return Some(Value::Flag(flag));
    }
    if let Some(number) = value.as_f64() {
        let whole = number.fract() == 0.0 && number.abs() <= EXACT;
        return Some(if whole {
            Value::Integer(number as i64)
        } else {
            Value::Number(number)
        });
    }
    value.as_string().map(Value::Text)
}
