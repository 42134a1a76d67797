//! Puts the profiles, accounts and records of the demonstration into the program, so that `serve --demo` needs no files.

use std::{env, fmt::Write, fs, io, path::Path};

fn main() -> io::Result<()> {
    let root = Path::new(&env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?).join("../..");
    let out = env::var("OUT_DIR").map_err(io::Error::other)?;
    let mut text = String::new();
    for (name, folder, kind) in [
        ("PROFILES", "profiles", "toml"),
        ("ACCOUNTS", "demo/accounts", "toml"),
        ("RECORDS", "demo/records", "csv"),
    ] {
        let folder = root.join(folder);
        println!("cargo::rerun-if-changed={}", folder.display());
        let mut files: Vec<_> =
            fs::read_dir(&folder)?.map(|entry| entry.map(|e| e.path())).collect::<Result<_, _>>()?;
        files.retain(|path| path.extension().is_some_and(|extension| extension == kind));
        files.sort();
        writeln!(text, "const {name}: &[(&str, &str)] = &[").map_err(io::Error::other)?;
        for path in files {
            println!("cargo::rerun-if-changed={}", path.display());
            let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let path = path.canonicalize()?.to_string_lossy().into_owned();
            writeln!(text, "    ({stem:?}, include_str!({path:?})),").map_err(io::Error::other)?;
        }
        text.push_str("];\n");
    }
    fs::write(Path::new(&out).join("demo_files.rs"), text)
}
