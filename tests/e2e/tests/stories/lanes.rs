//! Finding one's way among lanes: search, groups, bookmarks, axes.

use wakeline_e2e::{Setting, story};

const DEMO: &str = "demo=producer-consumer";

#[test]
fn a_task_is_found_by_its_name_and_a_line_by_what_it_says() {
    story(&Setting::default(), async |stage| {
        let page = stage.open(DEMO).await;
        page.ended().await;
        page.click("find-open").await;
        page.type_into("find", "collector").await;
        let count = page.see_that("find-count", |text| text.contains('/')).await;
        assert!(count.starts_with("1/"), "{count}");
        let selected = page.attribute("timeline", "data-selection").await;
        assert_eq!(selected.as_deref(), Some("task-7"));
        page.type_into("find", "goes home").await;
        page.see_that("find-count", |text| text.starts_with("1/"))
            .await;
        let first = page.attribute("timeline", "data-step").await;
        page.click("find-next").await;
        page.see_that("find-count", |text| text.starts_with("2/"))
            .await;
        assert_ne!(page.attribute("timeline", "data-step").await, first);
        page.click("find-close").await;
        assert_eq!(page.text("find").await, None);
    });
}

#[test]
fn groups_fold_and_unfold_and_hidden_lanes_come_back() {
    story(&Setting::default(), async |stage| {
        let page = stage.open(DEMO).await;
        page.ended().await;
        page.choose("group", "name").await;
        page.see_that("group-2", |text| text.contains("producer"))
            .await;
        page.see("lane-task-3").await;
        page.click("group-2").await;
        page.see("group-2").await;
        assert_eq!(page.text("lane-task-3").await, None);
        let expanded = page.attribute("group-2", "aria-expanded").await;
        assert_eq!(expanded.as_deref(), Some("false"));
        page.click("group-2").await;
        page.click("lane-task-3").await;
        page.click("hide").await;
        page.see_that("show-hidden", |text| text == "1").await;
        assert_eq!(page.text("lane-task-3").await, None);
        page.click("show-hidden").await;
        page.see("lane-task-3").await;
        page.click("pin").await;
        let pinned = page.attribute("pin", "aria-pressed").await;
        assert_eq!(pinned.as_deref(), Some("true"));
        assert_eq!(page.errors().await, Vec::<String>::new());
    });
}

#[test]
fn bookmarks_and_the_axis_stand_in_the_link_and_the_playhead_survives_each_axis() {
    story(&Setting::default(), async |stage| {
        let page = stage.open(&format!("{DEMO}&at=41")).await;
        page.ended().await;
        page.click("bookmark").await;
        let marked = page.attribute("bookmark", "aria-pressed").await;
        assert_eq!(marked.as_deref(), Some("true"));
        for axis in ["step", "causal", "active", "time"] {
            page.click(&format!("axis-{axis}")).await;
            let pressed = page
                .attribute(&format!("axis-{axis}"), "aria-pressed")
                .await;
            assert_eq!(pressed.as_deref(), Some("true"));
            let step = page.attribute("timeline", "data-step").await;
            assert_eq!(step.as_deref(), Some("41"), "{axis}");
        }
        page.click("axis-causal").await;
        let link = format!("{DEMO}&at=41&marks=41&axis=causal");
        let page = stage.open(&link).await;
        page.ended().await;
        let marks = page.attribute("timeline", "data-bookmarks").await;
        assert_eq!(marks.as_deref(), Some("41"));
        let axis = page.attribute("timeline", "data-axis").await;
        assert_eq!(axis.as_deref(), Some("causal"));
        assert_eq!(page.errors().await, Vec::<String>::new());
    });
}
