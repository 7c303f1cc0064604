//! What the engines of a race share: the workloads, the clock, the conversation.

mod clock;
mod serve;
mod term;
mod workload;

pub use clock::{Clock, Used};
pub use serve::{Contestant, Engine, Outcome, serve};
pub use term::Term;
pub use workload::{Case, Rule, Scheduler, Side, Workloads};
