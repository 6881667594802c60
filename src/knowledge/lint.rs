//! Warnings: what a pack should mend although it can be served.
