//! Addresses that mail is sent from.

use entity::{
    id::{SmtpIpAddressId, VpsInstanceId},
    oltp::{smtp_ip_address, vps_instance},
};

use super::{
    prelude::*,
    vps_instance::{VpsInstance, VpsInstanceFilter},
};

rows::object! {
    /// An address that mail is sent from.
    pub object SmtpIpAddress(smtp_ip_address::Model) implements Node {
        /// The id.
        id: GlobalId,
        /// The address.
        ip_address: String,
        /// What it is used for now.
        status: IpStatus,
        /// What receivers think of it.
        reputation_state: ReputationState,
        /// Estimated cost of a month, in minor units.
        approximate_cost: Option<BigInt>,
        /// ISO 4217 code of the cost.
        currency: String,
        /// When its reputation was last looked at.
        last_reputation_check: Option<DateTime<Utc>>,
        /// How many domains use it.
        assigned_count: i32,
        /// What each blacklist says of it.
        provider_blacklist_status: Option<Json>,
        /// When it was made.
        created: DateTime<Utc>,
        /// When it last changed.
        updated: DateTime<Utc>,
        /// The server it belongs to.
        vps_instance: VpsInstance = vps_instance_id -> by_id::<VpsInstance>(),
    }
}

table! {
    SmtpIpAddress of smtp_ip_address by SmtpIpAddressId,
    filtered SmtpIpAddressFilter, ordered SmtpIpAddressOrder, read by Staff
}

enumeration! {
    /// What an address is used for now.
    IpStatus / IpStatusFilter of smtp_ip_address::IpStatus {
        /// Free.
        Available,
        /// In use by domains.
        Assigned,
        /// Being warmed up.
        Warming,
        /// Warm and ready.
        Warmed,
        /// Delivers worse than it should.
        Degraded,
        /// No longer usable.
        Burned,
        /// Taken out for a look.
        Quarantined,
    }
}

enumeration! {
    /// What receivers think of an address.
    ReputationState / ReputationStateFilter of smtp_ip_address::ReputationState {
        /// Accepted.
        Good,
        /// Mostly accepted.
        Fair,
        /// Often refused.
        Poor,
        /// Refused or listed.
        Critical,
    }
}

filter! {
    /// Which addresses to show.
    SmtpIpAddressFilter / SmtpIpAddressListFilter on smtp_ip_address {
        columns {
            /// The id.
            id: Ids<SmtpIpAddressId> => Id,
            /// The id of the server it belongs to.
            vps_instance_id: Ids<VpsInstanceId> => VpsInstanceId,
            /// The address.
            ip_address: TextFilter => IpAddress,
            /// What it is used for now.
            status: IpStatusFilter => Status,
            /// What receivers think of it.
            reputation_state: ReputationStateFilter => ReputationState,
            /// Estimated cost of a month, in minor units.
            approximate_cost: BigIntFilter => ApproximateCost,
            /// ISO 4217 code of the cost.
            currency: TextFilter => Currency,
            /// When its reputation was last looked at.
            last_reputation_check: DateTimeFilter => LastReputationCheck,
            /// How many domains use it.
            assigned_count: IntFilter => AssignedCount,
            /// When it was made.
            created: DateTimeFilter => Created,
            /// When it last changed.
            updated: DateTimeFilter => Updated,
        }
        one {
            /// The server it belongs to.
            vps_instance: VpsInstanceFilter => VpsInstanceId, vps_instance::Column::Id;
        }
    }
}

order! {
    /// How addresses are ordered.
    SmtpIpAddressOrder by SmtpIpAddressOrderField on smtp_ip_address {
        /// When it was made.
        Created,
    }
}

aggregates! {
    SmtpIpAddress of smtp_ip_address {
        numbers {
            /// Estimated cost of a month, in minor units.
            approximate_cost: BigInt => ApproximateCost,
            /// How many domains use it.
            assigned_count: i32 => AssignedCount,
        }
        times {
            /// When its reputation was last looked at.
            last_reputation_check => LastReputationCheck,
            /// When it was made.
            created => Created,
            /// When it last changed.
            updated => Updated,
        }
        values {
            /// What it is used for now.
            status: IpStatus => Status,
            /// What receivers think of it.
            reputation_state: ReputationState => ReputationState,
            /// ISO 4217 code of the cost.
            currency: String => Currency,
        }
        related {
            /// The server it belongs to.
            vps_instance: VpsInstance => VpsInstanceId,
        }
    }
}
