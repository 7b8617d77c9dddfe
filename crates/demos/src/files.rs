//! Files: many at once, a large one in pieces, records as JSON, and text line by line.
//!
//! A file is somewhere else, and every access takes a while. So several are under way at once, but
//! not too many; what is large goes through memory in pieces; and a line can begin in one piece
//! and end in the next. In a live run the files are real, in a directory that is gone afterwards;
//! otherwise they are simulated: a disk in memory, with a delay for each access and a speed for the
//! bytes.

mod disk;
mod lines;

use std::rc::Rc;
use std::time::Duration;

use serde_json::{Value, json};
use wakeline::sync::Semaphore;
use wakeline::task::JoinHandle;
use wakeline::time::now;
use wakeline::{eprintln, println, random, spawn_named};

use self::disk::Simulated;
use self::lines::Lines;
use crate::outside::{Directory, Outside};
use crate::parameters::{choice, parameters};

parameters! {
    /// What is done with how many files of which size.
    pub struct Settings {
        /// What is done.
        scene: Scene = All;
        /// How many files are written and read at once.
        files: u32 = 6, 1..=100;
        /// How large each of them is.
        size_bytes: usize = 40_000 bytes, 1..=1_000_000;
        /// How many of them may be open at once.
        concurrency: usize = 3, 1..=100;
        /// Whether all of them have the same name.
        same_name: bool = false;
        /// How large the large file is.
        large_bytes: usize = 200_000 bytes, 1..=5_000_000;
        /// How much is written or read in one access.
        chunk_bytes: usize = 16_000 bytes, 16..=1_000_000;
        /// How many records, and how many lines, there are.
        records: u32 = 12, 0..=1_000;
        /// How long an access takes before the first byte.
        access_ms: u64 = 5 ms, 0..=10_000;
        /// How many bytes pass in a second.
        bandwidth: u64 = 2_000_000 bytes, 1_000..=1_000_000_000;
    }
    presets {
        many { scene = "many"; files = 20; concurrency = 5; }
        torn { scene = "many"; same_name = true; }
        large { scene = "large"; large_bytes = 500_000; }
        small_chunks { scene = "lines"; chunk_bytes = 16; }
    }
}

choice! {
    /// What is done with files.
    pub enum Scene {
        /// Everything, one after the other.
        All = "all",
        /// Many files are written and read at once.
        Many = "many",
        /// A large file is written and read in pieces.
        Large = "large",
        /// Records are written as JSON and read back.
        Json = "json",
        /// A text is read line by line.
        Lines = "lines",
    }
}

/// Does what was asked for.
pub async fn main(settings: Settings, outside: Option<Rc<dyn Outside>>) -> Result<(), String> {
    let directory = match outside {
        Some(outside) => {
            let directory = outside.directory().await?;
            println!("the files of this run are real");
            directory
        }
        None => {
            println!("the files of this run are simulated");
            let access = Duration::from_millis(settings.access_ms);
            Box::new(Simulated::new(access, settings.bandwidth))
        }
    };
    let files = Rc::new(directory);
    let result = perform(&settings, &files).await;
    // Tasks that were not awaited have files open; the directory goes with the last of them.
    let removed = match Rc::try_unwrap(files) {
        Ok(directory) => directory.remove().await,
        Err(_) => Ok(()),
    };
    result.and(removed.map_err(String::from))
}

/// Goes through the scenes.
async fn perform(settings: &Settings, files: &Rc<Box<dyn Directory>>) -> Result<(), String> {
    let is_asked = |scene| settings.scene == Scene::All || settings.scene == scene;
    if is_asked(Scene::Many) {
        many(settings, files).await?;
    }
    if is_asked(Scene::Large) {
        large(settings, &***files).await?;
    }
    if is_asked(Scene::Json) {
        records(settings, &***files).await?;
    }
    if is_asked(Scene::Lines) {
        lines(settings, &***files).await?;
    }
    Ok(())
}

/// Writes many files at once and reads each of them back.
async fn many(settings: &Settings, files: &Rc<Box<dyn Directory>>) -> Result<(), String> {
    let start = now();
    let open = Rc::new(Semaphore::named("open files", settings.concurrency));
    let tasks: Vec<JoinHandle<Result<bool, String>>> = (1..=settings.files)
        .map(|number| {
            let (settings, files, open) = (settings.clone(), files.clone(), open.clone());
            spawn_named(format!("file {number}"), async move {
                let permit = open.acquire().await.map_err(|closed| closed.to_string())?;
                let is_whole = write_and_read(number, &settings, &**files).await?;
                drop(permit);
                Ok(is_whole)
            })
        })
        .collect();
    let mut whole = 0;
    for task in tasks {
        whole += u32::from(task.await.map_err(|error| error.to_string())??);
    }
    let took = (now() - start).as_millis();
    println!(
        "{whole} of {} files hold what was written, after {took} ms",
        settings.files
    );
    Ok(())
}

