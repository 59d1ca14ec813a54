//! The root fields of subscriptions: what is told as it happens.
//!
//! A subscription is run twice over. [`open`] runs its operation to find out which [`Topic`] it is about; nothing
//! is answered by that, but what is wrong with it, or with who asks, is. [`tell`] runs it for one [`Event`] of
//! that topic, in a context of its own: a request like any other, with its own snapshot, loaders and check of the
//! membership. Listening, and who may listen to how much, is the caller's business.
//!
//! To add one: a [`Subject`] and the triggers that note it; `happenings!` for its object; a line in [`Live`].

mod change;
mod happened;
mod occasion;

use std::sync::Arc;

use async_graphql::{Pos, Request, Response, ServerError};
use futures::{FutureExt, StreamExt, future::BoxFuture};
use tenant::{Event, Subject, TenantContext, Topic};

use crate::{
    Schema,
    argument::IdArgument,
    audience::root,
    error::{Code, coded},
    object::{campaign::Campaign, lead_import::LeadImport, subscription::Subscription},
    prepared, settled,
};
use change::EventChange;
use happened::{Happened, Told, happenings};
use occasion::Occasion;

root! {
    /// What is told as it happens. Each event is read in a transaction of its own, so it shows what its row is by then: of
    /// several changes in short order the last may be told alone.
    pub object Live(()) {
        /// What happens to a campaign and its steps.
        campaign(IdArgument<Campaign>): CampaignEvent = |_row| Some(()) -> Told::<Campaign>::new(),
        /// What happens to the tenant's campaigns and their steps.
        campaigns: CampaignEvent = |_row| Some(()) -> Told::<Campaign>::new(),
        /// How an import of leads comes along.
        lead_import(IdArgument<LeadImport>): LeadImportEvent = |_row| Some(()) -> Told::<LeadImport>::new(),
        /// What happens to a subscription, and to the payments for it.
        subscription(IdArgument<Subscription>): SubscriptionEvent = |_row| Some(()) -> Told::<Subscription>::new(),
        /// What happens to the tenant's subscriptions, and to the payments for them.
        subscriptions: SubscriptionEvent = |_row| Some(()) -> Told::<Subscription>::new(),
    }
}

happenings! {
    /// Something that happened to a campaign or to its steps.
    CampaignEvent of Campaign as Campaign, shown as campaign
}

happenings! {
    /// Something that happened to an import of leads.
    LeadImportEvent of LeadImport as LeadImport, shown as lead_import
}

happenings! {
    /// Something that happened to a subscription or to a payment for it.
    SubscriptionEvent of Subscription as Subscription, shown as subscription
}

/// What a subscription is about. It runs the operation in `context`, whose end is the caller's, to find that out.
///
/// # Errors
/// The response that says what is wrong: with the document, an argument, or whoever asks. If the context has a
/// [refusal](TenantContext::refusal), it is that.
pub fn open(
    schema: &Schema,
    request: Request,
    context: Arc<TenantContext>,
) -> BoxFuture<'_, Result<Topic, Response>> {
    Box::pin(async move {
        let occasion = Occasion::opening();
        let response = run(schema, request, &occasion, context).await;
        occasion.topic().ok_or(response)
    })
}

/// What a subscription answers to an event of its topic; `None` if who asks can not see the row. It runs the
/// operation in `context`, whose end is the caller's.
pub fn tell(
    schema: &Schema,
    request: Request,
    event: Event,
    context: Arc<TenantContext>,
) -> BoxFuture<'_, Option<Response>> {
    Box::pin(async move {
        let occasion = Occasion::event(event);
        let response = run(schema, request, &occasion, context).await;
        (!occasion.is_unseen()).then_some(response)
    })
}

/// Each event has a response of its own, so of a stream there is one.
async fn run(
    schema: &Schema,
    request: Request,
    occasion: &Occasion,
    context: Arc<TenantContext>,
) -> Response {
    let request = prepared(schema, request, context).data(occasion.clone());
    let mut responses = schema.whole.execute_stream(request);
    let response = responses.next().map(Option::unwrap_or_default).await;
    settled(response)
}

/// More happened than can be told.
#[must_use]
pub fn lost() -> ServerError {
    let message = "more happened than could be told; read the rows anew and subscribe again";
    coded(Code::EventsLost, message).into_server_error(Pos::default())
}

/// An operation is refused because others of the same client run already.
#[must_use]
pub fn too_many(limit: usize) -> ServerError {
    let message =
        format!("{limit} operations at once are the most; end one, or use another connection");
    coded(Code::TooManyOperations, message).into_server_error(Pos::default())
}
