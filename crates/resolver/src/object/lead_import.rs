//! Imports of leads.

use entity::{
    id::{LeadImportId, UserId},
    oltp::{lead_import, user},
};

use super::{
    prelude::*,
    user::{User, UserFilter},
};

rows::object! {
    /// An import of leads in many batches, and how far it has come. Its counts are of leads that are saved.
    pub object LeadImport(lead_import::Model) implements Node {
        /// The id.
        id: GlobalId,
        /// Name as shown, such as the file's.
        name: String,
        /// Where it stands.
        state: LeadImportState,
        /// How many leads there are, if that is known.
        total_count: Option<i32>,
        /// How many of them were dealt with: created, updated, skipped or rejected.
        done_count: i32 = |row| row.created_count + row.updated_count + row.skipped_count + row.rejected_count,
        /// How many were new.
        created_count: i32,
        /// How many were there and are changed.
        updated_count: i32,
        /// How many were there and passed over.
        skipped_count: i32,
        /// How many were not taken over.
        rejected_count: i32,
        /// When it ended.
        finished: Option<DateTime<Utc>>,
        /// When it began.
        created: DateTime<Utc>,
        /// When it last changed.
        updated: DateTime<Utc>,
        /// Who imports; null once no member any more.
        started_by: Option<User> = |row| Some(row.started_by_user_id) -> by_id::<User>(),
    }
}

table! { LeadImport of lead_import by LeadImportId, filtered LeadImportFilter, ordered LeadImportOrder }

enumeration! {
    /// Where an import stands.
    LeadImportState / LeadImportStateFilter of lead_import::LeadImportState {
        /// More leads are to come.
        Running,
        /// All leads have come.
        Completed,
        /// It ended before all leads had come.
        Stopped,
    }
}

filter! {
    /// Which imports to show.
    LeadImportFilter on lead_import {
        columns {
            /// The id.
            id: Ids<LeadImportId> => Id,
            /// The id of the member who imports.
            started_by_id: Ids<UserId> => StartedByUserId,
            /// Name as shown.
            name: TextFilter => Name,
            /// Where it stands.
            state: LeadImportStateFilter => State,
            /// When it ended.
            finished: DateTimeFilter => Finished,
            /// When it began.
            created: DateTimeFilter => Created,
            /// When it last changed.
            updated: DateTimeFilter => Updated,
        }
        one {
            /// Who imports.
            started_by: UserFilter => StartedByUserId, user::Column::Id;
        }
    }
}

order! {
    /// How imports are ordered.
    LeadImportOrder by LeadImportOrderField on lead_import {
        /// When it began.
        Created,
        /// Name as shown.
        Name,
    }
}

aggregates! {
    LeadImport of lead_import {
        numbers {
            /// How many leads there are, if that is known.
            total_count: i32 => TotalCount,
            /// How many were new.
            created_count: i32 => CreatedCount,
            /// How many were there and are changed.
            updated_count: i32 => UpdatedCount,
            /// How many were there and passed over.
            skipped_count: i32 => SkippedCount,
            /// How many were not taken over.
            rejected_count: i32 => RejectedCount,
        }
        texts {
            /// Name as shown.
            name => Name,
        }
        times {
            /// When it ended.
            finished => Finished,
            /// When it began.
            created => Created,
            /// When it last changed.
            updated => Updated,
        }
        values {
            /// Where it stands.
            state: LeadImportState => State,
        }
    }
}
