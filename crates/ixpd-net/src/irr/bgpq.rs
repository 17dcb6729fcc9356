//! `bgpq4` and `bgpq3`: programs that put prefix lists together from registries.
//!
//! The options are those that both have in all versions, with one exception: see [`knows_option`]. `-p` keeps AS numbers
//! for private use and documentation, which the programs drop otherwise.

use std::{borrow::Cow, path::Path, process::Stdio};

use ipnet::IpNet;
use ixpd_types::Protocol;
use serde::Deserialize;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, BufReader},
    process::{Child, ChildStderr, Command},
};

use super::{
    Fetched, IrrError, IrrHost, IrrLimits, IrrQuery,
    entries::{Origins, Prefixes},
};

/// The name of the list in the program's JSON.
const LIST: &str = "pl";
/// Bytes of standard error that are kept.
const COMPLAINT: u64 = 1024;
/// Bytes of the list of options.
const USAGE: u64 = 64 * 1024;
/// What both programs say where a server refuses one of their questions. They leave its answer out and end well.
const INCOMPLETE: &[u8] = b"Error expanding";

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
    let mut options = vec!["-p", "-j", "-m", &longest_text];
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
    let mut options = vec!["-p", "-j", "-f", "999"];
    // Without it bgpq3 writes 23456 for every number of more than 16 bits. For bgpq4 1.x it is an unknown option.
    if knows_option(program, "-3").await? {
        options.push("-3");
    }
    let output = run(program, limits, host, query, &options).await?;
    let mut origins = Origins::default();
    read_list(&output, &mut |number: u32| origins.take(number))
        .map_err(|error| broken(program, query, error.to_string()))?;
    held_to(origins.len(), program, limits, query)?;
    Ok(origins.finish(vec![]))
}

/// Starts the program. Arguments go to it as they are, and no name begins like an option.
fn spawn(program: &Path, arguments: impl IntoIterator<Item = String>) -> Result<Child, IrrError> {
    let mut command = Command::new(program);
    command
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    command.spawn().map_err(|error| cannot_run(program, error.to_string()))
}

/// Whether the program lists an option in its usage, which it prints when it is asked for one that it doesn't know.
async fn knows_option(program: &Path, option: &str) -> Result<bool, IrrError> {
    let mut child = spawn(program, ["--help".to_owned()])?;
    let (output, errors) = tokio::join!(beginning(child.stdout.take()), beginning(child.stderr.take()));
    let lists = |line: &str| {
        line.trim_start().strip_prefix(option).is_some_and(|rest| rest.trim_start().starts_with(':'))
    };
    Ok(output.lines().chain(errors.lines()).any(lists))
}

/// The beginning of what is written to a pipe, which is closed then.
async fn beginning(pipe: Option<impl AsyncRead + Unpin>) -> String {
    let mut kept = Vec::new();
    if let Some(pipe) = pipe {
        // What was said before it broke is as good.
        let _ = pipe.take(USAGE).read_to_end(&mut kept).await;
    }
    String::from_utf8_lossy(&kept).into_owned()
}

/// Runs the program to its end.
async fn run(
    program: &Path,
    limits: &IrrLimits,
    host: &IrrHost,
    query: &IrrQuery,
    options: &[&str],
) -> Result<Vec<u8>, IrrError> {
    let host = host.to_string();
    if host.matches(':').count() > 1 {
        let reason = format!("it takes the name of a server or an IPv4 address, not {host}");
        return Err(cannot_run(program, reason));
    }
    let mut arguments = vec!["-l".to_owned(), LIST.to_owned(), "-h".to_owned(), host];
    arguments.extend(options.iter().map(|option| (*option).to_owned()));
    if !query.sources.is_empty() {
        let sources: Vec<_> = query.sources.iter().map(ToString::to_string).collect();
        arguments.extend(["-S".to_owned(), sources.join(",")]);
    }
    arguments.extend(query.names.iter().map(ToString::to_string));
    let mut child = spawn(program, arguments)?;
    let most = limits.answer_bytes as u64;
    let complaints = tokio::spawn(complaints(child.stderr.take()));
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
    let status = child.wait().await.map_err(|error| cannot_run(program, error.to_string()))?;
    let complaints = complaints.await.unwrap_or_default();
    match complaints.incomplete {
        _ if !status.success() => Err(broken(program, query, format!("{status}: {}", complaints.first))),
        Some(words) => Err(broken(program, query, words)),
        None => Ok(output),
    }
}

/// What a program wrote to standard error.
#[derive(Default)]
struct Complaints {
    /// The first words.
    first: String,
    /// The words that say that the output lacks something.
    incomplete: Option<String>,
}

/// Reads standard error to its end, so that the program needn't wait.
async fn complaints(pipe: Option<ChildStderr>) -> Complaints {
    let Some(pipe) = pipe else { return Complaints::default() };
    let mut pipe = BufReader::new(pipe);
    let (mut first, mut incomplete, mut line) = (Vec::new(), Vec::new(), Vec::new());
    // Two lines: the question and what the server said to it.
    let mut lines_of_interest = 0;
    // What was said before it broke is as good.
    while (&mut pipe).take(COMPLAINT).read_until(b'\n', &mut line).await.is_ok_and(|length| length > 0) {
        if first.len() < COMPLAINT as usize {
            first.extend_from_slice(&line);
        }
        if incomplete.is_empty() && line.windows(INCOMPLETE.len()).any(|words| words == INCOMPLETE) {
            lines_of_interest = 2;
        }
        if lines_of_interest > 0 {
            lines_of_interest -= 1;
            incomplete.extend_from_slice(&line);
        }
        line.clear();
    }
    let words =
        |bytes: &[u8]| String::from_utf8_lossy(bytes).split_whitespace().collect::<Vec<_>>().join(" ");
    Complaints { first: words(&first), incomplete: Some(words(&incomplete)).filter(|text| !text.is_empty()) }
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

fn cannot_run(program: &Path, reason: String) -> IrrError {
    IrrError::Program { program: program.display().to_string(), reason }
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
