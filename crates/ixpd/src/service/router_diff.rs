//! What a deploy would change: a router's configuration in place against the one that it would get now.

use std::{
    io::{self, Read},
    sync::{Arc, Weak},
};

use axum::body::Body;
use futures::TryStreamExt as _;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use ixpd_render::router_diff::{Change, Kind, Listed, Model, Report, SecretHash, compare, read_while};
use tokio::{
    io::{AsyncRead, AsyncReadExt as _},
    runtime::Handle,
};
use tokio_util::io::StreamReader;

use crate::{error::AppError, sample::Sample};

/// The largest configuration that is taken, in bytes. The largest exchanges have 100 MB.
pub const LIMIT: usize = 128 * 1024 * 1024;

/// A member may announce more, and has registered another prefix.
impl Sample for Report {
    fn sample() -> Self {
        let change = |kind, what: &str, added| Change {
            kind,
            subject: "session pb_0001_as64496 (AS64496, 192.0.2.10)".to_owned(),
            what: what.to_owned(),
            added,
            removed: Listed::default(),
            fix: None,
        };
        let limit = "import limit: 100 action restart -> 200 action restart";
        let added = Listed { count: 1, first: vec!["198.51.100.0/24".to_owned()] };
        Self {
            changes: vec![
                change(Kind::Session, limit, Listed::default()),
                change(Kind::Prefixes, "import filter: prefixes: 1 -> 2", added),
            ],
            ..Self::default()
        }
    }
}

/// Compares two configurations of a router. Neither is ever in memory as a whole.
///
/// # Errors
/// 413 for one that is larger than [`LIMIT`], 400 for one that breaks off, 422 for one of another router.
pub async fn diff(handle: &str, before: Body, after: Body) -> Result<Report, AppError> {
    let hash = SecretHash::default();
    let (before, after) = tokio::try_join!(
        model("the configuration in place", before, &hash),
        model("the new configuration", after, &hash)
    )?;
    for model in [&before, &after] {
        belongs_to(handle, model)?;
    }
    Ok(compare(&before, &after))
}

/// Refuses a configuration whose end marker names another router. One without a marker, of BIRD 1, is taken.
///
/// # Errors
/// 422 that names both handles.
fn belongs_to(handle: &str, model: &Model) -> Result<(), AppError> {
    match &model.end_marker {
        Some(other) if other != handle => Err(AppError::field(
            "configuration",
            format!("it ends as one of router {other}; accepted: one of {handle}"),
        )),
        _ => Ok(()),
    }
}

async fn model(what: &'static str, body: Body, hash: &SecretHash) -> Result<Model, AppError> {
    let stream = Limited::new(body, LIMIT).into_data_stream().map_err(io::Error::other);
    let reader = Blocking { reader: StreamReader::new(stream), handle: Handle::current() };
    let hash = hash.clone();
    // Dropped together with this future, when the client is gone: the thread stops then.
    let wanted = Arc::new(());
    let is_wanted = Arc::downgrade(&wanted);
    let read = move || read_while(reader, &hash, || Weak::strong_count(&is_wanted) > 0);
    let read = tokio::task::spawn_blocking(read).await.map_err(AppError::internal)?;
    drop(wanted);
    read.map_err(|error| {
        if is_too_large(&error) {
            AppError::PayloadTooLarge { limit: LIMIT }
        } else {
            AppError::BadRequest(format!("{what} broke off: {error}"))
        }
    })
}

