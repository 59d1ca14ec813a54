//! Statements of pages without filter and cursor, which are built once.

use std::any::TypeId;

use entity::columns::ColumnSet;
use sea_orm::{IdenStatic, Statement, Value};

use crate::{
    connection::{Page, Relation},
    kept::Kept,
    loader::RawKey,
    order::{Order, OrderDirection},
    table::Listed,
};

/// What they differ in, but for whose pages they are.
#[derive(PartialEq, Eq, Hash)]
struct Plain {
    table: TypeId,
    relation: Option<Relation>,
    order: &'static str,
    is_descending: bool,
    limit: u64,
    set: ColumnSet,
}

static KEPT: Kept<Plain> = Kept::new();

/// The statement of a page of a whole table.
pub(super) fn of_table<T: Listed>(
    page: &Page<T>,
    set: ColumnSet,
    build: impl FnOnce() -> Statement,
) -> Statement {
    match page.is_plain() {
        true => kept(page, None, set, build),
        false => build(),
    }
}

/// The statement of a page of each parent, whose keys are the one array in it. What is kept has nobody's.
pub(super) fn of_parents<T: Listed>(
    page: &Page<T>,
    relation: Relation,
    parents: &[RawKey],
    set: ColumnSet,
    build: impl FnOnce(&[RawKey]) -> Statement,
) -> Statement {
    if !page.is_plain() {
        return build(parents);
    }
    let mut statement = kept(page, Some(relation), set, || build(&[]));
    let values = statement.values.iter_mut().flat_map(|values| &mut values.0);
    for value in values.filter(|value| matches!(value, Value::Array(..))) {
        *value = RawKey::each_value(parents);
    }
    statement
}

/// That of a plain page, which is the same for all who ask for it.
fn kept<T: Listed>(
    page: &Page<T>,
    relation: Option<Relation>,
    set: ColumnSet,
    build: impl FnOnce() -> Statement,
) -> Statement {
    let plain = Plain {
        table: TypeId::of::<T>(),
        relation,
        order: page.order.column().as_str(),
        is_descending: page.reading_direction() == OrderDirection::Desc,
        limit: page.limit,
        set,
    };
    KEPT.or_built(plain, build)
}

#[cfg(test)]
mod tests {
    use entity::columns::ColumnSet;
    use sea_orm::{Statement, Value};
    use uuid::Uuid;

    use crate::{
        connection::{Page, PageInput, Relation, statement},
        loader::RawKey,
        object::campaign::Campaign,
    };

    const RELATION: Relation = Relation::Child {
        column: "company_id",
    };

    fn page(change: impl FnOnce(&mut PageInput<Campaign>)) -> Page<Campaign> {
        let mut input = PageInput {
            first: None,
            after: None,
            last: None,
            before: None,
            filter: None,
            order: None,
        };
        change(&mut input);
        Page::new(input).expect("a page")
    }

    /// The keys in a statement, without the nulls that the array is filled with.
    fn keys(statement: &Statement) -> Vec<Value> {
        let values = statement.values.iter().flat_map(|values| &values.0);
        let arrays = values.filter_map(|value| match value {
            Value::Array(_, Some(keys)) => Some(&**keys),
            _ => None,
        });
        let keys = arrays.flatten();
        let keys = keys.filter(|key| **key != Value::Uuid(None));
        keys.cloned().collect()
    }

    #[test]
    fn a_statement_that_was_built_for_others_has_no_key_of_theirs() {
        let page = page(|input| input.first = Some(11));
        let of = |parents: &[Uuid]| {
            let keys: Vec<RawKey> = parents.iter().copied().map(RawKey::Uuid).collect();
            statement::pages(&page, RELATION, &keys, ColumnSet::ALL)
        };
        let mut texts = Vec::new();
        for parents in [&[1, 2][..], &[3], &[4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]] {
            let parents: Vec<Uuid> = parents.iter().copied().map(Uuid::from_u128).collect();
            let statement = of(&parents);
            let own: Vec<Value> = parents.into_iter().map(Value::from).collect();
            assert_eq!(keys(&statement), own);
            texts.push(statement.sql);
        }
        texts.dedup();
        assert_eq!(texts.len(), 1);
        let kept = super::kept(&page, Some(RELATION), ColumnSet::ALL, || {
            panic!("it is kept")
        });
        assert_eq!(kept.sql, texts[0]);
        assert_eq!(keys(&kept), [], "nobody's");
    }

    #[test]
    fn a_page_of_some_rows_is_not_kept() {
        let narrowed = page(|_| ()).narrowed("none", sea_orm::Condition::any());
        assert!(page(|_| ()).is_plain() && !narrowed.is_plain());
        let others = sea_orm::Condition::all().add(sea_orm::sea_query::Expr::cust("FALSE"));
        let narrowed = page(|_| ()).narrowed("others", others);
        let parents = [RawKey::Uuid(Uuid::nil())];
        let of =
            |page: &Page<Campaign>| statement::pages(page, RELATION, &parents, ColumnSet::ALL).sql;
        assert_ne!(of(&page(|_| ())), of(&narrowed));
        assert_ne!(of(&narrowed), of(&page(|_| ())));
    }

    #[test]
    fn pages_that_differ_have_statements_of_their_own() {
        let of = |page: &Page<Campaign>, set| {
            let text = statement::pages(page, RELATION, &[RawKey::Uuid(Uuid::nil())], set).sql;
            [text, statement::page(page, set).sql]
        };
        let all = ColumnSet::ALL;
        let mut texts = Vec::new();
        for _ in 0..2 {
            texts.extend(of(&page(|_| ()), all));
            texts.extend(of(&page(|_| ()), ColumnSet::NONE.with(0)));
            texts.extend(of(&page(|input| input.first = Some(7)), all));
            texts.extend(of(&page(|input| input.last = Some(7)), all));
        }
        let again = texts.split_off(8);
        assert_eq!(texts, again, "whether built or kept");
        texts.sort();
        texts.dedup();
        assert_eq!(texts.len(), 8);
    }
}
