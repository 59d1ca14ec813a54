//! `GET /analytics/{kind}.csv?from=…&to=…`: a tenant's numbers, to be taken away as CSV (RFC 4180).
//!
//! They are read in the tenant's context, as the user who asks, page by page in one snapshot, and sent as they are read: a
//! download takes the memory of two pages, however long it is. It is recorded before its first byte, and at its end with
//! how many rows were taken. A client that goes away, takes nothing for half a minute, or is not done in ten, ends the transaction; a
//! tenant takes one file at a time.
//!
//! A browser's page asks with the header that it asks everything else with, and keeps what it gets; one that can send no
//! header follows a link that says in whose name, for a few minutes (`analyticsDownload`).

mod csv;
mod stream;

use std::sync::Arc;

use audit::{Entry, Log};
use axum::{
    body::Body,
    extract::{Path, State},
    http::{HeaderName, HeaderValue, header, request::Parts},
    response::{IntoResponse, Response},
};
use chrono::{NaiveDate, Utc};
use entity::id::TenantId;
use mail::link::Link;
use resolver::export::{Export, Kind};
use serde_json::json;
use tenant::{Access, Identity};
use uuid::Uuid;

use super::{
    answered::{respond, run},
    authenticate::{self, Sender},
    error::HttpError,
    log::RequestLog,
    signed,
};
use crate::serve::Gateway;
use stream::Download;

const HEADERS: [(HeaderName, HeaderValue); 3] = [
    (
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/csv; charset=utf-8; header=present"),
    ),
    (
        header::CACHE_CONTROL,
        HeaderValue::from_static("private, no-store"),
    ),
    (
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    ),
];

/// Answers who sends a token of their own.
pub(super) async fn download(
    State(gateway): State<Arc<Gateway>>,
    Path(file): Path<String>,
    request: Parts,
) -> Response {
    let mut log = RequestLog::start_at(&gateway, "/analytics/{file}", &request.method);
    let span = log.span.clone();
    let answered = run(span, by_token(&gateway, &file, &request, &mut log)).await;
    respond(log, answered)
}

/// Answers who follows a link.
pub(super) async fn follow(
    State(gateway): State<Arc<Gateway>>,
    Path(token): Path<String>,
    request: Parts,
) -> Response {
    let mut log = RequestLog::start_at(&gateway, "/analytics/link/{token}", &request.method);
    let span = log.span.clone();
    let answered = run(span, by_link(&gateway, &token, &request, &mut log)).await;
    respond(log, answered)
}

async fn by_token(
    gateway: &Arc<Gateway>,
    file: &str,
    request: &Parts,
    log: &mut RequestLog,
) -> Result<Response, HttpError> {
    let export = asked(file, request.uri.query().unwrap_or_default())?;
    let sender = Sender::of(gateway, &request.extensions, &request.headers, log.id);
    let caller = authenticate::caller(gateway, &request.headers, &sender).await?;
    answer(gateway, export, caller.identity, &sender, log).await
}

async fn by_link(
    gateway: &Arc<Gateway>,
    token: &str,
    request: &Parts,
    log: &mut RequestLog,
) -> Result<Response, HttpError> {
    let sender = Sender::of(gateway, &request.extensions, &request.headers, log.id);
    let link = signed::read(gateway, token, &sender, HttpError::Link).await?;
    let Link::Export {
        tenant,
        user,
        wanted,
    } = link
    else {
        return Err(HttpError::Link);
    };
    let (file, query) = wanted.split_once('?').unwrap_or((&wanted, ""));
    let export = asked(file, query)?;
    let identity = Identity::Member {
        tenant: tenant.into(),
        user: user.into(),
    };
    answer(gateway, export, identity, &sender, log).await
}

