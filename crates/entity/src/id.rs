//! Typed, readable ids.
//!
//! Every kind of row has an id type of its own, so that a lead's id cannot be passed where a
//! campaign's is wanted. Inside it is a `Uuid` (or an `i64` for the few tables with identity
//! keys) and goes to the database as such; outside it is text that says what it is:
//! `camp_01h455vb4pex5vsknk084sn02q` (a [TypeID], specification 0.3) or `folder_42`.
//! Parsing accepts that text and the bare key (a hyphenated UUID, a decimal number).
//!
//! To add an id: one line in `uuid_ids!` or `integer_ids!` below; a test refuses a prefix that is
//! taken or that the TypeID specification does not allow.
//!
//! [TypeID]: https://github.com/jetify-com/typeid/blob/main/spec/README.md

mod base32;
mod declare;
mod invalid;
mod text;

use std::{
    fmt::{Debug, Display},
    hash::Hash,
    str::FromStr,
};

pub use invalid::InvalidId;
use postgres_types::FromSqlOwned;
pub use text::prefix_of;

/// What all ids have in common.
pub trait TypedId:
    Copy
    + Eq
    + Hash
    + Ord
    + Debug
    + Display
    + FromStr<Err = InvalidId>
    + FromSqlOwned
    + Send
    + Sync
    + 'static
{
    /// Stands before the underscore in the text form; no two id types share one.
    const PREFIX: &'static str;
    /// What the database stores: `Uuid` or `i64`.
    type Raw: Copy + Eq + Hash + Ord + Debug + Send + Sync + 'static;
    /// Wraps a key of this kind of row.
    fn from_raw(raw: Self::Raw) -> Self;
    /// The bare key.
    fn into_raw(self) -> Self::Raw;
    /// The bare key as a bind value.
    fn into_value(self) -> sea_orm::Value;
    /// Puts the text form behind what is there, without the detour that `Display` is.
    fn append_to(self, text: &mut String);
}

declare::uuid_ids! {
    /// A person, across tenants.
    UserId = "user";
    /// A customer of the platform; the border of all isolation.
    TenantId = "tnt";
    /// A user's membership in the tenant of the request; the key is the user's.
    TenantUserId = "mbr" of UserId;
    /// An invitation into a tenant.
    InvitationId = "invt";
    /// A key of an internal tool.
    ApiKeyId = "key";
    /// A company (workspace) of a tenant.
    CompanyId = "co";
    /// A sending domain.
    DomainId = "dom";
    /// A mailbox that sends and receives.
    EmailAccountId = "acct";
    /// A person who is written to.
    LeadId = "lead";
    /// An import of leads.
    LeadImportId = "imp";
    /// An email template.
    TemplateId = "tmpl";
    /// An outreach campaign.
    CampaignId = "camp";
    /// A lead in a campaign.
    CampaignLeadId = "clead";
    /// One step of a campaign's sequence.
    CampaignSequenceStepId = "step";
    /// A message that was sent, is to be sent, or came.
    EmailMessageId = "msg";
    /// The body of a message.
    EmailContentId = "body";
    /// What is attached to a message.
    AttachmentId = "att";
    /// Work that is to be done for a tenant.
    JobId = "job";
    /// An attempt at a job.
    JobLogId = "try";
    /// What a tenant used in a period.
    BillingAnalyticsId = "usage";
    /// An act of high risk.
    AuditLogId = "audit";
    /// A plan that tenants can buy.
    PlanId = "plan";
    /// A tenant's subscription to a plan.
    SubscriptionId = "sub";
    /// Something bought on top of a subscription.
    SubscriptionAddonId = "addon";
    /// A payment.
    PaymentId = "pay";
    /// A rented virtual server.
    VpsInstanceId = "vps";
    /// An address that mail is sent from.
    SmtpIpAddressId = "ip";
    /// The use of an address by a domain.
    DomainIpAssignmentId = "ipasg";
    /// A member of the platform's staff; the key is the user's.
    StaffMemberId = "stf" of UserId;
    /// A role among staff.
    StaffRoleId = "stfrole";
    /// Something that staff can be permitted to do.
    PermissionId = "perm";
    /// A permission that a staff role has.
    StaffRolePermissionId = "rp";
    /// A switch for a feature of the platform.
    FeatureFlagId = "flag";
    /// A user's preferences.
    UserPreferenceId = "pref";
    /// A tenant's configuration; the key is the tenant's.
    TenantConfigId = "tcfg" of TenantId;
    /// A tenant's security policy; the key is the tenant's.
    TenantPolicyId = "tpol" of TenantId;
}

declare::integer_ids! {
    /// A folder of templates.
    FolderId = "folder";
    /// A tag on templates.
    TagId = "tag";
    /// An event that the platform's staff should know of.
    AdminSystemEventId = "evt";
}

/// The prefix of every id type.
pub fn prefixes() -> impl Iterator<Item = &'static str> {
    UUID_PREFIXES.iter().chain(INTEGER_PREFIXES).copied()
}

#[cfg(test)]
mod tests;
