//! The driver's own clock: the peers it plays live in real time.

use std::time::SystemTime;

/// Now, by the machine's clock.
#[expect(
    clippy::disallowed_methods,
    reason = "peers sign with the real time; the server's logic is what takes its clock as a parameter"
)]
pub fn now() -> SystemTime {
    SystemTime::now()
}

/// `at` as Mastodon writes `published`: RFC 3339 with seconds.
pub fn rfc3339(at: SystemTime) -> String {
    // "Sun, 06 Nov 1994 08:49:37 GMT" has the same parts in another order.
    let date = httpdate::fmt_http_date(at);
    let mut parts = date.split(' ').skip(1);
    let mut next = || parts.next().unwrap_or_default();
    let (day, month, year, time) = (next(), next(), next(), next());
    let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let month = 1 + months
        .iter()
        .position(|name| *name == month)
        .unwrap_or_default();
    format!("{year}-{month:02}-{day}T{time}Z")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn writes_instants() {
        let at = SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_478_399);
        assert_eq!(rfc3339(at), "2026-11-23T23:59:59Z");
    }
}
