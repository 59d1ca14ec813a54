//! What a connection has come to, and what follows from a command (RFC 5321). Nothing is read or
//! written here.

use smtp_proto::{
    AUTH_LOGIN, AUTH_PLAIN, EXT_8BIT_MIME, EXT_AUTH, EXT_ENHANCED_STATUS_CODES, EXT_PIPELINING,
    EXT_SIZE, EXT_SMTP_UTF8, EXT_START_TLS, EhloResponse, Error, MailFrom, Request,
};

use super::{
    Fault, Moment, Options, Reply, Trouble,
    sasl::{Answered, Exchange},
};

/// What the connection does next.
#[derive(Debug)]
pub(super) enum Step {
    /// Says something of one line, or of several that are ready to be written.
    Say(Reply),
    Lines(Vec<u8>),
    /// Says something, perhaps late, and reads the content of a message.
    Content(Reply),
    /// Says something and reads a line that is no command.
    Line(Reply, Exchange),
    /// Says something and begins TLS.
    StartTls(Reply),
    /// Says something, if anything, and closes the connection.
    Close(Option<Reply>),
    /// Waits, and goes on.
    Wait(std::time::Duration, Reply),
}

/// The message that is on its way.
#[derive(Debug, Default)]
pub(super) struct Transaction {
    pub from: String,
    pub to: Vec<String>,
    /// What goes wrong with its content.
    pub fault: Option<Fault>,
}

pub(super) struct Session<'a> {
    options: &'a Options,
    pub encrypted: bool,
    pub user: Option<String>,
    greeted: bool,
    pub transaction: Option<Transaction>,
}

impl<'a> Session<'a> {
    pub(super) fn new(options: &'a Options, encrypted: bool) -> Self {
        Self {
            options,
            encrypted,
            user: None,
            greeted: false,
            transaction: None,
        }
    }

    pub(super) fn command<T: AsRef<str>>(&mut self, request: &Request<T>) -> Step {
        match request {
            Request::Ehlo { .. } => self.hello(),
            Request::Helo { .. } => {
                self.greet();
                Step::Say(Reply::done("hello"))
            }
            Request::Mail { from } => Step::Say(self.mail(from)),
            Request::Rcpt { to } => self.recipient(to.address.as_ref()),
            Request::Data => self.data(),
            Request::StartTls if self.offers_tls() => {
                Step::StartTls(Reply::new(220, "2.0.0 go ahead"))
            }
            Request::Auth {
                mechanism,
                initial_response,
            } => self.authenticate(*mechanism, initial_response.as_ref()),
            Request::Rset => {
                self.transaction = None;
                Step::Say(Reply::done("2.0.0 forgotten"))
            }
            Request::Noop { .. } => Step::Say(Reply::done("2.0.0 here")),
            Request::Vrfy { .. } => Step::Say(Reply::new(252, "2.1.5 send it, and see")),
            Request::Quit => Step::Close(Some(Reply::new(221, "2.0.0 bye"))),
            // Its octets follow unasked, and are no commands.
            Request::Bdat { .. } => Step::Close(Some(not_here())),
            _ => Step::Say(not_here()),
        }
    }

    /// What is said of a line that is no command.
    pub(super) fn mistake(error: &Error) -> Reply {
        match error {
            Error::UnknownCommand => Reply::new(500, "5.5.1 no such command"),
            Error::InvalidSenderAddress => Reply::new(501, "5.1.7 not an address"),
            Error::InvalidRecipientAddress => Reply::new(501, "5.1.3 not an address"),
            Error::ResponseTooLong => Reply::new(500, "5.5.6 the line is too long"),
            Error::InvalidParameter { .. } | Error::UnsupportedParameter { .. } => {
                Reply::new(555, "5.5.4 no such parameter here")
            }
            _ => Reply::new(501, "5.5.4 not as this command is written"),
        }
    }

    /// What is said of a line that the exchange was waiting for.
    pub(super) fn answered(&mut self, exchange: Exchange, line: &[u8]) -> Step {
        let step = exchange.answer(line);
        self.after(step)
    }

