//! What stands in the form of a demo's parameters, and what is wrong with it.

use wakeline_protocol::{DemoSpec, ParamSpec, Problem, Values};

/// The texts of a form's fields as a person left them.
///
/// Fields hold text, not values: what is typed stays as it was typed while it is no value yet.
/// A field that was never touched has the text of its default.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Form {
    /// Name and text of the fields that differ from their defaults, by name: two forms that say
    /// the same are equal. A form is small, so a list does.
    typed: Vec<(String, String)>,
}

/// What a form amounts to.
#[derive(Clone, Debug, PartialEq)]
pub struct Checked {
    /// Every value, complete; `None` if something is wrong.
    pub values: Option<Values>,
    /// What is wrong.
    pub problems: Vec<Problem>,
}

impl Checked {
    /// What is wrong with this parameter.
    pub fn problems_of<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Problem> {
        self.problems
            .iter()
            .filter(move |problem| problem.parameter == name)
    }
}

impl Form {
    /// The text in a field.
    #[must_use]
    pub fn text(&self, param: &ParamSpec) -> String {
        self.typed(&param.name)
            .map_or_else(|| param.default().to_string(), str::to_owned)
    }

    /// Puts text into a field.
    pub fn set(&mut self, param: &ParamSpec, text: String) {
        self.reset(&param.name);
        if text != param.default().to_string() {
            let at = self.typed.partition_point(|(name, _)| *name < param.name);
            self.typed.insert(at, (param.name.clone(), text));
        }
    }

    /// Whether a field differs from its default.
    #[must_use]
    pub fn is_changed(&self, name: &str) -> bool {
        self.typed(name).is_some()
    }

    /// Whether any field differs from its default.
    #[must_use]
    pub fn is_any_changed(&self) -> bool {
        !self.typed.is_empty()
    }

    /// Puts the default back into a field.
    pub fn reset(&mut self, name: &str) {
        self.typed.retain(|(known, _)| known != name);
    }

    fn typed(&self, name: &str) -> Option<&str> {
        let found = self.typed.iter().find(|(known, _)| known == name);
        found.map(|(_, text)| &**text)
    }

    /// Puts exactly these values into the fields; every other one gets its default.
    pub fn replace(&mut self, spec: &DemoSpec, values: &Values) {
        self.typed.clear();
        for (name, value) in values {
            if let Some(param) = spec.param(name) {
                self.set(param, value.to_string());
            }
        }
    }

    /// Whether the fields say exactly these values and nothing else.
    #[must_use]
    pub fn says(&self, spec: &DemoSpec, values: &Values) -> bool {
        let mut other = Self::default();
        other.replace(spec, values);
        *self == other
    }

    /// The fields that differ from their defaults, in the order of the form.
    pub fn changes<'a>(&'a self, spec: &'a DemoSpec) -> impl Iterator<Item = (&'a str, &'a str)> {
        spec.params
            .iter()
            .filter_map(|param| Some((&*param.name, self.typed(&param.name)?)))
    }

    /// Reads every field.
    #[must_use]
    pub fn check(&self, spec: &DemoSpec) -> Checked {
        match spec.parse(self.changes(spec)) {
            Ok(values) => Checked {
                values: Some(values),
                problems: Vec::new(),
            },
            Err(problems) => Checked {
                values: None,
                problems,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::samples::sample_demo;

    #[test]
    fn an_untouched_form_has_the_defaults() {
        let spec = sample_demo();
        let checked = Form::default().check(&spec);
        assert_eq!(checked.values, spec.complete(&Values::new()).ok());
        assert_eq!(checked.problems, []);
    }

    #[test]
    fn typing_the_default_again_leaves_no_change() {
        let spec = sample_demo();
        let mut form = Form::default();
        form.set(&spec.params[0], "77".to_owned());
        assert!(form.is_changed("capacity"));
        form.set(&spec.params[0], "5".to_owned());
        assert_eq!(form, Form::default());
    }

    #[test]
    fn what_is_no_value_stays_as_typed_and_is_told_at_its_field() {
        let spec = sample_demo();
        let mut form = Form::default();
        form.set(&spec.params[0], "-1".to_owned());
        let checked = form.check(&spec);
        assert_eq!(form.text(&spec.params[0]), "-1");
        assert_eq!(checked.values, None);
        let codes: Vec<&str> = checked
            .problems_of("capacity")
            .map(|problem| &*problem.code)
            .collect();
        assert_eq!(codes, ["out-of-range"]);
        assert_eq!(checked.problems_of("least").count(), 0);
    }

    #[test]
    fn a_preset_replaces_everything() {
        let spec = sample_demo();
        let mut form = Form::default();
        form.set(&spec.params[1], "3".to_owned());
        form.replace(&spec, &spec.presets[0].values);
        assert!(form.says(&spec, &spec.presets[0].values));
        assert_eq!(form.changes(&spec).collect::<Vec<_>>(), [("capacity", "1")]);
    }
}
