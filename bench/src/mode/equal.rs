//! All servers answer the same, or nothing is measured.

use serde_json::Value;

use super::stage::Contestant;
use crate::{
    Result,
    answer::{canonical, difference, number},
    operation::Operation,
    say,
};

/// Requests of an operation that are compared.
const SAMPLE: usize = 6;

/// Compares the answers of all servers with those of the first.
pub(crate) async fn equal_answers(
    contestants: &[Contestant],
    operations: &[Operation],
) -> Result<()> {
    let Some((first, others)) = contestants.split_first() else {
        return Ok(());
    };
    for operation in operations.iter().copied() {
        for other in others.iter().filter(|other| other.can(operation)) {
            for at in sample(first.requests(operation).len()) {
                let ours = answer(first, operation, at).await?;
                let theirs = answer(other, operation, at).await?;
                if let Some(difference) = difference(&ours, &theirs, "data") {
                    let (id, left, right) = (
                        operation.id(),
                        first.peer.kind.name(),
                        other.peer.kind.name(),
                    );
                    return Err(format!(
                        "{id}: {left} and {right} answer differently {difference}"
                    )
                    .into());
                }
            }
        }
    }
    let names: Vec<_> = operations.iter().map(|operation| operation.id()).collect();
    say::progress(format_args!("equal answers: {}", names.join(" ")));
    Ok(())
}

/// Some requests, spread over the list.
fn sample(count: usize) -> impl Iterator<Item = usize> {
    (0..SAMPLE)
        .map(move |number| number * count / SAMPLE + number)
        .filter(move |at| *at < count)
}

async fn answer(contestant: &Contestant, operation: Operation, at: usize) -> Result<Value> {
    let peer = &contestant.peer;
    let request = &contestant.requests(operation)[at];
    let answer = peer.ask(&request.token, &request.unique(number())?).await?;
    let told = canonical(operation, peer.kind.dialect(), &answer);
    told.map_err(|failure| format!("{}: {failure}", peer.kind.name()).into())
}
