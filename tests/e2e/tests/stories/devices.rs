//! Small screens, touched screens, dark rooms.

use serde_json::{Value, json};
use wakeline_e2e::page::Page;
use wakeline_e2e::picture::Picture;
use wakeline_e2e::{Setting, story};

/// Whether the page can be scrolled sideways, which nobody does on purpose.
async fn overflows(page: &Page<'_>) -> Value {
    let script = "const root = document.scrollingElement;
        return root.scrollWidth > root.clientWidth
            ? `${root.scrollWidth} > ${root.clientWidth}` : null;";
    page.script(script, &[]).await
}

/// The brightness of the page's background, from 0 to 255.
async fn brightness(page: &Page<'_>) -> f64 {
    let script = "
        const pen = new OffscreenCanvas(1, 1).getContext('2d');
        pen.fillStyle = getComputedStyle(document.body).backgroundColor;
        pen.fillRect(0, 0, 1, 1);
        const [red, green, blue] = pen.getImageData(0, 0, 1, 1).data;
        return (red + green + blue) / 3;";
    let value = page.script(script, &[]).await;
    value.as_f64().expect("a brightness")
}

#[test]
fn a_phone_shows_the_timeline_and_has_everything_else_within_reach() {
    story(&Setting::phone(), async |stage| {
        let page = stage.open("").await;
        let before = page.ended().await;
        let picture = Picture::that(&page, "a picture", |picture| picture.ink() > 0).await;
        assert!(picture.size.1 > 120, "{picture}");
        assert_eq!(overflows(&page).await, json!(null));

        page.click("open-form").await;
        page.see("form").await;
        page.type_into("param-capacity", "1").await;
        page.ended_as(|ended| ended.hash != before.hash).await;
        assert_eq!(overflows(&page).await, json!(null));
        page.click("close-form").await;

        page.click("open-demos").await;
        page.click("demo-hello").await;
        let hello = page.ended_as(|ended| ended.outcome == "completed").await;
        assert_ne!(hello, before);
        assert_eq!(overflows(&page).await, json!(null));
        assert_eq!(page.errors().await, Vec::<String>::new());
    });
}

#[test]
fn a_phone_says_that_nothing_can_run_and_leads_to_what_is_wrong() {
    story(&Setting::phone(), async |stage| {
        let page = stage.open("").await;
        page.ended().await;
        assert_eq!(page.text("run-blocked").await, None);
        page.click("open-form").await;
        page.type_into("param-capacity", "many").await;
        page.see("param-error-capacity").await;
        page.click("close-form").await;

        assert!(page.see("run-blocked").await.contains("not valid"));
        page.click("run-blocked").await;
        page.type_into("param-capacity", "2").await;
        page.click("close-form").await;
        page.ended().await;
        assert_eq!(page.text("run-blocked").await, None);
    });
}

#[test]
fn what_is_touched_on_a_phone_is_large_enough() {
    story(&Setting::phone(), async |stage| {
        let page = stage.open("").await;
        page.ended().await;
        let script = "
            return [...document.querySelectorAll('button, select, input:not([type=range])')]
                .filter((part) => part.checkVisibility())
                // What chooses a file is touched by its label.
                .map((part) => [part, part.type === 'file' ? part.closest('label') : part])
                .map(([part, target]) => [part.dataset.testid ?? part.ariaLabel, target.getBoundingClientRect()])
                .filter(([, box]) => box.width > 0 && (box.height < 24 || box.width < 24))
                .map(([name, box]) => `${name}: ${box.width} x ${box.height}`);";
        assert_eq!(page.script(script, &[]).await, json!([]));
    });
}

#[test]
fn a_dark_room_gets_a_dark_page_and_a_light_one_a_light_page() {
    let mut pictures = Vec::new();
    for (setting, is_right) in [
        (
            Setting::default(),
            (|light| light > 180.0) as fn(f64) -> bool,
        ),
        (Setting::default().dark(), |light| light < 80.0),
    ] {
        story(&setting, async |stage| {
            let page = stage.open("").await;
            page.ended().await;
            let light = brightness(&page).await;
            assert!(is_right(light), "{setting:?} gives a background of {light}");
            pictures.push(Picture::that(&page, "a picture", |picture| picture.ink() > 0).await);
        });
    }
    // The canvas has its own colours, and they change too.
    assert_ne!(pictures[0].colours, pictures[1].colours);
}

#[test]
fn the_theme_can_be_chosen_and_is_remembered() {
    story(&Setting::default(), async |stage| {
        let page = stage.open("").await;
        page.ended().await;
        assert!(brightness(&page).await > 180.0);
        page.choose("theme", "dark").await;
        wakeline_e2e::wait::until("a dark page", async || match brightness(&page).await {
            light if light < 80.0 => Ok(()),
            light => Err(light.to_string()),
        })
        .await;
        page.go("").await;
        page.ended().await;
        assert!(brightness(&page).await < 80.0);
    });
}

#[test]
fn the_bar_above_the_timeline_takes_two_rows_of_a_phone_and_all_of_it_is_in_reach() {
    for size in [(360, 640), (390, 844)] {
        let setting = Setting {
            size,
            ..Setting::phone()
        };
        story(&setting, async |stage| {
            let page = stage.open("").await;
            page.ended().await;
            let script = "
                const parts = [...document.querySelector('.timeline-transport').children]
                    .map((part) => part.getBoundingClientRect())
                    .filter((box) => box.width > 0);
                // Parts of a row overlap in height.
                const rows = [];
                for (const box of parts) {
                    const middle = (box.top + box.bottom) / 2;
                    const row = rows.find((row) => row.top < middle && middle < row.bottom);
                    if (row === undefined) rows.push(box);
                }
                return rows.length;";
            assert_eq!(page.script(script, &[]).await, json!(2), "{size:?}");
            assert_eq!(overflows(&page).await, json!(null));
            // The last tool is pushed into view, and does what it does.
            page.choose("group", "name").await;
            page.see("group-2").await;
            page.click("fold-all").await;
            let pressed = page.attribute("fold-all", "aria-pressed").await;
            assert_eq!(pressed.as_deref(), Some("true"));
        });
    }
}
