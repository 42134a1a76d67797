//! The portal's own pages: HTML for a browser, which works without a script. They need no cookie and follow no link by
//! themselves: what they do, they do on a button.

pub(crate) mod booking;
pub(crate) mod frame;
pub(crate) mod links;
pub(crate) mod outbox;
pub(crate) mod privacy;
pub(crate) mod space;
