use axum::{body::Body, http::HeaderValue};
use serde_json::json;

use crate::testing::ControlPlane;

#[tokio::test]
async fn whatever_is_wrong_with_a_request_is_answered_in_one_shape() {
    let plane = ControlPlane::idle().await;
    let owner = plane.client("owner").await;
    owner.create("shop", 1).await;
    let token = owner.token.clone().unwrap();
    let create = "/v2/clusters";
    let deep = format!("{{\"name\":{}{}}}", "[".repeat(500), "]".repeat(500));
    let long = format!("/v2/clusters/{}", "x".repeat(5000));
    for (method, path, body, status) in [
        ("GET", "/v2/clusters/%ff", "", 404),
        ("GET", "/v2/clusters/%00", "", 404),
        ("GET", "/v2/clusters/%zz", "", 404),
        ("GET", long.as_str(), "", 404),
        ("GET", "/clusters/owner/%ff", "", 404),
        ("GET", "/clusters/%ff", "", 404),
        ("PUT", "/clusters/owner/shop/autoscale/maybe", "", 404),
        ("GET", "/v2.0/tokens/%ff", "", 404),
        ("GET", "/zips/%ff", "", 404),
        ("GET", "/v2/", "", 404),
        ("GET", "/v2/clusters/", "", 404),
        ("GET", "//v2/clusters", "", 404),
        ("OPTIONS", create, "", 405),
        ("TRACE", create, "", 405),
        ("PUT", create, "", 405),
        ("BREW", create, "", 405),
        ("HEAD", "/v2/clusters/x/credentials/zip", "", 405),
        ("POST", create, "", 400),
        ("POST", create, "null", 400),
        ("POST", create, "{\"name\":\"a\"", 400),
        (
            "POST",
            create,
            "{\"name\":\"a\\u0000b\",\"cluster_type_id\":1}",
            400,
        ),
        (
            "POST",
            create,
            "{\"name\":\"\\ud800\",\"cluster_type_id\":1}",
            400,
        ),
        (
            "POST",
            create,
            "{\"name\":\"a\",\"cluster_type_id\":1e400}",
            400,
        ),
        (
            "POST",
            create,
            "{\"name\":\"a\",\"cluster_type_id\":99999999999999999999}",
            400,
        ),
        (
            "POST",
            create,
            "{\"name\":\"a\",\"cluster_type_id\":1,\"node_count\":99999999999999999999}",
            400,
        ),
        ("POST", create, deep.as_str(), 400),
        ("POST", "/v2.0/tokens", "{\"auth\":7}", 400),
        (
            "POST",
            "/v2.0/tokens",
            "{\"auth\":{\"passwordCredentials\":{\"username\":\"o\\u0000\",\"password\":\"\\u0000\"}}}",
            401,
        ),
    ] {
        let request = owner
            .request(method, path)
            .body(Body::from(body.to_owned()));
        let answer = owner.answer(request.unwrap()).await;
        assert_eq!(answer.status, status, "{method} {path} {body}");
        if method == "HEAD" {
            continue;
        }
        let error = &answer.json["errors"][0];
        for text in ["code", "title", "detail", "request_id"] {
            assert!(
                error[text].is_string(),
                "{method} {path} {body}: {}",
                answer.json
            );
        }
        assert_eq!(error["status"], status);
        assert_eq!(
            error["request_id"],
            answer.headers["x-request-id"].to_str().unwrap()
        );
        assert_eq!(answer.headers["content-type"], "application/json");
        assert!(!answer.json.to_string().contains(&token), "{method} {path}");
        if status == 405 {
            let allowed = answer.headers["allow"].to_str().unwrap();
            assert!(allowed.contains("GET"), "{method} {path}: {allowed}");
        }
    }
}

#[tokio::test]
async fn headers_that_are_no_text_are_refused_or_passed_over() {
    let plane = ControlPlane::idle().await;
    let owner = plane.client("owner").await;
    let odd = HeaderValue::from_bytes(b"\xff\xfe").unwrap();
    for (header, method, status) in [
        ("x-auth-token", "GET", 401),
        ("api-version", "GET", 406),
        ("idempotency-key", "POST", 400),
        ("content-length", "GET", 200),
        ("last-event-id", "GET", 200),
    ] {
        let mut request = owner
            .request(method, "/v2/clusters")
            .body(Body::from(
                json!({"name": "a", "cluster_type_id": 1}).to_string(),
            ))
            .unwrap();
        request.headers_mut().insert(header, odd.clone());
        let answer = owner.answer(request).await;
        assert_eq!(answer.status, status, "{header}: {}", answer.json);
        assert_eq!(answer.json["errors"].is_array(), status != 200, "{header}");
    }
}
