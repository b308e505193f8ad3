//! The contract as a page to read: one HTML document without scripts, made from the OpenAPI document
//! once, when the process starts.

use std::{collections::BTreeMap, fmt::Write};

use axum::http::HeaderValue;
use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

const STYLE: &str = include_str!("docs.css");

/// The page, and what a browser may do with it.
pub(super) struct Page {
    /// The document.
    pub(super) html: String,
    /// Its `Content-Security-Policy`: it loads nothing, and its one style is named by its hash.
    pub(super) policy: HeaderValue,
}

/// Writes the page.
pub(super) fn page(document: &Value) -> Page {
    let hash = BASE64_STANDARD.encode(Sha256::digest(STYLE));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    );
    let mut writer = Writer {
        document,
        html: String::new(),
    };
    // Writing to a string cannot fail.
    let _ = writer.page();
    Page {
        html: writer.html,
        policy: HeaderValue::try_from(policy)
            .unwrap_or(HeaderValue::from_static("default-src 'none'")),
    }
}

/// One operation, with where it stands.
struct Operation<'a> {
    method: &'a str,
    path: &'a str,
    it: &'a Value,
}

impl Operation<'_> {
    fn id(&self) -> &str {
        text(self.it, "operationId")
    }
}

struct Writer<'a> {
    document: &'a Value,
    html: String,
}

type Written = std::fmt::Result;

impl<'a> Writer<'a> {
    fn page(&mut self) -> Written {
        let info = &self.document["info"];
        let title = escaped(text(info, "title"));
        let operations = self.operations();
        let tags = self.document["tags"].as_array();
        let tags: Vec<&Value> = tags.into_iter().flatten().collect();
        write!(
            self.html,
            "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width\">\n\
             <title>{title} API</title>\n<style>{STYLE}</style>\n\
             <a class=\"skip\" href=\"#content\">Skip to content</a>\n\
             <nav aria-label=\"Contents\">\n<p class=\"brand\">{title} API</p>\n"
        )?;
        for tag in &tags {
            let name = text(tag, "name");
            writeln!(
                self.html,
                "<h2><a href=\"#{}\">{}</a></h2>\n<ul>",
                slug(name),
                escaped(name)
            )?;
            for operation in operations.get(name).into_iter().flatten() {
                writeln!(
                    self.html,
                    "<li><a href=\"#{}\">{}</a></li>",
                    operation.id(),
                    escaped(text(operation.it, "summary").trim_end_matches('.'))
                )?;
            }
            self.html.push_str("</ul>\n");
        }
        write!(
            self.html,
            "<h2><a href=\"#types\">Types</a></h2>\n</nav>\n<main id=\"content\">\n<h1>{title} API</h1>\n"
        )?;
        self.prose(text(info, "description"));
        self.html.push_str(
            "<p>The same for programs, as OpenAPI 3.1: <a href=\"openapi.json\">openapi.json</a>. The \
             examples take the address of this service from <code>$API</code> and the token from \
             <code>$TOKEN</code>.</p>\n",
        );
        for tag in tags {
            let name = text(tag, "name");
            writeln!(
                self.html,
                "<section>\n<h2 id=\"{0}\"><a href=\"#{0}\">{1}</a></h2>",
                slug(name),
                escaped(name)
            )?;
            self.prose(text(tag, "description"));
            for operation in operations.get(name).into_iter().flatten() {
                self.operation(operation)?;
            }
            self.html.push_str("</section>\n");
        }
        self.types()?;
        self.html.push_str("</main>\n</html>\n");
        Ok(())
    }

    /// All operations, by their tag.
    fn operations(&self) -> BTreeMap<&'a str, Vec<Operation<'a>>> {
        let mut operations: BTreeMap<&str, Vec<Operation<'_>>> = BTreeMap::new();
        for (path, item) in entries(&self.document["paths"]) {
            for method in ["get", "post", "put", "patch", "delete"] {
                if let Some(it) = item.get(method) {
                    let tag = it["tags"][0].as_str().unwrap_or_default();
                    let all = operations.entry(tag).or_default();
                    all.push(Operation { method, path, it });
                }
            }
        }
        operations
    }

