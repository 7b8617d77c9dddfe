//! How a person moves: each row of the table in docs/timeline.md that is not told elsewhere, by
//! keys, by pointer and by touch.

use serde_json::json;
use wakeline_e2e::canvas::Canvas;
use wakeline_e2e::page::Page;
use wakeline_e2e::wait::until;
use wakeline_e2e::{Setting, story};

/// Ctrl and Shift, as the browser counts modifiers.
const CONTROL: u8 = 2;

pub(crate) async fn number(page: &Page<'_>, name: &str) -> f64 {
    let text = page.attribute("timeline", name).await;
    text.and_then(|text| text.parse().ok()).expect("a number")
}

/// What is in view.
pub(crate) async fn view(page: &Page<'_>) -> (f64, f64) {
    (number(page, "data-t0").await, number(page, "data-t1").await)
}

pub(crate) fn span(view: (f64, f64)) -> f64 {
    view.1 - view.0
}

/// Waits until what is in view is right.
pub(crate) async fn sees(
    page: &Page<'_>,
    what: &str,
    right: impl Fn((f64, f64)) -> bool,
) -> (f64, f64) {
    until(what, async || match view(page).await {
        view if right(view) => Ok(view),
        view => Err(format!("{view:?}")),
    })
    .await
}

pub(crate) async fn goes_to(page: &Page<'_>, step: usize) {
    until(&format!("step {step}"), async || {
        match number(page, "data-step").await {
            now if now as usize == step => Ok(()),
            now => Err(now.to_string()),
        }
    })
    .await;
}

pub(crate) async fn press(page: &Page<'_>, keys: &str) {
    page.press("timeline-canvas", keys).await;
}

/// A key by its place and with modifiers, on whatever has the focus.
pub(crate) async fn key(page: &Page<'_>, key: &str, code: &str, more: &str) {
    let script = "const options = { key: arguments[0], code: arguments[1], bubbles: true, cancelable: true };
        for (const name of arguments[2].split(' ')) if (name !== '') options[name] = true;
        (document.activeElement ?? document.body).dispatchEvent(new KeyboardEvent('keydown', options));";
    page.script(script, &[json!(key), json!(code), json!(more)])
        .await;
}

#[test]
fn keys_zoom_and_pan_by_their_place_and_fit() {
    story(&Setting::default(), async |stage| {
        let page = stage.open("demo=producer-consumer").await;
        page.ended().await;
        Canvas::of(&page).await;
        let whole = view(&page).await;
        for (near, far) in [("w", "s"), ("+", "-")] {
            press(&page, near).await;
            let zoomed = sees(&page, "less", |view| span(view) < 0.8 * span(whole)).await;
            press(&page, far).await;
            sees(&page, "more", |view| span(view) > 1.2 * span(zoomed)).await;
            press(&page, "0").await;
            sees(&page, "all", |view| view == whole).await;
        }
        // By the place of the key, whatever it writes.
        key(&page, "ц", "KeyW", "").await;
        let zoomed = sees(&page, "less", |view| span(view) < 0.8 * span(whole)).await;
        press(&page, "a").await;
        let left = sees(&page, "what is to the left", |view| view.0 < zoomed.0).await;
        press(&page, "d").await;
        sees(&page, "what is to the right", |view| view.0 > left.0).await;
        key(&page, "ArrowLeft", "ArrowLeft", "shiftKey").await;
        sees(&page, "the left again", |view| view.0 < zoomed.0).await;
        // The selection, then everything.
        page.click("lane-task-2").await;
        press(&page, "f").await;
        let fitted = sees(&page, "the selection", |view| view != left).await;
        assert!(fitted.0 <= 0.0, "{fitted:?}");
        press(&page, "0").await;
        sees(&page, "all", |view| view == whole).await;
        // Letters are text in a field.
        page.type_into("demo-search", "wsad").await;
        assert_eq!(view(&page).await, whole);
    });
}

