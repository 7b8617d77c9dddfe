//! The picture is there, and it is a picture of the run.

use wakeline_e2e::picture::Picture;
use wakeline_e2e::{Setting, story};

/// Fewer colours than a timeline with lanes, bands of several reasons, text and a playhead has.
const FEW_COLOURS: usize = 12;

#[test]
fn the_default_demo_is_drawn_without_a_click() {
    story(&Setting::default(), async |stage| {
        let page = stage.open("").await;
        let ended = page.ended().await;
        assert_eq!(ended.outcome, "completed");
        let picture = Picture::that(&page, "a picture of the default demo", |picture| {
            picture.colours.len() > FEW_COLOURS
        })
        .await;
        // Lanes fill a good part of the canvas: more than a ruler and a frame would.
        let (width, height) = picture.size;
        assert!(picture.ink() * 20 > width * height, "{picture}");
        assert!(page.see("demo-title").await.len() > 3);
        assert_eq!(page.errors().await, Vec::<String>::new());
    });
}

#[test]
fn the_same_run_gives_the_same_picture_and_another_run_another() {
    story(&Setting::default(), async |stage| {
        let draw = async |query: &str| {
            let page = stage.open(query).await;
            let hash = page.ended().await.hash;
            let picture = Picture::that(&page, "a picture", |picture| {
                picture.colours.len() > FEW_COLOURS
            })
            .await;
            (hash, picture)
        };
        let first = draw("demo=semaphore&seed=1").await;
        let other = draw("demo=semaphore&seed=2").await;
        let again = draw("demo=semaphore&seed=1").await;
        assert_eq!(first, again);
        assert_ne!(first.0, other.0);
        assert_ne!(first.1, other.1);
    });
}

#[test]
fn every_demo_of_the_list_can_be_chosen_and_is_drawn() {
    story(&Setting::default(), async |stage| {
        let page = stage.open("").await;
        let mut last = page.ended().await;
        for demo in ["hello", "semaphore", "timeout", "producer-consumer"] {
            page.click(&format!("demo-{demo}")).await;
            last = page
                .ended_as(|ended| ended.hash != last.hash && ended.outcome == "completed")
                .await;
            Picture::that(&page, &format!("a picture of {demo}"), |picture| {
                picture.colours.len() > FEW_COLOURS
            })
            .await;
            assert!(!page.see("console").await.is_empty());
            page.click("tab-source").await;
            let source = page.see("source").await;
            assert!(
                source.contains("async fn"),
                "the source of {demo}: {source}"
            );
            page.click("tab-console").await;
        }
        assert_eq!(page.errors().await, Vec::<String>::new());
    });
}
