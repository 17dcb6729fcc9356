use std::{
    borrow::Cow,
    collections::BTreeSet,
    path::{Path, PathBuf},
    time::SystemTime,
};

use minijinja::{
    AutoEscape, Environment, Error, ErrorKind, Output, State, TemplateSource, UndefinedBehavior, Value,
    escape_formatter, syntax::SyntaxConfig, value::Serde,
};
use serde::Serialize;

use crate::{RenderError, TemplateContext, embedded, mail, router, text, upstream};

/// Instructions that one rendering may take, so that an endless loop in a skin ends after about a
/// second. The engine charges for memory too, one for every 64 bytes.
const FUEL: u64 = 10_000_000;

/// Renders the built-in templates and those of the skin directory.
///
/// A file of the skin directory is used as soon as it is there and read again when it changes. One
/// that cannot be read or rendered is an error; the built-in template never takes its place silently.
#[derive(Debug)]
pub struct Engine {
    environment: Environment<'static>,
    skin_dir: Option<PathBuf>,
}

impl Engine {
    /// Takes templates from `skin_dir` first. Nothing can be rendered while that directory isn't there: its templates
    /// would be missed.
    pub fn new(skin_dir: Option<PathBuf>) -> Self {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_fuel(Some(FUEL));
        // Lets an error name what is undefined. It also copies the context into the engine's error,
        // which never leaves this crate: `RenderError` takes its message and place alone.
        environment.set_debug(true);
        environment.set_auto_escape_callback(escaping_of);
        environment.set_formatter(print);
        // Fails for clashing delimiters alone, and these are the default ones.
        if let Ok(syntax) =
            SyntaxConfig::builder().keep_trailing_newline(true).trim_blocks(true).lstrip_blocks(true).build()
        {
            environment.set_syntax(syntax);
        }
        environment.add_filter("oneline", one_line);
        environment.add_filter("multiline", multiline);
        let skin = skin_dir.clone();
        environment.set_loader(move |name| load(name, skin.as_deref()));
        Self { environment, skin_dir }
    }

    /// Renders the template of a context.
    pub fn render<C: TemplateContext>(&self, context: &C) -> Result<String, RenderError> {
        self.run(C::NAME, |template| template.render(Serde(context)))
    }

    /// Renders a template and one of its blocks.
    pub(crate) fn render_with_block(
        &self,
        name: &str,
        block: &str,
        context: &impl Serialize,
    ) -> Result<(String, String), RenderError> {
        self.run(name, |template| {
            let mut captured = template.render_captured(Serde(context))?;
            let block = captured.with_state_mut(|state| state.render_block(block))?;
            Ok((captured.into_output(), block))
        })
    }

    /// Renders the template `name`.
    pub(crate) fn render_named(&self, name: &str, context: &impl Serialize) -> Result<String, RenderError> {
        self.run(name, |template| template.render(Serde(context)))
    }

    /// Renders the template `name` with a value that was made before.
    pub(crate) fn render_value(&self, name: &str, context: Value) -> Result<String, RenderError> {
        self.run(name, |template| template.render(context))
    }

    /// Renders a template that only the skin directory can have; none if it has none of that name.
    ///
    /// # Errors
    /// When the template can't be read or rendered.
    pub fn render_own(&self, name: &str, context: &impl Serialize) -> Result<Option<String>, RenderError> {
        self.refuse_skin(name)?;
        let path = self.skin_dir.as_ref().filter(|_| is_plain(name)).map(|dir| dir.join(name));
        if path.is_some_and(|path| path.is_file()) {
            self.render_named(name, context).map(Some)
        } else {
            Ok(None)
        }
    }

    /// What is wrong with the templates as they are now: each is rendered with every sample of its
    /// context. Empty with an intact skin directory or none.
    pub fn problems(&self) -> Vec<RenderError> {
        let mut problems = mail::problems(self);
        problems.extend(router::problems(self));
        problems.extend(text::problems(self));
        let without_template = upstream::WITHOUT_TEMPLATE.iter();
        problems.extend(without_template.filter_map(|(text, _)| self.refuse_php_over(text).err()));
        problems.sort_by(|a, b| (&a.file, a.line, &a.reason).cmp(&(&b.file, b.line, &b.reason)));
        problems.dedup();
        problems
    }

    /// Whether there is a template of this name.
    pub(crate) fn has(&self, name: &str) -> Result<bool, RenderError> {
        self.refuse_skin(name)?;
        match self.environment.get_template(name) {
            Ok(_) => Ok(true),
            Err(error) if error.kind() == ErrorKind::TemplateNotFound => Ok(false),
            Err(error) => Err(RenderError::locate(&error, name, self.skin_dir.as_deref())),
        }
    }