#[test]
fn the_pointer_zooms_pans_chooses_scrubs_and_fits() {
    story(&Setting::default(), async |stage| {
        let page = stage.open("demo=producer-consumer&axis=step").await;
        page.ended().await;
        let canvas = Canvas::of(&page).await;
        let whole = view(&page).await;
        // The wheel with Ctrl zooms at the pointer: what is there stays there.
        let x = canvas.width / 4.0;
        let under = whole.0 + span(whole) / 4.0;
        canvas
            .mouse(&[("move", x, 120.0), ("wheel", 0.0, -300.0)], CONTROL)
            .await;
        let zoomed = sees(&page, "less", |view| span(view) < 0.9 * span(whole)).await;
        let still = zoomed.0 + span(zoomed) / 4.0;
        assert!(
            (still - under).abs() < span(whole) / 200.0,
            "{still} instead of {under}"
        );
        // A plain wheel scrolls the lanes and does not zoom.
        let before = number(&page, "data-scroll").await;
        canvas
            .mouse(&[("move", x, 120.0), ("wheel", 0.0, 60.0)], 0)
            .await;
        until("lanes that moved", async || {
            match number(&page, "data-scroll").await {
                now if now > before => Ok(()),
                now => Err(now.to_string()),
            }
        })
        .await;
        assert_eq!(view(&page).await, zoomed);
        // A drag takes the picture along.
        canvas
            .mouse(
                &[
                    ("move", 400.0, 150.0),
                    ("down", 400.0, 150.0),
                    ("move", 340.0, 150.0),
                    ("move", 300.0, 150.0),
                    ("up", 300.0, 150.0),
                ],
                0,
            )
            .await;
        let panned = sees(&page, "what is to the right", |view| view.0 > zoomed.0).await;
        let moved = (panned.0 - zoomed.0) / span(zoomed) * canvas.width;
        assert!((moved - 100.0).abs() < 8.0, "{moved} pixels");
        // A range on the ruler.
        let (from, to) = (200.0, 360.0);
        let expected = panned.0 + from / canvas.width * span(panned);
        canvas
            .mouse(
                &[
                    ("move", from, 8.0),
                    ("down", from, 8.0),
                    ("move", 300.0, 8.0),
                    ("move", to, 8.0),
                    ("up", to, 8.0),
                ],
                0,
            )
            .await;
        let chosen = sees(&page, "the range", |view| span(view) < 0.5 * span(panned)).await;
        assert!(
            (chosen.0 - expected).abs() < span(panned) / 100.0,
            "{chosen:?}"
        );
        // A double click shows everything.
        let double = [
            ("move", 500.0, 160.0),
            ("down", 500.0, 160.0),
            ("up", 500.0, 160.0),
            ("down", 500.0, 160.0),
            ("up", 500.0, 160.0),
        ];
        canvas.mouse(&double, 0).await;
        sees(&page, "all", |view| view == whole).await;
        let canvas = Canvas::of(&page).await;
        // A click on the ruler takes the playhead there, and a drag takes it along.
        let middle = canvas.at(100);
        canvas
            .mouse(
                &[
                    ("move", middle, 8.0),
                    ("down", middle, 8.0),
                    ("up", middle, 8.0),
                ],
                0,
            )
            .await;
        let step = until("another moment", async || {
            match number(&page, "data-step").await {
                now if (95.0..=105.0).contains(&now) => Ok(now),
                now => Err(now.to_string()),
            }
        })
        .await;
        let head = canvas.x(step - 0.5);
        let there = canvas.at(200);
        canvas
            .mouse(
                &[
                    ("move", head, 12.0),
                    ("down", head, 12.0),
                    ("move", (head + there) / 2.0, 12.0),
                    ("move", there, 12.0),
                    ("up", there, 12.0),
                ],
                0,
            )
            .await;
        until("the playhead taken along", async || {
            match number(&page, "data-step").await {
                now if (195.0..=205.0).contains(&now) => Ok(()),
                now => Err(now.to_string()),
            }
        })
        .await;
        assert_eq!(view(&page).await, whole);
        assert_eq!(page.errors().await, Vec::<String>::new());
    });
}

