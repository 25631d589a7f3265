//! The OpenAPI document's paths of single actions, made from the catalog.

use leadway_engine::action::{Action, catalog};
use serde_json::{Value, json};

/// Adds a path for each action, with the schemas of its inputs and its answer.
pub(crate) fn describe(document: &mut Value) {
    if let Some(paths) = document["paths"].as_object_mut() {
        for action in catalog() {
            paths.insert(path(action), item(action));
        }
    }
}

fn path(action: &Action) -> String {
    format!("/api/v1/connections/{{connection}}/actions/{}", action.name)
}

fn item(action: &Action) -> Value {
    let mut content = json!({"application/json": {"schema": action.input_schema()}});
    if action.inputs.iter().any(|input| input.kind.is_file()) {
        content["multipart/form-data"] = json!({"schema": {"type": "object"}});
    }
    let answer = match action.output_schema() {
        Value::Null => json!({"application/octet-stream": {}}),
        schema => json!({"application/json": {"schema": schema}}),
    };
    let problem = json!({
        "description": "Why it was not done",
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    });
    json!({
        "post": {
            "tags": ["actions"], "operationId": action.name.replace('.', "_"), "summary": action.summary,
            "description": format!(
                "Credits: {}. Scopes: {}{}. Zoho: https://www.zoho.com/{}",
                action.credits,
                action.scopes.join(", "),
                action.scope_without().map(|(input, scope)| format!("; without {input} also {scope}")).unwrap_or_default(),
                action.page
            ),
            "security": [{"admin_token": []}],
            "parameters": [
                {"name": "connection", "in": "path", "required": true, "description": "The connection's name", "schema": {"type": "string"}},
                {"name": "Idempotency-Key", "in": "header", "required": false, "schema": {"type": "string", "maxLength": 255}},
            ],
            "requestBody": {"required": true, "content": content},
            "responses": {"200": {"description": "The answer", "content": answer}, "4XX": problem, "5XX": problem},
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_is_described() {
        let mut document = serde_json::to_value(crate::openapi()).unwrap();
        describe(&mut document);
        for action in catalog() {
            let described = &document["paths"][path(action)];
            let schema = &described["post"]["requestBody"]["content"]["application/json"]["schema"];
            for input in action.inputs {
                assert!(
                    !schema["properties"][input.name].is_null(),
                    "{} of {}",
                    input.name,
                    action.name
                );
            }
        }
    }
}
