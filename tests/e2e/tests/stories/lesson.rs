//! A lesson: steps that set everything up, questions before answers, evidence in the run.

use wakeline_e2e::page::Page;
use wakeline_e2e::wait::until;
use wakeline_e2e::{Setting, story};

async fn step_of(page: &Page<'_>) -> Option<usize> {
    let step = page.attribute("timeline", "data-step").await?;
    step.parse().ok()
}

#[test]
fn a_step_sets_up_its_run_and_the_answer_comes_after_the_question() {
    story(&Setting::default(), async |stage| {
        let page = stage.open("demo=cache&panel=lesson&seed=9").await;
        let before = page.ended().await;
        page.see("lesson").await;
        assert_eq!(page.text("answer-2").await, None, "first the question");

        page.click("try-2").await;
        page.ended_as(|ended| *ended != before).await;
        until("the settings of the step", async || {
            let pressed = page.attribute("preset-stampede", "aria-pressed").await;
            let axis = page.attribute("axis-step", "aria-pressed").await;
            let seed = page.value("seed").await;
            match (pressed.as_deref(), axis.as_deref(), seed.as_deref()) {
                (Some("true"), Some("true"), Some("0")) => Ok(()),
                other => Err(format!("{other:?}")),
            }
        })
        .await;
        page.see_that("why", |text| text.contains("client 20"))
            .await;
        let there = step_of(&page).await.expect("a playhead");

        page.click("reveal-2").await;
        let answer = page.see("answer-2").await;
        assert!(answer.len() > 20, "{answer}");
        page.click("to-start").await;
        page.click("evidence-2").await;
        until("the evidence at the playhead", async || {
            match step_of(&page).await {
                Some(step) if step == there => Ok(()),
                other => Err(format!("{other:?}, not {there}")),
            }
        })
        .await;
    });
}

#[test]
fn the_lesson_speaks_the_readers_language_and_leads_to_related_demos() {
    story(&Setting::phone(), async |stage| {
        let page = stage.open("demo=cache&panel=lesson&lang=zh-Hans").await;
        page.ended().await;
        let is_han = |text: &str| text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
        page.see_that("lesson", is_han).await;
        page.click("language-en").await;
        page.see_that("lesson", |text| !is_han(text)).await;
        let wide = "return document.documentElement.scrollWidth <= innerWidth";
        assert_eq!(page.script(wide, &[]).await, true, "nothing sticks out");
        page.click("related-rwlock").await;
        page.see("demo-title").await;
        until("the other demo in the link", async || {
            let query = page.query().await;
            if query.contains("demo=rwlock") {
                Ok(())
            } else {
                Err(query)
            }
        })
        .await;
    });
}

#[test]
fn the_same_program_in_python_stands_beside_the_source() {
    story(&Setting::default(), async |stage| {
        let page = stage.open("demo=cache&panel=source").await;
        page.ended().await;
        page.see_that("asyncio", |text| text.contains("import asyncio"))
            .await;
        page.see_that("source", |text| text.contains("async fn"))
            .await;
        page.click("asyncio-toggle").await;
        until("one listing", async || match page.text("asyncio").await {
            None => Ok(()),
            some => Err(format!("{some:?}")),
        })
        .await;
    });
}
