//! The copy of a configuration that a private BIRD gets.

use std::path::Path;

use super::RTR_PORT;

/// Statements of the top level that would reach files and sockets of the host.
const OUTSIDE: [&str; 3] = ["log", "mrtdump", "cli"];
/// Statements of a session that ask for passwords: those of TCP can't be had by the neighbours that are played.
const SECRETS: [&str; 2] = ["password", "authentication"];

/// The configuration with nothing changed but what would reach outside of the simulation: where it logs, passwords of
/// sessions, and the addresses of RPKI caches. Each line stays where it is, so that what BIRD says of one is true.
pub fn private_copy(text: &str, log: &Path) -> String {
    let mut scanner = Scanner { text, ..Scanner::default() };
    scanner.scan();
    let mut copy = format!("log \"{}\" all; ", log.display());
    copy.reserve(text.len());
    let mut at = 0;
    for Edit { from, to, instead } in &scanner.edits {
        copy.push_str(&text[at..*from]);
        copy.push_str(instead);
        copy.extend(text[*from..*to].chars().filter(|character| *character == '\n'));
        at = *to;
    }
    copy.push_str(&text[at..]);
    copy
}

/// What stands in place of a part of the text.
struct Edit {
    from: usize,
    to: usize,
    instead: String,
}

#[derive(Default)]
struct Scanner<'a> {
    text: &'a str,
    /// Where the statement begins that is being read.
    start: Option<usize>,
    /// Beginnings of what is open: where, and its words.
    open: Vec<(usize, &'a str)>,
    edits: Vec<Edit>,
    rtr_servers: u16,
}

impl Scanner<'_> {
    fn scan(&mut self) {
        let bytes = self.text.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            let length = match bytes[at] {
                b'#' => length_to(&bytes[at..], b"\n"),
                b'/' if bytes.get(at + 1) == Some(&b'*') => 2 + length_to(&bytes[at + 2..], b"*/"),
                quote @ (b'"' | b'\'') => {
                    self.start.get_or_insert(at);
                    1 + length_to(&bytes[at + 1..], &[quote])
                }
                b'{' => {
                    let from = self.start.take().unwrap_or(at);
                    self.open.push((from, self.text[from..at].trim()));
                    1
                }
                b'}' => {
                    self.close(at + 1);
                    1
                }
                b';' => {
                    if let Some(from) = self.start.take() {
                        self.statement(from, at + 1);
                    }
                    1
                }
                byte => {
                    if !byte.is_ascii_whitespace() {
                        self.start.get_or_insert(at);
                    }
                    1
                }
            };
            at += length;
        }
    }

    fn close(&mut self, to: usize) {
        self.start = None;
        if let Some((from, head)) = self.open.pop()
            && self.open.is_empty()
            && OUTSIDE.contains(&first_word(head))
        {
            self.edits.retain(|edit| edit.from < from);
            self.edits.push(Edit { from, to, instead: String::new() });
        }
    }

    fn statement(&mut self, from: usize, to: usize) {
        let word = first_word(&self.text[from..to - 1]);
        let within = self.open.first().map(|(_, head)| head.split_whitespace().take(2).collect::<Vec<_>>());
        let instead = match within.as_deref() {
            None if OUTSIDE.contains(&word) => String::new(),
            Some(["protocol" | "template", "bgp"]) if SECRETS.contains(&word) => String::new(),
            Some(["protocol", "rpki"]) if word == "remote" => {
                let port = RTR_PORT.saturating_add(self.rtr_servers);
                self.rtr_servers += 1;
                format!("remote 127.0.0.1 port {port};")
            }
            Some(["protocol", "rpki"]) if matches!(word, "port" | "local" | "transport") => String::new(),
            _ => return,
        };
        self.edits.push(Edit { from, to, instead });
    }
}

fn first_word(text: &str) -> &str {
    text.split(|character: char| character.is_whitespace() || character == '"').next().unwrap_or_default()
}

/// Octets up to the end of a mark, or of everything.
fn length_to(bytes: &[u8], mark: &[u8]) -> usize {
    let found = bytes.windows(mark.len()).position(|part| part == mark);
    found.map_or(bytes.len(), |at| at + mark.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn copy(text: &str) -> String {
        let copy = private_copy(text, Path::new("/private/log"));
        copy.strip_prefix("log \"/private/log\" all; ").unwrap().to_owned()
    }

    #[test]
    fn nothing_reaches_log_syslog_sockets_and_dumps_of_the_host() {
        let text = "# log \"a\" all;\nlog \"/var/log/bird/rs1.log\" all;\nlog syslog name \"bird\" all;\n\
             log \"/x\" { error, fatal };\ncli \"/run/x.ctl\" {\n  v2attributes;\n};\nmrtdump \"/y\";\nrouter id 192.0.2.1;\n";
        assert_eq!(copy(text), "# log \"a\" all;\n\n\n;\n\n\n;\n\nrouter id 192.0.2.1;\n");
    }

    #[test]
    fn passwords_go_and_what_only_looks_like_one_stays() {
        let text = "protocol bgp pb_1 from tb {\n  description \"password 'x'; {\";\n  password \"p;}{#\";\n  \
             authentication md5;\n  ipv4 { import all; /* password \"x\"; */ };\n}\nfilter f { password = 1; }\n";
        let copied = copy(text);
        assert!(!copied.contains("p;}{#") && !copied.contains("md5"), "{copied}");
        assert_eq!(copied.matches("password").count(), 3, "{copied}");
        assert_eq!(copied.lines().count(), text.lines().count());
    }

    #[test]
    fn caches_are_asked_on_loopback_each_on_its_port() {
        let text = "protocol rpki rpki1 {\n  roa4 { table t_roa; };\n  remote \"rtr.example.net\" port 3323;\n  \
             refresh keep 90;\n}\nprotocol rpki rpki2 { remote 192.0.2.9; port 323; transport tcp; }\n";
        assert_eq!(
            copy(text),
            "protocol rpki rpki1 {\n  roa4 { table t_roa; };\n  remote 127.0.0.1 port 3323;\n  refresh keep 90;\n}\n\
             protocol rpki rpki2 { remote 127.0.0.1 port 3324;   }\n"
        );
    }

    #[test]
    fn broken_text_stays_as_it_is() {
        for text in ["", "\"", "/*", "protocol bgp x { password \"a", "}}}{{{", "log", "é { ü; }"] {
            assert_eq!(copy(text), text);
        }
    }
}
