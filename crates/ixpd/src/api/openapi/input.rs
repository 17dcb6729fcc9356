//! What operations take, and what they answer to input of the wrong form.

use utoipa::openapi::{
    Content, ObjectBuilder, RefOr, Schema,
    path::{Operation, Parameter, ParameterIn},
    request_body::{RequestBody, RequestBodyBuilder},
};

use super::add_refusals;
use crate::{
    form::FORM,
    php_json::JSON,
    routes::{Route, Verb},
};

/// Completes what the operation of a method says of its input.
pub(super) fn describe(route: &Route, method: &str, operation: &mut Operation) {
    if route.verb == Verb::GetOrPost && method == "post" {
        parameters_as_fields(operation);
    }
    if let Some(RefOr::T(body)) = &mut operation.request_body {
        form_as_json(body);
    }
    add_input_refusals(route, operation);
}

/// What GET takes in the URL is a field of POST's body.
fn parameters_as_fields(operation: &mut Operation) {
    let parameters = operation.parameters.take().unwrap_or_default();
    let (query, others): (Vec<_>, Vec<_>) = parameters.into_iter().partition(is_in_query);
    operation.parameters = (!others.is_empty()).then_some(others);
    if query.is_empty() {
        return;
    }
    let fields = query.into_iter().filter_map(|parameter| match parameter {
        RefOr::T(parameter) => Some(parameter),
        RefOr::Ref(_) => None,
    });
    let form = fields.fold(ObjectBuilder::new(), |form, field| {
        let (name, schema) = (field.name.clone(), schema_of(field));
        form.property(name, schema)
    });
    let content = Content::new(Some(RefOr::T(Schema::from(form))));
    operation.request_body = Some(RefOr::T(RequestBodyBuilder::new().content(FORM, content).build()));
}

/// The schema of a parameter, with what else is said of it.
fn schema_of(parameter: Parameter) -> RefOr<Schema> {
    // utoipa lets nobody read the example of a parameter.
    let example = serde_json::to_value(&parameter)
        .ok()
        .and_then(|mut written| Some(written.get_mut("example")?.take()));
    let mut schema = parameter.schema.unwrap_or_else(|| RefOr::T(Schema::from(ObjectBuilder::new())));
    if let RefOr::T(Schema::Object(object)) = &mut schema {
        object.description = parameter.description;
        object.example = example;
    }
    schema
}

/// Whatever takes a form takes the same as JSON.
fn form_as_json(body: &mut RequestBody) {
    if let Some(form) = body.content.get(FORM).cloned() {
        body.content.entry(JSON.to_owned()).or_insert(form);
    }
}

/// What every operation answers to input of the wrong form, unless it says more about it itself.
fn add_input_refusals(route: &Route, operation: &mut Operation) {
    let mut refusals = Vec::new();
    if route.path.contains('{') {
        refusals
            .push(("404", "Nothing is at this path: there is no such thing, or a value has the wrong form."));
    }
    if operation.request_body.is_some() {
        refusals.push(("400", "The body is no JSON object."));
        refusals.push(("413", "The body is too large."));
        refusals.push(("415", "The body is neither a form nor JSON."));
        refusals.push(("422", "A field has a value that is not accepted; the text names it."));
    } else if operation.parameters.iter().flatten().any(is_in_query) {
        refusals.push(("422", "A parameter has a value that is not accepted; the text names it."));
    }
    add_refusals(operation, refusals);
}

fn is_in_query(parameter: &RefOr<Parameter>) -> bool {
    matches!(parameter, RefOr::T(parameter) if parameter.parameter_in == ParameterIn::Query)
}
