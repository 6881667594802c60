//! Discord, through the stand-in.

mod answers;
mod asking;
pub(crate) mod bot;
mod chaos;
mod codes;
mod following;
mod gateway;
mod limiter;
mod limits;
mod load;
mod manners;
mod markdown;
mod places;
mod refusals;
mod spaces;
mod stand_in;
mod start;
mod trouble;
