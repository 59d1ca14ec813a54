//! What a campaign does, one step after the other.

use super::{Table, campaigns, email_accounts, templates};
use crate::{
    calendar::{DAY, HOUR, Micros},
    draw::Draw,
    row::Row,
    tenant::Tenant,
    words::SUBJECTS,
};

const NAME: &str = "campaign_sequence_steps";

const TYPES: [&str; 6] = ["email", "wait", "email", "condition", "wait", "email"];

pub(crate) const STEPS: Table = Table {
    name: NAME,
    columns: &[
        "id",
        "tenant_id",
        "campaign_id",
        "step_order",
        "step_type",
        "email_account_id",
        "template_id",
        "subject_override",
        "from_name_override",
        "wait_duration_hours",
        "wait_until_date",
        "condition_type",
        "condition_value",
        "send_condition",
        "is_active",
        "executed_count",
        "last_executed",
        "created",
        "updated",
    ],
    count: |tenant| tenant.shape.campaigns * tenant.shape.steps,
    write,
};

fn write(tenant: &Tenant, index: u64, row: &mut Row<'_>) {
    let mut draw = tenant.draw(NAME, index);
    let (campaign, place) = (index / tenant.shape.steps, index % tenant.shape.steps);
    let (made, _) = campaigns::made(tenant, campaign);
    let kind = TYPES[place as usize % TYPES.len()];
    row.uuid(tenant.key(NAME, index))
        .uuid(tenant.id)
        .uuid(campaigns::at(tenant, campaign))
        .int(place as i32 + 1)
        .text(kind);
    write_email(tenant, (kind == "email").then_some(index), &mut draw, row);
    write_wait(made, kind == "wait", &mut draw, row);
    write_condition(kind, place, &mut draw, row);
    row.flag(draw.chance(95));
    let executed = write_execution(tenant, (campaign, place), made, &mut draw, row);
    row.times(made, executed.unwrap_or(made));
}

fn write_email(tenant: &Tenant, email: Option<u64>, draw: &mut Draw, row: &mut Row<'_>) {
    let subject = email
        .filter(|_| draw.chance(30))
        .map(|_| draw.pick(&SUBJECTS));
    let sender = email
        .filter(|_| draw.chance(20))
        .map(|_| tenant.member("member").given);
    row.maybe(
        email.and_then(|index| email_accounts::of(tenant, index)),
        Row::uuid,
    )
    .maybe(
        email.and_then(|index| templates::with_text(tenant, index)),
        Row::uuid,
    )
    .maybe(subject, Row::text)
    .maybe(sender, Row::text);
}

/// Most waits are for some days, a few until a date.
fn write_wait(made: Micros, waits: bool, draw: &mut Draw, row: &mut Row<'_>) {
    let until = waits && draw.chance(15);
    let hours = (waits && !until).then(|| draw.pick(&[24, 48, 72, 120]));
    row.maybe(hours, Row::int)
        .maybe(until.then_some(made + 12 * DAY), Row::time);
}

fn write_condition(kind: &str, place: u64, draw: &mut Draw, row: &mut Row<'_>) {
    let condition = (kind == "condition").then(|| {
        draw.pick(&[
            ("opened", "previous_email"),
            ("clicked", "any_email"),
            ("replied", "any_email"),
        ])
    });
    // Follow-ups go to those who have not answered.
    let send = (kind == "email" && place > 0).then_some("lead.status == 'active'");
    row.maybe(condition.map(|(kind, _)| kind), Row::text)
        .maybe(condition.map(|(_, value)| value), Row::text)
        .maybe(send, Row::text);
}

/// How often it ran: later steps reach fewer leads.
fn write_execution(
    tenant: &Tenant,
    (campaign, place): (u64, u64),
    made: Micros,
    draw: &mut Draw,
    row: &mut Row<'_>,
) -> Option<Micros> {
    let ran = match campaigns::status(tenant, campaign) {
        "completed" => true,
        "sending" | "paused" => place < tenant.shape.steps.div_ceil(2),
        _ => false,
    };
    let last = ran.then(|| {
        let after = (2 + 3 * place as i64) * DAY + draw.below(9 * HOUR as u64) as i64;
        (made + after).min(tenant.calendar.now())
    });
    let reached = tenant.shape.leads.clamp(1, 400);
    let count = if ran {
        reached * 4 / (4 + place) - draw.below(1 + reached / 10)
    } else {
        0
    };
    row.int(count as i32).maybe(last, Row::time);
    last
}
