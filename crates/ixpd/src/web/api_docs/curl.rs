//! Examples for a shell.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::{config::BaseUrl, web::views::api_docs::FieldView};

/// The environment variable from which examples take the API key.
pub(super) const KEY_VARIABLE: &str = "IXP_API_KEY";
/// What stands for itself in a path segment or a query: the unreserved characters of RFC 3986, and `:` and `,`.
const ENCODED: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b':').remove(b',');

/// A call of an operation with the example of every required field.
pub(super) struct Call<'a> {
    pub(super) base_url: &'a BaseUrl,
    /// In upper case.
    pub(super) method: &'a str,
    pub(super) path: &'a str,
    pub(super) fields: &'a [FieldView],
    pub(super) with_key: bool,
}

impl Call<'_> {
    /// Writes the call as a curl command for a POSIX shell, one option a line.
    pub(super) fn command(&self) -> String {
        let mut words = Vec::new();
        if self.method != "GET" {
            words.push(format!("-X {}", self.method));
        }
        if self.with_key {
            words.push(format!("-H \"X-IXP-Manager-API-Key: ${KEY_VARIABLE}\""));
        }
        for field in self.required("body") {
            words.push(format!("--data-urlencode {}", quoted(&format!("{}={}", field.name, field.example))));
        }
        words.push(quoted(&self.url()));
        format!("curl {}", words.join(" \\\n  "))
    }

    fn url(&self) -> String {
        let mut path = self.path.to_owned();
        for field in self.required("path") {
            let value = if field.example.is_empty() { "1" } else { &field.example };
            path = path.replace(&format!("{{{}}}", field.name), &encoded(value));
        }
        let query: Vec<String> = self
            .required("query")
            .map(|field| format!("{}={}", encoded(&field.name), encoded(&field.example)))
            .collect();
        if !query.is_empty() {
            path = format!("{path}?{}", query.join("&"));
        }
        self.base_url.link(&path)
    }

    fn required(&self, place: &str) -> impl Iterator<Item = &FieldView> {
        self.fields.iter().filter(move |field| field.place == place && field.required)
    }
}

fn encoded(value: &str) -> String {
    utf8_percent_encode(value, ENCODED).to_string()
}

/// Quotes a word for a POSIX shell.
fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    fn field(place: &str, name: &str, example: &str) -> FieldView {
        FieldView {
            name: name.to_owned(),
            place: place.to_owned(),
            required: true,
            example: example.to_owned(),
            ..FieldView::default()
        }
    }

    #[test]
    fn command_quotes_for_the_shell_and_encodes_for_the_url() {
        let config = Config::from_pairs([("APP_URL", "https://ixp.example.net/ixp")]).unwrap();
        let fields = [
            field("path", "mac", "10:20/30"),
            field("query", "types[]", "a b&c"),
            field("body", "note", "it's $HOME"),
        ];
        let call = Call {
            base_url: &config.app.url,
            method: "POST",
            path: "/api/v4/l2/{mac}",
            fields: &fields,
            with_key: true,
        };
        assert_eq!(
            call.command(),
            "curl -X POST \\\n  -H \"X-IXP-Manager-API-Key: $IXP_API_KEY\" \\\n  \
             --data-urlencode 'note=it'\\''s $HOME' \\\n  \
             'https://ixp.example.net/ixp/api/v4/l2/10:20%2F30?types%5B%5D=a%20b%26c'"
        );
    }
}
