//! Servers and addresses, and which domain sends from which.

use crate::{
    argument::{ConnectionArguments, IdArgument},
    audience::root,
    connection::Connection,
    loader::{all, find},
    object::{
        domain_ip_assignment::DomainIpAssignment, smtp_ip_address::SmtpIpAddress,
        vps_instance::VpsInstance,
    },
};

root! {
    /// What can be asked.
    pub object Infrastructure(()) {
        /// The use of an address by a domain, by its id.
        domain_ip_assignment(IdArgument<DomainIpAssignment>): Option<DomainIpAssignment> = |_row| Some(()) -> find::<DomainIpAssignment>(),
        /// The uses of addresses by the tenant's domains.
        domain_ip_assignments(ConnectionArguments<DomainIpAssignment>): Connection<DomainIpAssignment> = |_row| Some(()) -> all::<DomainIpAssignment>(),
        /// A server by its id; for staff.
        vps_instance(IdArgument<VpsInstance>): Option<VpsInstance> = |_row| Some(()) -> find::<VpsInstance>(),
        /// The platform's servers; for staff.
        vps_instances(ConnectionArguments<VpsInstance>): Connection<VpsInstance> = |_row| Some(()) -> all::<VpsInstance>(),
        /// An address that mail is sent from by its id; for staff.
        smtp_ip_address(IdArgument<SmtpIpAddress>): Option<SmtpIpAddress> = |_row| Some(()) -> find::<SmtpIpAddress>(),
        /// The addresses that mail is sent from; for staff.
        smtp_ip_addresses(ConnectionArguments<SmtpIpAddress>): Connection<SmtpIpAddress> = |_row| Some(()) -> all::<SmtpIpAddress>(),
    }
}
