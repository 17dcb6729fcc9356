//! Answers that scripts take as YAML or JSON, told by the end of the path: `…/sw1.example.net.yaml`.

use std::str::FromStr;

use axum::{
    extract::FromRequestParts,
    http::{header, request::Parts},
    response::{IntoResponse as _, Response},
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{error::AppError, form::Path, php_json, php_yaml};

/// The form of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ToSchema)]
#[schema(rename_all = "lowercase")]
pub enum OutputFormat {
    /// A YAML document, as `text/plain`.
    Yaml,
    /// Indented JSON.
    Json,
}

impl FromStr for OutputFormat {
    type Err = AppError;

    fn from_str(name: &str) -> Result<Self, AppError> {
        match name {
            "yaml" => Ok(Self::Yaml),
            "json" => Ok(Self::Json),
            other => Err(AppError::NotFound(
                format!("Unknown output format `{other}`; accepted: `yaml` and `json`.").into(),
            )),
        }
    }
}

impl OutputFormat {
    /// The answer that holds `value`.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn answer(self, value: &impl Serialize) -> Result<Response, AppError> {
        Ok(match self {
            Self::Yaml => php_yaml::to_string(value)?.into_response(),
            Self::Json => {
                ([(header::CONTENT_TYPE, php_json::JSON)], php_json::to_vec_pretty_unescaped(value)?)
                    .into_response()
            }
        })
    }
}

/// Of a path such as `…/list.yaml`.
impl<S: Send + Sync> FromRequestParts<S> for OutputFormat {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, AppError> {
        let path = parts.uri.path().trim_end_matches('/');
        path.rsplit_once('.').map_or("", |(_, format)| format).parse()
    }
}

/// A last segment of the form `{name}.{format}`: the name, which may have dots itself, and the format behind the last
/// one. A segment of another form is 404.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WithFormat<T>(pub T, pub OutputFormat);

impl<T: FromStr> WithFormat<T> {
    fn read(segment: &str) -> Result<Self, AppError> {
        let (name, format) = segment.rsplit_once('.').ok_or_else(|| {
            AppError::NotFound("The path must end in an output format: `.yaml` or `.json`.".into())
        })?;
        let format = format.parse()?;
        let name = name.parse().map_err(|_| AppError::NotFound("There is nothing at this path.".into()))?;
        Ok(Self(name, format))
    }
}

impl<T: FromStr, S: Send + Sync> FromRequestParts<S> for WithFormat<T> {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, AppError> {
        let Path(segment) = Path::<String>::from_request_parts(parts, state).await?;
        Self::read(&segment)
    }
}

#[cfg(test)]
mod tests {
    use super::{OutputFormat::*, *};

    #[test]
    fn name_may_have_dots_and_the_last_one_parts_the_format() {
        let read = |segment| WithFormat::<String>::read(segment).ok();
        assert_eq!(read("sw1.yaml"), Some(WithFormat("sw1".to_owned(), Yaml)));
        assert_eq!(read("sw1.example.net.json"), Some(WithFormat("sw1.example.net".to_owned(), Json)));
        assert_eq!(read("sw1.json.yaml"), Some(WithFormat("sw1.json".to_owned(), Yaml)));
        for other in ["sw1", "sw1.xml", "sw1.YAML", "sw1.", "yaml", ""] {
            assert_eq!(read(other), None, "{other}");
        }
        assert_eq!(WithFormat::<i32>::read("7.yaml").ok(), Some(WithFormat(7, Yaml)));
        for other in ["seven.yaml", "7.5.yaml", "99999999999.yaml", ".yaml"] {
            assert_eq!(WithFormat::<i32>::read(other).unwrap_err().status().as_u16(), 404, "{other}");
        }
    }

    #[test]
    fn unknown_format_is_named_with_those_that_exist() {
        let error = WithFormat::<i32>::read("7.xml").unwrap_err();
        assert_eq!(error.status().as_u16(), 404);
        assert_eq!(error.to_string(), "Unknown output format `xml`; accepted: `yaml` and `json`.");
    }
}
