//! Companies.

use entity::{
    id::CompanyId,
    oltp::{campaign, company, domain},
};

use super::{
    campaign::{Campaign, CampaignListFilter},
    domain::{Domain, DomainListFilter},
    prelude::*,
};

rows::object! {
    /// A company that a tenant runs campaigns for, with a workspace of its own.
    pub object Company(company::Model) implements Node {
        /// The id.
        id: GlobalId,
        /// Name as shown.
        name: String,
        /// The workspace's name, unique on the platform.
        workspace_name: Option<String>,
        /// Where its logo is.
        logo_url: Option<WebAddress>,
        /// Whether it is in use.
        status: CompanyStatus,
        /// What it does.
        industry: Option<String>,
        /// How many people work there, as a range.
        company_size: Option<String>,
        /// When it was made.
        created: DateTime<Utc>,
        /// When it last changed.
        updated: DateTime<Utc>,
        /// The campaigns that are run for it.
        campaigns(ConnectionArguments<Campaign>): Connection<Campaign> = id -> children(campaign::Column::CompanyId),
        /// The domains that are used for it.
        domains(ConnectionArguments<Domain>): Connection<Domain> = id -> children(domain::Column::CompanyId),
    }
}

table! { Company of company by CompanyId, filtered CompanyFilter, ordered CompanyOrder }

enumeration! {
    /// Whether a company is in use.
    CompanyStatus / CompanyStatusFilter of company::CompanyStatus {
        /// In use.
        Active,
        /// Kept, not in use.
        Inactive,
        /// Put away.
        Archived,
    }
}

filter! {
    /// Which companies to show.
    CompanyFilter on company {
        columns {
            /// The id.
            id: Ids<CompanyId> => Id,
            /// Name as shown.
            name: TextFilter => Name,
            /// The workspace's name.
            workspace_name: TextFilter => WorkspaceName,
            /// Whether it is in use.
            status: CompanyStatusFilter => Status,
            /// What it does.
            industry: TextFilter => Industry,
            /// How many people work there, as a range.
            company_size: TextFilter => CompanySize,
            /// When it was made.
            created: DateTimeFilter => Created,
            /// When it last changed.
            updated: DateTimeFilter => Updated,
        }
        many {
            /// The campaigns that are run for it.
            campaigns: CampaignListFilter => Id, campaign::Column::CompanyId;
            /// The domains that are used for it.
            domains: DomainListFilter => Id, domain::Column::CompanyId;
        }
    }
}

order! {
    /// How companies are ordered.
    CompanyOrder by CompanyOrderField on company {
        /// When it was made.
        Created,
        /// Name as shown.
        Name,
    }
}

aggregates! {
    Company of company {
        texts {
            /// Name as shown.
            name => Name,
        }
        times {
            /// When it was made.
            created => Created,
            /// When it last changed.
            updated => Updated,
        }
        values {
            /// Whether it is in use.
            status: CompanyStatus => Status,
            /// What it does.
            industry: String => Industry,
            /// How many people work there, as a range.
            company_size: String => CompanySize,
        }
    }
}
