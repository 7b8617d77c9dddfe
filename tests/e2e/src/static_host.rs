//! A static host: it knows files, and nothing else.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread;

/// Serves the files of a folder, on a free port of this machine, for as long as the test runs.
///
/// It is as plain as such a host can be: no header beyond the type of the file, so that the page
/// is not isolated and no other origin may read anything, and 404 for whatever is no file.
#[derive(Debug)]
pub struct StaticHost {
    address: String,
    asked: Arc<Mutex<Vec<String>>>,
}

type Files = BTreeMap<String, Vec<u8>>;

impl StaticHost {
    /// Serves a folder.
    ///
    /// # Panics
    /// If the folder cannot be read, or no port is free.
    #[must_use]
    pub fn start(folder: &Path) -> Self {
        let mut files = Files::new();
        read(folder, "", &mut files);
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let address = listener.local_addr().expect("an address");
        let (files, asked) = (Arc::new(files), Arc::<Mutex<Vec<String>>>::default());
        let heard = Arc::clone(&asked);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (files, heard) = (Arc::clone(&files), Arc::clone(&heard));
                // A browser that does not want the answer any more has nothing to be told.
                thread::spawn(move || answer(&stream, &files, &heard).ok());
            }
        });
        Self {
            address: format!("http://{address}"),
            asked,
        }
    }

    /// Where it serves, without a slash at the end.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    /// How often it was asked for a path.
    #[must_use]
    pub fn asked(&self, path: &str) -> usize {
        let asked = self.asked.lock().map(|asked| asked.clone());
        let asked = asked.unwrap_or_default();
        asked.iter().filter(|known| *known == path).count()
    }
}

fn read(folder: &Path, prefix: &str, files: &mut Files) {
    for entry in folder.read_dir().expect("a folder of the site") {
        let path = entry.expect("a file of the site").path();
        let name = path.file_name().and_then(|name| name.to_str());
        let name = format!("{prefix}/{}", name.expect("a name that is text"));
        if path.is_dir() {
            read(&path, &name, files);
        } else {
            files.insert(name, fs::read(&path).expect("a file of the site"));
        }
    }
}

fn answer(stream: &TcpStream, files: &Files, asked: &Mutex<Vec<String>>) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream).lines();
    let first = lines.next().transpose()?.unwrap_or_default();
    // The rest of the head says nothing that matters here.
    for line in &mut lines {
        if line?.is_empty() {
            break;
        }
    }
    let target = first.split(' ').nth(1).unwrap_or_default();
    let path = target.split('?').next().unwrap_or_default();
    if let Ok(mut asked) = asked.lock() {
        asked.push(path.to_owned());
    }
    let path = if path == "/" { "/index.html" } else { path };
    let (status, body) = match files.get(path) {
        Some(file) => ("200 OK", &**file),
        None => ("404 Not Found", &b"<h1>Not Found</h1>"[..]),
    };
    let kind = match path.rsplit('.').next() {
        Some("js") => "text/javascript",
        Some("json") => "application/json",
        Some("wasm") => "application/wasm",
        Some("css") => "text/css",
        Some("svg") => "image/svg+xml",
        _ => "text/html",
    };
    let mut stream = stream;
    write!(
        stream,
        "HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {}\r\n\
         connection: close\r\n\r\n",
        body.len()
    )?;
    if !first.starts_with("HEAD ") {
        stream.write_all(body)?;
    }
    stream.flush()
}
