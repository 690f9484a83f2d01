//! Eight numbers in one: explicit vector instructions where the machine has them, loops over arrays elsewhere, with the same
//! bits from both (nothing is contracted or reordered).

use std::ops::{Add, Div, Mul, Sub};

use super::LANES;
use crate::lane_math::{Number, TWO_52, TWO_52_BITS};

/// Bytes that are looked at at once, in as many words as there are lanes.
pub(crate) const BYTES: usize = 8 * LANES;

/// An instruction set on eight numbers.
pub(crate) trait Eight: Copy {
    /// Eight numbers.
    type Values: Copy;

    fn pack(self, values: [f64; LANES]) -> Self::Values;
    fn unpack(self, values: Self::Values) -> [f64; LANES];
    fn splat(self, value: f64) -> Self::Values;
    fn add(self, a: Self::Values, b: Self::Values) -> Self::Values;
    fn sub(self, a: Self::Values, b: Self::Values) -> Self::Values;
    fn mul(self, a: Self::Values, b: Self::Values) -> Self::Values;
    fn div(self, a: Self::Values, b: Self::Values) -> Self::Values;
    fn sqrt(self, a: Self::Values) -> Self::Values;
    /// a where a > b, else b.
    fn max(self, a: Self::Values, b: Self::Values) -> Self::Values;
    /// a where a < b, else b.
    fn min(self, a: Self::Values, b: Self::Values) -> Self::Values;
    /// `yes` where a > b, else `no`.
    fn choose(self, a: Self::Values, b: Self::Values, yes: Self::Values, no: Self::Values) -> Self::Values;
    /// `yes` and `other_yes` where a > b, else `no` and `other_no`.
    fn choose_both(
        self,
        (a, b): (Self::Values, Self::Values),
        yes: [Self::Values; 2],
        no: [Self::Values; 2],
    ) -> [Self::Values; 2] {
        [self.choose(a, b, yes[0], no[0]), self.choose(a, b, yes[1], no[1])]
    }
    /// See [`Number::exponent_and_mantissa`].
    fn exponent_and_mantissa(self, a: Self::Values) -> (Self::Values, Self::Values);
    /// See [`Number::times_power_of_two`].
    fn times_power_of_two(self, a: Self::Values, power: Self::Values) -> Self::Values;
    /// See [`Number::near_cube_root`].
    fn near_cube_root(self, a: Self::Values) -> Self::Values;
    /// Of sixteen numbers those whose places stand in the last four bits of `places`.
    fn pick(self, numbers: [Self::Values; 2], places: Self::Values) -> Self::Values;
    /// The last byte of each number, the first number's in the lowest place.
    fn last_bytes(self, a: Self::Values) -> u64;
    /// A bit for each of [`BYTES`] bytes that has the bit `BIT` (0 the lowest) set.
    fn bytes_with_bit<const BIT: u8>(self, bytes: [u64; LANES]) -> u64;

    /// The eight values from `first`.
    #[inline(always)]
    fn load(self, values: &[f64], first: usize) -> Octet<Self> {
        let slice = &values[first..first + LANES];
        Octet {
            simd: self,
            values: self.pack([
                slice[0], slice[1], slice[2], slice[3], slice[4], slice[5], slice[6], slice[7],
            ]),
        }
    }

    /// The same number eight times.
    #[inline(always)]
    fn of(self, value: f64) -> Octet<Self> {
        Octet {
            simd: self,
            values: self.splat(value),
        }
    }

    /// Eight numbers.
    #[inline(always)]
    fn from(self, values: [f64; LANES]) -> Octet<Self> {
        Octet {
            simd: self,
            values: self.pack(values),
        }
    }
}

/// Eight numbers that can be calculated with.
#[derive(Clone, Copy)]
pub(crate) struct Octet<S: Eight> {
    pub simd: S,
    pub values: S::Values,
}

impl<S: Eight> Octet<S> {
    #[inline(always)]
    fn with(self, values: S::Values) -> Self {
        Self { values, ..self }
    }

    #[inline(always)]
    pub fn array(self) -> [f64; LANES] {
        self.simd.unpack(self.values)
    }

