//! What a reader's system asks for: less motion, more contrast, its own colours.

use serde_json::json;
use wakeline_e2e::canvas::Canvas;
use wakeline_e2e::picture::Picture;
use wakeline_e2e::{Setting, story};

#[test]
fn whoever_wants_less_motion_sees_none() {
    story(&Setting::default(), async |stage| {
        let page = stage.open("").await;
        let media =
            json!({ "features": [{ "name": "prefers-reduced-motion", "value": "reduce" }] });
        page.browser()
            .devtools("Emulation.setEmulatedMedia", media)
            .await;
        page.go("demo=producer-consumer").await;
        page.ended().await;
        Canvas::of(&page).await;
        // The first picture after the key is the last: nothing is on its way any more.
        let script = "const done = arguments[0];
            const canvas = document.querySelector('[data-testid=timeline-canvas]').parentElement.firstElementChild;
            const shot = () => canvas.toDataURL();
            const before = shot();
            window.dispatchEvent(new KeyboardEvent('keydown', { key: 'w', code: 'KeyW' }));
            const frames = [];
            const frame = () => {
                frames.push(shot());
                if (frames.length < 40) requestAnimationFrame(frame);
                else done([frames.some((one) => one !== before), new Set(frames.filter((one) => one !== before)).size]);
            };
            requestAnimationFrame(frame);";
        let seen = page.script_async(script, &[]).await;
        assert_eq!(seen, json!([true, 1]), "one jump");
    });
}

#[test]
fn more_contrast_and_forced_colours_reach_the_picture() {
    story(&Setting::default(), async |stage| {
        let page = stage.open("demo=hello").await;
        page.ended().await;
        let ground =
            "getComputedStyle(document.documentElement).getPropertyValue('--lane-lifetime')";
        let read = format!("return {ground}");
        let usual = page.script(&read, &[]).await;
        let before = Picture::that(&page, "a picture", |one| one.ink() > 0).await;
        let media = json!({ "features": [{ "name": "prefers-contrast", "value": "more" }] });
        page.browser()
            .devtools("Emulation.setEmulatedMedia", media)
            .await;
        assert_ne!(page.script(&read, &[]).await, usual);
        // The canvas takes the new colours without being asked.
        Picture::that(&page, "stronger colours", |one| {
            one.fingerprint != before.fingerprint && one.colours.contains_key("767f8fff")
        })
        .await;
        let media = json!({ "features": [{ "name": "forced-colors", "value": "active" }] });
        page.browser()
            .devtools("Emulation.setEmulatedMedia", media)
            .await;
        page.click("lane-task-2").await;
        let frame = "const label = document.querySelector('[data-testid=lane-task-2]');
            return getComputedStyle(label).outlineStyle;";
        assert_eq!(page.script(frame, &[]).await, "solid");
    });
}
