//! How much one asker, and all together, may ask: rate, requests at once, time.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tokio::sync::Semaphore;

use super::access::Asker;
use crate::{Problem, Service};

/// Requests that are answered at once; more are told to come again.
const AT_ONCE: usize = 512;
/// An answer that has not begun by then is given up.
const USUAL_TIME: Duration = Duration::from_secs(60);
/// Uploads and exports take as long as the file is large.
const FILE_TIME: Duration = Duration::from_secs(1800);

/// Requests per second of a signed-in account, on average, and how many it may save up: a map asks for a screen of tiles at a time.
const KNOWN: Rate = Rate {
    per_second: 200.0,
    saved: 1000.0,
};
/// The same of an address that is not signed in.
const STRANGER: Rate = Rate {
    per_second: 50.0,
    saved: 300.0,
};
/// What an attempt to sign in costs: five at a time, then one in half a second.
const SIGN_IN_COST: f64 = 25.0;
/// What a step of a sign-in through the sign-in service costs: each asks that service something.
const OUTSIDE_COST: f64 = 5.0;
const FORWARDED_FOR: &str = "x-forwarded-for";
/// Askers that are remembered; those who have been quiet go first.
const REMEMBERED: usize = 10_000;

#[derive(Debug, Clone, Copy)]
struct Rate {
    per_second: f64,
    saved: f64,
}

/// What an asker has left.
#[derive(Debug, Clone, Copy)]
struct Bucket {
    left: f64,
    at: Instant,
}

/// The limits' memory.
pub struct Limits {
    at_once: Semaphore,
    buckets: Mutex<HashMap<String, Bucket>>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            at_once: Semaphore::new(AT_ONCE),
            buckets: Mutex::default(),
        }
    }
}

impl Limits {
    /// Takes a request's cost from its asker; seconds to wait when there is not enough left.
    fn take(&self, who: &str, rate: Rate, cost: f64, now: Instant) -> Result<(), u64> {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= REMEMBERED && !buckets.contains_key(who) {
            let quiet = Duration::from_secs_f64(rate.saved / rate.per_second);
            buckets.retain(|_, bucket| now.duration_since(bucket.at) < quiet);
        }
        let bucket = buckets.entry(who.to_owned()).or_insert(Bucket {
            left: rate.saved,
            at: now,
        });
        let gained = now.duration_since(bucket.at).as_secs_f64() * rate.per_second;
        bucket.left = (bucket.left + gained).min(rate.saved);
        bucket.at = now;
        if bucket.left < cost {
            return Err(((cost - bucket.left) / rate.per_second).ceil().max(1.0) as u64);
        }
        bucket.left -= cost;
        Ok(())
    }
}

/// Keeps the number of requests at once and their time within bounds.
pub async fn bound(State(service): State<Service>, request: Request, next: Next) -> Response {
    let Ok(_permit) = service.limits().at_once.try_acquire() else {
        let problem = Problem::new(
            503,
            "too_busy",
            "dịch vụ đang quá tải; thử lại sau",
            "the service is too busy; try again",
        );
        return wait(1, problem);
    };
    let path = request.uri().path();
    let file = path.ends_with("/imports") || path.ends_with("/export") || path.ends_with("/commit");
    let time = if file { FILE_TIME } else { USUAL_TIME };
    match tokio::time::timeout(time, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Problem::new(
            504,
            "took_too_long",
            "yêu cầu mất quá nhiều thời gian",
            "the request took too long",
        )
        .into_response(),
    }
}

/// Keeps each asker to its rate, where people sign in. Runs once the asker is known.
pub async fn pace(State(service): State<Service>, request: Request, next: Next) -> Response {
    let Some(accounts) = service.accounts() else {
        return next.run(request).await;
    };
    let known = request.extensions().get::<Asker>().filter(|asker| asker.is_known());
    let (who, rate) = match known {
        Some(asker) => (asker.who().to_owned(), KNOWN),
        None => (address(&request, &accounts.proxies), STRANGER),
    };
    let path = request.uri().path();
    let posts = *request.method() == Method::POST;
    let signs_in = posts && matches!(path, "/api/session" | "/api/setup");
    let cost = match path {
        _ if signs_in => SIGN_IN_COST,
        _ if path.starts_with("/api/session/oidc") => OUTSIDE_COST,
        _ => 1.0,
    };
    match service.limits().take(&who, rate, cost, Instant::now()) {
        Ok(()) => next.run(request).await,
        Err(seconds) => {
            let problem = Problem::new(
                429,
                "too_many_requests",
                format!("quá nhiều yêu cầu; thử lại sau {seconds} giây"),
                format!("too many requests; try again in {seconds} seconds"),
            );
            wait(seconds, problem)
        }
    }
}