#[test]
fn the_overview_chooses_what_is_in_view() {
    story(&Setting::default(), async |stage| {
        let page = stage.open("demo=producer-consumer&axis=step").await;
        page.ended().await;
        Canvas::of(&page).await;
        let whole = view(&page).await;
        let script = "const box = document.querySelector('[data-testid=timeline-overview]')
                .getBoundingClientRect();
            return [box.left, box.top, box.width];";
        let place = page.script(script, &[]).await;
        let part = |at: usize| place[at].as_f64().expect("a place");
        let mouse = async |kind: &str, share: f64| {
            let event = json!({
                "type": kind,
                "x": part(0) + share * part(2),
                "y": part(1) + 10.0,
                "button": if kind == "mouseMoved" { "none" } else { "left" },
                "buttons": u8::from(kind != "mouseReleased"),
                "clickCount": 1,
            });
            page.browser()
                .devtools("Input.dispatchMouseEvent", event)
                .await;
        };
        mouse("mousePressed", 0.25).await;
        mouse("mouseMoved", 0.4).await;
        mouse("mouseMoved", 0.5).await;
        mouse("mouseReleased", 0.5).await;
        let chosen = sees(&page, "a quarter", |view| span(view) < 0.3 * span(whole)).await;
        let from = whole.0 + 0.25 * span(whole);
        assert!((chosen.0 - from).abs() < 0.03 * span(whole), "{chosen:?}");
        // The window is dragged.
        mouse("mousePressed", 0.37).await;
        mouse("mouseMoved", 0.5).await;
        mouse("mouseMoved", 0.62).await;
        mouse("mouseReleased", 0.62).await;
        let moved = sees(&page, "further on", |view| {
            view.0 > chosen.0 + 0.2 * span(whole)
        })
        .await;
        assert!(
            (span(moved) - span(chosen)).abs() < 0.01 * span(whole),
            "{moved:?}"
        );
    });
}

#[test]
fn two_fingers_zoom() {
    story(&Setting::phone(), async |stage| {
        let page = stage.open("demo=producer-consumer&axis=step").await;
        page.ended().await;
        let canvas = Canvas::of(&page).await;
        let whole = view(&page).await;
        let (left, top) = canvas.corner().await;
        let touch = async |kind: &str, fingers: &[f64]| {
            let points: Vec<_> = (0..)
                .zip(fingers)
                .map(|(id, x)| json!({ "id": id, "x": left + x, "y": top + 110.0 }))
                .collect();
            let event = json!({ "type": kind, "touchPoints": points });
            page.browser()
                .devtools("Input.dispatchTouchEvent", event)
                .await;
        };
        touch("touchStart", &[100.0, 140.0]).await;
        touch("touchMove", &[90.0, 160.0]).await;
        touch("touchMove", &[60.0, 200.0]).await;
        touch("touchEnd", &[]).await;
        let near = sees(&page, "less", |view| span(view) < 0.6 * span(whole)).await;
        // Together they move it.
        touch("touchStart", &[100.0, 200.0]).await;
        touch("touchMove", &[70.0, 170.0]).await;
        touch("touchMove", &[40.0, 140.0]).await;
        touch("touchEnd", &[]).await;
        sees(&page, "what is to the right", |view| view.0 > near.0).await;
        // The details come with a tap.
        page.click("zoom-fit").await;
        let canvas = Canvas::of(&page).await;
        let (lane, _) = canvas.lane("task-1").await;
        touch("touchStart", &[150.0]).await;
        touch("touchEnd", &[]).await;
        assert!(lane > 0.0);
        page.see("tooltip").await;
    });
}
