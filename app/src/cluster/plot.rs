//! Curves as SVG: from what was measured to path data, scales, axes and a few numbers in words.
//!
//! The curve is drawn in a square of [`SIDE`] units that is stretched to the room there is; lines and
//! letters are not stretched with it. So one drawing is right from a phone to a wide screen.

use cluster_api::{Timestamp, inside::Point};

use super::amount::Unit;
use crate::ui::escaped::escaped;

/// The width and the height of the square that curves are drawn in.
pub const SIDE: i64 = 1000;

/// What was measured around a moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sample {
    /// When the interval begins, in seconds since 1970.
    pub at_s: i64,
    /// The mean of the interval.
    pub mean: f64,
    /// The most in it; the mean where that is not known.
    pub most: f64,
}

/// The time that a plot shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Its beginning, in seconds since 1970.
    pub from_s: i64,
    /// Its end.
    pub to_s: i64,
    /// From one sample to the next, in seconds.
    pub step_s: i64,
}

impl Span {
    /// The time between two moments with a sample every so many seconds. It is never empty.
    #[must_use]
    pub fn new(from: Timestamp, to: Timestamp, step_s: u32) -> Self {
        let (from_s, step_s) = (from.as_second(), i64::from(step_s.max(1)));
        Self {
            from_s,
            to_s: to.as_second().max(from_s + step_s),
            step_s,
        }
    }

    /// Where a moment is, as a share of the whole.
    fn share(self, at_s: i64) -> f64 {
        ((at_s - self.from_s) as f64 / (self.to_s - self.from_s) as f64).clamp(0.0, 1.0)
    }

    /// Where the middle of the interval is that begins at a moment.
    fn x(self, at_s: i64) -> i64 {
        // In halves of seconds, as intervals of ten seconds and of one have a middle then.
        let middle = (2 * (at_s - self.from_s) + self.step_s) as f64;
        let whole = (2 * (self.to_s - self.from_s)) as f64;
        ((middle / whole).clamp(0.0, 1.0) * SIDE as f64).round() as i64
    }

    /// Moments for the numbers of the time axis, at most five: full minutes, quarters or hours of somebody
    /// whose clock is so many seconds ahead of UTC.
    #[must_use]
    pub fn ticks(self, ahead_s: i64) -> Vec<i64> {
        const STEPS: [i64; 7] = [60, 120, 300, 900, 3_600, 7_200, 21_600];
        let length = self.to_s - self.from_s;
        let step = STEPS.into_iter().find(|step| length / step <= 4);
        let step = step.unwrap_or(length / 4);
        let first = (self.from_s + ahead_s + step - 1).div_euclid(step) * step - ahead_s;
        std::iter::successors(Some(first), |at| Some(at + step))
            .take_while(|at| *at <= self.to_s)
            .collect()
    }
}

/// An axis from 0 up, in equal steps.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    /// From one line to the next.
    pub step: f64,
    /// How many steps there are: 1 to 4.
    pub steps: u32,
}

impl Scale {
    /// The axis for values up to `peak`, in round steps. It reaches at least `floor`, so that noise is no
    /// mountain.
    #[must_use]
    pub fn of(peak: f64, floor: f64, unit: Unit) -> Self {
        let least = match unit {
            Unit::Cpus => 0.1,
            Unit::Bytes => 1024.0 * 1024.0,
            Unit::Rate => 1024.0,
        };
        let peak = [peak, floor, least].into_iter().fold(least, f64::max);
        let rough = peak / 4.0;
        let step = match unit {
            Unit::Cpus => {
                let power = 10.0_f64.powf(rough.log10().floor());
                let fit = [1.0, 2.0, 5.0].into_iter().find(|it| it * power >= rough);
                fit.unwrap_or(10.0) * power
            }
            Unit::Bytes | Unit::Rate => 2.0_f64.powf(rough.log2().ceil()),
        };
        Self {
            step,
            // What is left over by rounding is no step of its own.
            steps: (peak / step - 1e-6).ceil().clamp(1.0, 4.0) as u32,
        }
    }

    /// The value at its top.
    #[must_use]
    pub fn top(self) -> f64 {
        self.step * f64::from(self.steps)
    }

    /// Its values from 0 up.
    pub fn values(self) -> impl Iterator<Item = f64> {
        (0..=self.steps).map(move |step| self.step * f64::from(step))
    }

