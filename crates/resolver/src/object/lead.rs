//! Leads.

use entity::{
    content::email_message,
    id::LeadId,
    oltp::{campaign_lead, lead},
};

use super::{
    campaign_lead::{CampaignLead, CampaignLeadListFilter},
    email_message::EmailMessage,
    prelude::*,
};

rows::object! {
    /// A person who is written to.
    pub object Lead(lead::Model) implements Node {
        /// The id.
        id: GlobalId,
        /// The address, lower case; unique within the tenant.
        email: EmailAddress,
        /// Full name.
        name: Option<String>,
        /// Where the person works.
        company: Option<String>,
        /// What is known of the lead.
        status: LeadStatus,
        /// When it was made.
        created: DateTime<Utc>,
        /// When it last changed.
        updated: DateTime<Utc>,
        /// The campaigns that write to it.
        campaigns(ConnectionArguments<CampaignLead>): Connection<CampaignLead>
            = id -> children(campaign_lead::Column::LeadId),
        /// The mail to and from the person.
        messages(ConnectionArguments<EmailMessage>): Connection<EmailMessage>
            = id -> children(email_message::Column::LeadId),
        /// What became of the mail to the lead, by day.
        analytics(Span): Analytics = id -> analytics(Subject::Lead),
    }
}

table! { Lead of lead by LeadId, filtered LeadFilter, ordered LeadOrder }

enumeration! {
    /// What is known of a lead.
    LeadStatus / LeadStatusFilter of lead::LeadStatus {
        /// Can be written to.
        Active,
        /// Asked not to be written to.
        Unsubscribed,
        /// The address does not take mail.
        Bounced,
        /// Has answered.
        Replied,
        /// Put away.
        Archived,
    }
}

filter! {
    /// Which leads to show.
    LeadFilter on lead {
        columns {
            /// The id.
            id: Ids<LeadId> => Id,
            /// The address, lower case.
            email: TextFilter => Email,
            /// Full name.
            name: TextFilter => Name,
            /// Where the person works.
            company: TextFilter => Company,
            /// What is known of the lead.
            status: LeadStatusFilter => Status,
            /// When it was made.
            created: DateTimeFilter => Created,
            /// When it last changed.
            updated: DateTimeFilter => Updated,
        }
        many {
            /// The campaigns that write to it.
            campaigns: CampaignLeadListFilter => Id, campaign_lead::Column::LeadId;
        }
    }
}

order! {
    /// How leads are ordered.
    LeadOrder by LeadOrderField on lead {
        /// When it was made.
        Created,
        /// The address.
        Email,
    }
}

aggregates! {
    Lead of lead {
        texts {
            /// The address, lower case; unique within the tenant.
            email => Email,
        }
        times {
            /// When it was made.
            created => Created,
            /// When it last changed.
            updated => Updated,
        }
        values {
            /// Where the person works.
            company: String => Company,
            /// What is known of the lead.
            status: LeadStatus => Status,
        }
    }
}
