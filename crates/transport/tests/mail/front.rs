//! Stands before a server, and counts the connections to it.

use std::{
    net::{IpAddr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
};

#[derive(Default)]
struct Count {
    made: AtomicUsize,
    open: AtomicUsize,
    most: AtomicUsize,
}

/// Passes each connection on.
pub struct Front {
    pub address: SocketAddr,
    count: Arc<Count>,
}

impl Front {
    pub async fn of(server: SocketAddr) -> Self {
        Self::at([127, 0, 0, 1].into(), server).await
    }

    /// One that is connected to at another address of this machine.
    pub async fn at(address: IpAddr, server: SocketAddr) -> Self {
        let listener = TcpListener::bind((address, 0)).await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let count = Arc::<Count>::default();
        let counted = Arc::clone(&count);
        tokio::spawn(async move {
            while let Ok((mut client, _)) = listener.accept().await {
                let count = Arc::clone(&counted);
                count.made.fetch_add(1, Ordering::SeqCst);
                let open = count.open.fetch_add(1, Ordering::SeqCst) + 1;
                count.most.fetch_max(open, Ordering::SeqCst);
                tokio::spawn(async move {
                    let mut server = TcpStream::connect(server).await.expect("the server");
                    // Either side may be the one that leaves.
                    let _ = copy_bidirectional(&mut client, &mut server).await;
                    count.open.fetch_sub(1, Ordering::SeqCst);
                });
            }
        });
        Self { address, count }
    }

    /// How many connections were made so far.
    pub fn made(&self) -> usize {
        self.count.made.load(Ordering::SeqCst)
    }

    /// How many are open now.
    pub fn open(&self) -> usize {
        self.count.open.load(Ordering::SeqCst)
    }

    /// How many were open at once.
    pub fn most(&self) -> usize {
        self.count.most.load(Ordering::SeqCst)
    }
}
