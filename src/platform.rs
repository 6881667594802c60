//! The places where people ask. Each translates in and out and holds no rule of ours.

pub mod console;
