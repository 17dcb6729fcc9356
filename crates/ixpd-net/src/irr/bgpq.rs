//! `bgpq4` and `bgpq3`: programs that put prefix lists together from registries.

use std::{borrow::Cow, path::Path, process::Stdio};

use ipnet::IpNet;
use ixpd_types::Protocol;
use serde::Deserialize;
use tokio::{
    io::AsyncReadExt as _,
    process::{ChildStderr, Command},
};

use super::{
    Fetched, IrrError, IrrHost, IrrLimits, IrrQuery,
    entries::{Origins, Prefixes},
};

/// The name of the list in the program's JSON.
const LIST: &str = "pl";
/// Bytes of standard error that are kept.
const COMPLAINT: u64 = 1024;

/// A prefix of the output, `{"prefix": "192.0.2.0\/24", "exact": true}`.
#[derive(Deserialize)]
struct Entry<'a> {
    #[serde(borrow)]
    prefix: Cow<'a, str>,
}

/// The prefixes of the names.
pub(super) async fn prefixes(
    program: &Path,
    limits: &IrrLimits,
    host: &IrrHost,
    query: &IrrQuery,
    protocol: Protocol,
    longest: u8,
) -> Result<Fetched<IpNet>, IrrError> {
    let longest_text = longest.to_string();
    let mut options = vec!["-j", "-m", &longest_text];
    if protocol == Protocol::V6 {
        options.push("-6");
    }
    let output = run(program, limits, host, query, &options).await?;
    let mut prefixes = Prefixes::new(protocol, longest);
    read_list(&output, &mut |entry: Entry<'_>| prefixes.take(&entry.prefix))
        .map_err(|error| broken(program, query, error.to_string()))?;
    held_to(prefixes.len(), program, limits, query)?;
    Ok(prefixes.finish(vec![]))
}

/// The AS numbers of the names.
pub(super) async fn origins(
    program: &Path,
    limits: &IrrLimits,
    host: &IrrHost,
    query: &IrrQuery,
) -> Result<Fetched<u32>, IrrError> {
    let output = run(program, limits, host, query, &["-3", "-j", "-f", "999"]).await?;
    let mut origins = Origins::default();
    read_list(&output, &mut |number: u32| origins.take(number))
        .map_err(|error| broken(program, query, error.to_string()))?;
    held_to(origins.len(), program, limits, query)?;
    Ok(origins.finish(vec![]))
}

/// Runs the program to its end. Arguments go to it as they are, and no name begins like an option.
async fn run(
    program: &Path,
    limits: &IrrLimits,
    host: &IrrHost,
    query: &IrrQuery,
    options: &[&str],
) -> Result<Vec<u8>, IrrError> {
    let mut command = Command::new(program);
    command.args(["-l", LIST, "-h", &host.to_string()]).args(options);
    if !query.sources.is_empty() {
        let sources: Vec<_> = query.sources.iter().map(ToString::to_string).collect();
        command.args(["-S", &sources.join(",")]);
    }
    command.args(query.names.iter().map(ToString::to_string));
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    let cannot_run = |reason: String| IrrError::Program { program: program.display().to_string(), reason };
    let mut child = command.spawn().map_err(|error| cannot_run(error.to_string()))?;
    let most = limits.answer_bytes as u64;
    let complaint = tokio::spawn(complaint(child.stderr.take()));
    let mut output = Vec::new();
    if let Some(pipe) = child.stdout.take() {
        let whole = pipe.take(most + 1).read_to_end(&mut output).await;
        whole.map_err(|error| broken(program, query, error.to_string()))?;
    }
    if output.len() as u64 > most {
        // Dropping the child ends it, and with it the reading of its complaints.
        let host = program.display().to_string();
        let limit = limits.answer_bytes;
        return Err(IrrError::TooLarge { host, query: query.to_string(), limit, unit: "bytes" });
    }
    let status = child.wait().await.map_err(|error| cannot_run(error.to_string()))?;
    if status.success() {
        return Ok(output);
    }
    let words = complaint.await.unwrap_or_default();
    Err(broken(program, query, format!("{status}: {words}")))
}

/// The first words on standard error. The rest is read on, so that the program needn't wait.
async fn complaint(pipe: Option<ChildStderr>) -> String {
    let mut kept = Vec::new();
    if let Some(mut pipe) = pipe {
        // What was said before it broke is as good.
        let _ = (&mut pipe).take(COMPLAINT).read_to_end(&mut kept).await;
        let _ = tokio::io::copy(&mut pipe, &mut tokio::io::sink()).await;
    }
    String::from_utf8_lossy(&kept).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Hands over each item of `{"pl": [..]}` without building the list.
fn read_list<'de, T: Deserialize<'de>>(
    json: &'de [u8],
    item: &mut (dyn FnMut(T) + Send),
) -> Result<(), serde_json::Error> {
    use serde::de::{DeserializeSeed, Deserializer as _, Error as _, MapAccess, SeqAccess, Visitor};
    use std::{fmt, marker::PhantomData};

    struct Items<'f, T>(&'f mut (dyn FnMut(T) + Send), PhantomData<T>);

    impl<'de, T: Deserialize<'de>> DeserializeSeed<'de> for Items<'_, T> {
        type Value = ();

        fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
            deserializer.deserialize_seq(self)
        }
    }

    impl<'de, T: Deserialize<'de>> Visitor<'de> for Items<'_, T> {
        type Value = ();

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a list")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
            while let Some(item) = list.next_element()? {
                (self.0)(item);
            }
            Ok(())
        }
    }

    struct Whole<'f, T>(Items<'f, T>);

    impl<'de, T: Deserialize<'de>> Visitor<'de> for Whole<'_, T> {
        type Value = ();

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "an object with the list `{LIST}`")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
            match map.next_key::<Cow<'de, str>>()? {
                Some(key) if key == LIST => map.next_value_seed(self.0)?,
                _ => return Err(A::Error::custom(format!("there is no list `{LIST}`"))),
            }
            match map.next_key::<Cow<'de, str>>()? {
                None => Ok(()),
                Some(_) => Err(A::Error::custom("there is more than one list")),
            }
        }
    }

    let mut deserializer = serde_json::Deserializer::from_slice(json);
    deserializer.deserialize_map(Whole(Items(item, PhantomData)))?;
    deserializer.end()
}

