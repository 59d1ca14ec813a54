//! Which domain sends from which address.

use entity::{
    id::{DomainId, DomainIpAssignmentId, SmtpIpAddressId},
    oltp::{domain, domain_ip_assignment},
};

use super::{
    domain::{Domain, DomainFilter},
    prelude::*,
};

rows::object! {
    /// The use of one of the platform's addresses by a domain.
    pub object DomainIpAssignment(domain_ip_assignment::Model) implements Node {
        /// The id.
        id: GlobalId,
        /// The id of the address; the address itself is for platform staff.
        smtp_ip_address_id: GlobalId,
        /// Whether it is in force.
        status: AssignmentStatus,
        /// How warm the address is for the domain.
        warmup_state: WarmupState,
        /// From when it is in force.
        assigned: DateTime<Utc>,
        /// Until when it is in force.
        expires: Option<DateTime<Utc>>,
        /// When mail last went out this way.
        last_sent: Option<DateTime<Utc>>,
        /// When it was made.
        created: DateTime<Utc>,
        /// When it last changed.
        updated: DateTime<Utc>,
        /// The domain that uses the address.
        domain: Domain = domain_id -> by_id::<Domain>(),
        /// What became of the mail of the domain from the address, by day.
        analytics(Span): Analytics = id -> analytics(Subject::Warmup),
    }
}

table! {
    DomainIpAssignment of domain_ip_assignment by DomainIpAssignmentId,
    filtered DomainIpAssignmentFilter, ordered DomainIpAssignmentOrder
}

enumeration! {
    /// Whether an assignment is in force.
    AssignmentStatus / AssignmentStatusFilter of domain_ip_assignment::AssignmentStatus {
        /// In force.
        Active,
        /// In force, being warmed up.
        Warming,
        /// Not yet in force.
        Scheduled,
        /// No longer in force.
        Expired,
    }
}

enumeration! {
    /// How warm an address is for a domain.
    WarmupState / WarmupStateFilter of domain_ip_assignment::WarmupState {
        /// Not begun.
        Unwarmed,
        /// Under way.
        Warming,
        /// Done.
        Warmed,
    }
}

filter! {
    /// Which assignments to show.
    DomainIpAssignmentFilter / DomainIpAssignmentListFilter on domain_ip_assignment {
        columns {
            /// The id.
            id: Ids<DomainIpAssignmentId> => Id,
            /// The id of the domain that uses the address.
            domain_id: Ids<DomainId> => DomainId,
            /// The id of the address.
            smtp_ip_address_id: Ids<SmtpIpAddressId> => SmtpIpAddressId,
            /// Whether it is in force.
            status: AssignmentStatusFilter => Status,
            /// How warm the address is for the domain.
            warmup_state: WarmupStateFilter => WarmupState,
            /// From when it is in force.
            assigned: DateTimeFilter => Assigned,
            /// Until when it is in force.
            expires: DateTimeFilter => Expires,
            /// When mail last went out this way.
            last_sent: DateTimeFilter => LastSent,
            /// When it was made.
            created: DateTimeFilter => Created,
            /// When it last changed.
            updated: DateTimeFilter => Updated,
        }
        one {
            /// The domain that uses the address.
            domain: DomainFilter => DomainId, domain::Column::Id;
        }
    }
}

order! {
    /// How assignments are ordered.
    DomainIpAssignmentOrder by DomainIpAssignmentOrderField on domain_ip_assignment {
        /// When it was made.
        Created,
    }
}

aggregates! {
    DomainIpAssignment of domain_ip_assignment {
        times {
            /// From when it is in force.
            assigned => Assigned,
            /// Until when it is in force.
            expires => Expires,
            /// When mail last went out this way.
            last_sent => LastSent,
            /// When it was made.
            created => Created,
            /// When it last changed.
            updated => Updated,
        }
        values {
            /// Whether it is in force.
            status: AssignmentStatus => Status,
            /// How warm the address is for the domain.
            warmup_state: WarmupState => WarmupState,
        }
        related {
            /// The domain that uses the address.
            domain: Domain => DomainId,
        }
    }
}
