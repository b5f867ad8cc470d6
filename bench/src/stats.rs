//! Medians, quantiles and numbers fit to be read.

use std::time::Duration;

use serde_json::{Map, Value, json};

/// `number` with three significant decimals at most, as JSON.
pub fn number(number: f64) -> Value {
    let rounded = if number.abs() >= 100.0 {
        number.round()
    } else {
        (number * 1000.0).round() / 1000.0
    };
    json!(rounded)
}

/// Items per second.
pub fn rate(items: usize, time: Duration) -> f64 {
    float(items) / time.as_secs_f64().max(1e-9)
}

/// A count as a float; counts here are far below 2^52.
pub fn float(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::MAX, f64::from)
}

/// Milliseconds.
pub fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// The `q`th part of sorted durations, in milliseconds.
fn quantile(sorted: &[Duration], q: f64) -> f64 {
    let last = sorted.len().saturating_sub(1);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a rank between 0 and the last index"
    )]
    let rank = (float(last) * q).round() as usize;
    sorted.get(rank).map_or(0.0, |time| ms(*time))
}

/// Median, 90 %, 99 % and the longest, in milliseconds.
pub fn quantiles(mut times: Vec<Duration>) -> Value {
    times.sort_unstable();
    json!({
        "p50_ms": number(quantile(&times, 0.5)),
        "p90_ms": number(quantile(&times, 0.9)),
        "p99_ms": number(quantile(&times, 0.99)),
        "max_ms": number(quantile(&times, 1.0)),
    })
}

/// The median of each number of several rounds of the same shape; what is not a
/// number is taken from the last round.
pub fn median(rounds: &[Value]) -> Value {
    let Some(last) = rounds.last() else {
        return Value::Null;
    };
    match last {
        Value::Number(_) => {
            let mut numbers: Vec<f64> = rounds.iter().filter_map(Value::as_f64).collect();
            numbers.sort_unstable_by(f64::total_cmp);
            let (below, above) = (numbers.len().saturating_sub(1) / 2, numbers.len() / 2);
            match (numbers.get(below), numbers.get(above)) {
                (Some(below), Some(above)) => number(f64::midpoint(*below, *above)),
                _ => Value::Null,
            }
        }
        Value::Object(members) => {
            let medians: Map<String, Value> = members
                .keys()
                .map(|key| {
                    let all: Vec<Value> = rounds
                        .iter()
                        .filter_map(|round| round.get(key).cloned())
                        .collect();
                    (key.clone(), median(&all))
                })
                .collect();
            Value::Object(medians)
        }
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::indexing_slicing, reason = "tests")]

    use super::*;

    #[test]
    fn medians_go_by_member() {
        let rounds = [
            json!({ "rate": 3, "words": "a", "in": { "p": 1 } }),
            json!({ "rate": 1, "words": "b", "in": { "p": 9 } }),
            json!({ "rate": 2, "words": "c", "in": { "p": 4 } }),
        ];
        assert_eq!(
            median(&rounds),
            json!({ "rate": 2.0, "words": "c", "in": { "p": 4.0 } })
        );
        assert_eq!(median(&[json!(1), json!(2)]), json!(1.5));
    }

    #[test]
    fn quantiles_of_a_hundred() {
        let times = (1..=100).map(Duration::from_millis).collect();
        let shown = quantiles(times);
        assert_eq!(shown["p50_ms"], 51.0);
        assert_eq!(shown["p99_ms"], 99.0);
        assert_eq!(shown["max_ms"], 100.0);
    }
}
