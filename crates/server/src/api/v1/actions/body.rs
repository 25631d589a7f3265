//! The body of an action: JSON, or multipart/form-data whose files go to disk as they come.

use std::path::Path;
use std::time::Duration;

use axum::body::Body;
use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{DefaultBodyLimit, FromRequest as _, Multipart, Request};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use futures_util::TryStreamExt as _;
use leadway_engine::action::{FileInput, Files};
use serde_json::{Map, Value};
use tower_http::timeout::{TimeoutBody, TimeoutError};

use crate::problem::Problem;

/// The largest JSON body: 100 records of the largest kind, or a file of 20 MB in base64.
const JSON_BYTES_MAX: usize = 32 * 1024 * 1024;
/// How long each piece of a body may take to come. However large a file is, all of it may.
const PATIENCE: Duration = Duration::from_secs(30);
/// Parts of a multipart body.
const PARTS_MAX: usize = 100;

/// Reads inputs and files.
pub(super) async fn read(request: Request, spool_dir: &Path) -> Result<(Value, Files), Problem> {
    let content_type = request.headers().get(CONTENT_TYPE);
    let is_multipart = content_type
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| {
            value
                .to_ascii_lowercase()
                .starts_with("multipart/form-data")
        });
    let request = with_patience(request);
    match is_multipart {
        true => parts(request, spool_dir).await,
        false => Ok((json(request).await?, Files::new())),
    }
}

/// A request whose body breaks off when nothing of it comes any more.
pub(crate) fn with_patience(request: Request) -> Request {
    request.map(|body| Body::new(TimeoutBody::new(PATIENCE, body)))
}

async fn json(request: Request) -> Result<Value, Problem> {
    let read = axum::body::to_bytes(request.into_body(), JSON_BYTES_MAX);
    let bytes = read.await.map_err(|error| match is_too_slow(&error) {
        true => too_slow(),
        false => too_large(),
    })?;
    parse(&bytes)
}

fn is_too_slow(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut causes = std::iter::successors(Some(error), |error| error.source());
    causes.any(|cause| cause.is::<TimeoutError>())
}

fn parse(bytes: &[u8]) -> Result<Value, Problem> {
    if bytes.trim_ascii().is_empty() {
        return Ok(Value::Object(Map::new()));
    }
    serde_json::from_slice(bytes).map_err(|error| {
        Problem::bad_request(
            "malformed_json",
            format!("the inputs cannot be read: {error}"),
        )
        .with_remedy("mend the JSON at the line and column that the message names")
    })
}

async fn parts(mut request: Request, spool_dir: &Path) -> Result<(Value, Files), Problem> {
    // Files go to disk as they come, each within a bound of its own.
    DefaultBodyLimit::disable().apply(&mut request);
    let mut multipart = Multipart::from_request(request, &())
        .await
        .map_err(|error| Problem::bad_request("malformed_multipart", error.body_text()))?;
    let (mut inputs, mut files) = (Map::new(), Files::new());
    let (mut count, mut text_bytes) = (0, 0);
    while let Some(part) = multipart.next_field().await.map_err(broken)? {
        count += 1;
        if count > PARTS_MAX {
            return Err(Problem::bad_request(
                "too_many_parts",
                format!("the body has more than {PARTS_MAX} parts"),
            )
            .with_remedy(
                "send the inputs as one part `inputs`, a JSON object, and each file as a part",
            ));
        }
        let name = part.name().unwrap_or_default().to_owned();
        if let Some(file_name) = part.file_name().filter(|_| name != "inputs") {
            let file_name = file_name.to_owned();
            let content_type = part.content_type().map(str::to_owned);
            let file = spooled(spool_dir, file_name, content_type, part).await?;
            files.push((name, file));
            continue;
        }
        let bytes = whole(part, JSON_BYTES_MAX - text_bytes).await?;
        text_bytes += bytes.len();
        if name == "inputs" {
            match parse(&bytes)? {
                Value::Object(given) => inputs.extend(given),
                _ => {
                    return Err(Problem::bad_request(
                        "wrong_inputs",
                        "the part `inputs` is no JSON object",
                    )
                    .with_field("inputs"));
                }
            }
        } else {
            let text = String::from_utf8(bytes).map_err(|_| {
                Problem::bad_request("wrong_inputs", format!("the part {name:?} is no text"))
                    .with_field(name.clone())
                    .with_remedy("send files with a file name")
            })?;
            if inputs.insert(name.clone(), Value::String(text)).is_some() {
                return Err(twice(&name));
            }
        }
    }
    Ok((Value::Object(inputs), files))
}

