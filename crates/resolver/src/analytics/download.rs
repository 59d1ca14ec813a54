//! Links to files of numbers, which are made when they are followed.

use std::sync::Arc;

use async_graphql::{
    Context, Result, ServerResult,
    registry::{MetaField, Registry},
};
use chrono::{DateTime, NaiveDate, Utc};
use mail::link::Link;
use rows::{Argument, Arguments};
use tenant::Identity;

use crate::{
    argument::{at, read},
    audience::{Answers, Audience},
    download::GOOD_FOR,
    error::ClientError,
    export::Kind,
    scalar::Date,
    session::Session,
    table::Scope,
};

rows::object! {
    /// A file of numbers, as CSV.
    pub object AnalyticsDownload(DownloadRow) {
        /// Where it is: a path on this server, for whoever has it, as long as who asked is a member of the tenant.
        url: String,
        /// Until when the link is good.
        expires: DateTime<Utc>,
    }
}

/// What an [`AnalyticsDownload`] is made of.
pub struct DownloadRow {
    url: String,
    expires: DateTime<Utc>,
}

const KIND: Argument<Kind> = Argument::new("kind", "What there is in it.");
const FROM: Argument<Date> = Argument::new("from", "The first day, of the tenant's time zone.");
const TO: Argument<Date> = Argument::new("to", "The last day, which is in it.");

/// `kind`, `from`, `to`.
pub(crate) struct DownloadArguments {
    kind: Kind,
    first: NaiveDate,
    last: NaiveDate,
}

impl Arguments for DownloadArguments {
    fn register(registry: &mut Registry, field: &mut MetaField) {
        KIND.register(registry, field);
        FROM.register(registry, field);
        TO.register(registry, field);
    }

    fn parse(ctx: &Context<'_>) -> ServerResult<Self> {
        let (kind, Date(first), Date(last)) =
            (read(ctx, &KIND)?, read(ctx, &FROM)?, read(ctx, &TO)?);
        if first > last {
            let message = "`from` must not be after `to`";
            return Err(at(ctx, ClientError::input(message)));
        }
        Ok(Self { kind, first, last })
    }
}

/// Makes a link; none for a key, for who is no user of a tenant, and where nobody serves it.
pub(crate) struct Links;

impl Answers<DownloadArguments> for Links {
    const AUDIENCE: Audience = Audience::Readers(Scope::Tenant);
}

impl rows::Load<(), DownloadArguments> for Links {
    type Value = Option<Arc<DownloadRow>>;

    async fn load(
        self,
        ctx: &Context<'_>,
        keys: Vec<()>,
        wanted: DownloadArguments,
    ) -> Result<Vec<Self::Value>> {
        let session = Session::of(ctx);
        session.may_read(Scope::Tenant).await?;
        Ok(vec![wanted.link(session, Utc::now()); keys.len()])
    }
}

impl DownloadArguments {
    fn link(&self, session: &Session, now: DateTime<Utc>) -> Option<Arc<DownloadRow>> {
        let identity = session.context().identity();
        // A key's own rights and end are not in a link; a tool sends its key with the request for the file.
        let Identity::Member { .. } = identity else {
            return None;
        };
        let (name, first, last) = (self.kind.name(), self.first, self.last);
        let link = Link::Export {
            tenant: identity.tenant()?.into(),
            user: identity.user().into(),
            wanted: format!("{name}.csv?from={first}&to={last}"),
        };
        let expires = now + GOOD_FOR;
        let token = session.links()?.sign(&link, Some(expires));
        Some(Arc::new(DownloadRow {
            url: format!("/analytics/link/{token}"),
            expires,
        }))
    }
}
