//! `gateway events`.

use super::CommandError;

pub(super) fn run() -> Result<(), CommandError> {
    super::print(::events::document().trim_end())
}