    fn operation(&mut self, operation: &Operation<'_>) -> Written {
        let it = operation.it;
        write!(
            self.html,
            "<article>\n<h3 id=\"{0}\"><a href=\"#{0}\">{1}</a></h3>\n\
             <p class=\"route\"><b>{2}</b> <code>{3}</code></p>\n",
            operation.id(),
            escaped(text(it, "summary").trim_end_matches('.')),
            operation.method.to_uppercase(),
            breakable(operation.path),
        )?;
        self.prose(text(it, "description"));
        let parameters: Vec<&Value> = it["parameters"].as_array().into_iter().flatten().collect();
        if !parameters.is_empty() {
            self.html.push_str("<h4>Parameters</h4>\n<dl>\n");
            for parameter in parameters {
                let needed = parameter["required"] == json!(true);
                let place = match text(parameter, "in") {
                    "header" => "header, ",
                    "query" => "query, ",
                    _ => "",
                };
                self.entry(
                    text(parameter, "name"),
                    place,
                    &parameter["schema"],
                    needed,
                    text(parameter, "description"),
                )?;
            }
            self.html.push_str("</dl>\n");
        }
        if let Some(schema) = it.pointer("/requestBody/content/application~1json/schema") {
            let of = self.kind(schema);
            writeln!(self.html, "<h4>Body</h4>\n<p>{of}</p>")?;
        }
        self.html.push_str("<h4>Answers</h4>\n<dl>\n");
        for (status, response) in entries(&it["responses"]) {
            let response = self.resolved(response);
            let content = entries(&response["content"]).next();
            let body = match content {
                Some((kind, content)) if kind == "application/json" => {
                    self.kind(&content["schema"])
                }
                Some((kind, _)) => escaped(kind),
                None => String::new(),
            };
            writeln!(self.html, "<dt><b>{status}</b> {body}</dt>\n<dd>")?;
            self.prose(text(response, "description"));
            self.html.push_str("</dd>\n");
        }
        write!(
            self.html,
            "</dl>\n<h4>Example</h4>\n<pre tabindex=\"0\"><code>{}</code></pre>\n</article>\n",
            escaped(&self.example(operation))
        )
    }

    /// The request as curl makes it.
    fn example(&self, operation: &Operation<'_>) -> String {
        let mut path = String::new();
        for part in operation.path.split('/').skip(1) {
            path.push('/');
            match part
                .strip_prefix('{')
                .and_then(|part| part.strip_suffix('}'))
            {
                Some(name) => path.extend(["$", &name.to_uppercase()]),
                None => path.push_str(part),
            }
        }
        let mut lines = vec![match operation.method {
            "get" => format!("curl \"$API{path}\""),
            method => format!("curl -X {} \"$API{path}\"", method.to_uppercase()),
        }];
        if operation.it.get("security").is_none() {
            lines.push("-H \"X-Auth-Token: $TOKEN\"".to_owned());
        }
        if let Some(schema) = operation
            .it
            .pointer("/requestBody/content/application~1json/schema")
        {
            lines.push("-H \"Content-Type: application/json\"".to_owned());
            lines.push(format!("-d '{}'", self.instance(schema)));
        }
        let answers = entries(&operation.it["responses"]);
        let kinds = answers.flat_map(|(_, answer)| entries(&answer["content"]));
        for (kind, _) in kinds {
            match kind.as_str() {
                "application/zip" => lines.push("-o credentials.zip".to_owned()),
                "text/event-stream" => lines.push("--no-buffer".to_owned()),
                _ => {}
            }
        }
        lines.join(" \\\n  ")
    }

    /// A small value of a schema: only what is required, or one of what is not.
    fn instance(&self, schema: &Value) -> Value {
        let schema = self.resolved(schema);
        let given = [
            &schema["examples"][0],
            &schema["default"],
            &schema["enum"][0],
        ];
        if let Some(value) = given.into_iter().find(|value| !value.is_null()) {
            return value.clone();
        }
        if let Some(first) = schema.get("oneOf").and_then(|all| all.get(0)) {
            return self.instance(first);
        }
        if let Some(parts) = schema["allOf"].as_array() {
            let parts = parts.iter().map(|part| self.instance(part));
            let fields = parts.filter_map(|part| part.as_object().cloned());
            return Value::Object(fields.flatten().collect());
        }
        match kind_word(schema) {
            "object" => {
                let properties = &schema["properties"];
                let required = schema["required"].as_array().into_iter().flatten();
                let mut names: Vec<&str> = required.filter_map(Value::as_str).collect();
                if names.is_empty() {
                    names.extend(entries(properties).next().map(|(name, _)| name.as_str()));
                }
                let object = names
                    .into_iter()
                    .map(|name| (name.to_owned(), self.instance(&properties[name])));
                Value::Object(object.collect())
            }
            "array" => json!([self.instance(&schema["items"])]),
            "integer" | "number" => schema.get("minimum").cloned().unwrap_or(json!(1)),
            "boolean" => json!(true),
            _ => json!("…"),
        }
    }

