//! Servers.

use entity::{
    id::VpsInstanceId,
    oltp::{smtp_ip_address, vps_instance},
};

use super::{
    prelude::*,
    smtp_ip_address::{SmtpIpAddress, SmtpIpAddressListFilter},
};

rows::object! {
    /// A virtual server that the platform rents.
    pub object VpsInstance(vps_instance::Model) implements Node {
        /// The id.
        id: GlobalId,
        /// The server at its host.
        hostwinds_instance_id: Option<String>,
        /// Main address.
        ip_address: String,
        /// Where it stands in the world.
        region: String,
        /// Where it stands in its life.
        status: VpsStatus,
        /// Cost of a month, in minor units.
        monthly_cost: BigInt,
        /// Estimated cost of a month with everything on it, in minor units.
        approximate_cost: Option<BigInt>,
        /// ISO 4217 code of the costs.
        currency: String,
        /// Day of the month on which it is paid, 1 to 31.
        billing_day: Option<i16>,
        /// How often it is paid.
        billing_period: BillingPeriod,
        /// When it is to be given up.
        decommission_scheduled_for: Option<DateTime<Utc>>,
        /// When it was made.
        created: DateTime<Utc>,
        /// When it last changed.
        updated: DateTime<Utc>,
        /// The addresses on it that mail is sent from.
        smtp_ip_addresses(ConnectionArguments<SmtpIpAddress>): Connection<SmtpIpAddress>
            = id -> children(smtp_ip_address::Column::VpsInstanceId),
    }
}

table! { VpsInstance of vps_instance by VpsInstanceId, filtered VpsInstanceFilter, ordered VpsInstanceOrder, read by Staff }

enumeration! {
    /// Where a server stands in its life.
    VpsStatus / VpsStatusFilter of vps_instance::VpsStatus {
        /// In use.
        Active,
        /// Being set up.
        Provisioning,
        /// Will be given up at a known time.
        ScheduledDecommission,
        /// Given up.
        Decommissioned,
    }
}

enumeration! {
    /// How often a server is paid.
    BillingPeriod / BillingPeriodFilter of vps_instance::BillingPeriod {
        /// Each month.
        Monthly,
        /// Each quarter.
        Quarterly,
        /// Each year.
        Yearly,
    }
}

filter! {
    /// Which servers to show.
    VpsInstanceFilter on vps_instance {
        columns {
            /// The id.
            id: Ids<VpsInstanceId> => Id,
            /// The server at its host.
            hostwinds_instance_id: TextFilter => HostwindsInstanceId,
            /// Main address.
            ip_address: TextFilter => IpAddress,
            /// Where it stands in the world.
            region: TextFilter => Region,
            /// Where it stands in its life.
            status: VpsStatusFilter => Status,
            /// Cost of a month, in minor units.
            monthly_cost: BigIntFilter => MonthlyCost,
            /// Estimated cost of a month with everything on it, in minor units.
            approximate_cost: BigIntFilter => ApproximateCost,
            /// ISO 4217 code of the costs.
            currency: TextFilter => Currency,
            /// Day of the month on which it is paid.
            billing_day: IntFilter => BillingDay,
            /// How often it is paid.
            billing_period: BillingPeriodFilter => BillingPeriod,
            /// When it is to be given up.
            decommission_scheduled_for: DateTimeFilter => DecommissionScheduledFor,
            /// When it was made.
            created: DateTimeFilter => Created,
            /// When it last changed.
            updated: DateTimeFilter => Updated,
        }
        many {
            /// The addresses on it that mail is sent from.
            smtp_ip_addresses: SmtpIpAddressListFilter => Id, smtp_ip_address::Column::VpsInstanceId;
        }
    }
}

order! {
    /// How servers are ordered.
    VpsInstanceOrder by VpsInstanceOrderField on vps_instance {
        /// When it was made.
        Created,
    }
}

aggregates! {
    VpsInstance of vps_instance {
        numbers {
            /// Cost of a month, in minor units.
            monthly_cost: BigInt => MonthlyCost,
            /// Estimated cost of a month with everything on it, in minor units.
            approximate_cost: BigInt => ApproximateCost,
        }
        times {
            /// When it is to be given up.
            decommission_scheduled_for => DecommissionScheduledFor,
            /// When it was made.
            created => Created,
            /// When it last changed.
            updated => Updated,
        }
        values {
            /// Where it stands in the world.
            region: String => Region,
            /// Where it stands in its life.
            status: VpsStatus => Status,
            /// How often it is paid.
            billing_period: BillingPeriod => BillingPeriod,
            /// ISO 4217 code of the costs.
            currency: String => Currency,
        }
    }
}
