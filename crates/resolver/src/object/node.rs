//! Anything with an id.

use async_graphql::{ID, Result};
use entity::id::{TypedId, prefix_of};
use rows::{Implements, Item};

use super::{
    admin_system_event::AdminSystemEvent, api_key::ApiKey, attachment::Attachment,
    audit_log_entry::AuditLogEntry, billing_analytics::BillingAnalytics, campaign::Campaign,
    campaign_lead::CampaignLead, campaign_sequence_step::CampaignSequenceStep, company::Company,
    domain::Domain, domain_ip_assignment::DomainIpAssignment, email_account::EmailAccount,
    email_message::EmailMessage, feature_flag::FeatureFlag, folder::Folder, invitation::Invitation,
    job::Job, job_log::JobLog, lead::Lead, lead_import::LeadImport, payment::Payment,
    permission::Permission, plan::Plan, smtp_ip_address::SmtpIpAddress, staff_member::StaffMember,
    staff_role::StaffRole, staff_role_permission::StaffRolePermission, subscription::Subscription,
    subscription_addon::SubscriptionAddon, tag::Tag, template::Template, tenant::Tenant,
    tenant_config::TenantConfig, tenant_policy::TenantPolicy, tenant_user::TenantUser, user::User,
    user_preferences::UserPreferences, vps_instance::VpsInstance,
};
use crate::{
    argument::invalid_id,
    error::{ClientError, Code},
    loader::{RawKey, RowsById},
    scalar::GlobalId,
    session::Session,
    table::Table,
};

/// Declares the interface over its objects, and finds which of them an id is of.
macro_rules! nodes {
    ($first:ident $(, $object:ident)* $(,)?) => {
        rows::interface! {
            /// Anything with an id.
            pub interface Node = $first $(| $object)* {
                /// The id; its prefix says what it is of.
                id: GlobalId,
            }
        }

        async fn load_kind(session: &Session, prefix: &str, ids: &[&ID]) -> Result<Vec<Option<Item<Node>>>> {
            if prefix == <$first as Table>::Id::PREFIX {
                return load::<$first>(session, ids).await;
            }
            $(if prefix == <$object as Table>::Id::PREFIX {
                return load::<$object>(session, ids).await;
            })*
            Err(unknown(prefix).into())
        }
    };
}

nodes![
    AdminSystemEvent,
    ApiKey,
    Attachment,
    AuditLogEntry,
    BillingAnalytics,
    Campaign,
    CampaignLead,
    CampaignSequenceStep,
    Company,
    Domain,
    DomainIpAssignment,
    EmailAccount,
    EmailMessage,
    FeatureFlag,
    Folder,
    Invitation,
    Job,
    JobLog,
    Lead,
    LeadImport,
    Payment,
    Permission,
    Plan,
    SmtpIpAddress,
    StaffMember,
    StaffRole,
    StaffRolePermission,
    Subscription,
    SubscriptionAddon,
    Tag,
    Template,
    Tenant,
    TenantConfig,
    TenantPolicy,
    TenantUser,
    User,
    UserPreferences,
    VpsInstance,
];

/// The rows of the ids, in their order: one statement for each kind of id. `None` for another
/// tenant's id as for an unknown one.
pub(crate) async fn find(session: &Session, ids: &[ID]) -> Result<Vec<Option<Item<Node>>>> {
    let mut kinds: Vec<(&str, Vec<usize>)> = Vec::new();
    for (place, id) in ids.iter().enumerate() {
        let prefix = prefix_of(id).ok_or_else(|| unknown(id))?;
        match kinds.iter_mut().find(|(known, _)| *known == prefix) {
            Some((_, places)) => places.push(place),
            None => kinds.push((prefix, vec![place])),
        }
    }
    let mut items: Vec<Option<Item<Node>>> = ids.iter().map(|_| None).collect();
    for (prefix, places) in kinds {
        let asked: Vec<&ID> = places.iter().map(|place| &ids[*place]).collect();
        for (place, item) in places
            .into_iter()
            .zip(load_kind(session, prefix, &asked).await?)
        {
            items[place] = item;
        }
    }
    Ok(items)
}

async fn load<T: Table + Implements<Node>>(
    session: &Session,
    ids: &[&ID],
) -> Result<Vec<Option<Item<Node>>>> {
    session.may_read(T::SCOPE).await?;
    let keys = ids
        .iter()
        .map(|id| id.parse().map(|id: T::Id| (RawKey::of(id), T::SHOWN)))
        .collect::<Result<Vec<_>, _>>();
    let keys = keys.map_err(|error| invalid_id(&error))?;
    let rows = session.loaders().load::<RowsById<T>>(&keys).await?;
    Ok(rows.into_iter().map(|row| row.map(Item::of::<T>)).collect())
}

fn unknown(id: &str) -> ClientError {
    ClientError::new(
        Code::InvalidId,
        format!(
            "`{id}` does not say what it is an id of; give it as an answer gave it, with its prefix"
        ),
    )
}
