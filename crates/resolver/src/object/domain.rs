//! Domains.

use entity::{
    id::{CompanyId, DomainId},
    oltp::{company, domain, domain_ip_assignment, email_account},
};

use super::{
    company::{Company, CompanyFilter},
    dns_record::{DnsRecord, dns_records},
    domain_ip_assignment::{DomainIpAssignment, DomainIpAssignmentListFilter},
    email_account::{EmailAccount, EmailAccountListFilter},
    prelude::*,
};

rows::object! {
    /// A domain that mail is sent from.
    pub object Domain(domain::Model) implements Node {
        /// The id.
        id: GlobalId,
        /// The name, lower case.
        domain: DomainName,
        /// Whether it is proven to be the tenant's.
        verification_status: VerificationStatus,
        /// The records it needs, as they were found at the last check.
        #[list_size = 10]
        dns_records: Vec<DnsRecord> = |row| dns_records(row.dns_records.as_ref()) -> inside(),
        /// Whether it is the tenant's main domain.
        is_primary: bool,
        /// When it was proven.
        verified: Option<DateTime<Utc>>,
        /// Seconds that resolvers keep its records.
        dns_ttl_observed: Option<i32>,
        /// When its records were last checked.
        dns_last_verified_at: Option<DateTime<Utc>>,
        /// What was wrong at the last check.
        dns_verification_error: Option<String>,
        /// How often its records were checked.
        dns_verification_attempts: i32,
        /// When it was made.
        created: DateTime<Utc>,
        /// When it last changed.
        updated: DateTime<Utc>,
        /// The company it is used for.
        company: Option<Company> = company_id -> by_id::<Company>(),
        /// The mailboxes in it.
        email_accounts(ConnectionArguments<EmailAccount>): Connection<EmailAccount>
            = id -> children(email_account::Column::DomainId),
        /// The addresses it sends from, over time.
        ip_assignments(ConnectionArguments<DomainIpAssignment>): Connection<DomainIpAssignment>
            = id -> children(domain_ip_assignment::Column::DomainId),
    }
}

table! { Domain of domain by DomainId, filtered DomainFilter, ordered DomainOrder }

enumeration! {
    /// Whether a domain is proven to be the tenant's.
    VerificationStatus / VerificationStatusFilter of domain::VerificationStatus {
        /// Not checked yet.
        Pending,
        /// Its records are right.
        Verified,
        /// Its records are wrong or missing.
        Failed,
        /// The check itself did not work.
        Error,
    }
}

filter! {
    /// Which domains to show.
    DomainFilter / DomainListFilter on domain {
        columns {
            /// The id.
            id: Ids<DomainId> => Id,
            /// The id of the company it is used for.
            company_id: Ids<CompanyId> => CompanyId,
            /// The name, lower case.
            domain: TextFilter => Domain,
            /// Whether it is proven to be the tenant's.
            verification_status: VerificationStatusFilter => VerificationStatus,
            /// Whether it is the tenant's main domain.
            is_primary: BooleanFilter => IsPrimary,
            /// When it was proven.
            verified: DateTimeFilter => Verified,
            /// Seconds that resolvers keep its records.
            dns_ttl_observed: IntFilter => DnsTtlObserved,
            /// When its records were last checked.
            dns_last_verified_at: DateTimeFilter => DnsLastVerifiedAt,
            /// What was wrong at the last check.
            dns_verification_error: TextFilter => DnsVerificationError,
            /// How often its records were checked.
            dns_verification_attempts: IntFilter => DnsVerificationAttempts,
            /// When it was made.
            created: DateTimeFilter => Created,
            /// When it last changed.
            updated: DateTimeFilter => Updated,
        }
        one {
            /// The company it is used for.
            company: CompanyFilter => CompanyId, company::Column::Id;
        }
        many {
            /// The mailboxes in it.
            email_accounts: EmailAccountListFilter => Id, email_account::Column::DomainId;
            /// The addresses it sends from, over time.
            ip_assignments: DomainIpAssignmentListFilter => Id, domain_ip_assignment::Column::DomainId;
        }
    }
}

order! {
    /// How domains are ordered.
    DomainOrder by DomainOrderField on domain {
        /// When it was made.
        Created,
        /// The name.
        Domain,
    }
}

aggregates! {
    Domain of domain {
        numbers {
            /// Seconds that resolvers keep its records.
            dns_ttl_observed: i32 => DnsTtlObserved,
            /// How often its records were checked.
            dns_verification_attempts: i32 => DnsVerificationAttempts,
        }
        texts {
            /// The name, lower case.
            domain => Domain,
        }
        times {
            /// When it was proven.
            verified => Verified,
            /// When its records were last checked.
            dns_last_verified_at => DnsLastVerifiedAt,
            /// When it was made.
            created => Created,
            /// When it last changed.
            updated => Updated,
        }
        values {
            /// Whether it is proven to be the tenant's.
            verification_status: VerificationStatus => VerificationStatus,
            /// Whether it is the tenant's main domain.
            is_primary: bool => IsPrimary,
        }
        related {
            /// The company it is used for.
            company: Company => CompanyId,
        }
    }
}
