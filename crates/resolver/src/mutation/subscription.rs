//! What a tenant changes of its subscription by itself.

use async_graphql::MaybeUndefined;
use entity::{
    id::{SubscriptionId, UserId},
    oltp::subscription::{self, Column},
};
use sea_orm::Value;

use super::{prelude::*, tenant_user};
use crate::{
    error::ClientError,
    input::{Change, Changes, Path},
    object::subscription::Subscription,
    write::{Rows, not_found},
};

root! {
    /// What can be changed.
    pub object SubscriptionMutations(()) {
        /// Changes a subscription. For owners and billing.
        update_subscription(Input<UpdateSubscriptionInput>): UpdateSubscriptionPayload = |_row| Some(()) -> Run,
    }
}

/// What of a subscription changes.
#[derive(async_graphql::InputObject)]
pub struct SubscriptionChanges {
    /// The id of the user who is written to about bills, a member of the tenant. Null for nobody.
    pub billing_contact_id: MaybeUndefined<Reference<UserId>>,
}

impl Change<Subscription> for SubscriptionChanges {
    fn changes(self, at: &Path<'_>) -> Result<Changes<Subscription>, ClientError> {
        let mut changes = Changes::new();
        let contact = self.billing_contact_id;
        changes.give(
            at,
            "billing_contact_id",
            Column::BillingContactUserId,
            contact,
        )?;
        Ok(changes)
    }
}

impl Writable for Subscription {
    const RECORDED: Option<&'static str> = Some("subscription.changed");

    /// The foreign key knows users of all tenants, so the contact is looked for among the members.
    async fn prepare(
        writer: &Writer<'_>,
        at: &Path<'_>,
        changes: &Changes<Self>,
        _: Rows<Self::Id>,
    ) -> Result<()> {
        let Some(Value::Uuid(Some(contact))) =
            changes.get(subscription::Column::BillingContactUserId)
        else {
            return Ok(());
        };
        if tenant_user::is_member(writer, UserId::from(*contact)).await? {
            return Ok(());
        }
        Err(not_found(&at.field("billing_contact_id")).into())
    }
}

updatable! {
    Subscription by SubscriptionId, changed by SubscriptionChanges, with ManageBilling;
    one UpdateSubscriptionInput answers UpdateSubscriptionPayload { subscription };
}