fn held_to(entries: usize, program: &Path, limits: &IrrLimits, query: &IrrQuery) -> Result<(), IrrError> {
    if entries <= limits.entries {
        return Ok(());
    }
    let host = program.display().to_string();
    Err(IrrError::TooLarge { host, query: query.to_string(), limit: limits.entries, unit: "entries" })
}

fn broken(program: &Path, query: &IrrQuery, reason: String) -> IrrError {
    IrrError::Broken { host: program.display().to_string(), query: query.to_string(), reason }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_read_as_the_programs_write_them() {
        let mut found = Vec::new();
        let json = br#"{ "pl": [
    { "prefix": "192.0.2.0\/24", "exact": true },
    { "prefix": "198.51.100.0/24", "exact": true }
] }
"#;
        read_list(json, &mut |entry: Entry<'_>| found.push(entry.prefix.into_owned())).expect("a list");
        assert_eq!(found, ["192.0.2.0/24", "198.51.100.0/24"]);
        let mut numbers = Vec::new();
        read_list(b"{\"pl\": [\n  64500,64501,\n 4200000000\n]}", &mut |number: u32| numbers.push(number))
            .expect("a list");
        assert_eq!(numbers, [64_500, 64_501, 4_200_000_000]);
        read_list(b"{\"pl\": [\n]}", &mut |_: u32| panic!("nothing is in it")).expect("an empty list");
    }

    #[test]
    fn output_that_is_cut_or_something_else_is_an_error() {
        for json in [
            "",
            "{}",
            "[]",
            "{\"pl\": [",
            "{\"pl\": [1]",
            "{\"pl\": [1]} x",
            "{\"other\": []}",
            "{\"pl\": [-1]}",
        ] {
            assert!(read_list(json.as_bytes(), &mut |_: u32| {}).is_err(), "{json}");
        }
    }
}
