//! SMTP by hand: what a client says, and what it is answered, line by line.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader},
    net::TcpStream,
    time::timeout,
};
use tokio_rustls::{
    TlsConnector,
    rustls::{
        ClientConfig, RootCertStore,
        crypto::aws_lc_rs,
        pki_types::{CertificateDer, ServerName, pem::PemObject},
    },
};

use crate::certificate::Certificate;

/// How long a reply is waited for.
const PATIENCE: Duration = Duration::from_secs(10);

/// A client's side of a connection.
pub struct Talk<S = TcpStream>(BufReader<S>);

impl Talk {
    /// Connects, and hears the greeting.
    pub async fn to(address: SocketAddr) -> Self {
        let mut talk = Self::unheard(address).await;
        assert_eq!(talk.hear().await.0, 220);
        talk
    }

    /// Connects.
    pub async fn unheard(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.expect("a connection");
        Self(BufReader::new(stream))
    }

    /// Begins TLS.
    pub async fn encrypt(
        self,
        certificate: &Certificate,
    ) -> Talk<tokio_rustls::client::TlsStream<TcpStream>> {
        let pem = CertificateDer::from_pem_slice(certificate.pem.as_bytes());
        let mut roots = RootCertStore::empty();
        roots
            .add(pem.expect("a certificate"))
            .expect("a certificate that can be trusted");
        let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("TLS 1.2 and 1.3")
            .with_root_certificates(roots)
            .with_no_client_auth();
        let name = ServerName::try_from("localhost").expect("a name");
        let connector = TlsConnector::from(Arc::new(config));
        assert!(self.0.buffer().is_empty(), "said before TLS, unasked");
        let stream = connector.connect(name, self.0.into_inner()).await;
        Talk(BufReader::new(stream.expect("TLS")))
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Talk<S> {
    /// Says these bytes.
    pub async fn say(&mut self, text: &str) {
        let written = self.0.get_mut().write_all(text.as_bytes()).await;
        written.expect("an open connection");
        self.0.get_mut().flush().await.expect("an open connection");
    }

    /// The next reply: its code, and the text of its lines.
    pub async fn hear(&mut self) -> (u16, String) {
        let heard = timeout(PATIENCE, self.reply()).await;
        heard.expect("a reply in time")
    }

    async fn reply(&mut self) -> (u16, String) {
        let mut text = Vec::new();
        loop {
            let mut line = String::new();
            let read = self.0.read_line(&mut line).await;
            read.expect("an open connection");
            assert!(line.ends_with("\r\n"), "{line:?} is no line");
            let (code, rest) = line.split_at(3);
            text.push(rest[1..].trim_end().to_owned());
            if rest.starts_with(' ') {
                return (code.parse().expect("a code"), text.join("\n"));
            }
        }
    }

    /// Says a line, and hears a reply to it.
    pub async fn ask(&mut self, line: &str) -> (u16, String) {
        self.say(&format!("{line}\r\n")).await;
        self.hear().await
    }

    /// Says a line, and is answered this code.
    pub async fn expect(&mut self, line: &str, code: u16) {
        let answer = self.ask(line).await;
        assert_eq!(answer.0, code, "{line}: {}", answer.1);
    }

    /// True if the server has closed the connection and said nothing more.
    pub async fn is_over(&mut self) -> bool {
        let mut rest = String::new();
        matches!(self.0.read_line(&mut rest).await, Ok(0) | Err(_)) && rest.is_empty()
    }
}