    #[inline(always)]
    pub fn store(self, out: &mut [f64], first: usize) {
        out[first..first + LANES].copy_from_slice(&self.array());
    }

    #[inline(always)]
    pub fn max(self, other: Self) -> Self {
        self.with(self.simd.max(self.values, other.values))
    }

    #[inline(always)]
    pub fn min(self, other: Self) -> Self {
        self.with(self.simd.min(self.values, other.values))
    }

    /// The greater of this and `other`, and with it what belongs to it.
    #[inline(always)]
    pub fn max_with(self, place: Self, other: Self, other_place: Self) -> (Self, Self) {
        let [value, place] = self.simd.choose_both(
            (self.values, other.values),
            [self.values, place.values],
            [other.values, other_place.values],
        );
        (self.with(value), self.with(place))
    }
}

macro_rules! operator {
    ($trait:ident, $method:ident) => {
        impl<S: Eight> $trait for Octet<S> {
            type Output = Self;
            #[inline(always)]
            fn $method(self, other: Self) -> Self {
                self.with(self.simd.$method(self.values, other.values))
            }
        }

        impl<S: Eight> $trait<f64> for Octet<S> {
            type Output = Self;
            #[inline(always)]
            fn $method(self, other: f64) -> Self {
                self.with(self.simd.$method(self.values, self.simd.splat(other)))
            }
        }
    };
}

operator!(Add, add);
operator!(Sub, sub);
operator!(Mul, mul);
operator!(Div, div);

impl<S: Eight> Number for Octet<S> {
    #[inline(always)]
    fn not_below(self, least: f64) -> Self {
        self.with(self.simd.max(self.values, self.simd.splat(least)))
    }

    #[inline(always)]
    fn not_above(self, most: f64) -> Self {
        self.with(self.simd.min(self.values, self.simd.splat(most)))
    }

    #[inline(always)]
    fn above(self, limit: Self, yes: Self, no: Self) -> Self {
        self.with(self.simd.choose(self.values, limit.values, yes.values, no.values))
    }

    #[inline(always)]
    fn like(self, value: f64) -> Self {
        self.simd.of(value)
    }

    #[inline(always)]
    fn square_root(self) -> Self {
        self.with(self.simd.sqrt(self.values))
    }

    #[inline(always)]
    fn exponent_and_mantissa(self) -> (Self, Self) {
        let (exponent, mantissa) = self.simd.exponent_and_mantissa(self.values);
        (self.with(exponent), self.with(mantissa))
    }

    #[inline(always)]
    fn times_power_of_two(self, power: Self) -> Self {
        self.with(self.simd.times_power_of_two(self.values, power.values))
    }

    #[inline(always)]
    fn near_cube_root(self) -> Self {
        self.with(self.simd.near_cube_root(self.values))
    }
}

/// Loops over arrays, for machines without vectors of eight numbers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Arrays;

#[inline(always)]
fn each(mut a: [f64; LANES], b: [f64; LANES], f: impl Fn(f64, f64) -> f64) -> [f64; LANES] {
    for lane in 0..LANES {
        a[lane] = f(a[lane], b[lane]);
    }
    a
}

impl Eight for Arrays {
    type Values = [f64; LANES];

