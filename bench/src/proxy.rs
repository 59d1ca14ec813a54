//! Stands between a server and PostgreSQL: counts exchanges, notes the types that statements are declared
//! with, and makes the network longer.
//!
//! Threads and plain sockets: a timer of the runtime is no finer than a millisecond, which is what is
//! to be added.

use std::{
    collections::HashMap,
    fs,
    io::{Read, Write},
    os::unix::net::{UnixListener, UnixStream},
    path::PathBuf,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
        mpsc,
    },
    thread,
    time::{Duration, Instant},
};

use crate::{Result, database::Place, wire::Messages};

/// The name that drivers expect in the folder of a socket.
const SOCKET: &str = ".s.PGSQL.5432";

/// What has gone through a proxy.
#[derive(Default)]
struct Seen {
    exchanges: AtomicU64,
    /// The types of each statement's values.
    types: Mutex<HashMap<String, Vec<u32>>>,
}

/// A running proxy; its folder goes when it is dropped.
pub(crate) struct Proxy {
    folder: PathBuf,
    seen: Arc<Seen>,
    name: String,
}

impl Proxy {
    /// Starts one in front of a database. Each direction takes half of `delay` longer.
    pub(crate) fn start(place: &Place, delay: Duration, name: &str) -> Result<Self> {
        let folder = std::env::temp_dir().join(format!("bench-{}-{name}", std::process::id()));
        fs::create_dir_all(&folder)?;
        let listener = UnixListener::bind(folder.join(SOCKET))?;
        let seen = Arc::new(Seen::default());
        let (sight, behind) = (Arc::clone(&seen), place.socket.join(SOCKET));
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                if let Ok(server) = UnixStream::connect(&behind) {
                    join(client, server, delay / 2, &sight);
                }
            }
        });
        Ok(Self {
            folder,
            seen,
            name: place.name.clone(),
        })
    }

    /// The database, by way of the proxy.
    pub(crate) fn place(&self) -> Place {
        Place {
            socket: self.folder.clone(),
            name: self.name.clone(),
        }
    }

    /// How often a client began to speak after the server had spoken.
    pub(crate) fn exchanges(&self) -> u64 {
        self.seen.exchanges.load(Ordering::Relaxed)
    }

    /// The types that the values of a statement were declared with.
    pub(crate) fn types(&self, sql: &str) -> Vec<u32> {
        let types = self
            .seen
            .types
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        types.get(sql).cloned().unwrap_or_default()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        // A folder in the system's temporary files; what is left is swept by the system.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Joins two sockets in both directions.
fn join(client: UnixStream, server: UnixStream, delay: Duration, seen: &Arc<Seen>) {
    let (Ok(client_writes), Ok(server_writes)) = (client.try_clone(), server.try_clone()) else {
        return;
    };
    let answered = Arc::new(AtomicBool::new(true));
    let (asked, seen, mut messages) =
        (Arc::clone(&answered), Arc::clone(seen), Messages::default());
    carry(client, server_writes, delay, move |bytes| {
        if asked.swap(false, Ordering::Relaxed) {
            seen.exchanges.fetch_add(1, Ordering::Relaxed);
        }
        for declared in messages.feed(bytes) {
            let mut types = seen.types.lock().unwrap_or_else(PoisonError::into_inner);
            types.insert(declared.sql, declared.types);
        }
    });
    carry(server, client_writes, delay, move |_| {
        answered.store(true, Ordering::Relaxed)
    });
}

/// Carries bytes one way, `delay` late, in as many threads as that takes.
fn carry(
    mut from: UnixStream,
    mut to: UnixStream,
    delay: Duration,
    mut seen: impl FnMut(&[u8]) + Send + 'static,
) {
    if delay.is_zero() {
        thread::spawn(move || {
            let mut buffer = [0; 65_536];
            while let Ok(read @ 1..) = from.read(&mut buffer) {
                seen(&buffer[..read]);
                if to.write_all(&buffer[..read]).is_err() {
                    break;
                }
            }
            close(&to);
        });
        return;
    }
    let (sender, receiver) = mpsc::channel::<(Instant, Vec<u8>)>();
    thread::spawn(move || {
        let mut buffer = [0; 65_536];
        while let Ok(read @ 1..) = from.read(&mut buffer) {
            seen(&buffer[..read]);
            if sender
                .send((Instant::now() + delay, buffer[..read].to_vec()))
                .is_err()
            {
                break;
            }
        }
    });
    thread::spawn(move || {
        while let Ok((due, bytes)) = receiver.recv() {
            thread::sleep(due.saturating_duration_since(Instant::now()));
            if to.write_all(&bytes).is_err() {
                break;
            }
        }
        close(&to);
    });
}

fn close(stream: &UnixStream) {
    // The other side may have closed it before.
    let _ = stream.shutdown(std::net::Shutdown::Both);
}

#[cfg(test)]
mod tests {
    use std::{
        fs,
        io::{Read, Write},
        os::unix::net::{UnixListener, UnixStream},
        thread,
        time::{Duration, Instant},
    };

    use super::{Proxy, SOCKET};
    use crate::{Result, database::Place};

    #[test]
    fn exchanges_are_counted_and_delayed() -> Result<()> {
        let socket = std::env::temp_dir().join(format!("bench-echo-{}", std::process::id()));
        fs::create_dir_all(&socket)?;
        let listener = UnixListener::bind(socket.join(SOCKET))?;
        thread::spawn(move || {
            let mut stream = listener.accept().expect("a client").0;
            let mut byte = [0];
            while stream.read_exact(&mut byte).is_ok() && stream.write_all(&byte).is_ok() {}
        });
        let place = Place {
            socket: socket.clone(),
            name: "echo".to_owned(),
        };
        let proxy = Proxy::start(&place, Duration::from_millis(4), "test")?;
        let mut client = UnixStream::connect(proxy.place().socket.join(SOCKET))?;
        let started = Instant::now();
        for _ in 0..3 {
            client.write_all(b"x")?;
            client.read_exact(&mut [0])?;
        }
        assert_eq!(proxy.exchanges(), 3);
        assert!(started.elapsed() >= Duration::from_millis(12));
        Ok(fs::remove_dir_all(socket)?)
    }
}
