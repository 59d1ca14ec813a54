//! Where bills go.

use entity::{id::TypedId, oltp::tenant_config::Column as Config};

use super::prelude::*;
use crate::{
    input::{Changes, CountryCode, EmailAddress, Line, typed_json},
    object::tenant_config::TenantConfig,
};

root! {
    /// What can be changed.
    pub object BillingDetailsMutations(()) {
        /// Changes where bills go; what is not given stays as it is. For owners and billing.
        update_billing_details(Input<UpdateBillingDetailsInput>): UpdateBillingDetailsPayload = |_row| Some(()) -> Run,
    }
}

/// What of the billing details changes.
#[derive(async_graphql::InputObject)]
pub struct UpdateBillingDetailsInput {
    /// Where bills are sent. Null for nowhere.
    pub billing_email: async_graphql::MaybeUndefined<EmailAddress>,
    /// Address on bills. One given here takes the place of the one that was; null for none.
    pub billing_address: async_graphql::MaybeUndefined<BillingAddressInput>,
    /// Whether to write about bills.
    pub billing_notifications: async_graphql::MaybeUndefined<bool>,
}

typed_json! {
    /// A postal address.
    BillingAddressInput {
        required {
            /// Street and number, or a box; 200 characters at most.
            line1: Line<200> => "line1",
            /// City or town; 200 characters at most.
            city: Line<200> => "city",
            /// The country.
            country: CountryCode => "country",
        }
        optional {
            /// What else belongs to the street; 200 characters at most.
            line2: Line<200> => "line2",
            /// State, province or county; 200 characters at most.
            region: Line<200> => "region",
            /// Postal code; 20 characters at most.
            postal_code: Line<20> => "postal_code",
        }
    }
}

rows::object! {
    /// The configuration, which holds the billing details.
    pub object UpdateBillingDetailsPayload(Written<TenantConfig>) {
        /// As it is now.
        tenant_config: TenantConfig = |written| Some(Some(Arc::clone(&written.0))) -> inside(),
    }
}

impl Mutate for UpdateBillingDetailsInput {
    type Payload = UpdateBillingDetailsPayload;
    const RIGHT: Right = Right::ManageBilling;

    async fn run(self, writer: &Writer<'_>) -> Result<Written<TenantConfig>> {
        let mut changes = Changes::<TenantConfig>::new();
        changes.give(
            &INPUT,
            "billing_email",
            Config::BillingEmail,
            self.billing_email,
        )?;
        changes.give(
            &INPUT,
            "billing_address",
            Config::BillingAddress,
            self.billing_address,
        )?;
        let notify = self.billing_notifications;
        changes.give(
            &INPUT,
            "billing_notifications",
            Config::BillingNotifications,
            notify,
        )?;
        let owner = (Config::TenantId, writer.tenant().into_value());
        writer.upsert(&INPUT, owner, changes).await.map(Written)
    }
}