    fn types(&mut self) -> Written {
        self.html
            .push_str("<section>\n<h2 id=\"types\"><a href=\"#types\">Types</a></h2>\n");
        for (name, schema) in entries(&self.document["components"]["schemas"]) {
            write!(
                self.html,
                "<article>\n<h3 id=\"type-{0}\"><a href=\"#type-{0}\">{0}</a></h3>\n",
                escaped(name)
            )?;
            self.prose(text(schema, "description"));
            self.shape(schema)?;
            self.html.push_str("</article>\n");
        }
        self.html.push_str("</section>\n");
        Ok(())
    }

    /// What a schema is made of.
    fn shape(&mut self, schema: &Value) -> Written {
        if let Some(choices) = schema["oneOf"].as_array() {
            self.html
                .push_str("<p>One of:</p>\n<ul class=\"choices\">\n");
            for choice in choices {
                self.html.push_str("<li>");
                self.prose(text(choice, "description"));
                self.shape(choice)?;
                self.html.push_str("</li>\n");
            }
            self.html.push_str("</ul>\n");
            return Ok(());
        }
        if let Some(parts) = schema["allOf"].as_array() {
            // A part that is a type of its own is described there.
            for part in parts {
                self.shape(part)?;
            }
            return Ok(());
        }
        let Some(properties) = schema["properties"].as_object() else {
            let of = self.kind(&without_description(schema));
            return writeln!(self.html, "<p>{of}</p>");
        };
        self.html.push_str("<dl>\n");
        for (name, property) in properties {
            let required = schema["required"].as_array().into_iter().flatten();
            let needed = required.into_iter().any(|it| it == name);
            let described = match &property["oneOf"] {
                Value::Array(choices) => &choices[0],
                _ => property,
            };
            let words = Some(text(property, "description")).filter(|words| !words.is_empty());
            let words = words.unwrap_or(text(described, "description"));
            self.entry(name, "", property, needed, words)?;
        }
        self.html.push_str("</dl>\n");
        Ok(())
    }

    fn entry(
        &mut self,
        name: &str,
        place: &str,
        schema: &Value,
        needed: bool,
        words: &str,
    ) -> Written {
        let kind = self.kind(schema);
        let need = if needed { "" } else { ", optional" };
        writeln!(
            self.html,
            "<dt><code>{}</code> <span>{place}{kind}{need}</span></dt>\n<dd>",
            escaped(name)
        )?;
        self.prose(words);
        self.html.push_str("</dd>\n");
        Ok(())
    }

    /// What a value of a schema is, in a few words of HTML.
    fn kind(&self, schema: &Value) -> String {
        if let Some(name) = schema["$ref"].as_str().and_then(|to| to.rsplit('/').next()) {
            return format!("<a href=\"#type-{0}\">{0}</a>", escaped(name));
        }
        if let Some(choices) = schema["oneOf"].as_array() {
            let kinds: Vec<String> = choices.iter().map(|choice| self.kind(choice)).collect();
            return kinds.join(" or ");
        }
        if let Some(values) = schema["enum"].as_array() {
            let values = values.iter().map(|value| {
                let value = value
                    .as_str()
                    .map_or_else(|| value.to_string(), str::to_owned);
                format!("<code>{}</code>", escaped(&value))
            });
            return values.collect::<Vec<_>>().join(", ");
        }
        let mut words = match kind_word(schema) {
            "array" => format!("list of {}", self.kind(&schema["items"])),
            "string" => match text(schema, "format") {
                "" => "text".to_owned(),
                "date-time" => "moment (RFC 3339)".to_owned(),
                "uuid" => "UUID".to_owned(),
                format => escaped(format),
            },
            "" => "anything".to_owned(),
            word => word.to_owned(),
        };
        let bound = |name: &str| schema.get(name).map(Value::to_string);
        match (bound("minimum"), bound("maximum")) {
            (Some(from), Some(to)) => words.extend([" from ", &from, " to ", &to]),
            (Some(from), None) if from != "0" => words.extend([" from ", &from]),
            _ => {}
        }
        match (bound("minLength"), bound("maxLength")) {
            (Some(from), Some(to)) => words.extend([" of ", &from, " to ", &to, " characters"]),
            (None, Some(to)) => words.extend([" of at most ", &to, " characters"]),
            _ => {}
        }
        if let Some(pattern) = schema["pattern"].as_str() {
            words.extend([" like <code>", &escaped(pattern), "</code>"]);
        }
        if schema["type"]
            .as_array()
            .is_some_and(|kinds| kinds.contains(&json!("null")))
        {
            words.push_str(" or null");
        }
        if let Some(default) = bound("default") {
            words.extend(["; without it ", &escaped(default.trim_matches('"'))]);
        }
        words
    }

