//! `gateway schema`.

use super::CommandError;

pub(super) fn run() -> Result<(), CommandError> {
    super::print(resolver::sdl().trim_end())
}
