//! A server for a test, and clients that we did not write.
#![allow(dead_code, reason = "each test file uses its own part")]

pub(crate) mod command;
pub(crate) mod serving;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, client_async, connect_async_with_config};
use wakeline_cli::server::{Config, Limits, Server};

/// Whatever a test waits for happens long before this, or never.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// A client's side of a WebSocket.
pub(crate) type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// A server on a free port.
pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    pub(crate) client: reqwest::Client,
    stop: oneshot::Sender<()>,
    served: JoinHandle<()>,
}

impl Running {
    /// A server without a playground.
    pub(crate) async fn start() -> Self {
        Self::with(None, |_| {}).await
    }

    /// A server with other limits.
    pub(crate) async fn limited(change: impl FnOnce(&mut Limits)) -> Self {
        Self::with(None, change).await
    }

    /// A server of this playground.
    pub(crate) async fn of(root: &std::path::Path) -> Self {
        Self::with(Some(root.to_owned()), |_| {}).await
    }

    async fn with(root: Option<PathBuf>, change: impl FnOnce(&mut Limits)) -> Self {
        let mut config = Config {
            root,
            ..Config::default()
        };
        change(&mut config.limits);
        let here = "127.0.0.1:0".parse().unwrap();
        Self::run(Server::bind(here, config).await.unwrap())
    }

    /// A server whose connections hold as little as the system allows of what is sent on them.
    pub(crate) async fn with_small_buffers(change: impl FnOnce(&mut Limits)) -> Self {
        let mut config = Config::default();
        change(&mut config.limits);
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_send_buffer_size(1).unwrap();
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        Self::run(Server::on(socket.listen(64).unwrap(), config).unwrap())
    }

    fn run(server: Server) -> Self {
        let address = server.address();
        let (stop, stopped) = oneshot::channel();
        let served = tokio::spawn(server.run(async {
            let _ = stopped.await;
        }));
        let client = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(PATIENCE)
            .build()
            .unwrap();
        Self {
            address,
            client,
            stop,
            served,
        }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(crate) async fn get(&self, path: &str) -> reqwest::Response {
        self.client.get(self.url(path)).send().await.unwrap()
    }

    /// Status and JSON of an answer.
    pub(crate) async fn json(&self, path: &str) -> (u16, Value) {
        let response = self.get(path).await;
        let status = response.status().as_u16();
        let text = response.text().await.unwrap();
        let json = serde_json::from_str(&text).unwrap_or_else(|_| panic!("{path}: {text}"));
        (status, json)
    }

    /// Opens a WebSocket.
    pub(crate) async fn socket(&self, path: &str) -> Socket {
        self.try_socket(path).await.unwrap()
    }

    /// A WebSocket that has room for as little as the system allows of what is sent to it.
    pub(crate) async fn small_socket(&self, path: &str) -> Socket {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(1).unwrap();
        let stream = socket.connect(self.address).await.unwrap();
        let url = format!("ws://{}{path}", self.address);
        let opening = client_async(url, MaybeTlsStream::Plain(stream));
        soon(opening).await.unwrap().0
    }

    pub(crate) async fn try_socket(
        &self,
        path: &str,
    ) -> Result<Socket, tokio_tungstenite::tungstenite::Error> {
        let url = format!("ws://{}{path}", self.address);
        // Thousands of them must fit into a test.
        let config = WebSocketConfig::default().read_buffer_size(8 * 1024);
        let connecting = connect_async_with_config(url, Some(config), true);
        Ok(soon(connecting).await?.0)
    }

    /// Opens a connection on which anything can be sent.
    pub(crate) async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// Sends bytes and reads whatever comes until the server closes the connection.
    pub(crate) async fn raw(&self, bytes: &[u8]) -> String {
        let mut stream = self.connect().await;
        stream.write_all(bytes).await.unwrap();
        read_to_end(&mut stream).await
    }

    /// Asks for a path exactly as it is written, which clients do not do.
    pub(crate) async fn raw_get(&self, path: &str) -> String {
        let head = format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
        self.raw(head.as_bytes()).await
    }

    /// Tells the server to stop, and gives what becomes ready when it has.
    pub(crate) fn stop(self) -> JoinHandle<()> {
        let _ = self.stop.send(());
        self.served
    }
}

/// Everything that still comes; a connection that breaks has come to its end, too.
pub(crate) async fn read_to_end(stream: &mut TcpStream) -> String {
    let mut all = Vec::new();
    let _ = soon(stream.read_to_end(&mut all)).await;
    String::from_utf8_lossy(&all).into_owned()
}

/// What happens before anybody loses patience.
pub(crate) async fn soon<F: Future>(future: F) -> F::Output {
    tokio::time::timeout(PATIENCE, future)
        .await
        .expect("it did not happen")
}