/// What is asked for.
fn asked(file: &str, query: &str) -> Result<Export, HttpError> {
    let kind = file.strip_suffix(".csv").and_then(|name| name.parse().ok());
    let kind: Kind = kind.ok_or(HttpError::NotFound)?;
    let day = |name: &str| {
        let mut given = url::form_urlencoded::parse(query.as_bytes());
        let value = given
            .find(|(given, _)| given == name)
            .map(|(_, value)| value);
        let day = value.and_then(|value| value.parse::<NaiveDate>().ok());
        let has_four_digits =
            |day: &NaiveDate| (1970..=9999).contains(&chrono::Datelike::year(day));
        day.filter(has_four_digits).ok_or_else(|| {
            HttpError::malformed(format!("give a day such as 2026-03-29 as `{name}`"))
        })
    };
    let (first, last) = (day("from")?, day("to")?);
    if first > last {
        return Err(HttpError::malformed("`from` must not be after `to`"));
    }
    Ok(Export::new(kind, first, last))
}

async fn answer(
    gateway: &Arc<Gateway>,
    export: Export,
    identity: Identity,
    sender: &Sender,
    log: &mut RequestLog,
) -> Result<Response, HttpError> {
    log.identity = Some(identity.clone());
    log.policy = gateway.spend(&identity).await?;
    let tenant = may_take(&identity)?;
    let turn = gateway.download_turn(tenant).ok_or(HttpError::Busy)?;
    let file = name(&export);
    let record = Record {
        log: Log::new(gateway.database().clone()),
        tenant,
        entry: entry(&identity, &export, sender),
    };
    let context = gateway.database().context(identity.clone(), Access::Read);
    let begun = Download::begin(context, export, record, turn).await;
    let download = begun.map_err(|error| {
        let error = error.of(&identity);
        authenticate::refused(gateway, &error, &identity, sender);
        error
    })?;
    let mut response = (HEADERS, Body::from_stream(download.bytes())).into_response();
    response
        .headers_mut()
        .insert(header::CONTENT_DISPOSITION, file);
    Ok(response)
}

/// The tenant, if numbers of it may be taken away.
fn may_take(identity: &Identity) -> Result<TenantId, HttpError> {
    match (identity, identity.tenant()) {
        (Identity::Member { .. } | Identity::Key(_), Some(tenant)) => Ok(tenant),
        _ => Err(HttpError::MayNotTake),
    }
}

/// `campaigns-2026-01-01-2026-01-31.csv`.
fn name(export: &Export) -> HeaderValue {
    let (first, last) = export.days();
    let name = export.kind().name();
    let text = format!("attachment; filename=\"{name}-{first}-{last}.csv\"");
    HeaderValue::try_from(text).expect("words and days are visible ASCII")
}

fn entry(identity: &Identity, export: &Export, sender: &Sender) -> Entry {
    let (first, last) = export.days();
    let mut entry = Entry::now(identity.user(), "analytics.download", "analytics");
    entry.resource_id = Some(export.kind().name().to_owned());
    entry.new_values = Some(
        json!({ "from": first, "to": last, "requestId": sender.request.simple().to_string() }),
    );
    entry.from_origin(&sender.origin())
}

/// What is recorded of a download, and where.
struct Record {
    log: Log,
    tenant: TenantId,
    entry: Entry,
}

impl Record {
    /// That it begins.
    async fn begun(&self) -> Result<(), audit::Trouble> {
        let id = Uuid::now_v7();
        self.log.record(self.tenant, id, self.entry.clone()).await
    }

    /// That so many rows were taken, and whether those were all.
    async fn ended(mut self, rows: u64, complete: bool) {
        self.entry.action = "analytics.downloaded".into();
        self.entry.happened = Utc::now();
        if let Some(values) = self.entry.new_values.as_mut() {
            values["rows"] = rows.into();
            values["complete"] = complete.into();
        }
        let recorded = self
            .log
            .record(self.tenant, Uuid::now_v7(), self.entry)
            .await;
        if let Err(error) = recorded {
            let error = &error as &dyn std::error::Error;
            tracing::error!(
                error,
                rows,
                complete,
                "the end of a download is not recorded"
            );
        }
    }
}
