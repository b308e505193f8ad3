//! The headers that make browsers careful, on every answer there is.

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use http::{
    HeaderName, HeaderValue,
    header::{
        CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY,
        STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
    },
};
use rand::RngCore;

use crate::public_url::PublicUrl;

/// What every answer carries. The referrer stays within the site: the form of the theme is sent back
/// by it.
const HEADERS: [(HeaderName, HeaderValue); 6] = [
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (REFERRER_POLICY, HeaderValue::from_static("same-origin")),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        HeaderValue::from_static("same-origin"),
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("same-origin"),
    ),
    (
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static(
            "accelerometer=(), autoplay=(), camera=(), display-capture=(), encrypted-media=(), \
             fullscreen=(), geolocation=(), gyroscope=(), hid=(), magnetometer=(), microphone=(), \
             midi=(), payment=(), picture-in-picture=(), publickey-credentials-get=(), \
             screen-wake-lock=(), serial=(), usb=(), xr-spatial-tracking=()",
        ),
    ),
];

/// Where the dashboard is reached through TLS, it is reached through nothing else.
const HSTS: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// The policy of what is not a page: it loads nothing and belongs in no frame.
const STRICT_POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);

/// The stamp that tells the page's own scripts from any others; new with every request.
#[derive(Clone, Debug)]
pub(crate) struct ScriptNonce(pub(crate) String);

impl ScriptNonce {
    fn new() -> Self {
        let mut bytes = [0; 16];
        rand::rng().fill_bytes(&mut bytes);
        Self(URL_SAFE_NO_PAD.encode(bytes))
    }
}

/// The policy of a page.
fn page_policy(ScriptNonce(nonce): &ScriptNonce) -> String {
    format!(
        "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; \
         style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; \
         base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'"
    )
}

/// What the headers depend on.
#[derive(Clone, Copy, Debug)]
pub(super) struct SecurityHeaders {
    https: bool,
}

impl SecurityHeaders {
    pub(super) const fn new(public_url: &PublicUrl) -> Self {
        Self {
            https: public_url.is_https(),
        }
    }
}

/// Adds the headers to an answer, whoever gave it.
pub(super) async fn apply(
    State(settings): State<SecurityHeaders>,
    mut request: Request,
    next: Next,
) -> Response {
    let nonce = ScriptNonce::new();
    request.extensions_mut().insert(nonce.clone());
    let mut response = next.run(request).await;

    let headers = response.headers_mut();
    let is_page = headers
        .get(CONTENT_TYPE)
        .is_some_and(|value| value.as_bytes().starts_with(b"text/html"));
    let policy = is_page
        .then(|| HeaderValue::try_from(page_policy(&nonce)).ok())
        .flatten();
    headers.insert(CONTENT_SECURITY_POLICY, policy.unwrap_or(STRICT_POLICY));
    headers.extend(HEADERS);
    if settings.https {
        headers.insert(STRICT_TRANSPORT_SECURITY, HSTS);
    }
    headers
        .entry(CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    response
}
