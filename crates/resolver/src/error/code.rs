//! The stable codes in `extensions.code`.

/// What went wrong, as a client tells errors apart. A code is never renamed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// The document is not GraphQL.
    ParseFailed,
    /// The document does not fit the schema, or a variable does not fit its type.
    ValidationFailed,
    /// The document is larger than a limit allows, whatever it asks for.
    DocumentTooLarge,
    /// The operation may cost more than is allowed.
    CostExceeded,
    /// An argument's value can not be used; the message says why.
    BadUserInput,
    /// An id of another kind, or no id at all.
    InvalidId,
    /// A cursor that was not made by this connection in this order.
    InvalidCursor,
    /// The role or the kind of user may not do this.
    Forbidden,
    /// What is to be changed, or referred to, is not there: unknown, or another tenant's.
    NotFound,
    /// The value is taken, and must be unique.
    AlreadyExists,
    /// What is to be deleted is used by something that would not work without it.
    InUse,
    /// Somebody else changed it since it was read (`expectedUpdated`).
    Stale,
    /// The campaign can not take this step from where it stands.
    IllegalTransition,
    /// A step of the campaign could not be done, so it is not begun.
    CampaignIncomplete,
    /// The plan does not allow more of these.
    PlanLimitExceeded,
    /// The filter selects more rows than the client was ready to change.
    TooManyRows,
    /// A tenant must keep an owner.
    LastOwner,
    /// Root fields of one mutation write in two databases, which can not be saved as one.
    MixedTiers,
    /// Others changed the same rows at the same moment; the operation may be sent again.
    TransactionConflict,
    /// An earlier statement of the operation failed, so this one was not run.
    TransactionAborted,
    /// The statement took longer than the database allows.
    Timeout,
    /// More happened than could be told to a subscription.
    EventsLost,
    /// The client runs as many operations at once as it may.
    TooManyOperations,
    /// A fault of the gateway or the database; the log has the cause.
    Internal,
}

impl Code {
    /// Every code, for the documentation and its test.
    pub const ALL: [Self; 24] = [
        Self::ParseFailed,
        Self::ValidationFailed,
        Self::DocumentTooLarge,
        Self::CostExceeded,
        Self::BadUserInput,
        Self::InvalidId,
        Self::InvalidCursor,
        Self::Forbidden,
        Self::NotFound,
        Self::AlreadyExists,
        Self::InUse,
        Self::Stale,
        Self::IllegalTransition,
        Self::CampaignIncomplete,
        Self::PlanLimitExceeded,
        Self::TooManyRows,
        Self::LastOwner,
        Self::MixedTiers,
        Self::TransactionConflict,
        Self::TransactionAborted,
        Self::Timeout,
        Self::EventsLost,
        Self::TooManyOperations,
        Self::Internal,
    ];

    /// The text of `extensions.code`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ParseFailed => "GRAPHQL_PARSE_FAILED",
            Self::ValidationFailed => "GRAPHQL_VALIDATION_FAILED",
            Self::DocumentTooLarge => "DOCUMENT_TOO_LARGE",
            Self::CostExceeded => "COST_EXCEEDED",
            Self::BadUserInput => "BAD_USER_INPUT",
            Self::InvalidId => "INVALID_ID",
            Self::InvalidCursor => "INVALID_CURSOR",
            Self::Forbidden => "FORBIDDEN",
            Self::NotFound => "NOT_FOUND",
            Self::AlreadyExists => "ALREADY_EXISTS",
            Self::InUse => "IN_USE",
            Self::Stale => "STALE",
            Self::IllegalTransition => "ILLEGAL_TRANSITION",
            Self::CampaignIncomplete => "CAMPAIGN_INCOMPLETE",
            Self::PlanLimitExceeded => "PLAN_LIMIT_EXCEEDED",
            Self::TooManyRows => "TOO_MANY_ROWS",
            Self::LastOwner => "LAST_OWNER",
            Self::MixedTiers => "MIXED_TIERS",
            Self::TransactionConflict => "TRANSACTION_CONFLICT",
            Self::TransactionAborted => "TRANSACTION_ABORTED",
            Self::Timeout => "STATEMENT_TIMEOUT",
            Self::EventsLost => "EVENTS_LOST",
            Self::TooManyOperations => "TOO_MANY_OPERATIONS",
            Self::Internal => "INTERNAL_ERROR",
        }
    }
}