    fn hello(&mut self) -> Step {
        self.greet();
        let mut hello = EhloResponse::new(self.options.name.as_str());
        hello.capabilities =
            EXT_8BIT_MIME | EXT_ENHANCED_STATUS_CODES | EXT_PIPELINING | EXT_SIZE | EXT_SMTP_UTF8;
        hello.size = self.options.max_bytes;
        if self.offers_tls() {
            hello.capabilities |= EXT_START_TLS;
        }
        if self.offers_sign_in() {
            hello.capabilities |= EXT_AUTH;
            hello.auth_mechanisms = AUTH_PLAIN | AUTH_LOGIN;
        }
        let mut lines = Vec::new();
        match hello.write(&mut lines) {
            Ok(()) => Step::Lines(lines),
            Err(_) => Step::Close(None),
        }
    }

    fn greet(&mut self) {
        self.greeted = true;
        self.transaction = None;
    }

    fn offers_tls(&self) -> bool {
        self.options.tls.is_some() && !self.encrypted
    }

    /// Where there is TLS, a password is not taken without.
    fn offers_sign_in(&self) -> bool {
        self.options.credentials.is_some() && !self.offers_tls()
    }

    fn mail<T: AsRef<str>>(&mut self, from: &MailFrom<T>) -> Reply {
        if !self.greeted {
            return Reply::new(503, "5.5.1 say EHLO first");
        }
        if self.options.credentials.is_some() && self.user.is_none() {
            return Reply::new(530, "5.7.0 sign in first");
        }
        if self.transaction.is_some() {
            return Reply::new(503, "5.5.1 a message is on its way");
        }
        if from.size > self.options.max_bytes {
            return too_large();
        }
        self.transaction = Some(Transaction {
            from: from.address.as_ref().to_owned(),
            ..Transaction::default()
        });
        Reply::done("2.1.0 from there")
    }

    fn recipient(&mut self, address: &str) -> Step {
        let Some(transaction) = &mut self.transaction else {
            return Step::Say(Reply::new(503, "5.5.1 say MAIL first"));
        };
        let fault = self.options.script.of(address);
        let taken = Reply::done("2.1.5 to there");
        let step = match fault {
            Some(Fault {
                at: Moment::Recipient,
                trouble,
            }) => match trouble {
                Trouble::Answer(reply) => Step::Say(reply),
                Trouble::Delay(wait) => Step::Wait(wait, taken),
                Trouble::Drop => Step::Close(None),
            },
            later => {
                transaction.fault = transaction.fault.take().or(later);
                Step::Say(taken)
            }
        };
        if !matches!(&step, Step::Say(reply) if reply.is_refusal()) {
            transaction.to.push(address.to_owned());
        }
        step
    }

    fn data(&self) -> Step {
        match &self.transaction {
            None => Step::Say(Reply::new(503, "5.5.1 say MAIL first")),
            Some(transaction) if transaction.to.is_empty() => {
                Step::Say(Reply::new(554, "5.5.1 to nobody"))
            }
            Some(_) => Step::Content(Reply::new(354, "go ahead, end with a dot")),
        }
    }

    fn authenticate(&mut self, mechanism: u64, initial: &str) -> Step {
        if !self.offers_sign_in() || self.user.is_some() {
            return Step::Say(Reply::new(503, "5.5.1 not here and now"));
        }
        match Exchange::begin(mechanism, initial) {
            Some(step) => self.after(step),
            None => Step::Say(Reply::new(504, "5.5.4 no such mechanism")),
        }
    }

    fn after(&mut self, answered: Answered) -> Step {
        match answered {
            Answered::Ask(reply, exchange) => Step::Line(reply, exchange),
            Answered::Spoiled => Step::Say(Reply::new(501, "5.5.2 not as this is written")),
            Answered::Claim(user, password) if self.knows(&user, &password) => {
                self.user = Some(user);
                Step::Say(Reply::new(235, "2.7.0 welcome"))
            }
            Answered::Claim(..) => Step::Say(Reply::new(535, "5.7.8 wrong user or password")),
        }
    }

    fn knows(&self, user: &str, password: &str) -> bool {
        let known = self.options.credentials.as_ref();
        known.is_some_and(|known| known.is(user, password))
    }
}

pub(super) fn too_large() -> Reply {
    Reply::new(552, "5.3.4 the message is too large")
}

fn not_here() -> Reply {
    Reply::new(502, "5.5.1 not here")
}
