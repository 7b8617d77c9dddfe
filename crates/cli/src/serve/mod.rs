//! `wakeline serve`.

mod browser;

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::process::ExitCode;

use wakeline_phrases::Language;

use crate::arguments::Serve;
use crate::console::{complain, out};
use crate::server::{Config, Limits, Server, check_site};
use crate::signals::Signals;
use crate::{FAILED, USAGE};

/// The port if none is named and it is free.
const USUAL_PORT: u16 = 8080;

/// Where `cargo xtask` puts the built playground.
const USUAL_ROOT: &str = "target/site";

/// Serves until it is told to stop.
pub(crate) fn serve(options: &Serve, language: Language) -> ExitCode {
    tracing_subscriber::fmt()
        .with_max_level(options.log)
        .with_writer(io::stderr)
        .with_target(false)
        .init();
    let root = match root(options, language) {
        Ok(root) => root,
        Err(message) => {
            complain(&message);
            return ExitCode::from(USAGE);
        }
    };
    let config = Config {
        root,
        language,
        limits: Limits::default(),
    };
    let served = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| error.to_string())
        .and_then(|runtime| runtime.block_on(listen_and_run(options, config, language)));
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            complain(&message);
            ExitCode::from(FAILED)
        }
    }
}

/// The directory to serve. One that was named has to hold a playground; the usual one is served
/// if it does.
fn root(options: &Serve, language: Language) -> Result<Option<PathBuf>, String> {
    if let Some(root) = &options.root {
        return match check_site(root) {
            Ok(()) => Ok(Some(root.clone())),
            Err(not) => {
                let missing = not.missing.display().to_string();
                Err(language.say_with("cli.serve.not-a-site", &[("path", &missing)]))
            }
        };
    }
    let root = PathBuf::from(USUAL_ROOT);
    if check_site(&root).is_ok() {
        return Ok(Some(root));
    }
    complain(language.say("cli.serve.no-pages"));
    Ok(None)
}

async fn listen_and_run(options: &Serve, config: Config, language: Language) -> Result<(), String> {
    // Before anybody can know the address: whoever reads it may send a signal at once.
    let signals = Signals::listen().map_err(|error| error.to_string())?;
    let server = listen(options, config, language).await?;
    let address = server.address();
    if !address.ip().is_loopback() {
        complain(language.say("cli.serve.not-loopback"));
    }
    let url = url(address);
    out(&url);
    tracing::info!(%address, "serving");
    if options.open
        && let Err(error) = browser::open(&url)
    {
        let reason = error.to_string();
        let pairs = [("reason", &*reason), ("url", &*url)];
        complain(&language.say_with("cli.serve.cannot-open", &pairs));
    }
    server.run(signals.first()).await;
    Ok(())
}

async fn listen(options: &Serve, config: Config, language: Language) -> Result<Server, String> {
    let port = options.port.unwrap_or(USUAL_PORT);
    let wanted = SocketAddr::new(options.address, port);
    match Server::bind(wanted, config.clone()).await {
        Ok(server) => Ok(server),
        Err(error) if error.kind() == io::ErrorKind::AddrInUse && options.port.is_none() => {
            let any = SocketAddr::new(options.address, 0);
            let server = Server::bind(any, config)
                .await
                .map_err(|error| cannot_listen(any, &error, language))?;
            let (taken, port) = (port.to_string(), server.address().port().to_string());
            let pairs = [("taken", &*taken), ("port", &*port)];
            complain(&language.say_with("cli.serve.other-port", &pairs));
            Ok(server)
        }
        Err(error) => Err(cannot_listen(wanted, &error, language)),
    }
}

fn cannot_listen(address: SocketAddr, error: &io::Error, language: Language) -> String {
    let (address, reason) = (address.to_string(), error.to_string());
    let key = match error.kind() {
        io::ErrorKind::AddrInUse => "cli.serve.in-use",
        _ => "cli.serve.cannot-listen",
    };
    language.say_with(key, &[("address", &*address), ("reason", &*reason)])
}

/// The address for a browser on this machine.
fn url(address: SocketAddr) -> String {
    let here = match address.ip() {
        // "Any address" is for listening; to connect, a browser needs one.
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::from(std::net::Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::from(std::net::Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    format!("http://{}/", SocketAddr::new(here, address.port()))
}
