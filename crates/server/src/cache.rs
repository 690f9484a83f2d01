//! What is costly to make, by name: what was used last stays, up to a weight.

use std::sync::{Arc, Mutex, PoisonError};

use hashlink::LruCache;

/// Things by name, shared by all requests. Cheap to clone.
pub(crate) struct Cache<T> {
    heaviest: usize,
    kept: Arc<Mutex<Kept<T>>>,
}

struct Kept<T> {
    /// Each with its weight.
    by_name: LruCache<String, (Arc<T>, usize)>,
    weight: usize,
}

impl<T> Clone for Cache<T> {
    fn clone(&self) -> Self {
        Self {
            heaviest: self.heaviest,
            kept: Arc::clone(&self.kept),
        }
    }
}

impl<T> Cache<T> {
    /// A cache of things that together weigh no more than this; the last one stays whatever it weighs.
    pub fn new(heaviest: usize) -> Self {
        let kept = Kept {
            by_name: LruCache::new_unbounded(),
            weight: 0,
        };
        Self {
            heaviest,
            kept: Arc::new(Mutex::new(kept)),
        }
    }

    /// What has this name; it counts as just used.
    pub fn get(&self, name: &str) -> Option<Arc<T>> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.by_name.get(name).map(|(value, _)| Arc::clone(value))
    }

    /// Keeps something; what was not used for longest goes.
    pub fn put(&self, name: String, value: &Arc<T>, weight: usize) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let before = kept.by_name.insert(name, (Arc::clone(value), weight));
        kept.weight = kept.weight + weight - before.map_or(0, |(_, weight)| weight);
        while kept.weight > self.heaviest && kept.by_name.len() > 1 {
            let gone = kept.by_name.remove_lru();
            kept.weight -= gone.map_or(0, |(_, (_, weight))| weight);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_used_last_stays_up_to_the_weight() {
        let cache = Cache::new(10);
        let put = |name: &str, weight: usize| cache.put(name.to_owned(), &Arc::new(name.to_owned()), weight);
        let there = |name: &str| cache.kept.lock().unwrap().by_name.peek(name).is_some();
        put("a", 4);
        put("b", 4);
        assert_eq!(cache.get("a").as_deref().map(String::as_str), Some("a"));
        put("c", 4);
        assert_eq!(["a", "b", "c"].map(there), [true, false, true]);
        put("c", 6);
        assert_eq!(
            ["a", "c"].map(there),
            [true, true],
            "heavier, and still within the weight"
        );
        put("d", 50);
        assert_eq!(["a", "c", "d"].map(there), [false, false, true], "the last one stays");
        put("e", 1);
        assert_eq!(["d", "e"].map(there), [false, true]);
        assert_eq!(cache.kept.lock().unwrap().weight, 1);
    }
}
