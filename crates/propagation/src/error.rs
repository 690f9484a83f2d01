//! Why a model refuses a case.

/// A quantity that lies outside the range in which a model is defined, or a profile that is no profile.
///
/// The text says what was wrong, with its value, and what is allowed.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ModelError {
    /// A number outside the range of the recommendation.
    #[error("{quantity} is {value} {unit}; {model} is defined from {minimum} to {maximum} {unit}")]
    OutOfRange {
        /// The model that refuses.
        model: &'static str,
        /// What the number means.
        quantity: &'static str,
        /// The number given.
        value: f64,
        /// Its unit.
        unit: &'static str,
        /// Smallest value allowed.
        minimum: f64,
        /// Largest value allowed.
        maximum: f64,
    },
    /// A terrain profile that cannot be used.
    #[error("the profile cannot be used: {reason} (point {point})")]
    Profile {
        /// What is wrong.
        reason: &'static str,
        /// 0-based index of the first offending point.
        point: usize,
    },
    /// Two inputs contradict each other, or together leave the model's domain.
    #[error("{model}: {reason}")]
    Inconsistent {
        /// The model that refuses.
        model: &'static str,
        /// What is wrong and what to do.
        reason: &'static str,
    },
}

/// Checks a number against a closed range; NaN is refused.
pub(crate) fn require(
    model: &'static str,
    quantity: &'static str,
    value: f64,
    unit: &'static str,
    (minimum, maximum): (f64, f64),
) -> Result<(), ModelError> {
    if value >= minimum && value <= maximum {
        Ok(())
    } else {
        Err(ModelError::OutOfRange {
            model,
            quantity,
            value,
            unit,
            minimum,
            maximum,
        })
    }
}
