//! Declares what an object has to aggregate.

/// Declares the measures and dimensions of an object: what has a smallest and a largest value, what
/// has a sum and an average besides, and what rows can be grouped by.
///
/// ```ignore
/// aggregates! {
///     EmailAccount of email_account {
///         numbers {
///             /// Emails sent today.
///             daily_count: i32 => DailyCount,
///         }
///         texts {
///             /// The address, lower case.
///             email => Email,
///         }
///         times {
///             /// When it was made.
///             created => Created,
///         }
///         values {
///             /// Whether it can send.
///             status: EmailAccountStatus => Status,
///         }
///         related {
///             /// The domain of the address.
///             domain: Domain => DomainId,
///         }
///     }
/// }
/// ```
///
/// Numbers, texts and times have a smallest and a largest value, numbers a sum and an average. Rows
/// are grouped by the days, weeks and months of times, by values and by what they are related to;
/// a relation's id is shown as `domainId`. Only `times` may not be left out.
macro_rules! aggregates {
    ($object:ident of $table:ident {
        $(numbers { $($(#[doc = $number_doc:literal])+ $number:ident: $number_type:ty => $number_column:ident,)+ })?
        $(texts { $($(#[doc = $text_doc:literal])+ $text:ident => $text_column:ident,)+ })?
        times { $($(#[doc = $time_doc:literal])+ $time:ident => $time_column:ident,)+ }
        $(values { $($(#[doc = $value_doc:literal])+ $value:ident: $value_type:ty => $value_column:ident,)+ })?
        $(related { $($(#[doc = $related_doc:literal])+ $related:ident: $related_object:ident => $related_column:ident,)+ })?
    }) => {
        impl $crate::aggregate::Aggregated for $object {
            const MEASURES: &'static [$crate::aggregate::Measure<$table::Column>] = &[
                $($($crate::aggregate::aggregates! { @measure true, $table $number $number_column $number_type, concat!($($number_doc),+) },)+)?
                $($($crate::aggregate::aggregates! { @measure false, $table $text $text_column String, concat!($($text_doc),+) },)+)?
                $($crate::aggregate::aggregates! { @measure false, $table $time $time_column chrono::DateTime<chrono::Utc>, concat!($($time_doc),+) },)+
            ];

            const DIMENSIONS: &'static [$crate::aggregate::Dimension<$table::Column>] = &[
                $($($crate::aggregate::aggregates! {
                    @dimension $table $value $value_column, concat!($($value_doc),+),
                    $crate::aggregate::DimensionKind::Value(<$value_type as $crate::aggregate::Readable>::read)
                },)+)?
                $($($crate::aggregate::aggregates! {
                    @dimension $table $related $related_column, concat!($($related_doc),+),
                    $crate::aggregate::DimensionKind::Row($crate::aggregate::read_id::<$related_object>)
                },)+)?
                $($crate::aggregate::aggregates! {
                    @dimension $table $time $time_column, concat!($($time_doc),+),
                    $crate::aggregate::DimensionKind::Time
                },)+
            ];

            const MIN: &'static [rows::Field<$crate::aggregate::Min<Self>>] = &[
                $($($crate::aggregate::aggregates! { @figure Min, $table $number $number_column $number_type, concat!($($number_doc),+) },)+)?
                $($($crate::aggregate::aggregates! { @figure Min, $table $text $text_column String, concat!($($text_doc),+) },)+)?
                $($crate::aggregate::aggregates! { @figure Min, $table $time $time_column chrono::DateTime<chrono::Utc>, concat!($($time_doc),+) },)+
            ];

            const MAX: &'static [rows::Field<$crate::aggregate::Max<Self>>] = &[
                $($($crate::aggregate::aggregates! { @figure Max, $table $number $number_column $number_type, concat!($($number_doc),+) },)+)?
                $($($crate::aggregate::aggregates! { @figure Max, $table $text $text_column String, concat!($($text_doc),+) },)+)?
                $($crate::aggregate::aggregates! { @figure Max, $table $time $time_column chrono::DateTime<chrono::Utc>, concat!($($time_doc),+) },)+
            ];

            const SUM: &'static [rows::Field<$crate::aggregate::Sum<Self>>] = &[
                $($($crate::aggregate::aggregates! { @figure Sum, $table $number $number_column $crate::scalar::BigInt, concat!($($number_doc),+) },)+)?
            ];

            const AVERAGE: &'static [rows::Field<$crate::aggregate::Average<Self>>] = &[
                $($($crate::aggregate::aggregates! { @figure Average, $table $number $number_column f64, concat!($($number_doc),+) },)+)?
            ];

            const KEY_FIELDS: &'static [rows::Field<$crate::aggregate::GroupKey<Self>>] = &[
                $($(rows::Field::column::<Option<$value_type>>(
                    $crate::aggregate::aggregates! { @name stringify!($value) },
                    concat!($($value_doc),+).trim_ascii(),
                    |key: &$crate::aggregate::KeyRow, cell| key.show(sea_orm::IdenStatic::as_str(&$table::Column::$value_column), cell),
                ),)+)?
                $($(
                    rows::Field::column::<Option<$crate::scalar::GlobalId>>(
                        $crate::aggregate::aggregates! { @name concat!(stringify!($related), "_id") },
                        concat!("The id of this:", $($related_doc),+),
                        |key: &$crate::aggregate::KeyRow, cell| key.show(sea_orm::IdenStatic::as_str(&$table::Column::$related_column), cell),
                    ),
                    rows::Field::relation::<Option<$related_object>>(
                        $crate::aggregate::aggregates! { @name stringify!($related) },
                        concat!($($related_doc),+).trim_ascii(),
                        |level| level.relation::<Option<$related_object>, _, (), _>(
                            |key: &$crate::aggregate::KeyRow| key.row(sea_orm::IdenStatic::as_str(&$table::Column::$related_column)),
                            $crate::loader::by_key::<$related_object>(),
                        ),
                    ),
                )+)?
                $(rows::Field::relation::<Option<$crate::aggregate::GroupDates>>(
                    $crate::aggregate::aggregates! { @name stringify!($time) },
                    concat!($($time_doc),+).trim_ascii(),
                    |level| level.relation::<Option<$crate::aggregate::GroupDates>, _, (), _>(
                        |key: &$crate::aggregate::KeyRow| key.dates(sea_orm::IdenStatic::as_str(&$table::Column::$time_column)),
                        $crate::loader::inside(),
                    ),
                ),)+
            ];
        }
    };
    (@measure $number:literal, $table:ident $name:ident $column:ident $type:ty, $doc:expr) => {
        $crate::aggregate::Measure {
            name: $crate::aggregate::aggregates! { @name stringify!($name) },
            description: $doc.trim_ascii(),
            column: $table::Column::$column,
            number: $number,
            read: <$type as $crate::aggregate::Readable>::read,
        }
    };
    (@dimension $table:ident $name:ident $column:ident, $doc:expr, $kind:expr) => {
        $crate::aggregate::Dimension {
            name: stringify!($name),
            description: $doc.trim_ascii(),
            column: $table::Column::$column,
            kind: $kind,
        }
    };
    (@figure $function:ident, $table:ident $name:ident $column:ident $type:ty, $doc:expr) => {
        rows::Field::column::<Option<$type>>(
            $crate::aggregate::aggregates! { @name stringify!($name) },
            $doc.trim_ascii(),
            |figures: &$crate::aggregate::Figures, cell| figures.show(
                $crate::aggregate::Function::$function,
                sea_orm::IdenStatic::as_str(&$table::Column::$column),
                cell,
            ),
        )
    };
    (@name $snake:expr) => {{
        const NAME: &$crate::aggregate::Camel<{ $snake.len() }> = &$crate::aggregate::Camel::of($snake);
        NAME.as_str()
    }};
}
pub(crate) use aggregates;