    fn y(self, value: f64) -> i64 {
        let share = (value / self.top()).clamp(0.0, 1.0);
        ((1.0 - share) * SIDE as f64).round() as i64
    }
}

/// The samples of a measure: `read` gives its mean and, if known, its most. What is no number is left
/// out.
#[must_use]
pub fn samples(points: &[Point], read: impl Fn(&Point) -> (f64, Option<f64>)) -> Vec<Sample> {
    points
        .iter()
        .map(|point| {
            let (mean, most) = read(point);
            Sample {
                at_s: point.at.as_second(),
                mean,
                most: most.unwrap_or(mean),
            }
        })
        .filter(|sample| sample.mean.is_finite() && sample.most.is_finite())
        .collect()
}

/// The samples without a gap between them, run by run.
fn runs(samples: &[Sample], span: Span) -> impl Iterator<Item = &[Sample]> {
    samples.chunk_by(move |one, next| next.at_s - one.at_s <= span.step_s * 3 / 2)
}

/// The path of a curve. It breaks off where nothing was measured; a sample that stands alone is a short
/// line.
#[must_use]
pub fn line(samples: &[Sample], span: Span, scale: Scale) -> String {
    let mut path = String::new();
    for run in runs(samples, span) {
        if let [alone] = run {
            let [left, right] = alone_at(alone, span);
            path.push_str(&format!("M{left} {}H{right}", scale.y(alone.mean)));
        } else {
            push_run(run, span, scale, 'M', &mut path);
        }
    }
    path
}

/// The path of what is under a curve.
#[must_use]
pub fn area(samples: &[Sample], span: Span, scale: Scale) -> String {
    let mut path = String::new();
    for run in runs(samples, span) {
        let (Some(first), Some(last)) = (run.first(), run.last()) else {
            continue;
        };
        if run.len() == 1 {
            let [left, right] = alone_at(first, span);
            path.push_str(&format!(
                "M{left} {SIDE}V{}H{right}V{SIDE}Z",
                scale.y(first.mean)
            ));
        } else {
            path.push_str(&format!("M{} {SIDE}", span.x(first.at_s)));
            push_run(run, span, scale, 'L', &mut path);
            path.push_str(&format!("L{} {SIDE}Z", span.x(last.at_s)));
        }
    }
    path
}

/// From where to where a sample that stands alone is drawn.
fn alone_at(sample: &Sample, span: Span) -> [i64; 2] {
    let x = span.x(sample.at_s);
    [(x - 2).max(0), (x + 2).min(SIDE)]
}

fn push_run(run: &[Sample], span: Span, scale: Scale, first: char, path: &mut String) {
    let mut letter = first;
    for sample in run {
        path.push(letter);
        path.push_str(&format!("{} {}", span.x(sample.at_s), scale.y(sample.mean)));
        // Pairs after the first are lines by themselves.
        letter = if letter == 'M' { 'L' } else { ' ' };
    }
}

/// A few numbers about a curve.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Summary {
    /// The last mean.
    pub last: f64,
    /// When its interval begins, in seconds since 1970.
    pub last_at_s: i64,
    /// The smallest mean.
    pub least: f64,
    /// The mean of all means.
    pub mean: f64,
    /// The most.
    pub most: f64,
}

impl Summary {
    /// The numbers about those samples; None where nothing was measured.
    #[must_use]
    pub fn of(samples: &[Sample]) -> Option<Self> {
        let last = samples.last()?;
        let means = samples.iter().map(|sample| sample.mean);
        Some(Self {
            last: last.mean,
            last_at_s: last.at_s,
            least: means.clone().fold(last.mean, f64::min),
            mean: means.sum::<f64>() / samples.len() as f64,
            most: samples
                .iter()
                .fold(last.most, |most, next| most.max(next.most)),
        })
    }

    /// Whether the last sample is so old that it says nothing about now.
    #[must_use]
    pub const fn is_old(&self, span: Span) -> bool {
        span.to_s - self.last_at_s > 3 * span.step_s + 20
    }
}

/// The points in at most `most` intervals, with the mean of each; and the time with these longer steps.
#[must_use]
pub fn thinned(points: &[Point], span: Span, most: i64) -> (Vec<Point>, Span) {
    let length = span.to_s - span.from_s;
    let slots = (length + span.step_s - 1) / span.step_s;
    let together = (slots + most - 1) / most.max(1);
    if together <= 1 {
        return (points.to_vec(), span);
    }
    let step_s = span.step_s * together;
    let slot = |point: &Point| (point.at.as_second() - span.from_s).div_euclid(step_s);
    let thin = points
        .chunk_by(|one, next| slot(one) == slot(next))
        .filter_map(|chunk| {
            let at_s = span.from_s + slot(chunk.first()?) * step_s;
            Some(mean(chunk, Timestamp::from_second(at_s).ok()?))
        })
        .collect();
    (thin, Span { step_s, ..span })
}