    /// The templates of a folder by path, those of the skin included.
    pub(crate) fn files_of(&self, folder: &str) -> BTreeSet<String> {
        let mut files: BTreeSet<_> = embedded::of_folder(folder).map(str::to_owned).collect();
        let skin = self.skin_dir.as_ref().and_then(|dir| fs_err::read_dir(dir.join(folder)).ok());
        for entry in skin.into_iter().flatten().flatten() {
            let name = entry.file_name();
            if let Some(name) =
                name.to_str().filter(|name| Path::new(name).extension() == Some("txt".as_ref()))
            {
                files.insert(format!("{folder}/{name}"));
            }
        }
        files
    }

    /// Refuses a PHP template of the skin over a text that has no template here.
    ///
    /// # Errors
    /// When there is one, or the skin's folder isn't there.
    pub fn refuse_php_over(&self, text: &str) -> Result<(), RenderError> {
        self.refuse_skin(text)?;
        let view = upstream::WITHOUT_TEMPLATE.iter().find(|(own, _)| *own == text).map(|(_, view)| view);
        let php = self.skin_dir.as_deref().zip(view).and_then(|(dir, view)| upstream::php_file(dir, view));
        let Some(php) = php else { return Ok(()) };
        let reason = format!(
            "{} is a template of IXP Manager in PHP, and {text} has no template here: remove it",
            php.display()
        );
        Err(RenderError { file: text.to_owned(), line: None, reason })
    }

    /// Refuses a skin that isn't there, and one whose template for `name` is still in PHP.
    fn refuse_skin(&self, name: &str) -> Result<(), RenderError> {
        let Some(dir) = &self.skin_dir else { return Ok(()) };
        if !dir.is_dir() {
            let reason =
                "the folder that VIEW_SKIN names isn't there; make it, or unset VIEW_SKIN".to_owned();
            return Err(RenderError { file: dir.display().to_string(), line: None, reason });
        }
        match upstream::unported_php(dir, name) {
            Some(php) => Err(RenderError { file: name.to_owned(), line: None, reason: unported(&php, name) }),
            None => Ok(()),
        }
    }

    fn run<T>(
        &self,
        name: &str,
        work: impl FnOnce(&minijinja::Template<'_, '_>) -> Result<T, Error>,
    ) -> Result<T, RenderError> {
        self.refuse_skin(name)?;
        self.environment
            .get_template(name)
            .and_then(|template| work(&template))
            .map_err(|error| RenderError::locate(&error, name, self.skin_dir.as_deref()))
    }
}

/// Mode of the text form of mails: a value stays on its line.
const ON_ITS_LINE: AutoEscape = AutoEscape::Custom(Cow::Borrowed("line"));

/// The instruction for the operator of a PHP template of IXP Manager.
fn unported(php: &Path, name: &str) -> String {
    format!(
        "{} is a template of IXP Manager in PHP, which has to be ported: write it anew as {name}, or remove it",
        php.display()
    )
}

/// In `.json` a value prints as JSON: a text with its quotes.
fn escaping_of(name: &str) -> AutoEscape {
    match Path::new(name).extension().and_then(|extension| extension.to_str()) {
        Some("html") => AutoEscape::Html,
        Some("json") => AutoEscape::Json,
        Some("txt") if name.starts_with("mail/") => ON_ITS_LINE,
        _ => AutoEscape::None,
    }
}

/// Prints a value. An absent one must be tested for by the template, but in JSON: it would print as `none`.
fn print(out: &mut Output, state: &mut State, value: &Value) -> Result<(), Error> {
    if value.is_none() && !matches!(state.auto_escape(), AutoEscape::Json) {
        return Err(Error::new(
            ErrorKind::InvalidOperation,
            "the value to print is absent; test it with `if`",
        ));
    }
    if *state.auto_escape() != ON_ITS_LINE {
        return escape_formatter(out, state, value);
    }
    match value.as_str() {
        Some(text) if !value.is_safe() => out.write_str(&without_instructions(text, |_| false))?,
        _ => write!(out, "{value}")?,
    }
    Ok(())
}

/// Filter `multiline`: a text of several lines, without other control characters and marks of direction.
fn multiline(text: &str) -> Value {
    let text = text.replace("\r\n", "\n");
    Value::from_safe_string(without_instructions(&text, |c| matches!(c, '\n' | '\t')))
}

