//! What differs between operating systems, and nothing else.

mod browser;
mod machine;
mod paths;
mod policy;

pub use browser::open_in_browser;
pub use machine::{host_name, machine_id};
pub(crate) use paths::machine_secret;
pub use paths::{machine_folder, user_data_folder};
pub use policy::{Policy, PolicyError, read_guarded};
