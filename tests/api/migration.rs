//! The database is what the migrations, the entities and the promise of isolation say it is.

mod doctor;
mod entities;
mod fresh;
mod history;
mod plans;
mod roles;
mod row_security;
mod tables;
