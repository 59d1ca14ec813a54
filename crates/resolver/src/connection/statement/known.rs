//! Statements of lists that were asked for before. Those of the same filter differ in values only that are put in:
//! whose lists they are, and where a page begins and ends.

use std::any::TypeId;

use entity::{columns::ColumnSet, id::TypedId};
use sea_orm::{IdenStatic, Statement, Value};

use crate::{
    aggregate::FigureSet,
    connection::{Fingerprint, Page, Relation},
    kept::Kept,
    loader::RawKey,
    order::{Order, OrderDirection},
    table::Listed,
};

/// What they differ in otherwise.
#[derive(PartialEq, Eq, Hash)]
struct Known {
    table: TypeId,
    relation: Option<Relation>,
    filter: Fingerprint,
    asked: Asked,
}

#[derive(PartialEq, Eq, Hash)]
enum Asked {
    Page {
        order: &'static str,
        /// Both: in which direction is read follows from them, and on which side of a cursor.
        direction: OrderDirection,
        backward: bool,
        limit: u64,
        begins: bool,
        ends: bool,
        set: ColumnSet,
    },
    Figures(FigureSet),
}

/// Of whole tables and of all rows of a parent.
static PLAIN: Kept<Known> = Kept::new();
/// Apart from them, because a filter may have a value that nobody asks for again.
static FILTERED: Kept<Known> = Kept::new();

impl Known {
    fn or_built(self, build: impl FnOnce() -> Statement) -> Statement {
        let kept = if self.filter.is_empty() {
            &PLAIN
        } else {
            &FILTERED
        };
        kept.or_built(self, build)
    }
}

/// The statement of a page of a whole table.
pub(super) fn page<T: Listed>(
    page: &Page<T>,
    set: ColumnSet,
    build: impl FnOnce() -> Statement,
) -> Statement {
    let Some(known) = of_page(page, None, set) else {
        return build();
    };
    let mut statement = known.or_built(|| without_positions(page, build()));
    put_positions(page, &mut statement);
    statement
}

/// The statement of a page of each parent. What is kept has nobody's keys.
pub(super) fn pages<T: Listed>(
    page: &Page<T>,
    relation: Relation,
    parents: &[RawKey],
    set: ColumnSet,
    build: impl FnOnce(&[RawKey]) -> Statement,
) -> Statement {
    let Some(known) = of_page(page, Some(relation), set) else {
        return build(parents);
    };
    let mut statement = known.or_built(|| without_positions(page, build(&[])));
    put_keys(RawKey::each_value(parents), &mut statement);
    put_positions(page, &mut statement);
    statement
}

/// The statement of figures, of a whole table or of each parent's rows.
pub(crate) fn figures<T: Listed>(
    page: &Page<T>,
    set: FigureSet,
    parents: Option<(Relation, &[RawKey])>,
    build: impl FnOnce(Option<(Relation, &[RawKey])>) -> Statement,
) -> Statement {
    let relation = parents.map(|(relation, _)| relation);
    let Some(known) = known(page, relation, Asked::Figures(set)) else {
        return build(parents);
    };
    let nobody = relation.map(|relation| (relation, &[][..]));
    let mut statement = known.or_built(|| build(nobody));
    if let Some((_, keys)) = parents {
        put_keys(RawKey::array_value(keys), &mut statement);
    }
    statement
}

fn of_page<T: Listed>(page: &Page<T>, relation: Option<Relation>, set: ColumnSet) -> Option<Known> {
    let asked = Asked::Page {
        order: page.order.column().as_str(),
        direction: page.order.direction(),
        backward: page.backward,
        limit: page.limit,
        begins: page.after.is_some(),
        ends: page.before.is_some(),
        set,
    };
    known(page, relation, asked)
}

/// None where the filter does not say all that the rows have in common, or is long.
fn known<T: Listed>(page: &Page<T>, relation: Option<Relation>, asked: Asked) -> Option<Known> {
    Some(Known {
        table: TypeId::of::<T>(),
        relation,
        filter: page.only_filter()?.clone(),
        asked,
    })
}

/// The parents' keys are the first value: they are what rows are selected for.
fn put_keys(keys: Value, statement: &mut Statement) {
    let mut values = statement.values.iter_mut().flat_map(|values| &mut values.0);
    if let Some(value) = values.next() {
        debug_assert!(matches!(value, Value::Array(..)), "not keys: {value:?}");
        *value = keys;
    }
}

/// Positions stand behind the filter's values, and before the limit.
fn put_positions<T: Listed>(page: &Page<T>, statement: &mut Statement) {
    let own = [&page.after, &page.before].into_iter().flatten();
    let own: Vec<Value> = own
        .flat_map(|position| [position.value.clone(), position.key.into_value()])
        .collect();
    let Some(values) = statement.values.as_mut().map(|values| &mut values.0) else {
        return;
    };
    if let Some(first) = values.len().checked_sub(own.len() + 1) {
        for (value, own) in values[first..].iter_mut().zip(own) {
            debug_assert_eq!(value.as_null(), own.as_null(), "no position");
            *value = own;
        }
    }
}

