//! A tenant about to be written.

use uuid::Uuid;

use crate::{
    calendar::Calendar,
    draw::{Draw, space},
    key::key,
    platform::Platform,
};

/// How many rows of each kind a tenant has.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    pub(crate) companies: u64,
    pub(crate) domains: u64,
    pub(crate) accounts: u64,
    pub(crate) leads: u64,
    pub(crate) templates: u64,
    pub(crate) campaigns: u64,
    /// Of each campaign.
    pub(crate) steps: u64,
    /// Of each campaign, those that are answers to it, too.
    pub(crate) messages: u64,
}

/// A person who may sign in.
#[derive(Clone, Debug)]
pub(crate) struct Member {
    pub(crate) id: Uuid,
    pub(crate) email: String,
    pub(crate) given: &'static str,
    pub(crate) family: &'static str,
    pub(crate) roles: &'static [&'static str],
    /// Whether this tenant's data makes the user; a user in two tenants is made by one.
    pub(crate) made_here: bool,
}

/// A tenant, all of whose rows follow from what is in here.
#[derive(Clone, Debug)]
pub(crate) struct Tenant {
    pub(crate) id: Uuid,
    pub(crate) name: String,
    /// The domain of its people's addresses, unique among all tenants.
    pub(crate) domain: String,
    /// What its chance begins with.
    pub(crate) space: u64,
    pub(crate) shape: Shape,
    pub(crate) members: Vec<Member>,
    pub(crate) calendar: Calendar,
    pub(crate) platform: Platform,
    /// Which plan it holds, see `Platform::plan`.
    pub(crate) plan: u64,
    /// The first of the folders' keys, which the database counts for all tenants.
    pub(crate) first_folder: i64,
    /// The same for tags.
    pub(crate) first_tag: i64,
}

impl Tenant {
    /// The key of row `index` of a table.
    pub(crate) fn key(&self, table: &str, index: u64) -> Uuid {
        key(space(self.space, table), index)
    }

    /// The draws of row `index` of a table.
    pub(crate) fn draw(&self, table: &str, index: u64) -> Draw {
        // Another space than the keys': what a row draws must not show in its key.
        Draw::at(space(self.space, table) ^ 1, index)
    }

    /// The member with a role. Every tenant has one of each.
    pub(crate) fn member(&self, role: &str) -> &Member {
        self.members
            .iter()
            .find(|member| member.roles.contains(&role))
            .unwrap_or(&self.members[0])
    }
}
