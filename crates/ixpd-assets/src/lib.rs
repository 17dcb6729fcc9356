//! Style sheet, scripts and icons of the pages, built by npm and embedded into the program.
//!
//! Every file has an address that carries a hash of its content, so browsers may keep it for ever.

/// Where the files are served, below the path of `APP_URL`.
pub const PREFIX: &str = "/assets/";

struct File {
    name: &'static str,
    url: &'static str,
    mime: &'static str,
    etag: &'static str,
    bytes: &'static [u8],
    gzip: Option<&'static [u8]>,
}

static FILES: &[File] = include!(concat!(env!("OUT_DIR"), "/files.rs"));

/// One embedded file as it is to be served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asset {
    /// The content.
    pub bytes: &'static [u8],
    /// The content compressed, for clients that accept `gzip`.
    pub gzip: Option<&'static [u8]>,
    /// Value of `Content-Type`.
    pub mime: &'static str,
    /// Value of `ETag`, in its quotes; it stands for the plain content.
    pub etag: &'static str,
    /// The address named this very content: it never changes and may be cached for a year.
    pub immutable: bool,
}

/// The address of the file `name`, such as `app.css`: `/assets/app.<hash>.css`.
///
/// The path of `APP_URL` goes before it. An unknown name has the address `/assets/`, which isn't served.
pub fn url(name: &str) -> &'static str {
    FILES.iter().find(|file| file.name == name).map_or(PREFIX, |file| file.url)
}

/// The file that an address names: `path` is what follows [`PREFIX`], with its hash or without.
pub fn get(path: &str) -> Option<Asset> {
    let file = FILES.iter().find(|file| file.name == path || file.url.strip_prefix(PREFIX) == Some(path))?;
    Some(Asset {
        bytes: file.bytes,
        gzip: file.gzip,
        mime: file.mime,
        etag: file.etag,
        immutable: file.name != path,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a first visit may transfer for style sheet and scripts, in bytes.
    const TRANSFER_LIMIT: usize = 120_000;

    #[test]
    fn every_file_is_found_by_its_address_and_by_its_plain_name() {
        for file in FILES {
            let hashed = get(file.url.strip_prefix(PREFIX).unwrap()).unwrap();
            assert!(hashed.immutable, "{}", file.url);
            assert!(!hashed.bytes.is_empty(), "{}", file.url);
            let plain = get(file.name).unwrap();
            assert!(!plain.immutable, "{}", file.name);
            assert_eq!((plain.bytes, plain.etag), (hashed.bytes, hashed.etag));
        }
    }

    #[test]
    fn addresses_carry_a_hash_and_end_as_the_name_does() {
        let address = url("app.css");
        let hash = address.strip_prefix("/assets/app.").unwrap().strip_suffix(".css").unwrap();
        assert_eq!(hash.len(), 16);
        assert!(hash.bytes().all(|byte| byte.is_ascii_hexdigit()));
    }

    #[test]
    fn unknown_names_are_not_served() {
        for path in ["", "app", "app.css/", "../Cargo.toml", "app.0000000000000000.css", "app.css.gz"] {
            assert_eq!(get(path), None, "{path}");
        }
        assert_eq!(url("nothing.css"), PREFIX);
    }

    #[test]
    fn style_sheet_and_scripts_stay_small() {
        let transferred: usize = ["app.css", "app.js", "api-docs.js", "theme.js"]
            .iter()
            .map(|name| get(name).unwrap())
            .map(|asset| asset.gzip.unwrap_or(asset.bytes).len())
            .sum();
        assert!(transferred < TRANSFER_LIMIT, "{transferred} bytes");
    }

    #[test]
    fn nothing_is_loaded_from_elsewhere() {
        for file in FILES {
            let text = String::from_utf8_lossy(file.bytes).replace("http://www.w3.org/", "");
            assert!(
                !text.contains("http://") && !text.contains("https://"),
                "{} names another host",
                file.name
            );
        }
    }
}