/// A space in place of each character that changes how a text is read.
fn without_instructions(text: &str, is_kept: impl Fn(char) -> bool) -> String {
    text.chars().map(|c| if ixpd_types::is_instruction(c) && !is_kept(c) { ' ' } else { c }).collect()
}

/// Filter `oneline`: runs of white space, control characters and marks of direction become one space.
pub fn one_line(text: &str) -> String {
    if is_one_line(text) {
        return text.to_owned();
    }
    let blank = |c: char| c.is_whitespace() || ixpd_types::is_instruction(c);
    text.split(blank).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Whether a text is printable ASCII with single spaces inside, as nearly every one is.
fn is_one_line(text: &str) -> bool {
    let mut before = b' ';
    for byte in text.bytes() {
        if !(b' '..=b'~').contains(&byte) || (byte, before) == (b' ', b' ') {
            return false;
        }
        before = byte;
    }
    text.is_empty() || before != b' '
}

fn load(name: &str, skin_dir: Option<&Path>) -> Result<Option<TemplateSource>, Error> {
    if !is_plain(name) {
        let detail = format!(
            "`{name}` is no template name; accepted: letters, digits, `_`, `-`, `.` and `/`, no part beginning with a dot"
        );
        return Err(Error::new(ErrorKind::InvalidOperation, detail));
    }
    if let Some(php) = skin_dir.and_then(|dir| upstream::unported_php(dir, name)) {
        return Err(Error::new(ErrorKind::InvalidOperation, unported(&php, name)));
    }
    let Some(path) = skin_dir.map(|dir| dir.join(name)) else {
        return Ok(embedded::source(name).map(TemplateSource::from));
    };
    // The stamp is taken before the text is read: a change in between is then seen at the next use.
    let stamp = Stamp::of(&path);
    let source = match fs_err::read_to_string(&path) {
        Ok(text) => Some(TemplateSource::from(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            embedded::source(name).map(TemplateSource::from)
        }
        Err(error) => {
            return Err(Error::new(ErrorKind::InvalidOperation, format!("cannot be read: {error}")));
        }
    };
    Ok(source.map(|s| s.with_uptodate_check(move || Stamp::of(&path) == stamp)))
}

/// Whether `name` stays below the directory it is joined to.
pub(crate) fn is_plain(name: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.');
    name.split('/').all(|part| !part.is_empty() && !part.starts_with('.') && part.bytes().all(allowed))
}

/// Tells one state of a skin file from another.
#[derive(PartialEq, Eq)]
struct Stamp(Option<(SystemTime, u64)>);

impl Stamp {
    fn of(path: &Path) -> Self {
        let metadata = fs_err::metadata(path).ok();
        Self(metadata.and_then(|m| Some((m.modified().ok()?, m.len()))))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[derive(Serialize)]
    struct Greeting {
        who: &'static str,
        absent: Option<u8>,
    }

    impl TemplateContext for Greeting {
        const NAME: &'static str = "own/greeting.txt";

        fn samples() -> Vec<Self> {
            vec![Self { who: "<Ada>", absent: None }]
        }
    }

    struct Skin {
        dir: tempfile::TempDir,
        engine: Engine,
    }

    impl Skin {
        fn with(files: &[(&str, &str)]) -> Self {
            let dir = tempfile::tempdir().expect("a directory");
            let skin = Self { engine: Engine::new(Some(dir.path().to_owned())), dir };
            for (name, text) in files {
                skin.write(name, text.as_bytes());
            }
            skin
        }

        fn write(&self, name: &str, text: &[u8]) {
            let path = self.dir.path().join(name);
            fs_err::create_dir_all(path.parent().expect("a parent")).expect("a directory");
            fs_err::write(path, text).expect("a file");
        }

        fn greet(&self) -> Result<String, RenderError> {
            let [greeting] = &Greeting::samples()[..] else { panic!("one sample") };
            self.engine.render(greeting)
        }

        /// The error of a greeting with this text, its file name without the directory.
        fn refusal(text: &str) -> (String, Option<usize>, String) {
            let skin = Self::with(&[("own/greeting.txt", text)]);
            let error = skin.greet().expect_err(text);
            let file = error.file.replace(&format!("{}/", skin.dir.path().display()), "SKIN/");
            (file, error.line, error.reason)
        }
    }

    #[test]
    fn skin_file_is_used_as_soon_as_it_is_there_and_read_again_when_it_changes() {
        let skin = Skin::with(&[]);
        let error = skin.greet().expect_err("no such template");
        assert_eq!(error.file, "own/greeting.txt (built in)");
        skin.write("own/greeting.txt", b"Hello {{ who }}");
        assert_eq!(skin.greet().expect("a greeting"), "Hello <Ada>");
        skin.write("own/greeting.txt", b"Good day {{ who }}");
        assert_eq!(skin.greet().expect("a greeting"), "Good day <Ada>");
    }

    #[test]
    fn skin_that_is_not_there_refuses_everything_until_it_is() {
        let dir = tempfile::tempdir().expect("a directory");
        let skin = dir.path().join("mine");
        let engine = Engine::new(Some(skin.clone()));
        let greeting = Greeting { who: "Ada", absent: None };
        for name in ["mail/layout.txt", "dns/arpa/bind.txt", "own/greeting.txt"] {
            let error = engine.render_named(name, &greeting).expect_err(name);
            assert!(error.file.ends_with("/mine") && error.reason.contains("VIEW_SKIN"), "{error}");
            assert!(engine.has(name).is_err() && engine.render_own(name, &greeting).is_err(), "{name}");
        }
        assert!(!engine.problems().is_empty());
        fs_err::create_dir(&skin).expect("a directory");
        assert_eq!(engine.problems(), []);
    }

    #[test]
    fn php_template_over_a_text_is_refused_by_its_name_until_it_is_ported() {
        for (php, name) in [
            ("api/v4/dns/arpa/bind.foil.php", "dns/arpa/bind.txt"),
            ("api/v4/dns/arpa/unbound.foil.php", "dns/arpa/unbound.txt"),
            ("api/v4/nagios/customers/default.foil.php", "nagios/customers/default.txt"),
            ("api/v4/nagios/switches/default.blade.php", "nagios/switches/default.txt"),
            ("api/v4/user/formatted/default.foil.php", "user/formatted/default.txt"),
            ("services/grapher/mrtg/default.foil.php", "grapher/mrtg/default.txt"),
            ("auth/emails/forgot-password.blade.php", "mail/password_reset_link.txt"),
            ("user/emails/welcome.blade.php", "mail/welcome.html"),
            ("services/grapher/mrtg/custom-header.foil.php", "grapher/mrtg-parts/custom-header.txt"),
            ("services/grapher/smokeping/default.foil.php", "grapher/smokeping/default.txt"),
            ("content/members/0/list.foil.php", "content/members/0/list.json"),
        ] {
            let skin = Skin::with(&[(php, "<?php")]);
            let greeting = Greeting { who: "Ada", absent: None };
            let error = skin.engine.render_named(name, &greeting).expect_err(name);
            assert!(
                error.reason.contains(php) && error.reason.contains(&format!("anew as {name}")),
                "{error}"
            );
            assert!(
                skin.engine.has(name).is_err() && skin.engine.render_own(name, &greeting).is_err(),
                "{name}"
            );
            let including = format!("{{% include {name:?} %}}");
            skin.write("own/greeting.txt", including.as_bytes());
            assert!(skin.greet().expect_err("an include").reason.contains(php), "{php}");
            skin.write(name, b"{{ who }}");
            assert_eq!(skin.engine.render_named(name, &greeting).expect("ported").trim_matches('"'), "Ada");
            assert!(skin.greet().is_ok());
        }
        let other = Skin::with(&[("api/v4/dns/arpa/unbound.foil.php", "<?php")]);
        assert_eq!(other.engine.problems(), [], "the others aren't touched");
    }

    #[test]
    fn skin_file_takes_the_place_of_a_built_in_one_and_gives_it_back() {
        let skin = Skin::with(&[]);
        let built_in = skin.engine.problems();
        assert_eq!(built_in, []);
        skin.write("mail/layout.txt", b"{{ nonsense }}");
        let problems = skin.engine.problems();
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert!(
            problems[0].file.ends_with("/mail/layout.txt") && problems[0].line == Some(1),
            "{problems:?}"
        );
        fs_err::remove_file(skin.dir.path().join("mail/layout.txt")).expect("the file");
        assert_eq!(skin.engine.problems(), []);
    }

    #[test]
    fn undefined_name_is_refused_with_file_and_line() {
        let (file, line, reason) = Skin::refusal("Hello\n{{ whom }}");
        assert_eq!((file.as_str(), line), ("SKIN/own/greeting.txt", Some(2)));
        assert!(reason.contains("`whom` is undefined"), "{reason}");
    }

    #[test]
    fn absent_value_is_not_printed_as_none() {
        let (file, line, reason) = Skin::refusal("{% if absent %}{{ absent }}{% endif %}\n\n{{ absent }}");
        assert_eq!((file.as_str(), line), ("SKIN/own/greeting.txt", Some(3)));
        assert!(reason.contains("absent; test it with `if`"), "{reason}");
    }

    #[test]
    fn syntax_error_is_refused_with_file_and_line() {
        let (file, line, reason) = Skin::refusal("Hello\n\n{% if %}");
        assert_eq!((file.as_str(), line), ("SKIN/own/greeting.txt", Some(3)));
        assert!(reason.starts_with("syntax error"), "{reason}");
    }

    #[test]
    fn error_in_an_included_file_names_that_file() {
        let skin = Skin::with(&[
            ("own/greeting.txt", "Hello\n{% include 'own/part.txt' %}"),
            ("own/part.txt", "\n\n\n{{ whom }}"),
        ]);
        let error = skin.greet().expect_err("an undefined name");
        assert!(error.file.ends_with("/own/part.txt"), "{error}");
        assert_eq!(error.line, Some(4));
    }

    #[test]
    fn endless_loop_ends() {
        let nested = "{% for a in range(90000) %}{% for b in range(90000) %}{% endfor %}{% endfor %}";
        let (file, _, reason) = Skin::refusal(nested);
        assert_eq!(file, "SKIN/own/greeting.txt");
        assert!(reason.contains("ran too long"), "{reason}");
    }

    #[test]
    fn file_that_is_no_text_is_refused_by_its_name() {
        let skin = Skin::with(&[]);
        skin.write("own/greeting.txt", b"\xff\xfe");
        let error = skin.greet().expect_err("no text");
        assert!(error.to_string().contains("own/greeting.txt: "), "{error}");
        assert!(error.reason.contains("cannot be read"), "{error}");
    }

    #[test]
    fn template_cannot_reach_out_of_its_directory() {
        let skin = Skin::with(&[("secret.txt", "secret")]);
        for name in ["../secret.txt", "/etc/passwd", "own/../../secret.txt", ".hidden", "own//x", "a\\b"] {
            let inner = Skin::with(&[("own/greeting.txt", &format!("{{% include {name:?} %}}"))]);
            let error = inner.greet().expect_err(name);
            assert!(error.reason.contains("is no template name"), "{name}: {error}");
        }
        drop(skin);
    }

    #[test]
    fn error_does_not_hold_the_values_of_the_context() {
        for text in
            ["{{ who | int }}", "{{ who.length() }}", "{{ who.first }}", "{{ who - 1 }}", "{{ who }}{{ x }}"]
        {
            let skin = Skin::with(&[("own/greeting.txt", text)]);
            let error = skin.greet().expect_err(text);
            assert!(!format!("{error:?} {error} {error:#}").contains("Ada"), "{error}");
        }
    }

    #[test]
    fn own_template_prints_values_as_json_and_is_none_where_the_skin_has_none() {
        let skin = Skin::with(&[
            ("content/members/0/list.json", "[{% if who %}{{ who }}, {{ absent }}{% endif %}]"),
            ("secret.txt", "secret"),
        ]);
        let greeting = Greeting { who: "\"</script>", absent: None };
        let own = |name| skin.engine.render_own(name, &greeting);
        let json = own("content/members/0/list.json").expect("a rendering").expect("a file");
        assert_eq!(json, r#"["\"</script>", null]"#);
        assert_eq!(own("content/members/0/other.json"), Ok(None));
        assert_eq!(own("content/../secret.txt"), Ok(None));
        assert_eq!(own("mail/layout.txt"), Ok(None));
        assert_eq!(Engine::new(None).render_own("mail/layout.txt", &greeting), Ok(None));
    }

    #[test]
    fn html_is_escaped_and_text_is_not() {
        let skin = Skin::with(&[("x.html", "{{ who }}"), ("x.txt", "{{ who }}"), ("x.conf", "{{ who }}")]);
        let greeting = Greeting { who: "<Ada>", absent: None };
        let rendered = |name| skin.engine.render_named(name, &greeting).expect("a rendering");
        assert_eq!(rendered("x.html"), "&lt;Ada&gt;");
        assert_eq!(rendered("x.txt"), "<Ada>");
        assert_eq!(rendered("x.conf"), "<Ada>");
    }

    proptest! {
        #[test]
        fn no_name_leads_out_of_the_directory(name: String) {
            if is_plain(&name) {
                let path = Path::new(&name);
                prop_assert!(path.components().all(|c| matches!(c, std::path::Component::Normal(_))));
            }
        }

        #[test]
        fn oneline_leaves_no_line_break(text: String) {
            let line = one_line(&text);
            prop_assert!(!line.chars().any(char::is_control));
            prop_assert_eq!(line.trim(), line.as_str());
        }
    }
}