/// Writes the file of a part to disk as it comes.
pub(crate) async fn spooled(
    spool_dir: &Path,
    file_name: String,
    content_type: Option<String>,
    part: Field<'_>,
) -> Result<FileInput, Problem> {
    let mut slow = None;
    let pieces = part.inspect_err(|error| {
        slow = is_too_slow(error).then(too_slow);
    });
    let spooled = FileInput::spool(spool_dir, file_name, content_type, pieces).await;
    match slow {
        Some(slow) => Err(slow),
        None => Ok(spooled?),
    }
}

pub(crate) async fn whole(mut part: Field<'_>, bytes_max: usize) -> Result<Vec<u8>, Problem> {
    let mut bytes = Vec::new();
    while let Some(piece) = part.chunk().await.map_err(broken)? {
        if bytes.len() + piece.len() > bytes_max {
            return Err(too_large());
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes)
}

fn too_slow() -> Problem {
    let message = format!(
        "nothing of the body came for {} seconds",
        PATIENCE.as_secs()
    );
    Problem::new(StatusCode::REQUEST_TIMEOUT, "body_too_slow", message)
        .with_remedy("send the whole body, of the length that Content-Length names")
}

fn too_large() -> Problem {
    let message =
        format!("the body broke off, or its inputs have more than {JSON_BYTES_MAX} bytes");
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", message)
        .with_remedy("send files as parts of multipart/form-data, and records in several requests")
}

pub(crate) fn broken(error: MultipartError) -> Problem {
    if is_too_slow(&error) {
        return too_slow();
    }
    Problem::bad_request("malformed_multipart", error.body_text())
        .with_remedy("send multipart/form-data whose boundary is that of its Content-Type")
}

fn twice(name: &str) -> Problem {
    Problem::bad_request("wrong_inputs", format!("the input {name:?} is there twice"))
        .with_field(name.to_owned())
        .with_remedy("send each input once")
}

#[cfg(test)]
mod tests {
    use futures_util::{StreamExt as _, stream};
    use leadway_engine::action::{Call, Effect, Kind, catalog};
    use serde_json::json;

    use super::*;

    /// What a shell makes of a line.
    fn words(line: &str) -> Vec<String> {
        let script =
            format!("LEADWAY_ADMIN_TOKEN=hush; curl() {{ printf '%s\\0' \"$@\"; }}; {line}");
        let shell = std::process::Command::new("sh")
            .args(["-c", &script])
            .output()
            .unwrap();
        assert!(
            shell.status.success() && shell.stderr.is_empty(),
            "{line}: {shell:?}"
        );
        let out = String::from_utf8(shell.stdout).unwrap();
        out.trim_end_matches('\0')
            .split('\0')
            .map(str::to_owned)
            .collect()
    }

    /// The request that `curl` makes of its words, as far as they are used here.
    fn request(words: &[String]) -> (Request, Vec<String>) {
        let (mut builder, mut body) =
            (axum::http::Request::builder().method("POST"), String::new());
        let (mut form, mut written_to) = (String::new(), Vec::new());
        let mut words = words.iter();
        while let Some(word) = words.next() {
            let mut next = || words.next().unwrap().as_str();
            match word.as_str() {
                "-H" => {
                    let (name, value) = next().split_once(": ").unwrap();
                    builder = builder.header(name, value);
                }
                "-d" => body = next().to_owned(),
                "-o" => written_to.push(next().to_owned()),
                "--form-string" => {
                    let (name, value) = next().split_once('=').unwrap();
                    form.push_str(&format!(
                        "--B\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
                    ));
                }
                "-F" => {
                    let (name, path) = next().split_once("=@").unwrap();
                    form.push_str(&format!("--B\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"f\"\r\n\r\n{path}\r\n"));
                }
                url => builder = builder.uri(url),
            }
        }
        if !form.is_empty() {
            builder = builder.header("content-type", "multipart/form-data; boundary=B");
            body = format!("{form}--B--\r\n");
        }
        (builder.body(Body::from(body)).unwrap(), written_to)
    }

    #[tokio::test]
    async fn the_curl_that_is_shown_for_a_call_is_that_call() {
        let folder = tempfile::TempDir::new().unwrap();
        let odd = "it's \"$HOME\" \\ `x`; #1\n& @file, ü";
        for action in catalog() {
            let with_value = action.inputs.iter().filter(|input| !input.kind.is_file());
            let inputs: Map<String, Value> = with_value
                .map(|input| {
                    let value = match input.kind {
                        Kind::Integer(low, _) => json!(low),
                        Kind::Boolean => json!(false),
                        Kind::Choice(words) => json!(words[0]),
                        Kind::Records(_) => json!([{"Last_Name": odd}]),
                        Kind::Values | Kind::FieldValues => json!({"Last_Name": odd, "Fax": null}),
                        Kind::Texts => json!([odd, ""]),
                        _ => json!(odd),
                    };
                    (input.name.to_owned(), value)
                })
                .collect();
            let file = action.inputs.iter().find(|input| input.kind.is_file());
            let files: Vec<(String, String)> = file
                .map(|input| match input.kind {
                    Kind::Files => {
                        let name = format!("{}.photo", input.name);
                        vec![
                            (name.clone(), "photo.png".to_owned()),
                            (name, "other.png".to_owned()),
                        ]
                    }
                    _ => vec![(input.name.to_owned(), "order.txt".to_owned())],
                })
                .unwrap_or_default();
            let written = Call {
                action,
                url: "https://gateway.example.com",
                connection: "the demo",
                inputs: &inputs,
                files: &files,
                idempotency_key: Some("order 'n' 17"),
            }
            .curl();
            assert!(!written.contains("hush"));
            let (request, written_to) = request(&words(&written));
            let path = format!("/api/v1/connections/the%20demo/actions/{}", action.name);
            assert_eq!(request.uri().path(), path);
            assert_eq!(request.headers()["authorization"], "Bearer hush");
            let key = request.headers().get("idempotency-key");
            let is_named = key.is_some_and(|key| key == "order 'n' 17");
            assert_eq!(is_named, action.effect != Effect::Reads);
            assert_eq!(!written_to.is_empty(), action.gives_file(&inputs));
            let (got, got_files) = read(request, folder.path())
                .await
                .unwrap_or_else(|problem| panic!("{written}\n{}", problem.message));
            assert_eq!(got, Value::Object(inputs), "{written}");
            assert!(
                got_files
                    .iter()
                    .map(|(name, _)| name)
                    .eq(files.iter().map(|(name, _)| name)),
                "{written}"
            );
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_may_take_long_but_not_stand_still() {
        let folder = tempfile::TempDir::new().unwrap();
        let send = async |content_type: &str, pieces: &[&'static str], rest: Option<Duration>| {
            let gap = Duration::from_secs(20);
            let pieces: Vec<_> = pieces.iter().map(|piece| (*piece, gap)).collect();
            let slow = stream::iter(pieces).then(async |(piece, gap)| {
                tokio::time::sleep(gap).await;
                Ok::<_, std::io::Error>(piece)
            });
            let rest = stream::once(async move {
                match rest {
                    Some(rest) => tokio::time::sleep(rest).await,
                    None => std::future::pending().await,
                }
                Ok("")
            });
            let request = axum::http::Request::builder().header("content-type", content_type);
            let body = Body::from_stream(slow.chain(rest));
            read(request.body(body).unwrap(), folder.path()).await
        };
        let (json, form) = ("application/json", "multipart/form-data; boundary=B");
        let file =
            "--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f\"\r\n\r\nabc";
        let text = "--B\r\nContent-Disposition: form-data; name=\"module\"\r\n\r\nLe";
        let soon = Some(Duration::ZERO);
        assert!(
            send(json, &["{", "\"module\":", "\"Leads\"}"], soon)
                .await
                .is_ok()
        );
        let (_, files) = send(form, &[file, "def", "\r\n--B--\r\n"], soon)
            .await
            .unwrap();
        assert_eq!(files[0].1.length_bytes, 6);
        for (content_type, pieces) in [
            (json, ["{", " "]),
            (form, [file, "def"]),
            (form, [text, "ads"]),
        ] {
            let refused = send(content_type, &pieces, None).await.unwrap_err();
            assert_eq!(
                (refused.status(), refused.code.as_ref()),
                (StatusCode::REQUEST_TIMEOUT, "body_too_slow")
            );
        }
        let left = std::fs::read_dir(folder.path()).unwrap().count();
        assert_eq!(
            left, 1,
            "only the file that came whole, which its reader holds still"
        );
    }
}