/// The mean of some points, as a point.
fn mean(points: &[Point], at: Timestamp) -> Point {
    let count = points.len().max(1) as f64;
    let whole = |read: fn(&Point) -> u64| {
        (points.iter().map(|point| read(point) as f64).sum::<f64>() / count).round() as u64
    };
    let maxes = points.iter().filter_map(|point| point.cpus_max);
    Point {
        at,
        cpus: points.iter().map(|point| point.cpus).sum::<f64>() / count,
        cpus_max: maxes.reduce(f64::max),
        memory_bytes: whole(|point| point.memory_bytes),
        memory_bytes_max: points.iter().filter_map(|it| it.memory_bytes_max).max(),
        rx_bytes_per_s: whole(|point| point.rx_bytes_per_s),
        tx_bytes_per_s: whole(|point| point.tx_bytes_per_s),
    }
}

/// A curve in a plot.
pub struct Curve<'a> {
    /// What was measured.
    pub samples: &'a [Sample],
    /// How it is drawn: `one` with what is under it, `two` as dashes.
    pub class: &'static str,
}

impl Curve<'_> {
    fn markup(&self, span: Span, scale: Scale) -> String {
        let class = self.class;
        let line = line(self.samples, span, scale);
        let under = if class == "one" {
            let area = area(self.samples, span, scale);
            format!("<path class=\"under\" d=\"{area}\"></path>")
        } else {
            String::new()
        };
        format!(
            "{under}<path class=\"curve {class}\" vector-effect=\"non-scaling-stroke\" d=\"{line}\"></path>"
        )
    }
}

/// The height of a whole plot, and where in it the curves begin and end, in pixels.
pub const HEIGHT: u32 = 176;
const TOP: u32 = 10;
const BOTTOM: u32 = 150;

