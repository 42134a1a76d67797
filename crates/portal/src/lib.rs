//! The portal server: accounts, sign-in, codes, trust and handover.
