//! What goes wrong before or beside the execution, in GraphQL's error form.

mod answer;
mod panic;

use async_graphql::{Pos, ServerError, Value};
use axum::http::StatusCode;
use billing::stripe::BadSignature;
use tenant::{Identity, Refusal};

pub(crate) use self::panic::panicked;
pub(super) use self::panic::{caught, uncaught};
use crate::{auth::TokenError, budget::Spent, operation::Unanswered};

/// A request that is answered without data.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum HttpError {
    #[error("{0}")]
    Unauthenticated(#[from] TokenError),
    #[error("you are not an active member of this tenant")]
    NotAMember,
    #[error("your account is not active")]
    NotActive,
    #[error(
        "the header X-Tenant-Id is no tenant's id; send one of `viewer {{ otherTenants {{ id }} }}`"
    )]
    TenantId,
    #[error(
        "the token is for another tenant than X-Tenant-Id; leave the header out, or sign in without a tenant to choose one by it"
    )]
    OtherTenant,
    #[error(
        "staff name a reason for what they do in a tenant: send it as X-Staff-Reason, in up to 500 characters, percent-encoded where they are not ASCII; it is recorded"
    )]
    StaffReason,
    #[error(
        "there is no such tenant, or you may not read in tenants, which takes the permission tenants.read"
    )]
    NotPermitted,
    #[error("too many requests were refused; try again in {seconds} s")]
    TooManyAttempts { seconds: u64 },
    #[error("the database can not be reached; try again in a moment")]
    Unavailable,
    #[error("all database connections are in use; try again in a moment")]
    Busy,
    #[error("this page may not open a socket here: it was served from elsewhere")]
    Origin,
    #[error("as many connections stay open as may; close one, or try again in a moment")]
    Crowded,
    #[error(
        "there is no such stream; reserve one with PUT and the same sign-in, and open it within half a minute"
    )]
    NoStream,
    #[error("the stream is open already; reserve another one with PUT")]
    StreamOpen,
    #[error("an operation with this `operationId` runs on the stream already")]
    OperationExists,
    #[error(
        "a subscription is answered as `Accept: text/event-stream`, or over a WebSocket that speaks graphql-transport-ws"
    )]
    SubscriptionAsJson,
    #[error("the tenant's plan allows {allowed} requests a minute; try again in {seconds} s")]
    RateLimited { allowed: u32, seconds: u64 },
    #[error("too many links were followed from there; try again in {seconds} s")]
    TooManyLinks { seconds: u64 },
    #[error(
        "the operation took too long and was given up, nothing was changed; ask for less, or ask the operator to raise GATEWAY_REQUEST_TIMEOUT_MS"
    )]
    TimedOut,
    #[error("the request's body came too slowly; send it faster, or less of it")]
    BodyTimeout,
    #[error("use GET or POST")]
    Method,
    #[error("mutations must be sent with POST")]
    MutationByGet,
    #[error("send the message with POST")]
    MailByOther,
    #[error("events are sent with POST")]
    WebhookByOther,
    #[error("{0}")]
    Signature(#[from] BadSignature),
    #[error(
        "the event is of Stripe's test mode; give this endpoint's secret to a gateway with GATEWAY_STRIPE_TEST_EVENTS"
    )]
    TestEvent,
    #[error(
        "no subscription of the customer's tenant is known to be the one that this is about; say so there, and have the event sent again"
    )]
    NotLinked,
    #[error("send the request as `Content-Type: application/json`")]
    MediaType,
    #[error("send the message as it is, as `Content-Type: message/rfc822`")]
    MailType,
    #[error(
        "mail is taken from a key or a member with one of the roles owner, admin and member, in a tenant, who does not only read"
    )]
    MayNotBringMail,
    #[error(
        "numbers are taken away by members of a tenant and their keys; sign in to one, or name it in the header X-Tenant-Id"
    )]
    MayNotTake,
    #[error(
        "what is taken away is recorded, and that failed, so nothing is given; try again in a moment"
    )]
    NotRecorded,
    #[error(
        "this endpoint answers `application/graphql-response+json` and `application/json`; accept one of them"
    )]
    NotAcceptable,
    #[error(
        "the request body is larger than {limit} bytes; send less, or ask the operator to raise GATEWAY_MAX_BODY_BYTES"
    )]
    TooLarge { limit: usize },
    #[error(
        "the message is larger than {limit} bytes; leave files out, or ask the operator to raise GATEWAY_MAX_MAIL_BYTES"
    )]
    MailTooLarge { limit: usize },
    #[error(
        "the answer is larger than {limit} bytes{}; ask for fewer rows, or ask the operator to raise GATEWAY_MAX_RESPONSE_BYTES",
        if *saved { ", and what was changed is saved" } else { "" }
    )]
    AnswerTooLarge { limit: usize, saved: bool },
    #[error("the request is not valid: {0}")]
    Malformed(String),
    #[error("no document has this id here; send its text, or have it put into GATEWAY_DOCUMENTS")]
    UnknownDocument,
    // In Apollo's words, which its clients know.
    #[error("PersistedQueryNotFound")]
    NotPersisted,
    #[error("PersistedQueryNotSupported")]
    NotSupported,
    #[error(
        "only documents that the operator has put there are run; send the `documentId` of one, or have it put into GATEWAY_DOCUMENTS"
    )]
    NotTrusted,
    #[error("the schema is shown to {0} only")]
    SchemaHidden(&'static str),
    #[error("the changes could not be saved, nothing was changed; try again")]
    CommitFailed,
    #[error(
        "what you did in this tenant could not be recorded, so it is not answered: a statement failed; ask for less, or try again"
    )]
    Unrecorded,
    #[error("there is nothing here; the API is at /graphql, GraphiQL at /graphiql")]
    NotFound,
    #[error(
        "this is no link of this server's, or it was changed; ask for the attachment's `downloadUrl`, or `analyticsDownload`, again"
    )]
    Link,
    #[error(
        "the link was good for a few minutes, which are over; ask for the attachment's `downloadUrl`, or `analyticsDownload`, again"
    )]
    LinkExpired,
    #[error("internal error")]
    Internal,
}