    #[inline(always)]
    fn pack(self, values: [f64; LANES]) -> Self::Values {
        values
    }
    #[inline(always)]
    fn unpack(self, values: Self::Values) -> [f64; LANES] {
        values
    }
    #[inline(always)]
    fn splat(self, value: f64) -> Self::Values {
        [value; LANES]
    }
    #[inline(always)]
    fn add(self, a: Self::Values, b: Self::Values) -> Self::Values {
        each(a, b, Add::add)
    }
    #[inline(always)]
    fn sub(self, a: Self::Values, b: Self::Values) -> Self::Values {
        each(a, b, Sub::sub)
    }
    #[inline(always)]
    fn mul(self, a: Self::Values, b: Self::Values) -> Self::Values {
        each(a, b, Mul::mul)
    }
    #[inline(always)]
    fn div(self, a: Self::Values, b: Self::Values) -> Self::Values {
        each(a, b, Div::div)
    }
    #[inline(always)]
    fn sqrt(self, mut a: Self::Values) -> Self::Values {
        for a in &mut a {
            *a = a.sqrt();
        }
        a
    }
    #[inline(always)]
    fn max(self, a: Self::Values, b: Self::Values) -> Self::Values {
        self.choose(a, b, a, b)
    }
    #[inline(always)]
    fn min(self, a: Self::Values, b: Self::Values) -> Self::Values {
        self.choose(b, a, a, b)
    }
    #[inline(always)]
    fn choose(self, a: Self::Values, b: Self::Values, mut yes: Self::Values, no: Self::Values) -> Self::Values {
        for lane in 0..LANES {
            yes[lane] = if a[lane] > b[lane] { yes[lane] } else { no[lane] };
        }
        yes
    }
    #[inline(always)]
    fn exponent_and_mantissa(self, mut a: Self::Values) -> (Self::Values, Self::Values) {
        let mut exponents = a;
        for lane in 0..LANES {
            (exponents[lane], a[lane]) = a[lane].exponent_and_mantissa();
        }
        (exponents, a)
    }
    #[inline(always)]
    fn times_power_of_two(self, a: Self::Values, power: Self::Values) -> Self::Values {
        each(a, power, Number::times_power_of_two)
    }
    #[inline(always)]
    fn near_cube_root(self, a: Self::Values) -> Self::Values {
        each(a, a, |a, _| a.near_cube_root())
    }
    #[inline(always)]
    fn pick(self, numbers: [Self::Values; 2], places: Self::Values) -> Self::Values {
        each(places, places, |place, _| {
            let place = place.to_bits() as usize % (2 * LANES);
            numbers[place / LANES][place % LANES]
        })
    }
    #[inline(always)]
    fn last_bytes(self, a: Self::Values) -> u64 {
        let mut bytes = [0; LANES];
        for lane in 0..LANES {
            bytes[lane] = a[lane].to_bits() as u8;
        }
        u64::from_le_bytes(bytes)
    }
    #[inline(always)]
    fn bytes_with_bit<const BIT: u8>(self, bytes: [u64; LANES]) -> u64 {
        // The eight bits of a word, one in each byte, brought together in its highest byte.
        const GATHER: u64 = 0x0102_0408_1020_4080;
        let mut bits = 0;
        for (lane, word) in bytes.into_iter().enumerate() {
            let lowest = (word >> BIT) & 0x0101_0101_0101_0101;
            bits |= (lowest.wrapping_mul(GATHER) >> 56) << (8 * lane);
        }
        bits
    }
}

#[cfg(target_arch = "x86_64")]
mod wide {
    use super::*;
    use crate::lane_math::{CUBE_ROOT_BIAS, MANTISSA, ONE_OVER_ROOT_HALF, SQRT_HALF_BITS};
    use pulp::x86::V4;
    use pulp::{cast, f64x8, u8x16, u8x64, u64x8};

    impl Eight for V4 {
        type Values = f64x8;