    /// What a reference leads to.
    fn resolved<'v>(&self, value: &'v Value) -> &'v Value
    where
        'a: 'v,
    {
        let target = value["$ref"].as_str().and_then(|to| to.strip_prefix('#'));
        let document: &'a Value = self.document;
        match target.and_then(|to| document.pointer(to)) {
            Some(target) => target,
            None => value,
        }
    }

    /// Paragraphs of plain text with `code` in it.
    fn prose(&mut self, words: &str) {
        for paragraph in words.split("\n\n").filter(|it| !it.trim().is_empty()) {
            self.html.push_str("<p>");
            for (number, part) in paragraph.split('`').enumerate() {
                let part = escaped(part);
                if number % 2 == 0 {
                    self.html.push_str(&part);
                } else {
                    self.html.extend(["<code>", &part, "</code>"]);
                }
            }
            self.html.push_str("</p>\n");
        }
    }
}

fn entries(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flat_map(Map::iter)
}

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// The type of a schema, the null beside it left out.
fn kind_word(schema: &Value) -> &str {
    match &schema["type"] {
        Value::Array(kinds) => kinds[0].as_str().unwrap_or_default(),
        kind => kind.as_str().unwrap_or_default(),
    }
}

fn without_description(schema: &Value) -> Value {
    let mut schema = schema.clone();
    if let Some(object) = schema.as_object_mut() {
        object.remove("description");
    }
    schema
}

fn slug(name: &str) -> String {
    name.to_lowercase().replace(' ', "-")
}

/// A path that may break after each slash.
fn breakable(path: &str) -> String {
    escaped(path).replace('/', "<wbr>/")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::ControlPlane;

    #[test]
    fn what_a_description_holds_is_text() {
        let document = json!({"info": {"title": "<i>\"&", "description": "a `<b>` c"}});
        let page = page(&document);
        assert!(
            page.html
                .contains("<title>&lt;i&gt;&quot;&amp; API</title>")
        );
        assert!(page.html.contains("<p>a <code>&lt;b&gt;</code> c</p>"));
    }

    #[tokio::test]
    async fn the_page_has_every_operation_and_loads_nothing() {
        let plane = ControlPlane::idle().await;
        let anonymous = plane.anonymous();
        let document = anonymous.get("/v2/openapi.json").await.json;
        let answer = anonymous.get("/v2/docs").await;
        assert_eq!(answer.status, 200);
        let html = String::from_utf8(answer.bytes).unwrap();
        let mut anchors = 0;
        for (_, item) in entries(&document["paths"]) {
            for (_, operation) in entries(item) {
                let id = text(operation, "operationId");
                assert!(html.contains(&format!("<h3 id=\"{id}\">")), "{id}");
                anchors += 1;
            }
        }
        assert!(anchors > 20, "{anchors}");
        for (name, _) in entries(&document["components"]["schemas"]) {
            assert!(html.contains(&format!("<h3 id=\"type-{name}\">")), "{name}");
        }
        for part in html.split("href=\"#").skip(1) {
            let target = part.split('"').next().unwrap();
            assert!(html.contains(&format!("id=\"{target}\"")), "{target}");
        }
        let policy = answer.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"));
        for loads in [
            "<script", "src=", "url(", "@import", "http://", "https://", " style=",
        ] {
            assert!(!html.contains(loads), "{loads}");
        }
    }
}
