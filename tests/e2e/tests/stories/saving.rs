//! The picture as a file.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use wakeline_e2e::canvas::Canvas;
use wakeline_e2e::page::Page;
use wakeline_e2e::wait::until;
use wakeline_e2e::{Setting, story};

/// Decodes a picture in the page, and counts in some of its parts (`[left, top, width, height]` in
/// pixels) how many pixels have the colour of a property of the style sheet.
const DECODE: &str = r#"
const [bytes, parts, done] = arguments;
createImageBitmap(new Blob([new Uint8Array(bytes)], { type: "image/png" })).then((image) => {
    const sheet = new OffscreenCanvas(image.width, image.height);
    const pen = sheet.getContext("2d", { willReadFrequently: true });
    pen.drawImage(image, 0, 0);
    const ink = new OffscreenCanvas(1, 1).getContext("2d");
    const style = getComputedStyle(document.documentElement);
    done({
        width: image.width,
        height: image.height,
        parts: parts.map(([left, top, width, height, property]) => {
            ink.fillStyle = style.getPropertyValue(property);
            ink.fillRect(0, 0, 1, 1);
            const colour = ink.getImageData(0, 0, 1, 1).data;
            const data = pen.getImageData(left, top, width, height).data;
            let count = 0;
            for (let at = 0; at < data.length; at += 4) {
                const near = [0, 1, 2].every((place) => Math.abs(data[at + place] - colour[place]) < 12);
                if (near && data[at + 3] === 255) count += 1;
            }
            return count;
        }),
    });
}, (error) => done(String(error)));
"#;

async fn saved(page: &Page<'_>, folder: &Path, name: &str, save: impl AsyncFnOnce()) -> Vec<u8> {
    let to = json!({ "behavior": "allow", "downloadPath": folder });
    page.browser()
        .devtools("Browser.setDownloadBehavior", to)
        .await;
    save().await;
    let file = folder.join(name);
    let bytes = until("the saved picture", async || {
        fs::read(&file).map_err(|error| error.to_string())
    })
    .await;
    fs::remove_file(&file).expect("a file of ours");
    bytes
}

#[test]
fn the_picture_on_screen_is_saved_with_names_ruler_legend_and_playhead() {
    for (dark, ratio) in [(false, 1.0), (true, 2.0)] {
        let setting = Setting {
            pixel_ratio: ratio,
            dark,
            ..Setting::default()
        };
        story(&setting, async |stage| {
            let folder = tempfile::tempdir().expect("a folder");
            let page = stage.open("demo=hello&select=task-2&at=40").await;
            page.ended().await;
            let canvas = Canvas::of(&page).await;
            let by_menu = saved(&page, folder.path(), "hello.png", async || {
                page.choose("export", "png").await;
            })
            .await;
            assert!(by_menu.starts_with(b"\x89PNG\r\n\x1a\n"));
            let names = 196.0;
            let head = page.attribute("timeline", "data-step").await;
            assert_eq!(head.as_deref(), Some("40"));
            let pixel = |length: f64| (length * ratio).round() as u64;
            let (top, height) = canvas.lane("task-2").await;
            let (width, bottom) = (canvas.width, canvas.height);
            let parts = [
                // The name of the selected lane, and the ground that says that it is selected.
                (0.0, top, names - 2.0, height, "--lane-text"),
                (0.0, top, names - 2.0, height, "--lane-background-selected"),
                // The ruler's labels, and the handle of the playhead.
                (names, 0.0, width, 26.0, "--lane-text-secondary"),
                (names, 0.0, width, 26.0, "--lane-playhead"),
                // Lanes.
                (names, 56.0, width, bottom - 60.0, "--lane-poll"),
                (names, 56.0, width, bottom - 60.0, "--lane-sleep"),
                // The legend below them.
                (0.0, bottom + 1.0, names + width, 23.0, "--lane-poll"),
                (0.0, bottom + 1.0, names + width, 23.0, "--lane-text"),
            ];
            let asked: Vec<Value> = parts
                .iter()
                .map(|(left, top, width, height, property)| {
                    json!([
                        pixel(*left),
                        pixel(*top),
                        pixel(*width),
                        pixel(*height),
                        property
                    ])
                })
                .collect();
            let read = page
                .script_async(DECODE, &[json!(by_menu), json!(asked)])
                .await;
            assert_eq!(read["width"], pixel(names + width), "{read}");
            let height = read["height"].as_u64().unwrap_or_default();
            assert!(height >= pixel(bottom + 24.0), "{read}");
            let counts = read["parts"].as_array().expect("counts");
            for (part, count) in parts.iter().zip(counts) {
                assert!(count.as_u64() > Some(20), "{count} pixels of {part:?}");
            }
            // The key gives the same picture.
            let by_key = saved(&page, folder.path(), "hello.png", async || {
                page.press("timeline-canvas", "e").await;
            })
            .await;
            assert_eq!(by_key.len(), by_menu.len());
            assert_eq!(page.errors().await, Vec::<String>::new());
        });
    }
}