        #[inline(always)]
        fn pack(self, values: [f64; LANES]) -> f64x8 {
            cast(values)
        }
        #[inline(always)]
        fn unpack(self, values: f64x8) -> [f64; LANES] {
            cast(values)
        }
        #[inline(always)]
        fn splat(self, value: f64) -> f64x8 {
            self.splat_f64x8(value)
        }
        #[inline(always)]
        fn add(self, a: f64x8, b: f64x8) -> f64x8 {
            self.add_f64x8(a, b)
        }
        #[inline(always)]
        fn sub(self, a: f64x8, b: f64x8) -> f64x8 {
            self.sub_f64x8(a, b)
        }
        #[inline(always)]
        fn mul(self, a: f64x8, b: f64x8) -> f64x8 {
            self.mul_f64x8(a, b)
        }
        #[inline(always)]
        fn div(self, a: f64x8, b: f64x8) -> f64x8 {
            self.div_f64x8(a, b)
        }
        #[inline(always)]
        fn sqrt(self, a: f64x8) -> f64x8 {
            self.sqrt_f64x8(a)
        }
        #[inline(always)]
        fn max(self, a: f64x8, b: f64x8) -> f64x8 {
            self.max_f64x8(a, b)
        }
        #[inline(always)]
        fn min(self, a: f64x8, b: f64x8) -> f64x8 {
            self.min_f64x8(a, b)
        }
        #[inline(always)]
        fn choose(self, a: f64x8, b: f64x8, yes: f64x8, no: f64x8) -> f64x8 {
            self.select_f64x8(self.cmp_gt_f64x8(a, b), yes, no)
        }
        #[inline(always)]
        fn exponent_and_mantissa(self, a: f64x8) -> (f64x8, f64x8) {
            let bits = self.wrapping_add_u64x8(cast(a), self.splat_u64x8(ONE_OVER_ROOT_HALF));
            let exponent: u64x8 = self.or_u64x8(self.shr_const_u64x8::<52>(bits), self.splat_u64x8(TWO_52_BITS));
            let mantissa = self.wrapping_add_u64x8(
                self.and_u64x8(bits, self.splat_u64x8(MANTISSA)),
                self.splat_u64x8(SQRT_HALF_BITS),
            );
            (
                self.sub_f64x8(cast(exponent), self.splat_f64x8(TWO_52 + 1023.0)),
                cast(mantissa),
            )
        }
        #[inline(always)]
        fn times_power_of_two(self, a: f64x8, power: f64x8) -> f64x8 {
            let shifted = self.shl_const_u64x8::<52>(cast(power));
            self.mul_f64x8(a, cast(self.wrapping_add_u64x8(shifted, self.splat_u64x8(1023 << 52))))
        }
        #[inline(always)]
        fn near_cube_root(self, a: f64x8) -> f64x8 {
            let high = self.or_u64x8(self.shr_const_u64x8::<32>(cast(a)), self.splat_u64x8(TWO_52_BITS));
            let high = self.sub_f64x8(cast(high), self.splat_f64x8(TWO_52));
            let third = self.add_f64x8(
                self.mul_f64x8(high, self.splat_f64x8(1.0 / 3.0)),
                self.splat_f64x8(CUBE_ROOT_BIAS),
            );
            cast(self.shl_const_u64x8::<32>(cast(self.add_f64x8(third, self.splat_f64x8(TWO_52)))))
        }
        #[inline(always)]
        fn pick(self, [low, high]: [f64x8; 2], places: f64x8) -> f64x8 {
            cast(self.avx512f._mm512_permutex2var_pd(cast(low), cast(places), cast(high)))
        }
        #[inline(always)]
        fn last_bytes(self, a: f64x8) -> u64 {
            let bytes: u8x16 = self.convert_u64x8_to_u8x16(cast(a));
            let [low, _]: [u64; 2] = cast(bytes);
            low
        }
        #[inline(always)]
        fn bytes_with_bit<const BIT: u8>(self, bytes: [u64; LANES]) -> u64 {
            let bits: u8x64 = self.splat_u8x64(1 << BIT);
            self.avx512bw._mm512_test_epi8_mask(cast(bytes), cast(bits))
        }
    }
}

/// Work to be done with whatever instruction set the machine has.
pub(crate) trait Work {
    /// What comes out.
    type Output;
    /// Does it; to be marked `#[inline(always)]`, or it is compiled without the instructions.
    fn with<S: Eight>(self, simd: S) -> Self::Output;
}

/// Work bound to an instruction set. A type and no closure: a closure reaches the dispatch through a shim that is compiled
/// on its own, without the vector instructions.
struct Bound<S, W>(S, W);

impl<S: Eight, W: Work> pulp::NullaryFnOnce for Bound<S, W> {
    type Output = W::Output;

    #[inline(always)]
    fn call(self) -> W::Output {
        self.1.with(self.0)
    }
}

/// Does work with the widest instructions of this machine.
#[inline(always)]
pub(crate) fn with_widest<W: Work>(arch: pulp::Arch, work: W) -> W::Output {
    #[cfg(target_arch = "x86_64")]
    if let pulp::Arch::V4(simd) = arch {
        return pulp::Simd::vectorize(simd, Bound(simd, work));
    }
    arch.dispatch(Bound(Arrays, work))
}
