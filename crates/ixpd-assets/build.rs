//! Builds the front end with npm and writes the table of its files that `lib.rs` includes.
//!
//! All work happens in a copy below OUT_DIR, so that nothing appears in the source tree. `IXPD_ASSETS_DIR` names a folder
//! with the finished files instead, for machines without Node.

use std::ffi::OsStr;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, exit};

use sha2::{Digest, Sha256};

/// What the build reads, relative to this crate.
const SOURCES: [&str; 5] = [".npmrc", "build.mjs", "frontend", "package-lock.json", "package.json"];
/// Files without which no page works.
const REQUIRED: [&str; 5] = ["app.css", "app.js", "favicon.svg", "icons.svg", "theme.js"];
const PREBUILT: &str = "IXPD_ASSETS_DIR";
const NPM_CACHE: &str = "npm_config_cache";
const OLDEST_NODE: u32 = 18;
const HELP: &str = "install Node.js 18 or newer with npm (Debian: apt-get install nodejs npm), or set IXPD_ASSETS_DIR to a \
                    folder that holds the built files";

fn main() {
    println!("cargo::rerun-if-env-changed={PREBUILT}");
    for source in SOURCES {
        println!("cargo::rerun-if-changed={source}");
    }
    let out = PathBuf::from(required_variable("OUT_DIR"));
    let folder = std::env::var_os(PREBUILT)
        .filter(|value| !value.is_empty())
        .map_or_else(|| build_with_npm(&out), |folder| prebuilt(PathBuf::from(folder)));
    for name in REQUIRED {
        if !folder.join(name).is_file() {
            fail(&format!("{} has no {name}", folder.display()));
        }
    }
    check(fs::write(out.join("files.rs"), table(&folder)), "writing the table of files");
}

fn prebuilt(folder: PathBuf) -> PathBuf {
    if !folder.is_absolute() || !folder.is_dir() {
        fail(&format!("{PREBUILT} is {}: it must be the absolute path of a folder", folder.display()));
    }
    println!("cargo::rerun-if-changed={}", folder.display());
    folder
}

fn build_with_npm(out: &Path) -> PathBuf {
    check_node();
    let work = out.join("npm");
    check(fs::create_dir_all(&work), "making the build folder");
    copy_sources(&work);
    install_packages(&work);
    let dist = out.join("dist");
    run(Command::new("node").arg("build.mjs").arg(&dist).current_dir(&work), "the build of the front end");
    dist
}

fn check_node() {
    let output = run(Command::new("node").arg("--version"), "node --version");
    let version = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    let major = version.trim_start_matches('v').split('.').next().and_then(|major| major.parse::<u32>().ok());
    if major.is_none_or(|major| major < OLDEST_NODE) {
        fail(&format!("node is {version}, which is too old: {HELP}"));
    }
}

/// Installs what the lock file names, unless this folder already holds just that.
fn install_packages(work: &Path) {
    let stamp = work.join("node_modules/.ixpd-lock");
    let lock = check(fs::read(work.join("package-lock.json")), "reading package-lock.json");
    let wanted = digest(&lock);
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return;
    }
    let mut command = Command::new(npm());
    command.args(["ci", "--omit=dev"]).current_dir(work);
    if std::env::var_os(NPM_CACHE).is_none() && !home_takes_npm_cache() {
        command.env(NPM_CACHE, work.join("cache"));
    }
    run(&mut command, "npm ci");
    check(fs::write(stamp, wanted), "noting what was installed");
}

/// Returns whether npm can write to its default cache folder. Accounts in containers often have no home.
fn home_takes_npm_cache() -> bool {
    let Some(home) = std::env::var_os("HOME") else { return false };
    let folder = Path::new(&home).join(".npm");
    let probe = folder.join(format!("ixpd-assets-{}", std::process::id()));
    fs::create_dir_all(&folder)
        .and_then(|()| fs::write(&probe, ""))
        .and_then(|()| fs::remove_file(&probe))
        .is_ok()
}

fn npm() -> &'static str {
    if cfg!(windows) { "npm.cmd" } else { "npm" }
}

fn copy_sources(work: &Path) {
    let here = PathBuf::from(required_variable("CARGO_MANIFEST_DIR"));
    let frontend = work.join("frontend");
    if frontend.exists() {
        check(fs::remove_dir_all(&frontend), "clearing the old sources");
    }
    for source in SOURCES {
        copy(&here.join(source), &work.join(source));
    }
}

fn copy(from: &Path, to: &Path) {
    if !from.is_dir() {
        check(fs::copy(from, to), &format!("copying {}", from.display()));
        return;
    }
    check(fs::create_dir_all(to), &format!("making {}", to.display()));
    for entry in check(fs::read_dir(from), &format!("reading {}", from.display())) {
        let entry = check(entry, "reading a folder");
        copy(&entry.path(), &to.join(entry.file_name()));
    }
}

/// Source text of the slice of [`File`]s, sorted by name.
fn table(folder: &Path) -> String {
    let mut names: Vec<String> = check(fs::read_dir(folder), "reading the built files")
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| !is_compressed(name) && folder.join(name).is_file())
        .collect();
    names.sort();
    let mut source = String::from("&[\n");
    for name in names {
        let path = folder.join(&name);
        let bytes = check(fs::read(&path), &format!("reading {}", path.display()));
        let hash = &digest(&bytes)[..16];
        let (stem, extension) = name.rsplit_once('.').unwrap_or((&name, ""));
        let compressed = folder.join(format!("{name}.gz"));
        let gzip = if compressed.is_file() {
            format!("Some(include_bytes!({}))", literal(&compressed))
        } else {
            "None".to_owned()
        };
        let written = writeln!(
            source,
            "File {{ name: {name:?}, url: \"/assets/{stem}.{hash}.{extension}\", mime: {:?}, etag: \"\\\"{hash}\\\"\", \
             bytes: include_bytes!({}), gzip: {gzip} }},",
            mime(extension),
            literal(&path),
        );
        check(written, "writing the table of files");
    }
    source.push(']');
    source
}

/// The path as Rust source text.
fn literal(path: &Path) -> String {
    let text = path.to_str().unwrap_or_else(|| fail(&format!("{} isn't valid UTF-8", path.display())));
    format!("{text:?}")
}

fn is_compressed(name: &str) -> bool {
    Path::new(name).extension() == Some(OsStr::new("gz"))
}

fn mime(extension: &str) -> &'static str {
    match extension {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    }
}

/// SHA-256 in hexadecimal.
fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"))
}

fn run(command: &mut Command, what: &str) -> Output {
    let output = command.output().unwrap_or_else(|error| {
        fail(&format!("{} can't be started ({error}): {HELP}", command.get_program().display()))
    });
    if !output.status.success() {
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        fail(&format!("{what} failed ({}):\n{text}", output.status));
    }
    output
}

fn required_variable(name: &str) -> std::ffi::OsString {
    std::env::var_os(name).unwrap_or_else(|| fail(&format!("{name} isn't set: this program is run by cargo")))
}

fn check<T, E: std::fmt::Display>(result: Result<T, E>, what: &str) -> T {
    result.unwrap_or_else(|error| fail(&format!("{what}: {error}")))
}

fn fail(message: &str) -> ! {
    println!("cargo::error=the web pages' assets can't be built");
    for line in message.lines() {
        println!("cargo::error={line}");
    }
    exit(1)
}
