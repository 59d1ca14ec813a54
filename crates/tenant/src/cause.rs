//! What statements are for: nothing is decided by it, it is shown to those who run the databases.

use std::{fmt::Write, sync::Arc};

use entity::id::TenantId;
use tracing::Span;

use crate::{identity::Access, origin::Origin, trace::trace_parent};

/// Bytes of a name that PostgreSQL keeps of a session (`NAMEDATALEN`, less the zero at its end).
const LONGEST: usize = 63;

tokio::task_local! {
    static CAUSE: Cause;
}

/// The operation of a request, or the job, that made somebody ask. For as long as its transactions last their sessions are
/// named by it in `pg_stat_activity`: the tenant, a space, and the operation's name.
#[derive(Clone, Debug)]
pub struct Cause {
    name: Option<Arc<str>>,
    span: Span,
    origin: Option<Arc<Origin>>,
}

impl Default for Cause {
    fn default() -> Self {
        Self::named(None)
    }
}

impl Cause {
    /// One of that name, whatever a client took for one.
    #[must_use]
    pub fn named(name: Option<&str>) -> Self {
        Self {
            name: name.map(Arc::from),
            span: Span::none(),
            origin: None,
        }
    }

    /// The same as a span, whose children its transactions are. Work that comes of what they write is told of it.
    #[must_use]
    pub fn in_span(mut self, span: Span) -> Self {
        self.span = span;
        self
    }

    /// The same of a request from there. What is recorded of it says so.
    #[must_use]
    pub fn of_origin(mut self, origin: Origin) -> Self {
        self.origin = Some(Arc::new(origin));
        self
    }

    /// Makes it the cause of all contexts that are made by a future, and are given none.
    pub async fn of<F: Future>(self, future: F) -> F::Output {
        CAUSE.scope(self, future).await
    }

    /// That of what runs at this moment, if there is one.
    pub(crate) fn current() -> Self {
        CAUSE.try_with(Clone::clone).unwrap_or_default()
    }

    pub(crate) fn origin(&self) -> Option<&Origin> {
        self.origin.as_deref()
    }

    pub(crate) fn span(&self) -> &Span {
        &self.span
    }

    /// What a transaction's opening message sets of it, each setting with a semicolon behind.
    pub(crate) fn settings(&self, tenant: Option<TenantId>, access: Access) -> String {
        let mut settings = String::new();
        if let Some(name) = self.session_name(tenant) {
            settings = ["SET LOCAL application_name = '", &name, "'; "].concat();
        }
        if access == Access::Write
            && let Some(parent) = trace_parent(&self.span)
        {
            // Columns of what is work have it as their default.
            write!(settings, "SET LOCAL app.trace_parent = '{parent}'; ")
                .expect("a String takes every write");
        }
        settings
    }

    /// Letters, digits and `_.-` only, so that nothing ends the quotes around it; no longer than PostgreSQL keeps.
    fn session_name(&self, tenant: Option<TenantId>) -> Option<String> {
        if tenant.is_none() && self.name.is_none() {
            return None;
        }
        let mut name = String::with_capacity(LONGEST);
        match tenant {
            Some(tenant) => write!(name, "{tenant}").expect("a String takes every write"),
            None => name.push('-'),
        }
        name.push(' ');
        let letters = self.name.as_deref().unwrap_or("-").chars();
        let letters = letters.map(|letter| if is_of_name(letter) { letter } else { '_' });
        // All of one byte.
        name.extend(letters.take(LONGEST - name.len()));
        Some(name)
    }
}

fn is_of_name(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '_' | '.' | '-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_named_by_tenant_and_operation_within_what_postgresql_keeps() {
        let tenant = TenantId::new();
        let name = |cause: &str| {
            let name = Cause::named(Some(cause)).session_name(Some(tenant));
            name.expect("a tenant")
        };
        assert_eq!(name("Campaigns"), format!("{tenant} Campaigns"));
        let long = name(&"x".repeat(200));
        assert_eq!(long.len(), LONGEST);
        assert!(long.starts_with(&format!("{tenant} xxx")), "{long}");
    }

    #[test]
    fn nothing_in_a_name_ends_its_quotes() {
        let cause = Cause::named(Some("a'; DROP TABLE users; --é"));
        assert_eq!(
            cause.settings(None, Access::Read),
            "SET LOCAL application_name = '- a___DROP_TABLE_users__--_'; "
        );
    }

    #[test]
    fn who_has_neither_tenant_nor_name_sets_nothing() {
        assert_eq!(Cause::default().settings(None, Access::Write), "");
    }
}
