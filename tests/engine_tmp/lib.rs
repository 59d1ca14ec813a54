#[path = "../support/cluster.rs"]
mod cluster;
#[path = "../support/redis.rs"]
mod redis;
pub use cluster::{beside, cluster, migrated};
use migrations::Tier;
pub use redis::Redis;
use sqlx::{PgPool, postgres::PgPoolOptions};
pub struct World {
    pub database: String,
    admins: [PgPool; 3],
}
impl World {
    pub async fn empty() -> Self {
        let database = cluster().await.empty().await;
        let server = &cluster().await.server;
        let admins = Tier::ALL.map(|tier| {
            PgPoolOptions::new()
                .max_connections(4)
                .connect_lazy(&server.superuser_url(&beside(&database, tier)))
                .expect("url")
        });
        Self { database, admins }
    }
    pub fn admin(&self) -> &PgPool {
        self.admin_of(Tier::Oltp)
    }
    pub fn admin_of(&self, tier: Tier) -> &PgPool {
        &self.admins[tier as usize]
    }
}