/// The curves of a plot with their lines and, under them, the numbers of the time axis: moments in
/// seconds since 1970 with their words. `limit` is drawn as a line of its own where it fits in.
#[must_use]
pub fn field(
    curves: &[Curve<'_>],
    span: Span,
    scale: Scale,
    times: &[(i64, String)],
    limit: Option<f64>,
) -> String {
    let mut markup = String::new();
    for value in scale.values() {
        let y = pixel(scale, value);
        markup.push_str(&format!(
            "<line class=\"grid\" x1=\"0\" x2=\"100%\" y1=\"{y}\" y2=\"{y}\"></line>"
        ));
    }
    for (at_s, words) in times {
        let x = (1000.0 * span.share(*at_s)).round() / 10.0;
        markup.push_str(&format!(
            "<line class=\"grid\" x1=\"{x}%\" x2=\"{x}%\" y1=\"{BOTTOM}\" y2=\"{}\"></line>\
             <text x=\"{x}%\" y=\"{}\" text-anchor=\"middle\">{}</text>",
            BOTTOM + 5,
            BOTTOM + 20,
            escaped(words)
        ));
    }
    if let Some(limit) = limit.filter(|limit| *limit <= scale.top()) {
        let y = pixel(scale, limit);
        markup.push_str(&format!(
            "<line class=\"limit\" x1=\"0\" x2=\"100%\" y1=\"{y}\" y2=\"{y}\"></line>"
        ));
    }
    let height = BOTTOM - TOP;
    let curves: String = curves
        .iter()
        .map(|curve| curve.markup(span, scale))
        .collect();
    markup.push_str(&format!(
        "<svg x=\"0\" y=\"{TOP}\" width=\"100%\" height=\"{height}\" viewBox=\"0 0 {SIDE} {SIDE}\" \
         preserveAspectRatio=\"none\" overflow=\"visible\">{curves}</svg>"
    ));
    markup
}

/// The numbers beside a plot, at its lines.
#[must_use]
pub fn numbers(scale: Scale, unit: Unit) -> String {
    scale
        .values()
        .map(|value| {
            // The middle of the figures on the line.
            let y = f64::from(pixel(scale, value)) + 4.0;
            format!(
                "<text x=\"100%\" y=\"{y}\" text-anchor=\"end\">{}</text>",
                escaped(&unit.words(value))
            )
        })
        .collect()
}

fn pixel(scale: Scale, value: f64) -> u32 {
    let share = (value / scale.top()).clamp(0.0, 1.0);
    BOTTOM - (share * f64::from(BOTTOM - TOP)).round() as u32
}

/// A small curve without axes.
#[must_use]
pub fn spark(samples: &[Sample], span: Span, scale: Scale) -> String {
    Curve {
        samples,
        class: "one",
    }
    .markup(span, scale)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPAN: Span = Span {
        from_s: 1_000,
        to_s: 1_100,
        step_s: 10,
    };
    const ONE: Scale = Scale {
        step: 0.5,
        steps: 2,
    };

    fn sample(at_s: i64, mean: f64) -> Sample {
        Sample {
            at_s,
            mean,
            most: mean,
        }
    }

    fn point(at_s: i64, cpus: f64) -> Point {
        Point {
            at: Timestamp::from_second(at_s).unwrap(),
            cpus,
            cpus_max: Some(cpus + 1.0),
            memory_bytes: 100,
            memory_bytes_max: None,
            rx_bytes_per_s: 1,
            tx_bytes_per_s: 2,
        }
    }

    #[test]
    fn samples_are_drawn_in_the_middle_of_their_interval() {
        let samples = [sample(1_000, 0.0), sample(1_010, 1.0), sample(1_020, 0.5)];
        assert_eq!(line(&samples, SPAN, ONE), "M50 1000L150 0 250 500");
        assert_eq!(
            area(&samples, SPAN, ONE),
            "M50 1000L50 1000 150 0 250 500L250 1000Z"
        );
    }

    #[test]
    fn a_curve_breaks_off_where_nothing_was_measured() {
        let samples = [
            sample(1_000, 0.5),
            sample(1_010, 0.5),
            sample(1_040, 0.5),
            sample(1_050, 0.5),
        ];
        assert_eq!(line(&samples, SPAN, ONE), "M50 500L150 500M450 500L550 500");
        assert_eq!(area(&samples, SPAN, ONE).matches('Z').count(), 2);
    }

    #[test]
    fn a_clock_that_is_a_little_off_makes_no_gap() {
        let samples = [sample(1_000, 0.5), sample(1_014, 0.5)];
        assert_eq!(line(&samples, SPAN, ONE), "M50 500L190 500");
    }

    #[test]
    fn one_sample_is_seen() {
        assert_eq!(line(&[sample(1_050, 1.0)], SPAN, ONE), "M548 0H552");
        assert_eq!(
            area(&[sample(1_050, 1.0)], SPAN, ONE),
            "M548 1000V0H552V1000Z"
        );
    }

    #[test]
    fn nothing_is_drawn_of_nothing() {
        assert_eq!(line(&[], SPAN, ONE), "");
        assert_eq!(area(&[], SPAN, ONE), "");
        assert_eq!(Summary::of(&[]), None);
        assert_eq!(thinned(&[], SPAN, 3).0, []);
    }

    #[test]
    fn zeros_lie_on_the_axis() {
        let scale = Scale::of(0.0, 0.0, Unit::Cpus);
        assert!(scale.top() > 0.0);
        let samples = [sample(1_000, 0.0), sample(1_010, 0.0)];
        assert_eq!(line(&samples, SPAN, scale), "M50 1000L150 1000");
    }

    #[test]
    fn what_is_out_of_bounds_stays_in_the_square() {
        let samples = [sample(900, -1.0), sample(910, 7.0), sample(2_000, 0.5)];
        assert_eq!(line(&samples, SPAN, ONE), "M0 1000L0 0M998 500H1000");
        let nan = Point {
            cpus: f64::NAN,
            ..point(1_000, 0.0)
        };
        assert_eq!(super::samples(&[nan], |point| (point.cpus, None)), []);
    }

    #[test]
    fn a_time_is_never_empty() {
        let at = Timestamp::from_second(5).unwrap();
        let span = Span::new(at, at, 0);
        assert_eq!((span.to_s, span.step_s), (6, 1));
        assert_eq!(line(&[sample(5, 1.0)], span, ONE), "M498 0H502");
    }

    #[test]
    fn axes_have_one_to_four_round_steps() {
        let mib = 1024.0 * 1024.0;
        for (peak, unit, step, steps) in [
            (0.0, Unit::Cpus, 0.05, 2),
            (0.31, Unit::Cpus, 0.1, 4),
            (0.42, Unit::Cpus, 0.2, 3),
            (1.0, Unit::Cpus, 0.5, 2),
            (3.9, Unit::Cpus, 1.0, 4),
            (4.1, Unit::Cpus, 2.0, 3),
            (64.0, Unit::Cpus, 20.0, 4),
            (300.0 * mib, Unit::Bytes, 128.0 * mib, 3),
            (4096.0 * mib, Unit::Bytes, 1024.0 * mib, 4),
            (0.0, Unit::Rate, 256.0, 4),
        ] {
            let scale = Scale::of(peak, 0.0, unit);
            let close = (scale.step - step).abs() < step * 1e-9;
            assert!(close && scale.steps == steps, "{peak} {unit:?}: {scale:?}");
            assert!(scale.top() >= peak * (1.0 - 1e-9), "{peak} {unit:?}");
        }
        // A little of much is drawn low.
        assert!(Scale::of(0.1, 4.0, Unit::Cpus).top() >= 4.0);
    }

    #[test]
    fn the_time_axis_has_round_numbers_on_the_readers_clock() {
        let hour = Span {
            from_s: 7_210,
            to_s: 10_815,
            step_s: 10,
        };
        assert_eq!(hour.ticks(0), [8_100, 9_000, 9_900, 10_800]);
        let day = Span {
            from_s: 0,
            to_s: 86_400,
            step_s: 300,
        };
        assert_eq!(day.ticks(0), [0, 21_600, 43_200, 64_800, 86_400]);
        // Half past five hours ahead of UTC: midnight there is half past six in the evening here.
        assert_eq!(day.ticks(19_800), [1_800, 23_400, 45_000, 66_600]);
        for (length, most) in [
            (300, 5),
            (3_600, 5),
            (21_600, 5),
            (86_400, 5),
            (9_999_999, 5),
        ] {
            let span = Span {
                from_s: 17,
                to_s: 17 + length,
                step_s: 10,
            };
            assert!((2..=most).contains(&span.ticks(0).len()), "{length}");
        }
    }

    #[test]
    fn a_summary_knows_the_peak_of_an_interval() {
        let samples = [
            sample(1_000, 0.2),
            Sample {
                at_s: 1_010,
                mean: 0.4,
                most: 0.9,
            },
            sample(1_020, 0.3),
        ];
        let summary = Summary::of(&samples).unwrap();
        assert_eq!((summary.least, summary.most), (0.2, 0.9));
        assert!((summary.mean - 0.3).abs() < 1e-9);
        assert_eq!((summary.last, summary.last_at_s), (0.3, 1_020));
        assert!(summary.is_old(SPAN));
        let fresh = Summary::of(&[sample(1_080, 0.0)]).unwrap();
        assert!(!fresh.is_old(SPAN));
    }

    #[test]
    fn many_points_become_few() {
        let points: Vec<_> = (0..10)
            .map(|index| point(1_000 + 10 * index, index as f64))
            .collect();
        let (thin, span) = thinned(&points, SPAN, 4);
        assert_eq!(span.step_s, 30);
        let seen: Vec<_> = thin
            .iter()
            .map(|point| (point.at.as_second(), point.cpus, point.cpus_max))
            .collect();
        assert_eq!(
            seen,
            [
                (1_000, 1.0, Some(3.0)),
                (1_030, 4.0, Some(6.0)),
                (1_060, 7.0, Some(9.0)),
                (1_090, 9.0, Some(10.0)),
            ]
        );
        assert_eq!(thinned(&points, SPAN, 10).0, points);
    }

    #[test]
    fn a_plot_says_only_what_it_was_given() {
        let samples = [sample(1_000, 0.5), sample(1_010, 0.7)];
        let curves = [Curve {
            samples: &samples,
            class: "one",
        }];
        let times = [(1_050, "<14:02>".to_owned())];
        let plot = field(&curves, SPAN, ONE, &times, Some(0.9));
        assert!(plot.contains(">&lt;14:02&gt;</text>"), "{plot}");
        assert!(plot.contains("x=\"50%\""), "{plot}");
        assert_eq!(plot.matches("class=\"limit\"").count(), 1);
        assert!(!field(&curves, SPAN, ONE, &[], Some(9.0)).contains("limit"));
        assert!(!plot.contains("style="), "{plot}");
        let numbers = numbers(ONE, Unit::Cpus);
        assert!(numbers.contains(">0.5</text>") && numbers.contains(">1</text>"));
    }
}
