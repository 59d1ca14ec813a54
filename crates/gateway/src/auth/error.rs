//! Why a request has no identity.

/// Why a request has no identity.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// No `Authorization` header.
    #[error("no token; send `Authorization: Bearer …` with one made by `gateway token`")]
    Missing,
    /// Not a bearer token.
    #[error("the Authorization header has no bearer token; send `Authorization: Bearer …`")]
    NotBearer,
    /// Its time is over.
    #[error("the token has expired; sign in again")]
    Expired,
    /// Not signed by a key that is trusted, for somebody else, or not a token at all.
    #[error("the token is not valid; sign in again")]
    Invalid,
    /// No key, or none that is good by now.
    #[error(
        "the API key is unknown, was revoked, has expired, or its maker is no member any more; ask an owner or admin for another"
    )]
    Key,
    /// The identity provider has not told its keys yet.
    #[error(
        "the identity provider can not be reached, so no token can be verified; try again in a moment"
    )]
    ProviderAway,
}
