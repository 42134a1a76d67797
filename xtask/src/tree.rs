//! Where things are in the repository.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// The root of the repository that cargo was called in: two checkouts may share one folder of builds.
pub(crate) fn root() -> &'static Path {
    static ROOT: OnceLock<PathBuf> = OnceLock::new();
    ROOT.get_or_init(|| {
        let built_from = || env!("CARGO_MANIFEST_DIR").into();
        let xtask = std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(built_from, PathBuf::from);
        xtask.parent().map_or_else(|| xtask.clone(), Path::to_owned)
    })
}

/// The folder of the window.
pub(crate) fn ui() -> PathBuf {
    root().join("ui")
}

/// The folder that cargo builds into.
pub(crate) fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |dir| root().join(dir))
}

/// A program of this workspace, as the debug profile builds it.
pub(crate) fn program(name: &str) -> PathBuf {
    target().join("debug").join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}