/// Whether this or a layer before has cut the body off.
fn is_too_large(error: &io::Error) -> bool {
    let mut cause = error.get_ref().map(|cause| cause as &(dyn std::error::Error + 'static));
    while let Some(error) = cause {
        if error.is::<LengthLimitError>() {
            return true;
        }
        cause = error.source();
    }
    false
}

/// A reader for the parser, which runs on a thread of its own.
struct Blocking<R> {
    reader: R,
    handle: Handle,
}

impl<R: AsyncRead + Unpin> Read for Blocking<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.handle.block_on(self.reader.read(buffer))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::stream;
    use http::StatusCode;

    fn config(limit: u32) -> String {
        format!(
            "protocol bgp pb_0001_as64500 {{ neighbor 192.0.2.1 as 64500; ipv4 {{ import limit {limit} action restart; }}; }}\n\
             # END_OF_CONFIG_MARKER_FOR_rs1\n"
        )
    }

    #[tokio::test]
    async fn sample_is_what_a_comparison_says() {
        let config = |limit: u32, prefixes: &str| {
            Body::from(format!(
                "filter f_import_as64496\nprefix set allnet;\n{{\n\
                 allnet = [ {prefixes} ]; if !(net ~ allnet) then reject; accept;\n}}\n\
                 protocol bgp pb_0001_as64496 {{ neighbor 192.0.2.10 as 64496;\n\
                 ipv4 {{ import limit {limit} action restart; import filter f_import_as64496; }}; }}\n\
                 # END_OF_CONFIG_MARKER_FOR_rs1\n"
            ))
        };
        let (before, after) = (config(100, "192.0.2.0/24"), config(200, "192.0.2.0/24, 198.51.100.0/24"));
        let report = diff("rs1", before, after).await.unwrap();
        assert_eq!(report, Report::sample(), "{report}");
    }

    /// In pieces, as it comes over a network.
    fn in_pieces(text: &str) -> Body {
        let pieces: Vec<_> =
            text.as_bytes().chunks(7).map(|piece| Ok::<_, io::Error>(piece.to_vec())).collect();
        Body::from_stream(stream::iter(pieces))
    }

    #[tokio::test]
    async fn bodies_are_compared_as_they_come() {
        let report = diff("rs1", in_pieces(&config(100)), in_pieces(&config(200))).await.unwrap();
        assert_eq!(report.changes.len(), 1);
        assert_eq!(report.changes[0].kind, Kind::Session);
        assert!(diff("rs1", in_pieces(&config(100)), in_pieces(&config(100))).await.unwrap().is_same());
    }

    #[tokio::test]
    async fn configuration_of_another_router_is_refused() {
        let error = diff("rs2", Body::from(config(1)), Body::from(config(1))).await.unwrap_err();
        assert_eq!(error.status(), StatusCode::UNPROCESSABLE_ENTITY);
    }

    #[tokio::test]
    async fn reading_stops_when_nobody_waits_for_it() {
        use std::sync::atomic::{AtomicUsize, Ordering};

        static PIECES: AtomicUsize = AtomicUsize::new(0);
        let endless = stream::repeat_with(|| {
            PIECES.fetch_add(1, Ordering::SeqCst);
            Ok::<_, io::Error>(b"x { y; } ".to_vec())
        });
        let comparison = diff("rs1", Body::from_stream(endless), Body::empty());
        let given_up = tokio::time::timeout(std::time::Duration::from_millis(200), comparison).await;
        assert!(given_up.is_err(), "it ended");
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        let read = PIECES.load(Ordering::SeqCst);
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        assert!(read > 0);
        assert_eq!(PIECES.load(Ordering::SeqCst), read, "it goes on");
    }

    #[tokio::test]
    async fn broken_and_endless_bodies_are_the_client_s_error() {
        let cut = stream::iter([Ok(config(1)), Err(io::Error::other("reset"))]);
        let error = diff("rs1", Body::from_stream(cut), Body::from(config(1))).await.unwrap_err();
        assert_eq!(error.status(), StatusCode::BAD_REQUEST, "{error}");
        let line = vec![b'\n'; 1024 * 1024];
        let endless = stream::repeat_with(move || Ok::<_, io::Error>(line.clone()));
        let error = diff("rs1", Body::from_stream(endless), Body::from(config(1))).await.unwrap_err();
        assert_eq!(error.status(), StatusCode::PAYLOAD_TOO_LARGE, "{error}");
    }
}
