//! Questions of a command: what options give is judged before the first question, each answer at once, and at the end
//! all of it is shown and can be changed.

use super::{
    ask::{self, MissingOption},
    output,
};
use crate::error::{AppError, FieldErrors};

/// Returns the answer in the form that is used, or what is wrong with it.
type Judge<'a> = Box<dyn Fn(&str) -> Result<String, String> + 'a>;

/// One question.
pub struct Question<'a> {
    option: &'static str,
    text: &'static str,
    usual: Option<String>,
    answer: Option<String>,
    judge: Judge<'a>,
}

impl<'a> Question<'a> {
    /// A question in place of an option. `judge` returns the answer in the form that is used, or what is wrong with it and
    /// what would be accepted.
    pub fn new(
        option: &'static str,
        text: &'static str,
        given: Option<String>,
        judge: impl Fn(&str) -> Result<String, String> + 'a,
    ) -> Self {
        Self { option, text, usual: None, answer: given, judge: Box::new(judge) }
    }

    /// The answer of whoever just presses the return key, and of nobody where there is no terminal.
    #[must_use]
    pub fn usual(mut self, usual: impl Into<String>) -> Self {
        self.usual = Some(usual.into());
        self
    }

    /// The option that it stands for.
    pub fn option(&self) -> &'static str {
        self.option
    }

    /// Whether the option gives the answer.
    pub fn is_given(&self) -> bool {
        self.answer.is_some()
    }

    fn ask(&mut self) -> anyhow::Result<()> {
        self.answer = Some(ask::until(self.text, self.usual.as_deref(), &*self.judge)?);
        Ok(())
    }
}

/// The questions of a command, in their order.
#[derive(Default)]
pub struct Questions<'a> {
    list: Vec<Question<'a>>,
    were_asked: bool,
}

impl<'a> Questions<'a> {
    /// Adds a question.
    pub fn push(&mut self, question: Question<'a>) {
        self.list.push(question);
    }

    /// Judges what options gave, and asks for the rest where there is a terminal. `errors` are those of other options.
    ///
    /// # Errors
    /// Every option that can't be accepted, or the first one that is missing where there is nobody to ask.
    pub fn complete(&mut self, mut errors: FieldErrors) -> anyhow::Result<()> {
        let is_missing = |question: &&Question<'_>| question.answer.is_none() && question.usual.is_none();
        if !ask::is_possible()
            && let Some(missing) = self.list.iter().find(is_missing)
        {
            return Err(MissingOption::new(missing.option).into());
        }
        for question in &mut self.list {
            let Some(given) = &question.answer else { continue };
            match (question.judge)(given) {
                Ok(answer) => question.answer = Some(answer),
                Err(complaint) => errors.entry(question.option.into()).or_default().push(complaint),
            }
        }
        if !errors.is_empty() {
            return Err(AppError::Validation(errors).into());
        }
        for question in self.list.iter_mut().filter(|question| question.answer.is_none()) {
            if ask::is_possible() {
                self.were_asked = true;
                question.ask()?;
            } else {
                question.answer.clone_from(&question.usual);
            }
        }
        Ok(())
    }

    /// Whether anything was asked at a terminal.
    pub fn were_asked(&self) -> bool {
        self.were_asked
    }

    /// The answer in place of an option; empty if there is no such question.
    pub fn answer(&self, option: &str) -> &str {
        let question = self.list.iter().find(|question| question.option == option);
        question.and_then(|question| question.answer.as_deref()).unwrap_or("")
    }

    /// Whether an option has its question here.
    pub fn has(&self, option: &str) -> bool {
        self.list.iter().any(|question| question.option == option)
    }

    /// Shows all answers, and `further` facts, and lets single ones be changed. False if somebody says no.
    ///
    /// # Errors
    /// When the terminal can't be read.
    pub fn review(&mut self, what: &str, further: &[(&str, String)]) -> anyhow::Result<bool> {
        loop {
            output::message("");
            for (index, question) in self.list.iter().enumerate() {
                let answer = question.answer.as_deref().unwrap_or("");
                output::message(format_args!(
                    "{:>4}  {}: {}",
                    index + 1,
                    question.text,
                    ask::or_none(answer)
                ));
            }
            for (name, value) in further {
                output::message(format_args!("      {name}: {value}"));
            }
            let number = self.list.len();
            let prompt = format!("{what} yes, no, or the number of an answer to change");
            let choice = ask::until(&prompt, Some("yes"), &|text: &str| Choice::read(text, number))?;
            match choice {
                Choice::Yes => return Ok(true),
                Choice::No => return Ok(false),
                Choice::Change(index) => {
                    let question = &mut self.list[index];
                    question.usual.clone_from(&question.answer);
                    question.ask()?;
                }
            }
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Choice {
    Yes,
    No,
    Change(usize),
}

impl Choice {
    fn read(text: &str, number: usize) -> Result<Self, String> {
        let index = text.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
        match (ask::is_yes(text), index) {
            (Some(true), _) => Ok(Self::Yes),
            (Some(false), _) => Ok(Self::No),
            (None, Some(index)) if index < number => Ok(Self::Change(index)),
            _ => Err(format!("`{text}`: accepted are yes, no, and 1 to {number}.")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_are_yes_no_and_the_numbers_that_are_shown() {
        for (text, choice) in
            [("y", Choice::Yes), ("YES", Choice::Yes), ("no", Choice::No), ("3", Choice::Change(2))]
        {
            assert_eq!(Choice::read(text, 3), Ok(choice), "{text}");
        }
        for text in ["", "0", "4", "-1", "maybe", "yess"] {
            assert!(Choice::read(text, 3).unwrap_err().contains("1 to 3"), "{text}");
        }
    }

    #[test]
    fn every_option_that_can_t_be_accepted_is_told_before_anything_is_asked() {
        let judge =
            |text: &str| if text == "good" { Ok("Good".to_owned()) } else { Err(format!("`{text}` is bad")) };
        let mut questions = Questions::default();
        questions.push(Question::new("a", "First", Some("x".to_owned()), judge));
        questions.push(Question::new("b", "Second", Some("good".to_owned()), judge));
        questions.push(Question::new("c", "Third", Some("y".to_owned()), judge));
        let error = questions.complete(FieldErrors::new()).unwrap_err();
        let Some(AppError::Validation(errors)) = error.downcast_ref() else { panic!("{error}") };
        assert_eq!(errors.keys().map(AsRef::as_ref).collect::<Vec<&str>>(), ["a", "c"]);
        assert_eq!((questions.answer("b"), questions.answer("d")), ("Good", ""));
    }
}