/// Whether the file holds what was written to it.
async fn write_and_read(
    number: u32,
    settings: &Settings,
    files: &dyn Directory,
) -> Result<bool, String> {
    let name = match settings.same_name {
        true => "shared.bin".to_owned(),
        false => format!("file {number}.bin"),
    };
    let written = vec![number.to_le_bytes()[0]; settings.size_bytes];
    write_all(files, &name, &written, settings.chunk_bytes).await?;
    let read = read_all(files, &name, settings.chunk_bytes).await?;
    let foreign = read
        .iter()
        .zip(&written)
        .filter(|(read, written)| read != written);
    match foreign.count() {
        0 => println!("file {number}: holds its {} bytes", read.len()),
        count => eprintln!("file {number}: {count} bytes are somebody else’s"),
    }
    Ok(read == written)
}

/// Writes a large file and reads it back, with one piece in memory at a time.
async fn large(settings: &Settings, files: &dyn Directory) -> Result<(), String> {
    let (mut offset, mut pieces, mut written) = (0, 0, 0_u32);
    while offset < settings.large_bytes {
        let length = settings.chunk_bytes.min(settings.large_bytes - offset);
        let piece = pattern(offset, length);
        written = checksum(written, &piece);
        files.write("large.bin", offset, &piece).await?;
        offset += length;
        pieces += 1;
    }
    println!("large file: {offset} bytes written in {pieces} pieces");
    let (mut offset, mut read) = (0, 0);
    loop {
        let piece = files
            .read("large.bin", offset, settings.chunk_bytes)
            .await?;
        if piece.is_empty() {
            break;
        }
        offset += piece.len();
        read = checksum(read, &piece);
    }
    match read == written {
        true => println!("large file: {offset} bytes read, and they are the same"),
        false => eprintln!("large file: {offset} bytes read, and they differ"),
    }
    Ok(())
}

/// Some bytes that depend on where they stand.
fn pattern(offset: usize, length: usize) -> Vec<u8> {
    let bytes = (offset..offset + length).map(|place| (place % 251).to_le_bytes()[0]);
    bytes.collect()
}

/// Goes on with a sum that depends on the order of the bytes.
fn checksum(sum: u32, bytes: &[u8]) -> u32 {
    let add = |sum: u32, byte: &u8| sum.wrapping_mul(31).wrapping_add(u32::from(*byte));
    bytes.iter().fold(sum, add)
}

/// Writes records as JSON, and reads the same records.
async fn records(settings: &Settings, files: &dyn Directory) -> Result<(), String> {
    let mut random = random::stream("records");
    let records: Vec<Value> = (1..=settings.records)
        .map(|id| json!({ "id": id, "name": format!("record {id}"), "size": random.below(1000) }))
        .collect();
    let records = Value::Array(records);
    let text = records.to_string();
    write_all(files, "records.json", text.as_bytes(), settings.chunk_bytes).await?;
    let bytes = read_all(files, "records.json", settings.chunk_bytes).await?;
    let read: Value = serde_json::from_slice(&bytes).map_err(|error| error.to_string())?;
    let count = read.as_array().map_or(0, Vec::len);
    match read == records {
        true => println!(
            "JSON: {count} records, {} bytes, the same as before",
            bytes.len()
        ),
        false => eprintln!("JSON: {count} records, and they differ"),
    }
    Ok(())
}

/// Writes a text, and reads it line by line.
async fn lines(settings: &Settings, files: &dyn Directory) -> Result<(), String> {
    let mut random = random::stream("lines");
    let text: String = (1..=settings.records)
        .map(|number| match random.chance(0.25) {
            true => format!("{number}: error, the disk is tired\n"),
            false => format!("{number}: all well\n"),
        })
        .collect();
    write_all(files, "diary.txt", text.as_bytes(), settings.chunk_bytes).await?;
    let mut lines = Lines::of(files, "diary.txt", settings.chunk_bytes);
    let (mut count, mut errors) = (0, 0);
    while let Some(line) = lines.next().await? {
        count += 1;
        if line.contains("error") {
            errors += 1;
            println!("line {line}");
        }
    }
    println!(
        "{count} lines, {errors} errors, pieces read: {}",
        lines.pieces()
    );
    Ok(())
}

/// Writes a file in pieces.
async fn write_all(
    files: &dyn Directory,
    name: &str,
    bytes: &[u8],
    most: usize,
) -> Result<(), String> {
    let mut offset = 0;
    for piece in bytes.chunks(most) {
        files.write(name, offset, piece).await?;
        offset += piece.len();
    }
    Ok(())
}

/// Reads a file in pieces, to its end.
async fn read_all(files: &dyn Directory, name: &str, most: usize) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    loop {
        let piece = files.read(name, bytes.len(), most).await?;
        if piece.is_empty() {
            return Ok(bytes);
        }
        bytes.extend(piece);
    }
}