impl HttpError {
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::Unauthenticated(TokenError::ProviderAway) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Unauthenticated(_) => StatusCode::UNAUTHORIZED,
            Self::TooManyAttempts { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::NotAMember
            | Self::NotActive
            | Self::OtherTenant
            | Self::NotPermitted
            | Self::NotTrusted
            | Self::MayNotBringMail
            | Self::MayNotTake
            | Self::SchemaHidden(_)
            | Self::Origin
            | Self::Link => StatusCode::FORBIDDEN,
            Self::LinkExpired => StatusCode::GONE,
            // As Apollo's server does.
            Self::NotPersisted | Self::NotSupported => StatusCode::OK,
            Self::Unavailable | Self::Busy | Self::Crowded => StatusCode::SERVICE_UNAVAILABLE,
            Self::StreamOpen | Self::OperationExists => StatusCode::CONFLICT,
            Self::TimedOut => StatusCode::GATEWAY_TIMEOUT,
            Self::BodyTimeout => StatusCode::REQUEST_TIMEOUT,
            Self::RateLimited { .. } | Self::TooManyLinks { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Method | Self::MutationByGet | Self::MailByOther | Self::WebhookByOther => {
                StatusCode::METHOD_NOT_ALLOWED
            }
            Self::MediaType | Self::MailType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::NotAcceptable | Self::SubscriptionAsJson => StatusCode::NOT_ACCEPTABLE,
            Self::TooLarge { .. } | Self::MailTooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::AnswerTooLarge { .. } => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Malformed(_)
            | Self::TenantId
            | Self::StaffReason
            | Self::Signature(_)
            | Self::TestEvent => StatusCode::BAD_REQUEST,
            Self::NotFound | Self::NotLinked | Self::UnknownDocument | Self::NoStream => {
                StatusCode::NOT_FOUND
            }
            Self::CommitFailed | Self::Unrecorded | Self::NotRecorded | Self::Internal => {
                StatusCode::INTERNAL_SERVER_ERROR
            }
        }
    }

    /// A request that is not what a GraphQL request has to be.
    pub(crate) fn malformed(problem: impl Into<String>) -> Self {
        Self::Malformed(problem.into())
    }

    /// A request for nothing.
    pub(crate) fn no_document() -> Self {
        Self::malformed("there is no `query` in it")
    }

    /// Why the identity's operation has no answer.
    pub(super) fn unanswered(why: Unanswered, identity: &Identity) -> Self {
        match why {
            Unanswered::Refused(refusal) => Self::refused(refusal, identity),
            Unanswered::CommitFailed if identity.is_staff() => Self::Unrecorded,
            Unanswered::CommitFailed => Self::CommitFailed,
            Unanswered::TimedOut => Self::TimedOut,
        }
    }

