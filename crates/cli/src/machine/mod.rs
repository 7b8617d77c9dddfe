//! This machine, as a live run sees it: what stands behind `Outside` on the command line.

mod directory;
mod threads;

use std::rc::Rc;

use wakeline_demos::outside::{
    Directory, FetchRequest, FetchResult, FileError, LocalBoxFuture, NetworkError, Outside, Socket,
    Workers,
};

use crate::network::Network;

/// Its network, threads and temporary files.
#[derive(Debug)]
pub(crate) struct Machine {
    network: Rc<Network>,
    threads: tokio::runtime::Handle,
}

impl Machine {
    /// `threads` does what blocks, such as access to files.
    pub(crate) fn new(network: Rc<Network>, threads: tokio::runtime::Handle) -> Self {
        Self { network, threads }
    }
}

impl Outside for Machine {
    fn fetch(&self, request: FetchRequest) -> LocalBoxFuture<'static, FetchResult> {
        self.network.fetch(request)
    }

    fn connect(&self, url: &str) -> LocalBoxFuture<'static, Result<Box<dyn Socket>, NetworkError>> {
        self.network.connect(url)
    }

    fn workers(&self, most: usize) -> Box<dyn Workers> {
        Box::new(threads::Threads::new(most))
    }

    fn directory(&self) -> LocalBoxFuture<'static, Result<Box<dyn Directory>, FileError>> {
        Box::pin(directory::create(self.threads.clone()))
    }
}
