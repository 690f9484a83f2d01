//! Texts that stand in many cells (an operator, a commune, a technology), kept once.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

/// Texts that are remembered; one takes the place of another.
const SLOTS: usize = 4096;

/// Gives equal texts that come one after the other one place in memory, as far as it remembers them.
pub struct Repeats {
    slots: Vec<Arc<str>>,
}

impl Repeats {
    pub fn new() -> Self {
        Self {
            slots: vec![Arc::from(""); SLOTS],
        }
    }

    /// The text, shared with an earlier cell where one has it.
    pub fn shared(&mut self, text: &str) -> Arc<str> {
        let mut hasher = DefaultHasher::new();
        text.hash(&mut hasher);
        let slot = &mut self.slots[hasher.finish() as usize % SLOTS];
        if **slot != *text {
            *slot = text.into();
        }
        Arc::clone(slot)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_texts_are_one() {
        let mut repeats = Repeats::new();
        let first = repeats.shared("Viettel");
        assert!(Arc::ptr_eq(&first, &repeats.shared("Viettel")));
        for number in 0..3 * SLOTS {
            assert_eq!(&*repeats.shared(&number.to_string()), number.to_string());
        }
        assert_eq!(&*repeats.shared("Viettel"), "Viettel");
        assert_eq!(&*repeats.shared(""), "");
    }
}
