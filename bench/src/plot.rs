//! The plots.

use std::path::Path;

use plotters::{
    coord::{ranged1d::ValueFormatter, types::RangedCoordf64},
    prelude::*,
};

use crate::{
    Result,
    report::{BASE, Cell, QUOTED, rate_ratio},
};

/// A named line.
pub(crate) type Series = (String, Vec<(f64, f64)>);

/// The words on a plot of lines.
pub(crate) struct Words<'a> {
    pub(crate) title: &'a str,
    pub(crate) x: &'a str,
    pub(crate) y: &'a str,
}

/// Colours that stay apart for most eyes (Okabe and Ito).
const COLOURS: [RGBColor; 7] = [
    RGBColor(0, 114, 178),
    RGBColor(230, 159, 0),
    RGBColor(213, 94, 0),
    RGBColor(0, 158, 115),
    RGBColor(86, 180, 233),
    RGBColor(204, 121, 167),
    RGBColor(100, 100, 100),
];

/// How far the axis of ratios goes.
const RANGE: (f64, f64) = (0.1, 150.0);
/// How much room the legend has on the right, in groups of bars.
const LEGEND: f64 = 1.5;

/// Requests a second of each subject, in times of the base peer's: groups of bars.
pub(crate) fn bars(path: &Path, cells: &[Cell], subjects: &[&str]) -> Result<()> {
    let mut operations: Vec<&str> = cells.iter().map(|cell| cell.operation).collect();
    operations.dedup();
    let root = SVGBackend::new(path, (1000, 420)).into_drawing_area();
    root.fill(&WHITE)?;
    let mut chart = ChartBuilder::on(&root)
        .caption(
            format!("Requests a second, in times of {BASE}, {QUOTED} clients"),
            ("sans-serif", 18),
        )
        .margin(12)
        .x_label_area_size(30)
        .y_label_area_size(44)
        .build_cartesian_2d(
            0.0..operations.len() as f64 + LEGEND,
            (RANGE.0..RANGE.1).log_scale(),
        )?;
    chart
        .configure_mesh()
        .disable_x_mesh()
        .x_labels(0)
        .y_label_formatter(&|ratio| format!("{ratio} ×"))
        .draw()?;
    let width = 0.84 / subjects.len() as f64;
    for (at, subject) in subjects.iter().enumerate() {
        let colour = COLOURS[at % COLOURS.len()];
        let bar = |(group, operation): (usize, &&str)| {
            let ratio = rate_ratio(cells, operation, QUOTED, (subject, BASE))?;
            let left = group as f64 + 0.08 + at as f64 * width;
            let corners = [
                (left, 1.0),
                (left + width * 0.9, ratio.clamp(RANGE.0, RANGE.1)),
            ];
            Some((Rectangle::new(corners, colour.filled()), left, ratio))
        };
        let drawn: Vec<_> = operations.iter().enumerate().filter_map(bar).collect();
        let figures = drawn.iter().map(|(_, left, ratio)| {
            let above = ratio.clamp(RANGE.0, RANGE.1) * if *ratio >= 1.0 { 1.14 } else { 1.0 };
            Text::new(format!("{ratio:.1}"), (*left, above), ("sans-serif", 10))
        });
        chart.draw_series(figures)?;
        chart
            .draw_series(drawn.into_iter().map(|(bar, ..)| bar))?
            .label(*subject)
            .legend(move |(x, y)| Rectangle::new([(x, y - 4), (x + 12, y + 4)], colour.filled()));
    }
    let name = |(group, operation): (usize, &&str)| {
        Text::new(
            (*operation).to_owned(),
            (group as f64 + 0.4, RANGE.0 * 1.5),
            ("sans-serif", 15),
        )
    };
    chart.draw_series(operations.iter().enumerate().map(name))?;
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::MiddleRight)
        .background_style(WHITE)
        .border_style(BLACK)
        .draw()?;
    Ok(root.present()?)
}

/// Lines over sizes that grow by factors.
pub(crate) fn lines_by_size(path: &Path, words: &Words<'_>, series: &[Series]) -> Result<()> {
    let (x, y) = ranges(series);
    lines(path, words, series, (x.0..x.1).log_scale(), 0.0..y)
}

/// Lines over time.
pub(crate) fn lines_by_time(path: &Path, words: &Words<'_>, series: &[Series]) -> Result<()> {
    let (x, y) = ranges(series);
    lines(path, words, series, x.0..x.1, 0.0..y)
}

fn ranges(series: &[Series]) -> ((f64, f64), f64) {
    let points = || series.iter().flat_map(|(_, points)| points);
    let least = points().map(|point| point.0).fold(f64::INFINITY, f64::min);
    let most = points().map(|point| point.0).fold(0.0, f64::max);
    let high = points().map(|point| point.1).fold(0.0, f64::max);
    ((least, most.max(least + 1.0)), high * 1.15)
}

fn lines<X>(
    path: &Path,
    words: &Words<'_>,
    series: &[Series],
    x: X,
    y: std::ops::Range<f64>,
) -> Result<()>
where
    X: plotters::coord::ranged1d::AsRangedCoord<Value = f64>,
    X::CoordDescType: ValueFormatter<f64> + Ranged<ValueType = f64>,
{
    let root = SVGBackend::new(path, (800, 400)).into_drawing_area();
    root.fill(&WHITE)?;
    let mut chart = ChartBuilder::on(&root)
        .caption(words.title, ("sans-serif", 18))
        .margin(12)
        .x_label_area_size(44)
        .y_label_area_size(64)
        .build_cartesian_2d::<X, std::ops::Range<f64>>(x, y)?;
    let _: &ChartContext<'_, _, Cartesian2d<X::CoordDescType, RangedCoordf64>> = &chart;
    chart
        .configure_mesh()
        .x_desc(words.x)
        .y_desc(words.y)
        .draw()?;
    for (at, (name, points)) in series.iter().enumerate() {
        let colour = COLOURS[at % COLOURS.len()];
        chart
            .draw_series(
                LineSeries::new(points.iter().copied(), colour.stroke_width(2)).point_size(3),
            )?
            .label(name)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 14, y)], colour.stroke_width(2)));
    }
    chart
        .configure_series_labels()
        .background_style(WHITE)
        .border_style(BLACK)
        .draw()?;
    Ok(root.present()?)
}
