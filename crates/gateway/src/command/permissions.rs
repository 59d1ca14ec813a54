//! `gateway permissions`.

use std::fmt::Write;

use resolver::audience::{Answered, Asker, Permission};

use super::CommandError;

/// What stands above the table.
const ABOUT: &str = "\
# Who may use which root field

As the fields declare it: `gateway permissions` prints this file, and a test tries every field as everybody. ✓ is an
answer, an empty cell the error `FORBIDDEN`, and `node` answers whom the object's own field answers. The roles of a
member add up; a key has its own roles, here those of an owner, and only reads if it was made to; staff have their
permissions, here all of them.

Which rows are shown is for the database's policies to say: to tenants their own, to staff those that their
permissions are for, and of system events a tenant's owners and admins see theirs. No input has fields for some roles
only: what others may set has a mutation of its own, as `updateBillingDetails` beside `updateTenantConfig`.
";

pub(super) fn run() -> Result<(), CommandError> {
    super::print(document(&resolver::permissions(), &Asker::all()).trim_end())
}

fn document(permissions: &[Permission], askers: &[Asker]) -> String {
    let mut text = ABOUT.to_owned();
    for permissions in permissions.chunk_by(|one, next| one.root == next.root) {
        text.push_str(&table(permissions, askers));
    }
    text
}

fn table(permissions: &[Permission], askers: &[Asker]) -> String {
    let mut text = String::new();
    let mut line = |first: &str, cells: Vec<&str>| {
        writeln!(text, "| {first} | {} |", cells.join(" | ")).expect("text takes text");
    };
    line(
        permissions[0].root,
        askers.iter().copied().map(name).collect(),
    );
    line("---", vec![":-:"; askers.len()]);
    for permission in permissions {
        let cells = askers.iter().map(|asker| cell(permission.answers(*asker)));
        line(&format!("`{}`", permission.field), cells.collect());
    }
    format!("\n{text}")
}

fn name(asker: Asker) -> &'static str {
    match asker {
        Asker::Member(role) => role.as_str(),
        Asker::Key => "key",
        Asker::User => "user in no tenant",
        Asker::Staff => "staff",
        Asker::Acting => "staff in a tenant",
    }
}

fn cell(answered: Answered) -> &'static str {
    match answered {
        Answered::Yes => "✓",
        Answered::No => "",
        Answered::AsObject => "as the object",
    }
}
