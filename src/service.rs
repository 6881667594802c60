//! What all platforms share: answering once, keeping records, staying alive.

pub mod settings;
