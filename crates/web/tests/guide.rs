//! The page of the guide is one that compiles.

#![cfg(not(target_arch = "wasm32"))]

const GUIDE: &str = include_str!("../../../docs/runtime.md");
const PAGE: &str = include_str!("../examples/own_page.rs");
const MANIFEST: &str = include_str!("../Cargo.toml");

/// The code between the fences after a heading, the first that begins so.
fn code(heading: &str, fence: &str) -> &'static str {
    let section = GUIDE.split_once(heading).expect(heading).1;
    let code = section.split_once(&format!("```{fence}\n")).expect(fence).1;
    code.split_once("```").expect("an end").0
}

#[test]
fn the_guide_shows_the_example_as_it_is_compiled() {
    let shown = code("## In a project of your own", "rust,ignore");
    // The guide has its own words for what the file begins with.
    let compiled = PAGE.split_once("\n\n").unwrap().1;
    assert_eq!(shown, compiled);
}

#[test]
fn the_guide_names_the_versions_that_the_example_is_compiled_with() {
    let shown = code("## In a project of your own", "toml");
    let workspace = include_str!("../../../Cargo.toml");
    for name in ["wasm-bindgen", "web-sys"] {
        let version = workspace
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(" = \"="))
            .unwrap()
            .trim_end_matches('"');
        assert!(shown.contains(version), "{name} {version}");
    }
    for name in shown.lines().filter_map(|line| line.split_once(" = ")) {
        let known = MANIFEST.contains(name.0) || ["crate-type", "panic"].contains(&name.0);
        assert!(known, "{}", name.0);
    }
}
