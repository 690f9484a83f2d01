//! The little complex arithmetic that ground reflection needs.

use std::ops::{Add, Div, Mul, Sub};

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Complex {
    pub re: f64,
    pub im: f64,
}

impl Complex {
    #[inline(always)]
    pub fn new(re: f64, im: f64) -> Self {
        Self { re, im }
    }

    /// Squared magnitude.
    #[inline(always)]
    pub fn norm_squared(self) -> f64 {
        self.re * self.re + self.im * self.im
    }

    #[inline(always)]
    pub fn magnitude(self) -> f64 {
        self.re.hypot(self.im)
    }

    /// Principal square root.
    #[inline(always)]
    pub fn sqrt(self) -> Self {
        let magnitude = self.magnitude();
        let re = (0.5 * (magnitude + self.re)).max(0.0).sqrt();
        let im = (0.5 * (magnitude - self.re)).max(0.0).sqrt();
        Self::new(re, im.copysign(self.im))
    }

    #[inline(always)]
    pub fn scaled(self, factor: f64) -> Self {
        Self::new(self.re * factor, self.im * factor)
    }
}

impl Add for Complex {
    type Output = Self;
    #[inline(always)]
    fn add(self, other: Self) -> Self {
        Self::new(self.re + other.re, self.im + other.im)
    }
}

impl Sub for Complex {
    type Output = Self;
    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        Self::new(self.re - other.re, self.im - other.im)
    }
}

impl Mul for Complex {
    type Output = Self;
    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        Self::new(
            self.re * other.re - self.im * other.im,
            self.re * other.im + self.im * other.re,
        )
    }
}

impl Div for Complex {
    type Output = Self;
    #[inline(always)]
    fn div(self, other: Self) -> Self {
        let scale = other.norm_squared().recip();
        (self * Self::new(other.re, -other.im)).scaled(scale)
    }
}
