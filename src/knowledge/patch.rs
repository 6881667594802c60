//! Changing one entry of `faq.toml` without touching the rest.
