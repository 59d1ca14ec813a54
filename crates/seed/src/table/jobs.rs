//! Work of the last days: done, waiting, and dead letters.
//!
//! Nothing is running, and nothing is in Redis: only a worker that holds a lease can say so. Whatever a worker does of it,
//! or does again, sends no mail: all of it is about campaigns that do not send.

use serde_json::{Value, json};

use super::{Table, campaigns};
use crate::{
    calendar::{DAY, HOUR, Micros},
    row::Row,
    tenant::Tenant,
};

const JOBS_NAME: &str = "jobs";
const LOGS_NAME: &str = "job_logs";

const SECOND: Micros = HOUR / 3600;
/// How often a campaign's job is tried at most, and others, as the queues have it.
const MOST_SENDING: i32 = 100;
const MOST_ATTEMPTS: i32 = 10;
/// The longest wait between two attempts.
const LONGEST: Micros = HOUR;

/// Why attempts fail: in the worker's words.
const AWAY: &str =
    "a database could not be asked: Connection Error: the database can not be reached";

/// What a job is about, and how far it has come.
struct Sketch {
    work: Work,
    status: &'static str,
    attempts: i32,
    /// When it was made, before the end of the data.
    age: Micros,
}

enum Work {
    /// A campaign by its number: see `campaigns::STATUSES`.
    Campaign(u64),
    Maintenance,
}

const fn campaign(number: u64, status: &'static str, attempts: i32, age: Micros) -> Sketch {
    Sketch {
        work: Work::Campaign(number),
        status,
        attempts,
        age,
    }
}

const fn maintenance(age: Micros) -> Sketch {
    Sketch {
        work: Work::Maintenance,
        status: "completed",
        attempts: 1,
        age,
    }
}

/// The oldest first. What is done is kept for a week.
const SKETCHES: [Sketch; 8] = [
    campaign(3, "failed", MOST_SENDING, 19 * DAY),
    campaign(9, "failed", MOST_SENDING, 5 * DAY + 7 * HOUR),
    campaign(4, "completed", 1, 4 * DAY),
    maintenance(3 * DAY),
    campaign(7, "completed", 3, 2 * DAY + 5 * HOUR),
    maintenance(2 * DAY),
    maintenance(DAY),
    campaign(2, "queued", 9, HOUR / 2),
];

pub(crate) const JOBS: Table = Table {
    name: JOBS_NAME,
    columns: &[
        "id",
        "tenant_id",
        "queue_name",
        "job_type",
        "status",
        "priority",
        "payload",
        "attempt_count",
        "max_attempts",
        "fence",
        "run_at",
        "started",
        "completed",
        "failed",
        "last_error_message",
        "created",
        "updated",
    ],
    count: |_| SKETCHES.len() as u64,
    write: write_job,
};

pub(crate) const JOB_LOGS: Table = Table {
    name: LOGS_NAME,
    columns: &[
        "id",
        "tenant_id",
        "job_id",
        "status",
        "log_message",
        "attempt_number",
        "started",
        "finished",
        "duration_ms",
        "created",
        "updated",
    ],
    count: |_| SKETCHES.iter().map(|sketch| sketch.attempts as u64).sum(),
    write: write_log,
};

impl Sketch {
    /// Queue, type, priority, most attempts and what it says.
    fn says(&self, tenant: &Tenant) -> (&'static str, &'static str, i32, i32, Value) {
        match self.work {
            Work::Campaign(number) => {
                let payload = json!({ "campaignId": campaigns::at(tenant, number) });
                ("email-sending", "campaign.run", 100, MOST_SENDING, payload)
            }
            Work::Maintenance => (
                "maintenance",
                "content.maintain",
                200,
                MOST_ATTEMPTS,
                json!({}),
            ),
        }
    }

    /// What came of an attempt.
    fn outcome(&self, attempt: i32) -> &'static str {
        match self.status {
            "completed" if attempt == self.attempts => "success",
            "failed" if attempt == self.attempts => "failed",
            _ => "retry",
        }
    }
}

/// When an attempt at a job began, and how many milliseconds it took. The waits between them double, from two seconds on to
/// an hour, less the jitter.
fn attempt(tenant: &Tenant, job: u64, number: i32) -> (Micros, i32) {
    let sketch = &SKETCHES[job as usize];
    let made = tenant.calendar.now() - sketch.age;
    let waits = (1..number).map(|before| wait(tenant, job, before));
    let took = 40 + draws(tenant, job, number).below(400) as i32;
    (made + SECOND / 4 + waits.sum::<Micros>(), took)
}

/// How long a job waits after an attempt that failed.
fn wait(tenant: &Tenant, job: u64, number: i32) -> Micros {
    let whole = (SECOND << number.min(20)).min(LONGEST);
    whole / 2 + draws(tenant, job, -number).below(whole as u64 / 2) as Micros
}

fn draws(tenant: &Tenant, job: u64, number: i32) -> crate::draw::Draw {
    tenant.draw(LOGS_NAME, job << 8 | u64::from(number as u8))
}

fn write_job(tenant: &Tenant, index: u64, row: &mut Row<'_>) {
    let sketch = &SKETCHES[index as usize];
    let made = tenant.calendar.now() - sketch.age;
    let (started, took) = attempt(tenant, index, sketch.attempts);
    let ended = started + Micros::from(took) * SECOND / 1000;
    let waits = sketch.status == "queued";
    let due = if waits {
        ended + wait(tenant, index, sketch.attempts)
    } else {
        started
    };
    let (queue, kind, priority, most, payload) = sketch.says(tenant);
    row.uuid(tenant.key(JOBS_NAME, index))
        .uuid(tenant.id)
        .text(queue)
        .text(kind)
        .text(sketch.status)
        .int(priority)
        .json(&payload)
        .int(sketch.attempts)
        .int(most)
        // A claim each.
        .int(sketch.attempts)
        .time(due)
        .time(started)
        .maybe((sketch.status == "completed").then_some(ended), Row::time)
        .maybe((sketch.status == "failed").then_some(ended), Row::time)
        .maybe((sketch.status != "completed").then_some(AWAY), Row::text)
        .times(made, ended);
}

fn write_log(tenant: &Tenant, index: u64, row: &mut Row<'_>) {
    let (job, number) = attempted(index);
    let outcome = SKETCHES[job as usize].outcome(number);
    let (started, took) = attempt(tenant, job, number);
    let ended = started + Micros::from(took) * SECOND / 1000;
    row.uuid(tenant.key(LOGS_NAME, index))
        .uuid(tenant.id)
        .uuid(tenant.key(JOBS_NAME, job))
        .text(outcome)
        .maybe((outcome != "success").then_some(AWAY), Row::text)
        .int(number)
        .time(started)
        .time(ended)
        .int(took)
        .times(started, ended);
}

/// The job, and the number of the attempt, that entry `index` of the log is about.
fn attempted(index: u64) -> (u64, i32) {
    let each = (0..).zip(&SKETCHES);
    let mut all =
        each.flat_map(|(job, sketch)| (1..=sketch.attempts).map(move |number| (job, number)));
    all.nth(index as usize)
        .expect("as many entries are asked for as there are attempts")
}
