//! What an operation says to the connection that it came by.

use async_graphql::ServerError;
use tokio::sync::{
    mpsc::{self, Permit},
    oneshot,
};

use crate::http::HttpError;

/// Tells an operation from all others of its connection, also from an earlier one with its id.
pub(crate) type Serial = u64;

/// What comes of an operation, a piece after another.
#[derive(Debug)]
pub(crate) enum Piece {
    /// An answer, as JSON.
    Next(String),
    /// Nothing was executed, because of these. It is the last piece.
    Refused(Vec<ServerError>),
    /// It did not begin; what is wrong was told to the opener. It is the last piece.
    Unbegun,
    /// It is over.
    Complete,
    /// Whoever asks may not ask any more. It is the last piece.
    Expelled(HttpError),
}

/// A piece and whose it is.
pub(crate) type Tagged = (Serial, Piece);

/// Whether the operation has begun: a subscription is listening, or there is an answer.
pub(crate) type Opened = Result<(), Refused>;

/// Why an operation does not begin, or does not go on.
#[derive(Debug)]
pub(crate) enum Refused {
    /// Something is wrong with the operation.
    Errors(Vec<ServerError>),
    /// Something is wrong besides.
    Failed(HttpError),
}

impl From<Refused> for Piece {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Errors(errors) => Self::Refused(errors),
            Refused::Failed(error) if error.is_of_membership() => Self::Expelled(error),
            Refused::Failed(error) => Self::Refused(vec![error.into()]),
        }
    }
}

/// Where an operation's pieces go.
pub(crate) struct Outlet {
    serial: Serial,
    pieces: mpsc::Sender<Tagged>,
    /// Waits to hear how the operation began.
    opener: Option<oneshot::Sender<Opened>>,
    /// What is wrong at the beginning is for the opener alone.
    by_opener: bool,
}

/// The connection is gone.
pub(crate) struct Gone;

/// Room for a piece.
pub(crate) struct Room<'o>(Serial, Permit<'o, Tagged>);

impl Outlet {
    /// An outlet, and what hears how the operation began. What is wrong at the beginning is a piece.
    pub(crate) fn new(
        serial: Serial,
        pieces: mpsc::Sender<Tagged>,
    ) -> (Self, oneshot::Receiver<Opened>) {
        let (opener, opened) = oneshot::channel();
        let outlet = Self {
            serial,
            pieces,
            opener: Some(opener),
            by_opener: false,
        };
        (outlet, opened)
    }

    /// The same, but what is wrong at the beginning is told to the opener alone.
    #[must_use]
    pub(crate) fn refusing_to_opener(mut self) -> Self {
        self.by_opener = true;
        self
    }

    /// The operation has begun.
    pub(crate) fn opened(&mut self) {
        if let Some(opener) = self.opener.take() {
            // Whoever opened it may not be waiting.
            let _ = opener.send(Ok(()));
        }
    }

    /// The operation does not begin, or does not go on.
    pub(crate) async fn refuse(mut self, refused: Refused) {
        match self.opener.take() {
            Some(opener) if self.by_opener => {
                // First, so that its id is free once the opener knows.
                self.send(Piece::Unbegun).await;
                let _ = opener.send(Err(refused));
            }
            opener => {
                drop(opener);
                self.send(refused.into()).await;
            }
        }
    }

    /// The last answer.
    pub(crate) async fn end_with(self, answer: String) {
        self.send(Piece::Next(answer)).await;
        self.send(Piece::Complete).await;
    }

    async fn send(&self, piece: Piece) {
        // Without a connection there is nobody to be told.
        let _ = self.pieces.send((self.serial, piece)).await;
    }

    /// Waits until a piece can be sent.
    pub(crate) async fn room(&self) -> Result<Room<'_>, Gone> {
        let permit = self.pieces.reserve().await.map_err(|_| Gone)?;
        Ok(Room(self.serial, permit))
    }

    /// Completes once the connection is gone.
    pub(crate) async fn gone(&self) -> Gone {
        self.pieces.closed().await;
        Gone
    }
}

impl Room<'_> {
    pub(crate) fn fill(self, piece: Piece) {
        self.1.send((self.0, piece));
    }
}
