//! Where lines go: to one writer, many at a time.
//!
//! A line for each request would be a system call for each, made by the core that answers the others, and standing
//! still for as long as a slow reader of a pipe does not read. So lines are gathered for a moment and a thread writes
//! them. Warnings and errors are not: with all that was gathered before them they are written before the next
//! statement runs, so what explains the end of a process is not lost with it.

use std::{
    io::{self, Write},
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    thread,
    time::Duration,
};

use tracing::{Level, Metadata};
use tracing_subscriber::fmt::MakeWriter;

/// How long lines are gathered.
const MOMENT: Duration = Duration::from_millis(5);
/// Bytes that are gathered at most. Who brings more writes it, and waits for the reader as everybody did.
const MOST: usize = 1 << 20;

/// Lines on their way to a writer.
#[derive(Clone)]
pub(crate) struct Lines(Arc<Shared>);

struct Shared {
    gathered: Mutex<Vec<u8>>,
    /// Told when the first line is gathered.
    some: Condvar,
    out: Mutex<Out>,
    /// Nothing is gathered any more.
    ends: AtomicBool,
}

struct Out {
    writer: Box<dyn Write + Send>,
    /// Bytes being written; kept for its room.
    writing: Vec<u8>,
}

impl Lines {
    /// Lines to a writer, and the thread that writes them.
    ///
    /// # Errors
    /// When the system has no thread to give.
    pub(super) fn to(writer: impl Write + Send + 'static) -> io::Result<Self> {
        let shared = Arc::new(Shared {
            gathered: Mutex::default(),
            some: Condvar::new(),
            out: Mutex::new(Out {
                writer: Box::new(writer),
                writing: Vec::new(),
            }),
            ends: AtomicBool::new(false),
        });
        let writing = Arc::downgrade(&shared);
        thread::Builder::new()
            .name("log".to_owned())
            .spawn(move || {
                while let Some(shared) = writing.upgrade() {
                    shared.write_when_there_is_some();
                }
            })?;
        Ok(Self(shared))
    }

    /// Writes what was gathered, and from now on each line at once: the process may end at any moment.
    pub(super) fn end(&self) {
        self.0.ends.store(true, Relaxed);
        self.0.write();
    }
}

impl Shared {
    fn write_when_there_is_some(&self) {
        let gathered = lock(&self.gathered);
        // Not for ever: nobody may be left to bring any.
        let waited = self
            .some
            .wait_timeout_while(gathered, Duration::from_secs(1), |gathered| {
                gathered.is_empty()
            });
        let is_empty = waited.map_or(true, |(gathered, _)| gathered.is_empty());
        if !is_empty {
            thread::sleep(MOMENT);
            self.write();
        }
    }

    fn write(&self) {
        // First, so that who takes lines later writes them later.
        let mut out = lock(&self.out);
        let Out { writer, writing } = &mut *out;
        std::mem::swap(&mut *lock(&self.gathered), writing);
        // A closed standard error is no reason to fail.
        let _ = writer.write_all(writing).and_then(|()| writer.flush());
        writing.clear();
    }
}

impl Drop for Shared {
    /// The thread may not have come to it.
    fn drop(&mut self) {
        self.write();
    }
}

/// What is behind these locks is whole at any moment, so also after a panic.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One line.
pub(crate) struct Line<'l> {
    lines: &'l Lines,
    at_once: bool,
}

impl<'l> MakeWriter<'l> for Lines {
    type Writer = Line<'l>;

    fn make_writer(&'l self) -> Self::Writer {
        Line {
            lines: self,
            at_once: true,
        }
    }

    fn make_writer_for(&'l self, line: &Metadata<'_>) -> Self::Writer {
        Line {
            lines: self,
            at_once: *line.level() <= Level::WARN,
        }
    }
}

impl Write for Line<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let shared = &*self.lines.0;
        let mut gathered = lock(&shared.gathered);
        let is_first = gathered.is_empty();
        gathered.extend_from_slice(bytes);
        let is_most = gathered.len() > MOST;
        drop(gathered);
        if self.at_once || is_most || shared.ends.load(Relaxed) {
            shared.write();
        } else if is_first {
            shared.some.notify_one();
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io::{self, Write},
        sync::{
            Arc, Mutex,
            mpsc::{Receiver, Sender, channel},
        },
    };

    use tracing_subscriber::layer::SubscriberExt;

    use super::Lines;

    /// Tells of each write what was written.
    struct Told(Sender<String>);

    impl Write for Told {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let text = String::from_utf8(bytes.to_vec()).expect("text");
            self.0.send(text).expect("a listener");
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// What is written of an event's lines, which it may look at itself.
    fn logging(event: impl FnOnce(&Lines, &Receiver<String>)) -> Receiver<String> {
        let (told, writes) = channel();
        let lines = Lines::to(Told(told)).expect("a thread");
        let layer = tracing_subscriber::fmt::layer()
            .with_writer(lines.clone())
            .without_time()
            .with_ansi(false)
            .with_target(false);
        let subscriber = tracing_subscriber::registry().with(layer);
        tracing::subscriber::with_default(subscriber, || event(&lines, &writes));
        writes
    }

    /// All that was written by now.
    fn by_now(writes: &Receiver<String>) -> String {
        writes.try_iter().collect()
    }

    #[test]
    fn lines_are_written_together_and_in_order() {
        const LINES: usize = 10_000;
        let writes = logging(|_, _| {
            for number in 0..LINES {
                tracing::info!("{number}");
            }
        });
        let writes: Vec<String> = writes.iter().collect();
        let expected: String = (0..LINES)
            .map(|number| format!(" INFO {number}\n"))
            .collect();
        assert_eq!(writes.concat(), expected);
        assert!(writes.len() < LINES / 2, "{} writes", writes.len());
    }

    #[test]
    fn nobody_has_to_ask_for_a_line_to_be_written() {
        let (told, writes) = channel();
        let lines = Lines::to(Told(told)).expect("a thread");
        let mut line = lines_of(&lines);
        line.write_all(b"one\n").expect("nobody's failure");
        assert_eq!(writes.recv().expect("a write"), "one\n");
    }

    /// What a line of the level info is written to.
    fn lines_of(lines: &Lines) -> super::Line<'_> {
        super::Line {
            lines,
            at_once: false,
        }
    }

    #[test]
    fn trouble_is_written_at_once_behind_what_was_before_it() {
        logging(|_, writes| {
            tracing::info!("one");
            tracing::warn!("two");
            assert_eq!(by_now(writes), " INFO one\n WARN two\n");
        });
    }

    #[test]
    fn nothing_is_gathered_at_the_end() {
        logging(|lines, writes| {
            tracing::info!("before");
            lines.end();
            assert_eq!(by_now(writes), " INFO before\n");
            tracing::info!("after");
            assert_eq!(by_now(writes), " INFO after\n");
        });
    }

    /// Broken for good, as a pipe that nobody reads any more.
    struct Broken(Arc<Mutex<u32>>);

    impl Write for Broken {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            *self.0.lock().expect("no panic") += 1;
            Err(io::ErrorKind::BrokenPipe.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_writer_that_fails_keeps_nothing_back() {
        let tries = Arc::default();
        let lines = Lines::to(Broken(Arc::clone(&tries))).expect("a thread");
        for _ in 0..3 {
            let mut line = super::Line {
                lines: &lines,
                at_once: true,
            };
            line.write_all(b"lost\n").expect("nobody's failure");
        }
        assert_eq!(*tries.lock().expect("no panic"), 3);
        assert!(super::lock(&lines.0.gathered).is_empty());
    }
}
