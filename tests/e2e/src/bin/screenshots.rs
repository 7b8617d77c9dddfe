//! Takes the pictures in the documentation: `screenshots FOLDER`.
//!
//! `cargo xtask screenshots` builds the playground and then runs this.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use wakeline_e2e::scene::{SCENES, Scene};
use wakeline_e2e::{Setting, perform, places};

/// A picture to take.
struct Shot {
    name: &'static str,
    query: &'static str,
    setting: Setting,
}

fn shots() -> Vec<Shot> {
    let shot = |name, query, setting| Shot {
        name,
        query,
        setting,
    };
    vec![
        shot("wide-light", "", Setting::default()),
        shot("wide-dark", "", Setting::default().dark()),
        shot("phone-light", "", Setting::phone()),
        shot("phone-dark", "", Setting::phone().dark()),
        shot("wide-chinese", "lang=zh-Hans", Setting::default()),
    ]
}

fn main() {
    let Some(folder) = env::args_os().nth(1).map(PathBuf::from) else {
        eprintln!("usage: screenshots FOLDER");
        std::process::exit(2);
    };
    fs::create_dir_all(&folder).expect("a folder for the pictures");
    for shot in shots() {
        let path = folder.join(format!("{}.png", shot.name));
        let failed = places::failures().join(shot.name);
        let picture = perform(&shot.setting, &failed, async |stage| {
            let page = stage.open(shot.query).await;
            page.ended().await;
            wakeline_e2e::picture::Picture::that(&page, "a picture", |picture| picture.ink() > 0)
                .await;
            page.screenshot().await
        });
        fs::write(&path, picture).expect("a picture can be written");
        println!("{}", path.display());
    }
    rows(&folder.join("timeline"));
}

/// A picture of each row of the table in docs/timeline.md.
fn rows(folder: &Path) {
    fs::create_dir_all(folder).expect("a folder for the pictures");
    let failed = places::failures().join("rows");
    perform(&Scene::setting(), &failed, async |stage| {
        for scene in SCENES {
            let page = scene.open(stage).await;
            let path = folder.join(format!("{}.png", scene.name));
            fs::write(&path, scene.picture(&page).await).expect("a picture can be written");
            println!("{}", path.display());
        }
    });
}
