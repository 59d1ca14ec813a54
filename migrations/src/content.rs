//! The history of the content tier: mail. No key of another tier is checked here; ids of it are kept as they are.

use sea_orm_migration::prelude::*;

mod m20261126_140000_secure_migration_table;
mod m20261126_140100_create_updated_trigger;
mod m20261126_140200_create_email_content;
mod m20261126_140300_create_email_messages;
mod m20261126_140400_create_attachments;
mod m20261126_150000_create_email_search;
mod m20261126_150100_create_received_mail;
mod m20261127_032000_create_mailboxes;
mod m20261127_032100_mark_dropped_mail;
mod m20261127_033000_create_message_events;
mod m20261127_033000_index_sent_messages;
mod m20261127_041000_tell_whose_messages_have_events;
mod m20261127_070000_tell_of_addresses;
mod m20261127_080000_count_sent_messages;
mod m20261127_081000_tell_malformed_mail;
mod m20261127_082000_base_content_on_content;
mod m20261127_090000_index_sizes;

/// All migrations of the content tier, oldest first.
#[derive(Debug, Clone, Copy)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261126_140000_secure_migration_table::Migration),
            Box::new(m20261126_140100_create_updated_trigger::Migration),
            Box::new(m20261126_140200_create_email_content::Migration),
            Box::new(m20261126_140300_create_email_messages::Migration),
            Box::new(m20261126_140400_create_attachments::Migration),
            Box::new(m20261126_150000_create_email_search::Migration),
            Box::new(m20261126_150100_create_received_mail::Migration),
            Box::new(m20261127_032000_create_mailboxes::Migration),
            Box::new(m20261127_032100_mark_dropped_mail::Migration),
            Box::new(m20261127_033000_create_message_events::Migration),
            Box::new(m20261127_033000_index_sent_messages::Migration),
            Box::new(m20261127_041000_tell_whose_messages_have_events::Migration),
            Box::new(m20261127_070000_tell_of_addresses::Migration),
            Box::new(m20261127_080000_count_sent_messages::Migration),
            Box::new(m20261127_081000_tell_malformed_mail::Migration),
            Box::new(m20261127_082000_base_content_on_content::Migration),
            Box::new(m20261127_090000_index_sizes::Migration),
        ]
    }
}
