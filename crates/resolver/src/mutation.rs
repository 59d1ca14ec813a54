//! The root fields of mutations, a file each: its input, its payload and what it does.
//!
//! All root fields of a mutation run one after another in one transaction, which is committed only
//! if the whole answer has no error. To add one: a file here, and a line below.

mod update_user_preferences;

use rows::Root;
use update_user_preferences::{
    UpdateUserPreferences, UpdateUserPreferencesArguments, UpdateUserPreferencesPayload,
};

rows::object! {
    /// What can be changed. All of an operation is saved, or nothing.
    pub object Mutations(()) named "Mutation" {
        /// Changes what the user who asks prefers; what is not given stays as it is.
        update_user_preferences(UpdateUserPreferencesArguments): UpdateUserPreferencesPayload
            = |_row| Some(()) -> UpdateUserPreferences,
    }
}

/// The schema's mutation root.
pub type Mutation = Root<Mutations>;
