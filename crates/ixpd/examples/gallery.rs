//! Writes every page with its sample contexts into a folder, to be looked at in a browser:
//! `cargo run -p ixpd --example gallery -- FOLDER`, then serve that folder with any web server.

use std::env;
use std::error::Error;
use std::path::{Path, PathBuf};

use ixpd::web::views::samples;

/// Files that the pages refer to.
const ASSETS: [&str; 5] = ["app.css", "app.js", "favicon.svg", "icons.svg", "theme.js"];

fn main() -> Result<(), Box<dyn Error>> {
    let folder = env::args_os().nth(1).map(PathBuf::from).ok_or("name the folder to write to")?;
    fs_err::create_dir_all(folder.join("assets"))?;
    for name in ASSETS {
        let path = ixpd_assets::url(name).trim_start_matches(ixpd_assets::PREFIX);
        let asset = ixpd_assets::get(path).ok_or_else(|| format!("{name} isn't among the assets"))?;
        fs_err::write(folder.join("assets").join(path), asset.bytes)?;
    }
    write_pages(&folder)
}

fn write_pages(folder: &Path) -> Result<(), Box<dyn Error>> {
    for sample in samples() {
        fs_err::write(folder.join(format!("{}.html", sample.name)), sample.page.dyn_render()?)?;
    }
    Ok(())
}
