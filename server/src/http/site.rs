//! The files of the site: scripts, styles and what else is public.

use std::{
    convert::Infallible,
    io,
    path::{Path, PathBuf, absolute},
};

use axum::{
    Router,
    body::Body,
    extract::Request,
    handler::HandlerWithoutStateExt,
    middleware::{Next, from_fn},
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header::CACHE_CONTROL};
use leptos::config::LeptosOptions;
use tower::{Service, ServiceBuilder};
use tower_http::services::ServeDir;

use super::answer;

/// The name all built files begin with.
const OUTPUT_NAME: &str = "app";

/// The folder of built files; also where they are on the web.
const PACKAGES: &str = "pkg";

/// The list of the built files' hashes.
const HASHES: &str = "hash.txt";

/// For files whose name changes with their contents.
const FOR_GOOD: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

/// For files of `pkg` whose name does not.
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("no-cache");

/// For icons and the like.
const A_WHILE: HeaderValue = HeaderValue::from_static("public, max-age=300");

/// Where the built site is.
#[derive(Clone, Debug)]
pub(crate) struct Site(PathBuf);

impl Site {
    /// The site in a folder.
    pub(crate) fn new(root: &Path) -> io::Result<Self> {
        let root = absolute(root)?;
        if !root.join(PACKAGES).is_dir() {
            tracing::warn!(
                "there is no built site in {}: pages come without style and script; `make build` \
                 builds it, and LEPTOS_SITE_ROOT names another folder",
                root.display()
            );
        }
        Ok(Self(root))
    }

    /// What Leptos wants to know.
    pub(super) fn options(&self) -> LeptosOptions {
        let hashes = self.0.join(HASHES);
        LeptosOptions::builder()
            .output_name(OUTPUT_NAME)
            .site_root(self.0.to_string_lossy().into_owned())
            .site_pkg_dir(PACKAGES)
            .hash_files(hashes.is_file())
            // Absolute, as it is looked for beside the executable otherwise.
            .hash_file(hashes.to_string_lossy().into())
            .build()
    }

    /// Scripts, WebAssembly and styles, compressed beforehand.
    pub(super) fn packages<S: Clone + Send + Sync + 'static>(&self) -> Router<S> {
        let files = files(&self.0.join(PACKAGES)).fallback(answer::no_route.into_service());
        Router::new()
            .nest_service(&format!("/{PACKAGES}"), files)
            .layer(from_fn(keep_packages))
    }

    /// What lies beside them, and then `otherwise`.
    pub(super) fn public_files<F, R>(
        &self,
        otherwise: F,
    ) -> impl Service<Request, Response = Response, Error = Infallible, Future: Send>
    + Clone
    + Send
    + Sync
    + 'static
    + use<F, R>
    where
        F: Service<Request, Response = Response<R>, Error = Infallible, Future: Send>,
        F: Clone + Send + Sync + 'static,
        R: axum::body::HttpBody<Data = axum::body::Bytes> + Send + 'static,
        R::Error: Into<axum::BoxError>,
    {
        let files = files(&self.0).call_fallback_on_method_not_allowed(true);
        ServiceBuilder::new()
            .map_response(|response: Response<_>| {
                let mut response = response.map(Body::new).into_response();
                keep(&mut response, A_WHILE);
                response
            })
            .service(files.fallback(otherwise))
    }
}

fn files(folder: &Path) -> ServeDir {
    ServeDir::new(folder)
        .append_index_html_on_directories(false)
        .precompressed_br()
        .precompressed_gzip()
}

async fn keep_packages(request: Request, next: Next) -> Response {
    let for_good = has_hash(request.uri().path());
    let mut response = next.run(request).await;
    keep(&mut response, if for_good { FOR_GOOD } else { ASK_AGAIN });
    response
}

/// Lets browsers keep a file that there is.
fn keep(response: &mut Response, how: HeaderValue) {
    let found = [
        StatusCode::OK,
        StatusCode::PARTIAL_CONTENT,
        StatusCode::NOT_MODIFIED,
    ];
    if found.contains(&response.status()) {
        response.headers_mut().entry(CACHE_CONTROL).or_insert(how);
    }
}

/// The name holds a hash of the contents: `app.HASH.js`.
fn has_hash(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    let mut parts = name.split('.').skip(1);
    let (hash, ending) = (parts.next().unwrap_or_default(), parts.next());
    ending.is_some()
        && hash.len() >= 8
        && hash
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_with_a_hash_are_kept_for_good() {
        assert!(has_hash("/pkg/app.0123456789abcdef.js"));
        assert!(has_hash("/pkg/app.Zm9v-mFy_w.wasm"));
        for path in [
            "/pkg/app.js",
            "/pkg/app_bg.wasm",
            "/pkg/app.min.js",
            "/pkg/snippets/a/inline0.js",
        ] {
            assert!(!has_hash(path), "{path}");
        }
    }
}
