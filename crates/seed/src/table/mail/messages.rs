//! Messages.

use serde_json::json;
use uuid::Uuid;

use super::{
    bodies,
    letter::{GROUP, Kind, subject},
};
use crate::{
    calendar::{HOUR, Micros},
    draw::Draw,
    person::Person,
    row::Row,
    table::{Table, campaigns, domains},
    tenant::Tenant,
};

const NAME: &str = "email_messages";

/// Bytes of a message beside its body.
const HEADER_BYTES: i64 = 412;

pub(crate) const EMAIL_MESSAGES: Table = Table {
    name: NAME,
    columns: &[
        "id",
        "tenant_id",
        "storage_key",
        "content_key",
        "email_account_id",
        "campaign_id",
        "step_id",
        "lead_id",
        "parent_storage_key",
        "thread_id",
        "direction",
        "message_type",
        "from_email",
        "to_email",
        "subject",
        "message_id",
        "headers",
        "size_bytes",
        "status",
        "failure_reason",
        "processed",
        "queued",
        "sent",
        "delivered",
        "opened",
        "clicked",
        "replied",
        "bounced",
        "received",
        "created",
        "updated",
    ],
    count: super::messages,
    write,
};

/// What others name message `index` by: no id, so that one can be told from the other.
pub(super) fn name(tenant: &Tenant, index: u64) -> String {
    format!("message/{}", word(tenant, index))
}

/// When it was made. Those that belong together follow each other.
pub(super) fn made(tenant: &Tenant, index: u64) -> Micros {
    let mut draw = tenant.draw(NAME, index);
    tenant
        .calendar
        .made(index, super::messages(tenant), &mut draw)
}

fn word(tenant: &Tenant, index: u64) -> String {
    tenant.key("messages", index).simple().to_string()
}

fn id(tenant: &Tenant, index: u64) -> Uuid {
    tenant.key(NAME, index)
}

/// Whom and what message `index` belongs to.
struct Place {
    campaign: u64,
    /// The lead's number, and how many times all leads were written to before.
    lead: u64,
    round: u64,
}

impl Place {
    fn of(tenant: &Tenant, index: u64) -> Self {
        let campaigns = tenant.shape.campaigns.max(1);
        let (group, kind) = (index / GROUP, index % GROUP);
        // A conversation is with one.
        let of_group = [0, 1, 1, 1, 2, 2][kind as usize];
        let number = (group / campaigns) * 3 + of_group;
        let leads = tenant.shape.leads.max(1);
        Self {
            campaign: group % campaigns,
            lead: number % leads,
            round: number / leads,
        }
    }

    /// The step that wrote to the lead: each of the campaign's does once.
    fn step(&self, tenant: &Tenant) -> Option<Uuid> {
        let step = self.campaign * tenant.shape.steps + self.round;
        (self.round < tenant.shape.steps).then(|| tenant.key("campaign_sequence_steps", step))
    }
}

fn write(tenant: &Tenant, index: u64, row: &mut Row<'_>) {
    let kind = Kind::of(index);
    let place = Place::of(tenant, index);
    let mut draw = tenant.draw(NAME, index);
    let made = tenant
        .calendar
        .made(index, super::messages(tenant), &mut draw);
    let (body, body_bytes) = bodies::of(tenant, index);
    let parent = kind.parent().map(|before| index - before);
    let first = if kind == Kind::Reaction {
        Some(index - 2)
    } else {
        parent
    };
    // Drafts have sent nothing: what stands in their place was written by hand.
    let sends = !matches!(
        campaigns::status(tenant, place.campaign),
        "draft" | "scheduled"
    );
    let accounts = tenant.shape.accounts;
    let account = (accounts > 0).then(|| tenant.key("email_accounts", place.campaign % accounts));
    let step = place
        .step(tenant)
        .filter(|_| sends && kind.is_of_campaign());
    row.uuid(id(tenant, index))
        .uuid(tenant.id)
        .text(&name(tenant, index))
        .text(&body)
        .maybe(account, Row::uuid)
        .maybe(
            sends.then(|| campaigns::at(tenant, place.campaign)),
            Row::uuid,
        )
        .maybe(step, Row::uuid)
        .maybe(
            (tenant.shape.leads > 0).then(|| tenant.key("leads", place.lead)),
            Row::uuid,
        )
        .maybe(parent.map(|parent| name(tenant, parent)), |row, name| {
            row.text(&name)
        })
        .uuid(id(tenant, first.unwrap_or(index)))
        .text(if kind.is_inbound() {
            "inbound"
        } else {
            "outbound"
        })
        .text(message_type(kind));
    write_header(tenant, index, &place, row);
    row.big(HEADER_BYTES + body_bytes);
    write_state(kind, made, tenant.calendar.now(), &mut draw, row);
}

fn message_type(kind: Kind) -> &'static str {
    match kind {
        Kind::Bounce => "bounce",
        Kind::Away => "auto_reply",
        _ => "email",
    }
}

fn write_header(tenant: &Tenant, index: u64, place: &Place, row: &mut Row<'_>) {
    let kind = Kind::of(index);
    let lead = Person::at(tenant.space, place.lead).email();
    let sender = Person::at(tenant.space, place.campaign);
    let domain = domains::name(tenant, place.campaign % tenant.shape.domains.max(1));
    let own = format!("{}.{}@{domain}", sender.given, sender.family).to_lowercase();
    let (from, to) = match kind {
        Kind::Bounce => (format!("mailer-daemon@mx.{domain}"), own),
        _ if kind.is_inbound() => (lead, own),
        _ => (own, lead),
    };
    let subject = subject(index);
    let message_id = format!("{}@{domain}", word(tenant, index));
    let headers = json!([
        { "name": "From", "value": from },
        { "name": "To", "value": to },
        { "name": "Subject", "value": subject },
        { "name": "Message-ID", "value": format!("<{message_id}>") },
    ]);
    row.text(&from)
        .text(&to)
        .text(&subject)
        .text(&message_id)
        .json(&headers);
}

/// Where it stands, and when it came there.
fn write_state(kind: Kind, made: Micros, now: Micros, draw: &mut Draw, row: &mut Row<'_>) {
    let status = match kind {
        Kind::Unanswered => {
            draw.weighted(&[(3, "sent"), (3, "delivered"), (3, "opened"), (1, "clicked")])
        }
        Kind::Answered => "replied",
        Kind::Reaction => "sent",
        Kind::Bounced => "bounced",
        Kind::Answer | Kind::Bounce | Kind::Away => "received",
    };
    let far = match status {
        "delivered" => 1,
        "opened" => 2,
        "clicked" => 3,
        _ => 0,
    };
    let mut later = made;
    let mut then = |happened: bool| {
        later = (later + draw.below(HOUR as u64) as i64).min(now);
        happened.then_some(later)
    };
    let out = !kind.is_inbound();
    let queued = then(out);
    let sent = then(out);
    let delivered = then(far >= 1);
    let opened = then(far >= 2);
    let clicked = then(far >= 3);
    let replied = then(kind == Kind::Answered);
    let bounced = then(kind == Kind::Bounced);
    row.text(status)
        .maybe(
            (kind == Kind::Bounced).then_some("550 5.1.1 user unknown"),
            Row::text,
        )
        .time(later);
    for time in [queued, sent, delivered, opened, clicked, replied, bounced] {
        row.maybe(time, Row::time);
    }
    row.maybe((!out).then_some(made), Row::time)
        .times(made, later);
}
