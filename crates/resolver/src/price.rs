//! What fields weigh beyond the rows that they answer with, as the schema says it with `@cost`.
//!
//! The unit is a row: each object of an answer weighs 1, a scalar nothing. What is here is work that shows no
//! rows. The weights are about what the statements read, by their plans: an order has an index, so a page reads
//! as many rows as it shows; a number about a whole list reads all of them.

/// A mutation: its statements read, check and write.
pub(crate) const WRITE: u32 = 10;
/// `totalCount`: all rows of the list are counted.
pub(crate) const COUNT: u32 = 10;
/// `estimatedCount`: 10,000 rows at most are counted, else the statistics answer.
pub(crate) const ESTIMATE: u32 = 5;
/// `aggregates`, `groups`, the numbers of the dashboard: all rows of the list are read. Analytics: those of many days.
pub(crate) const NUMBERS: u32 = 20;
/// A filter: rows are read and left out. Not all of its columns have an index.
pub(crate) const FILTER: u32 = 5;
/// A condition on related rows: a statement inside the statement, which reads another table.
pub(crate) const RELATED: u32 = 10;
/// A search: the words' index is read, and up to 1,000 documents are ranked.
pub(crate) const SEARCH: u32 = 50;
/// A text of a message: it is unpacked.
pub(crate) const BODY: u32 = 2;
