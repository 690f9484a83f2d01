//! A plan on ground small enough to try every choice by hand.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

mod by_hand;
mod candidates;
mod plans;
mod province;
mod sharing;