    /// Why the identity has no transaction.
    pub(super) fn refused(refusal: Refusal, identity: &Identity) -> Self {
        match (refusal, identity) {
            (Refusal::NotAMember, Identity::User { .. }) => Self::NotActive,
            (Refusal::NotAMember, Identity::Key(_)) => TokenError::Key.into(),
            (Refusal::NotAMember, Identity::Acting { .. }) => Self::NotPermitted,
            (Refusal::NotAMember, _) => Self::NotAMember,
            (Refusal::Unavailable, _) => Self::Unavailable,
            (Refusal::Busy, _) => Self::Busy,
        }
    }

    /// Whether somebody was turned away who is to be watched. Who has no token yet, or one that was good until just
    /// now, only has to sign in.
    pub(super) fn is_an_attempt(&self) -> bool {
        match self {
            Self::Unauthenticated(error) => {
                matches!(error, TokenError::Invalid | TokenError::Key)
            }
            Self::NotAMember | Self::NotActive | Self::NotPermitted => true,
            _ => false,
        }
    }

    /// Whether it says that who asks is nobody here, or not any more.
    pub(crate) fn is_of_membership(&self) -> bool {
        matches!(
            self,
            Self::NotAMember
                | Self::NotActive
                | Self::NotPermitted
                | Self::Unauthenticated(TokenError::Key)
        )
    }

    /// The stable `extensions.code`.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::Unauthenticated(TokenError::ProviderAway) => "UNAVAILABLE",
            Self::Unauthenticated(_) => "UNAUTHENTICATED",
            Self::TooManyAttempts { .. } => "TOO_MANY_ATTEMPTS",
            Self::NotAMember
            | Self::NotActive
            | Self::OtherTenant
            | Self::NotPermitted
            | Self::MayNotBringMail
            | Self::MayNotTake
            | Self::SchemaHidden(_)
            | Self::Origin
            | Self::Link => "FORBIDDEN",
            Self::LinkExpired => "LINK_EXPIRED",
            Self::NotTrusted => "DOCUMENT_NOT_TRUSTED",
            Self::UnknownDocument | Self::NotPersisted => "PERSISTED_QUERY_NOT_FOUND",
            Self::NotSupported => "PERSISTED_QUERY_NOT_SUPPORTED",
            Self::Unavailable => "UNAVAILABLE",
            Self::Busy | Self::Crowded => "BUSY",
            Self::StreamOpen | Self::OperationExists => "ALREADY_EXISTS",
            Self::TimedOut | Self::BodyTimeout => "REQUEST_TIMEOUT",
            Self::RateLimited { .. } | Self::TooManyLinks { .. } => "RATE_LIMITED",
            Self::Method | Self::MutationByGet | Self::MailByOther | Self::WebhookByOther => {
                "METHOD_NOT_ALLOWED"
            }
            Self::Signature(_) => "BAD_SIGNATURE",
            Self::MediaType | Self::MailType => "UNSUPPORTED_MEDIA_TYPE",
            Self::NotAcceptable | Self::SubscriptionAsJson => "NOT_ACCEPTABLE",
            Self::TooLarge { .. } | Self::MailTooLarge { .. } => "PAYLOAD_TOO_LARGE",
            Self::AnswerTooLarge { .. } => "RESPONSE_TOO_LARGE",
            Self::Malformed(_) | Self::TenantId | Self::StaffReason | Self::TestEvent => {
                "BAD_REQUEST"
            }
            Self::CommitFailed | Self::Unrecorded => "COMMIT_FAILED",
            Self::NotFound | Self::NotLinked | Self::NoStream => "NOT_FOUND",
            Self::Internal | Self::NotRecorded => "INTERNAL_ERROR",
        }
    }
}

impl From<Spent> for HttpError {
    fn from(spent: Spent) -> Self {
        Self::RateLimited {
            allowed: spent.allowed,
            // Rounded up, so that who waits so long is answered.
            seconds: spent.wait.as_secs() + 1,
        }
    }
}

/// A document that can not be executed, as the executor would have said it.
pub(crate) fn refused(error: ServerError) -> async_graphql::Response {
    let located = error
        .locations
        .iter()
        .any(|position| *position != Pos::default());
    let locations = if located { error.locations } else { Vec::new() };
    async_graphql::Response::from_errors(vec![ServerError { locations, ..error }])
}

pub(super) async fn not_found() -> HttpError {
    HttpError::NotFound
}

/// Names the request in each error that is the gateway's own fault.
pub(crate) fn name_request(errors: &mut [ServerError], id: &str) {
    for extensions in errors
        .iter_mut()
        .filter_map(|error| error.extensions.as_mut())
    {
        let code = HttpError::Internal.code();
        if matches!(extensions.get("code"), Some(Value::String(found)) if found == code) {
            extensions.set("requestId", id);
        }
    }
}
