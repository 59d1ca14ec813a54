//! The events, by the names that they leave with.

use entity::id::{TenantId, UserId};

use super::{
    Code,
    property::{events, words},
};

words! {
    /// A database of the platform.
    TierName {
        /// Who the tenants are, and what they send.
        Oltp = "oltp",
        /// Mail.
        Content = "content",
        /// Numbers.
        Analytics = "analytics",
        /// Jobs.
        Queue = "queue",
    }
    /// What a process does.
    ProcessKind {
        /// It answers requests.
        Serve = "serve",
        /// It does jobs.
        Worker = "worker",
    }
    /// What is suspicious.
    SuspiciousKind {
        /// So many requests of an address or a member were refused that further ones are, for a while.
        RepeatedFailures = "repeated_failures",
        /// Tokens whose signature is not that of a trusted key.
        ForgedToken = "forged_token",
        /// Links to files, or in mail, that are not as they were signed.
        ForgedLink = "forged_link",
        /// Requests that a limit refuses, again and again.
        LimitsHit = "limits_hit",
    }
    /// How bad an incident is.
    IncidentSeverity {
        /// Worth knowing.
        Low = "low",
        /// Worth a look.
        Medium = "medium",
        /// Needs someone soon.
        High = "high",
        /// Needs someone now.
        Critical = "critical",
    }
    /// Where an incident stands.
    IncidentState {
        /// It has begun.
        Opened = "opened",
        /// Its cause is gone.
        Resolved = "resolved",
    }
}

events! {
    /// What a process's connections to a database did in an interval.
    ConnectionPoolMetrics "connection_pool_metrics" {
        /// The database.
        tier: TierName,
        /// Whose connections.
        process: ProcessKind,
        /// Most connections.
        max_connections: u64,
        /// Connections that are lent at the end of the interval.
        in_use: u64,
        /// Connections that are open and not lent then.
        idle: u64,
        /// Requests or jobs that wait for one then.
        waiting: u64,
        /// Times one was lent in the interval.
        acquired: u64,
        /// Of these, times one had to be waited for.
        waited: u64,
        /// How long was waited in all, in milliseconds.
        wait_ms: f64,
        /// Times that nobody gave one back in time.
        timed_out: u64,
        /// Connections that were opened.
        opened: u64,
        /// Connections that were closed.
        closed: u64,
        /// The interval, in seconds.
        interval_seconds: f64,
    }
    /// How much of a process's connections to a database was used in an interval.
    PoolUtilization "pool_utilization" {
        /// The database.
        tier: TierName,
        /// Whose connections.
        process: ProcessKind,
        /// Lent connections by most connections, at the end of the interval: 0 to 1.
        utilization: f64,
        /// The same, at the moment of the interval when most were lent.
        peak_utilization: f64,
        /// Times that one had to be waited for, by times that one was lent: 0 to 1.
        waited_share: f64,
        /// The interval, in seconds.
        interval_seconds: f64,
    }
    /// Connections that are lent, and of which nothing was asked for longer than an operation may take; none are no event.
    ConnectionLeaks "connection_leaks" {
        /// The database.
        tier: TierName,
        /// Whose connections.
        process: ProcessKind,
        /// How many.
        connections: u64,
        /// For how long nothing was asked of the one that is silent for longest, in seconds.
        longest_seconds: f64,
        /// From when on it counts, in seconds.
        threshold_seconds: f64,
    }
    /// Something that needs somebody has begun, or is over: each with a row of `admin_system_events`.
    SecurityIncidents "security_incidents" {
        /// What it is.
        kind: SuspiciousKind,
        /// How bad it is.
        severity: IncidentSeverity,
        /// Whether it begins or ends.
        state: IncidentState,
        /// The tenant it is about, if it is known.
        tenant_id: Option<TenantId>,
        /// How often it was seen so far.
        occurrences: u64,
    }
    /// Requests that were turned away for who sent them, in an interval: an event for each tenant and reason.
    AuthenticationFailures "authentication_failures" {
        /// The tenant asked in, if a signature or the form of a key says so.
        tenant_id: Option<TenantId>,
        /// The code that was answered.
        reason: Code,
        /// How many.
        failures: u64,
        /// From how many addresses.
        addresses: u64,
        /// The interval, in seconds.
        interval_seconds: f64,
    }
    /// What the gateway takes for an attempt, in an interval: an event for each kind, tenant and user.
    SuspiciousActivity "suspicious_activity" {
        /// What it is.
        kind: SuspiciousKind,
        /// The tenant asked in, if a signature says so.
        tenant_id: Option<TenantId>,
        /// The user, likewise.
        user_id: Option<UserId>,
        /// How often.
        occurrences: u64,
        /// The interval, in seconds.
        interval_seconds: f64,
    }
    /// How fast requests were answered in an interval; without requests there is no event.
    SystemPerformance "system_performance" {
        /// Requests that ended.
        requests: u64,
        /// The same a second.
        requests_per_second: f64,
        /// How long they took on average, in milliseconds.
        mean_ms: f64,
        /// Half of them took no longer, in milliseconds, to an eighth.
        p50_ms: f64,
        /// The same of 95 of a hundred.
        p95_ms: f64,
        /// The same of 99 of a hundred.
        p99_ms: f64,
        /// How long the longest took, in milliseconds.
        max_ms: f64,
        /// SQL statements of all of them.
        statements: u64,
        /// The interval, in seconds.
        interval_seconds: f64,
    }
    /// Requests that were answered with an error, in an interval: an event for each code.
    ErrorRates "error_rates" {
        /// The code.
        code: Code,
        /// How many.
        errors: u64,
        /// Of how many requests, with and without errors.
        requests: u64,
        /// The share: 0 to 1.
        rate: f64,
        /// The interval, in seconds.
        interval_seconds: f64,
    }
    /// What a process takes of its machine.
    ResourceUtilization "resource_utilization" {
        /// Whose.
        process: ProcessKind,
        /// Time of processors that was used in the interval, by its length: 1 is one core.
        cpu_cores: f64,
        /// Memory that is resident, in bytes.
        resident_bytes: u64,
        /// Files and sockets that are open; null where the system does not say.
        open_files: Option<u64>,
        /// Most of them; null where there is no limit.
        max_open_files: Option<u64>,
        /// Events that never left since the process began, because there was no room for them, or they were refused.
        events_dropped: u64,
        /// The interval, in seconds.
        interval_seconds: f64,
    }
}