#[test]
fn what_is_in_view_stands_in_the_link_and_is_what_the_svg_shows() {
    story(&Setting::default(), async |stage| {
        let folder = tempfile::tempdir().expect("a folder");
        let page = stage.open("demo=hello&axis=step").await;
        page.ended().await;
        Canvas::of(&page).await;
        let svg = async |name: &str| {
            saved(&page, folder.path(), name, async || {
                page.choose("export", "svg").await;
            })
            .await
        };
        let whole = svg("hello.svg").await;
        page.click("zoom-in").await;
        page.click("zoom-in").await;
        let view = async || {
            let part = async |name: &str| {
                let text = page.attribute("timeline", name).await;
                text.and_then(|text| text.parse::<f64>().ok())
                    .map(|place| place.floor().max(0.0))
            };
            [part("data-t0").await, part("data-t1").await]
        };
        let query = until("what is in view, in the link", async || {
            let [from, to] = view().await.map(Option::unwrap_or_default);
            match page.query().await {
                query if query.contains(&format!("range={from}-{to}")) => Ok(query),
                query => Err(query),
            }
        })
        .await;
        let part = svg("hello.svg").await;
        assert_ne!(whole, part);
        let before = view().await;
        page.go("").await;
        page.ended().await;
        page.go(&query).await;
        page.ended().await;
        until("the same view", async || match view().await {
            now if now == before => Ok(()),
            now => Err(format!("{now:?} instead of {before:?}")),
        })
        .await;
        page.click("zoom-fit").await;
        until("no view in the link", async || match page.query().await {
            query if query.contains("range=") => Err(query),
            _ => Ok(()),
        })
        .await;
    });
}

/// The words of a drawing, in order.
fn words(svg: &[u8]) -> Vec<String> {
    let svg = String::from_utf8_lossy(svg);
    let texts = svg.split("<text ").skip(1);
    let word = |text: &str| Some(text.split_once('>')?.1.split('<').next()?.to_owned());
    texts.filter_map(word).collect()
}

#[test]
fn a_drawing_has_the_lanes_that_are_on_screen_in_their_order() {
    story(&Setting::default(), async |stage| {
        let folder = tempfile::tempdir().expect("a folder");
        let page = stage.open("demo=producer-consumer").await;
        page.ended().await;
        Canvas::of(&page).await;
        let names = async |which: &str| {
            let svg = saved(&page, folder.path(), "producer-consumer.svg", async || {
                page.choose("export", "svg").await;
            })
            .await;
            let words = words(&svg);
            let from = words.iter().position(|word| word == "executor");
            let from = from.unwrap_or_else(|| panic!("{which}: {words:?}"));
            words[from..].to_vec()
        };
        let all = names("all").await;
        let at = |names: &[String], name: &str| names.iter().position(|one| one == name);
        assert_eq!(all[1], "main", "{all:?}");
        let lane = page.see("lane-task-4").await;
        let name = |text: &str| text.lines().next().unwrap_or_default().to_owned();
        let (third, fourth) = (name(&page.see("lane-task-3").await), name(&lane));
        assert!(at(&all, &third) < at(&all, &fourth), "{all:?}");
        page.click("lane-task-3").await;
        page.click("hide").await;
        page.see("show-hidden").await;
        page.click("lane-task-4").await;
        page.click("pin").await;
        let some = names("pinned and hidden").await;
        assert_eq!((&some[1], at(&some, &third)), (&fourth, None), "{some:?}");
        page.click("show-hidden").await;
        page.choose("group", "name").await;
        page.see_that("group-2", |text| text.contains("producer"))
            .await;
        page.click("group-2").await;
        let folded = names("folded").await;
        assert_eq!(at(&folded, &third), None, "{folded:?}");
        assert!(
            folded.iter().any(|name| name.contains("producer")),
            "{folded:?}"
        );
        assert_eq!(page.errors().await, Vec::<String>::new());
    });
}

#[test]
fn the_charts_show_what_the_timeline_shows() {
    story(&Setting::default(), async |stage| {
        let page = stage.open("demo=producer-consumer&panel=metrics").await;
        page.ended().await;
        page.see("chart-ready-queue").await;
        let script = "return document.querySelector('[data-testid=chart-ready-queue] path').getAttribute('d')";
        let whole = page.script(script, &[]).await;
        page.press("timeline-canvas", "ww").await;
        let zoomed = until("another chart", async || {
            match page.script(script, &[]).await {
                path if path != whole => Ok(path),
                path => Err(path.to_string()),
            }
        })
        .await;
        page.click("axis-step").await;
        until("a chart on the other axis", async || {
            match page.script(script, &[]).await {
                path if path != whole && path != zoomed => Ok(()),
                path => Err(path.to_string()),
            }
        })
        .await;
        page.press("timeline-canvas", "0").await;
        page.click("axis-time").await;
        until("the whole again", async || {
            match page.script(script, &[]).await {
                path if path == whole => Ok(()),
                path => Err(path.to_string()),
            }
        })
        .await;
    });
}
