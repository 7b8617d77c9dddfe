//! The tables, compiled in.

use crate::{Language, Table};

macro_rules! files {
    ($language:literal) => {
        [
            include_str!(concat!(
                "../../../www/translations/",
                $language,
                "/cli.json"
            )),
            include_str!(concat!(
                "../../../www/translations/",
                $language,
                "/demos.json"
            )),
            include_str!(concat!(
                "../../../www/translations/",
                $language,
                "/events.json"
            )),
            include_str!(concat!(
                "../../../www/translations/",
                $language,
                "/findings.json"
            )),
            include_str!(concat!(
                "../../../www/translations/",
                $language,
                "/page.json"
            )),
            include_str!(concat!(
                "../../../www/translations/",
                $language,
                "/problems.json"
            )),
            include_str!(concat!(
                "../../../www/translations/",
                $language,
                "/timeline.json"
            )),
        ]
    };
}

/// The table of a language.
pub(crate) fn table(language: Language) -> Table {
    match language {
        Language::English => read(&files!("en")),
        Language::Chinese => read(&files!("zh")),
    }
}

fn read(files: &[&str]) -> Table {
    // The files are part of the program; a test reads each.
    files
        .iter()
        .flat_map(|file| serde_json::from_str::<Table>(file).unwrap_or_default())
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    #[test]
    fn every_file_is_an_object_of_texts_and_no_key_stands_twice() {
        for files in [files!("en"), files!("zh")] {
            let mut seen = BTreeMap::new();
            for (number, file) in files.iter().enumerate() {
                let table: BTreeMap<String, String> = serde_json::from_str(file).unwrap();
                for key in table.into_keys() {
                    assert_eq!(seen.insert(key.clone(), number), None, "{key} stands twice");
                }
            }
        }
    }
}
