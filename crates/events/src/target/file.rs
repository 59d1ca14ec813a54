//! Lines of JSON in a file. It is opened for each batch and not rotated here: whoever rotates files moves it away, and the
//! next batch makes a new one, with no signal and no lost line.

use std::{io, path::Path};

use chrono::SecondsFormat;
use serde_json::{Value, json};
use tokio::{fs::OpenOptions, io::AsyncWriteExt};
use uuid::Uuid;

use super::{Undelivered, later, of};
use crate::{batch::Batch, queue::Envelope};

pub(super) fn write(envelope: &Envelope, process: Uuid) -> Value {
    let (tenant, properties) = of(envelope);
    json!({
        "event": envelope.event.name(),
        "of": tenant.unwrap_or_else(|| process.to_string()),
        "properties": properties,
        "timestamp": envelope.at.to_rfc3339_opts(SecondsFormat::Millis, true),
        "id": envelope.id,
    })
}

pub(super) async fn append(path: &Path, batch: &Batch) -> Result<(), Undelivered> {
    let lines = batch.joined(b"", b"\n", b"\n");
    written(path, &lines).await.map_err(later)
}

async fn written(path: &Path, lines: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    let mut file = options.append(true).create(true).open(path).await?;
    file.write_all(lines).await?;
    file.flush().await
}