fn address(request: &Request, proxies: &[IpAddr]) -> String {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let peer = peer.map(|ConnectInfo(address)| behind(address.ip(), request.headers(), proxies));
    peer.map_or_else(|| "-".to_owned(), |address| address.to_string())
}

/// Who asks through the administrator's proxies: the last address that they did not name themselves. What stands before it in the header
/// anybody may have written.
fn behind(peer: IpAddr, headers: &HeaderMap, proxies: &[IpAddr]) -> IpAddr {
    let is_proxy = |address: &IpAddr| proxies.contains(&address.to_canonical());
    if !is_proxy(&peer) {
        return peer;
    }
    let values = headers.get_all(FORWARDED_FOR).iter().rev();
    let words = values.flat_map(|value| value.to_str().unwrap_or_default().rsplit(','));
    let addresses = words.map_while(|word| word.trim().parse::<IpAddr>().ok());
    addresses.into_iter().find(|address| !is_proxy(address)).unwrap_or(peer)
}

fn wait(seconds: u64, problem: Problem) -> Response {
    ([(header::RETRY_AFTER, seconds.to_string())], problem).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_asks_too_fast_waits_and_others_do_not() {
        let limits = Limits::default();
        let rate = Rate {
            per_second: 2.0,
            saved: 10.0,
        };
        let start = Instant::now();
        for _ in 0..10 {
            assert_eq!(limits.take("a", rate, 1.0, start), Ok(()));
        }
        assert_eq!(limits.take("a", rate, 3.0, start), Err(2));
        assert_eq!(limits.take("b", rate, 1.0, start), Ok(()));
        let later = start + Duration::from_secs(2);
        assert_eq!(limits.take("a", rate, 3.0, later), Ok(()));
        assert_eq!(limits.take("a", rate, 10.0, later + Duration::from_secs(1000)), Ok(()));
    }

    #[test]
    fn only_the_named_proxy_says_who_asks() {
        let address = |text: &str| text.parse::<IpAddr>().unwrap();
        let proxies = [address("10.0.0.1"), address("10.0.0.2")];
        let asked = |peer: &str, forwarded: &[&'static str]| {
            let mut headers = HeaderMap::new();
            for value in forwarded {
                headers.append(FORWARDED_FOR, axum::http::HeaderValue::from_static(value));
            }
            behind(address(peer), &headers, &proxies)
        };
        assert_eq!(asked("10.0.0.1", &["203.0.113.7"]), address("203.0.113.7"));
        assert_eq!(asked("::ffff:10.0.0.1", &["203.0.113.7"]), address("203.0.113.7"));
        // What the asker wrote stands first, what the proxies saw last.
        assert_eq!(
            asked("10.0.0.1", &["1.1.1.1, 203.0.113.7, 10.0.0.2"]),
            address("203.0.113.7")
        );
        assert_eq!(asked("10.0.0.1", &["1.1.1.1", "203.0.113.7"]), address("203.0.113.7"));
        for nothing in [&[][..], &["unknown"], &["203.0.113.7, x"]] {
            assert_eq!(asked("10.0.0.1", nothing), address("10.0.0.1"));
        }
        assert_eq!(asked("198.51.100.9", &["203.0.113.7"]), address("198.51.100.9"));
    }

    #[test]
    fn no_crowd_of_addresses_fills_the_memory() {
        let limits = Limits::default();
        let start = Instant::now();
        for number in 0..3 * REMEMBERED as u64 {
            let now = start + Duration::from_millis(10 * number);
            limits.take(&number.to_string(), STRANGER, 1.0, now).unwrap();
        }
        assert!(limits.buckets.lock().unwrap().len() <= REMEMBERED);
    }
}