/// Nobody's.
fn without_positions<T: Listed>(page: &Page<T>, mut statement: Statement) -> Statement {
    let count = 2 * (usize::from(page.after.is_some()) + usize::from(page.before.is_some()));
    let values = statement.values.iter_mut().flat_map(|values| &mut values.0);
    for value in values.rev().skip(1).take(count) {
        *value = value.as_null();
    }
    statement
}

#[cfg(test)]
mod tests {
    use async_graphql::InputType;
    use entity::columns::ColumnSet;
    use sea_orm::{DbBackend, Statement, Value};
    use serde_json::json;
    use uuid::Uuid;

    use super::of_page;
    use crate::{
        aggregate::{self, FigureSet},
        connection::{
            Page, PageInput, Relation,
            cursor::Position,
            statement::{self, page_of, pages_of, with_limits},
        },
        loader::RawKey,
        object::campaign::{Campaign, CampaignFilter, CampaignOrder, CampaignOrderField},
        order::OrderDirection,
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
        let known = of_page(&page, Some(RELATION), ColumnSet::ALL).expect("known");
        let kept = known.or_built(|| panic!("it is kept"));
        assert_eq!(kept.sql, texts[0]);
        assert_eq!(keys(&kept), [], "nobody's");
    }

    /// A filter that has values of its own, an array among them.
    fn filter(name: &str) -> CampaignFilter {
        let filter = json!({ "name": { "eq": name }, "status": { "in": ["DRAFT", "PAUSED"] } });
        let filter = async_graphql::Value::from_json(filter).expect("a value");
        InputType::parse(Some(filter)).expect("a filter")
    }

    fn position(number: u128) -> Position<Campaign> {
        let seconds = i64::try_from(number).expect("a small number");
        Position {
            value: chrono::DateTime::from_timestamp(seconds, 0).into(),
            key: Uuid::from_u128(number).into(),
        }
    }

    /// A page in each direction from each side, of all campaigns and of some.
    fn all_kinds() -> Vec<Page<Campaign>> {
        let mut pages = Vec::new();
        for direction in [OrderDirection::Asc, OrderDirection::Desc] {
            for backward in [false, true] {
                for name in [None, Some("a"), Some("b")] {
                    pages.push(page(|input| {
                        let size = if backward {
                            &mut input.last
                        } else {
                            &mut input.first
                        };
                        *size = Some(5);
                        let field = CampaignOrderField::Created;
                        input.order = Some(CampaignOrder { field, direction });
                        input.filter = name.map(filter);
                    }));
                }
            }
        }
        pages
    }

    #[test]
    fn what_is_put_in_is_what_the_statement_is_built_with() {
        let mut pages = all_kinds();
        let ends = [(false, false), (true, false), (false, true), (true, true)];
        for (round, (after, before)) in (1..=2).flat_map(|round| ends.map(|ends| (round, ends))) {
            for page in &mut pages {
                page.after = after.then(|| position(round));
                page.before = before.then(|| position(10 + round));
                let parents = [RawKey::Uuid(Uuid::from_u128(20 + round))];
                let set = ColumnSet::ALL;
                let built = with_limits(&page_of(page, None, set), page.limit + 1);
                assert_eq!(statement::page(page, set), built);
                let built = pages_of(page, RELATION, &parents, set);
                assert_eq!(statement::pages(page, RELATION, &parents, set), built);
                for own in [None, Some((RELATION, &parents[..]))] {
                    let figures = FigureSet::default();
                    let built = aggregate::statement::figures_of(page, figures, own);
                    let built = DbBackend::Postgres.build(&built);
                    let found = aggregate::statement::figures(page, figures, own);
                    assert_eq!(found, built);
                }
            }
        }
    }

    #[test]
    fn no_position_is_kept() {
        let mut page = page(|input| input.filter = Some(filter("c")));
        page.after = Some(position(7));
        let first = statement::page(&page, ColumnSet::ALL);
        let known = of_page(&page, None, ColumnSet::ALL).expect("known");
        let kept = known.or_built(|| panic!("it is kept"));
        let nulls = |statement: &Statement| {
            let values = statement.values.iter().flat_map(|values| &values.0);
            values.filter(|value| **value == value.as_null()).count()
        };
        assert_eq!((nulls(&first), nulls(&kept)), (0, 2));
    }

    #[test]
    fn a_page_of_some_rows_is_not_kept() {
        let narrowed = page(|_| ()).narrowed("none", sea_orm::Condition::any());
        assert!(page(|_| ()).only_filter().is_some() && narrowed.only_filter().is_none());
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
