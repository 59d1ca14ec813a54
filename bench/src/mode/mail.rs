//! `bench mail`: mail that goes and mail that comes, through the gateway, its workers and all three databases.

mod arrivals;
mod campaign;
mod pages;
mod redis;

use clap::Args;
use serde::Serialize;
use transport::sink::{self, Sink};

use super::stage;
use crate::{
    Result,
    database::{Place, Plan, run},
    machine::Machine,
    paths::Paths,
    peer::{Kind, Peer, Start},
    report, say,
    subject::{Subject, subjects},
};
use redis::Redis;

/// A campaign with and without Redis, mail that arrives, and pages that cross the databases.
#[derive(Args, Debug)]
pub(crate) struct Mail {
    /// Messages of each campaign that is sent
    #[arg(long, default_value_t = 5000)]
    letters: u32,
    /// Messages that arrive in a second
    #[arg(long, default_value_t = 50)]
    rate: u32,
    /// Seconds for which they do
    #[arg(long, default_value_t = 20)]
    seconds: u32,
}

/// Twenty tenants with a million messages.
const PLAN: Plan = Plan {
    tenants: 20,
    campaigns_per_tenant: 50,
    leads_per_tenant: 10_000,
    largest_tenant_leads: 10_000,
    messages_per_campaign: 1000,
};

/// What was measured.
#[derive(Debug, Serialize)]
struct Measured {
    machine: Machine,
    messages: i64,
    /// Messages sent in a second, from the mutation that starts the campaign to the last answer of the mail server.
    sent_per_s_with_redis: f64,
    sent_per_s_without_redis: f64,
    arrivals: arrivals::Measured,
    pages: pages::Measured,
}

impl Mail {
    pub(super) async fn run(self) -> Result<()> {
        let paths = Paths::find();
        let gateway = paths.gateway()?;
        let database = stage::start(&paths).await?;
        let place = database.seeded(&gateway, "bench_mail", PLAN).await?;
        no_mailboxes(&place).await?;
        let measured = self.measure(&paths, &place).await;
        database.stop().await?;
        let measured = measured?;
        report::write(&paths.result("mail.json")?, &measured)?;
        measured.tell();
        Ok(())
    }

    async fn measure(&self, paths: &Paths, place: &Place) -> Result<Measured> {
        let sink = Sink::bind(sink::Options::default()).await?;
        let address = sink.address();
        let sinking = tokio::spawn(sink.serve(std::future::pending()));
        let redis = Redis::start(&paths.scratch("redis")?).await?;
        let tenants = subjects(place, 0, 20).await?;
        let smtp = format!("smtp+plain://{address}");
        let mut settings = vec![
            ("GATEWAY_WORKER", "true".to_owned()),
            ("GATEWAY_SMTP_URL", smtp),
        ];
        let start = |run, settings: Vec<(&'static str, String)>| {
            let start = Start {
                paths,
                place,
                cores: None,
                run,
            };
            async move { Peer::start_with(Kind::Gateway, &start, &settings).await }
        };
        say::progress("a campaign without Redis");
        let peer = start("mail", settings.clone()).await?;
        let without = campaign::send(&peer, place, tenant(&tenants, 1)?, self.letters).await?;
        peer.stop().await?;
        say::progress("a campaign with Redis");
        settings.push(("REDIS_URL", redis.url()));
        let peer = start("mail-redis", settings).await?;
        let with = campaign::send(&peer, place, tenant(&tenants, 2)?, self.letters).await?;
        say::progress(format_args!("{} messages a second arrive", self.rate));
        let arrivals = arrivals::measure(
            &peer,
            paths,
            place,
            tenant(&tenants, 3)?,
            self.rate,
            self.seconds,
        )
        .await?;
        say::progress("pages across the databases");
        let pages = pages::measure(&peer, &tenants).await?;
        peer.stop().await?;
        redis.stop().await?;
        sinking.abort();
        Ok(Measured {
            machine: Machine::look(paths).await,
            messages: pages::messages(place).await?,
            sent_per_s_with_redis: with,
            sent_per_s_without_redis: without,
            arrivals,
            pages,
        })
    }
}

/// The seeded accounts have no mailboxes anywhere, so looking for them each minute is none of the platform's work.
async fn no_mailboxes(place: &Place) -> Result<()> {
    let sql = "UPDATE job_schedules SET is_active = false WHERE name = 'mailboxes'";
    run(&mut place.queue().connect().await?, sql.to_owned()).await
}

fn tenant(tenants: &[Subject], number: usize) -> Result<&Subject> {
    tenants
        .get(number)
        .ok_or_else(|| "there are too few tenants".into())
}

impl Measured {
    fn tell(&self) {
        let Self {
            arrivals, pages, ..
        } = self;
        say::line(format_args!(
            "sent: {:.0} messages a second with Redis, {:.0} without",
            self.sent_per_s_with_redis, self.sent_per_s_without_redis
        ));
        say::line(format_args!(
            "arrived: p50 {:.0} ms, p99 {:.0} ms from acceptance to the row, {} messages, of which {} were malformed",
            arrivals.p50_ms, arrivals.p99_ms, arrivals.messages, arrivals.malformed
        ));
        say::line(format_args!(
            "pages: {} messages in all; a page of 20 campaigns with their messages by status {:.0} ms (median), {:.0} ms (p99)",
            self.messages, pages.cross_tier_ms, pages.cross_tier_p99_ms
        ));
        say::line(format_args!(
            "mail arrival_p99_ms={:.0} jobs_per_s={:.0} message_ops_per_hour={:.0} cross_tier_ms={:.0} shrunk_percent={:.1}",
            arrivals.p99_ms,
            self.sent_per_s_with_redis
                .max(self.sent_per_s_without_redis),
            pages.operations_per_hour,
            pages.cross_tier_ms,
            arrivals.shrunk_percent
        ));
    }
}
