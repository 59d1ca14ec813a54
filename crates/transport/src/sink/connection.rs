//! One connection: bytes in, commands and content to the session, replies out.

use std::{io, slice::Iter};

use smtp_proto::{
    Error,
    request::receiver::{LineReceiver, RequestReceiver},
};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpStream,
    sync::watch,
    time::{sleep, timeout},
};
use tokio_rustls::TlsAcceptor;

use super::{
    Options, Reply,
    content::Content,
    keep::Keep,
    sasl::Exchange,
    session::{Session, Step},
};

/// What is read at once, in bytes.
const CHUNK: usize = 16 * 1024;

trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

/// What the next bytes are.
pub(super) enum Reading {
    Commands,
    Line(Exchange, LineReceiver<()>),
    Content(Content),
}

/// Whether to read on.
enum Flow {
    On,
    StartTls,
    Close,
}

pub(super) struct Connection<'a> {
    pub(super) options: &'a Options,
    pub(super) keep: &'a Keep,
    stop: watch::Receiver<bool>,
    stream: Box<dyn Stream>,
    pub(super) session: Session<'a>,
    requests: RequestReceiver,
    pub(super) reading: Reading,
    out: Vec<u8>,
}

/// Serves a client until it leaves, or the server stops between two of its messages.
pub(super) async fn serve(
    stream: TcpStream,
    options: &Options,
    keep: &Keep,
    stop: watch::Receiver<bool>,
) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let implicit = options.tls.clone().filter(|_| options.implicit_tls);
    let encrypted = implicit.is_some();
    let stream: Box<dyn Stream> = match implicit {
        Some(tls) => Box::new(TlsAcceptor::from(tls).accept(stream).await?),
        None => Box::new(stream),
    };
    let mut connection = Connection {
        options,
        keep,
        stop,
        stream,
        session: Session::new(options, encrypted),
        requests: RequestReceiver::default(),
        reading: Reading::Commands,
        out: Vec::new(),
    };
    connection.greet().await?;
    while connection.converse().await? {
        connection = connection.encrypt().await?;
    }
    connection.stream.shutdown().await
}

impl Connection<'_> {
    async fn greet(&mut self) -> io::Result<()> {
        sleep(self.options.greeting_delay).await;
        let greeting = format!("{} ESMTP, for development and tests", self.options.name);
        self.say(&Reply::new(220, greeting));
        self.flush().await
    }

    /// True where TLS begins; false at the end.
    async fn converse(&mut self) -> io::Result<bool> {
        let mut chunk = vec![0; CHUNK];
        loop {
            let Some(read) = self.read(&mut chunk).await? else {
                return Ok(false);
            };
            let mut bytes = chunk[..read].iter();
            let flow = self.take(&mut bytes).await?;
            self.flush().await?;
            match flow {
                Flow::On => {}
                // What came behind the command is not encrypted, and whoever put it there is unknown.
                Flow::StartTls => return Ok(true),
                Flow::Close => return Ok(false),
            }
        }
    }

    async fn encrypt(self) -> io::Result<Self> {
        let Some(tls) = self.options.tls.clone() else {
            return Err(io::ErrorKind::Unsupported.into());
        };
        let stream = TlsAcceptor::from(tls).accept(self.stream).await?;
        Ok(Self {
            stream: Box::new(stream),
            session: Session::new(self.options, true),
            ..self
        })
    }

    /// How many bytes came; `None` where there is nobody to read from any more.
    async fn read(&mut self, chunk: &mut [u8]) -> io::Result<Option<usize>> {
        let between_messages = self.session.transaction.is_none();
        let leave = tokio::select! {
            biased;
            read = timeout(self.options.patience, self.stream.read(chunk)) => match read {
                Ok(read) => return Ok(Some(read?).filter(|&read| read > 0)),
                Err(_) => Reply::new(421, "4.4.2 nothing was said for too long"),
            },
            _ = self.stop.wait_for(|&stop| stop), if between_messages => {
                Reply::new(421, "4.3.2 the server stops")
            }
        };
        self.say(&leave);
        self.flush().await?;
        Ok(None)
    }

    /// Takes what was read, to its end or to where the connection turns.
    async fn take(&mut self, bytes: &mut Iter<'_, u8>) -> io::Result<Flow> {
        loop {
            let step = match &mut self.reading {
                Reading::Commands => match self.requests.ingest(bytes) {
                    Err(Error::NeedsMoreData { .. }) => return Ok(Flow::On),
                    Ok(request) => self.session.command(&request),
                    Err(error) => Step::Say(Session::mistake(&error)),
                },
                Reading::Line(_, line) => match line.ingest(bytes) {
                    true => self.line(),
                    false => return Ok(Flow::On),
                },
                Reading::Content(content) => {
                    let whole = content.ingest(bytes, self.options.max_bytes);
                    match self.content(whole).await? {
                        Some(step) => step,
                        None => return Ok(Flow::On),
                    }
                }
            };
            match self.do_step(step).await? {
                Flow::On => {}
                turn => return Ok(turn),
            }
        }
    }

    async fn do_step(&mut self, step: Step) -> io::Result<Flow> {
        match step {
            Step::Say(reply) => self.say(&reply),
            Step::Lines(lines) => self.out.extend(lines),
            Step::Wait(wait, reply) => {
                self.flush().await?;
                sleep(wait).await;
                self.say(&reply);
            }
            Step::Content(reply) => {
                self.say(&reply);
                self.reading = Reading::Content(Content::new());
            }
            Step::Line(reply, exchange) => {
                self.say(&reply);
                self.reading = Reading::Line(exchange, LineReceiver::new(()));
            }
            Step::StartTls(reply) => {
                self.say(&reply);
                return Ok(Flow::StartTls);
            }
            Step::Close(reply) => {
                reply.iter().for_each(|reply| self.say(reply));
                return Ok(Flow::Close);
            }
        }
        Ok(Flow::On)
    }

    fn line(&mut self) -> Step {
        match std::mem::replace(&mut self.reading, Reading::Commands) {
            Reading::Line(exchange, line) => self.session.answered(exchange, &line.buf),
            Reading::Commands | Reading::Content(_) => Step::Close(None),
        }
    }

    fn say(&mut self, reply: &Reply) {
        self.out.extend(reply.to_string().bytes());
    }

    pub(super) async fn flush(&mut self) -> io::Result<()> {
        self.stream.write_all(&self.out).await?;
        self.out.clear();
        self.stream.flush().await
    }
}
