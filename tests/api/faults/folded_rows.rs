//! Rows that are read as they come.

use gateway_tests::World;
use sea_orm::{DbBackend, DbErr, Statement};
use tenant::{Access, Row, Tier};

use super::{
    backends::{settled, terminate},
    direct::{database, owner, text},
};

/// More than one read of a socket takes.
const ROWS: i32 = 20_000;

fn numbers() -> Statement {
    let sql = format!("SELECT number FROM generate_series(1, {ROWS}) AS number");
    Statement::from_string(DbBackend::Postgres, sql)
}

fn add(sum: &mut Vec<i32>, row: &Row) -> Result<(), DbErr> {
    sum.push(row.at(0)?);
    Ok(())
}

#[tokio::test]
async fn a_row_that_can_not_be_taken_fails_its_statement_and_not_the_connection() {
    let world = World::demo().await;
    let database = database(&world, 1).await;
    let context = database.context(owner(&world, "acme"), Access::Read);
    let mut taken = 0;
    let failed = context
        .on(Tier::Oltp)
        .fold(&numbers(), |(): &mut (), _| {
            taken += 1;
            match taken {
                3 => Err(DbErr::Custom("the third".to_owned())),
                _ => Ok(()),
            }
        })
        .await;
    assert_eq!(failed, Err(DbErr::Custom("the third".to_owned())));
    assert_eq!(taken, 3, "nothing is taken behind it");
    // The transaction goes on, and so does the pool's only connection behind it.
    let same = text(&context, "SELECT 'the same'").await;
    assert_eq!(same.as_deref(), Ok("the same"));
    context.finish(true).await.expect("an end");
    let context = database.context(owner(&world, "globex"), Access::Read);
    let next = text(&context, "SELECT 'the next'").await;
    assert_eq!(next.as_deref(), Ok("the next"));
}

#[tokio::test]
async fn rows_are_taken_once_where_the_connection_was_dead() {
    let world = World::demo().await;
    let database = database(&world, 1).await;
    for _ in 0..3 {
        let context = database.context(owner(&world, "acme"), Access::Read);
        let rows = context.on(Tier::Oltp).fold(&numbers(), add).await;
        assert_eq!(rows, Ok((1..=ROWS).collect()));
        context.finish(true).await.expect("an end");
        settled(&world).await;
        assert_eq!(terminate(&world).await, 1);
    }
}
