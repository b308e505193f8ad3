//! The dashboard's router, and browsers that keep their cookies.

use std::{sync::Arc, time::Duration};

use app::session::Backend;
use axum::{
    Router,
    body::{Body, to_bytes},
};
use http::{
    HeaderMap, Request, StatusCode,
    header::{ACCEPT, CONTENT_TYPE, COOKIE, SET_COOKIE},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::ServiceExt;

use super::{FakeControlPlane, ManualClock};
use crate::{Parts, Source, build};

/// Longer than anything takes here; a test that hangs says where.
const PATIENCE: Duration = Duration::from_secs(20);

/// Everything that runs, in one process.
pub(crate) struct House {
    pub(crate) router: Router,
    pub(crate) control_plane: FakeControlPlane,
    pub(crate) clock: ManualClock,
    pub(crate) stop: CancellationToken,
    pub(crate) tasks: TaskTracker,
    pub(crate) folder: tempfile::TempDir,
}

impl House {
    pub(crate) async fn new() -> Self {
        Self::at("http://127.0.0.1:3000").await
    }

    /// One that browsers reach at `public_url`.
    pub(crate) async fn at(public_url: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let packages = folder.path().join("site/pkg");
        std::fs::create_dir_all(&packages).unwrap();
        std::fs::write(packages.join("app.0123456789abcdef.js"), "export default 1").unwrap();
        std::fs::write(packages.join("app.0123456789abcdef.js.br"), "compressed").unwrap();
        std::fs::write(packages.join("plain.js"), "export default 2").unwrap();
        std::fs::write(folder.path().join("site/robots.txt"), "User-agent: *").unwrap();
        std::fs::write(
            folder.path().join("site/hash.txt"),
            "js: 0123456789abcdef\nwasm: 0123456789abcdef\ncss: 0123456789abcdef\n",
        )
        .unwrap();

        let control_plane = FakeControlPlane::default();
        let clock = ManualClock::default();
        let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
        let router = build(Parts {
            first: Source {
                backend: Backend::Carina,
                control_plane: Arc::new(control_plane.clone()),
                api_url: "https://api.example.com".to_owned(),
            },
            others: Vec::new(),
            clock: Arc::new(clock.clone()),
            data_dir: folder.path().join("data"),
            site_root: folder.path().join("site"),
            public_url: public_url.parse().unwrap(),
            stop: stop.clone(),
            tasks: tasks.clone(),
        })
        .await
        .unwrap();
        Self {
            router,
            control_plane,
            clock,
            stop,
            tasks,
            folder,
        }
    }

    pub(crate) fn browser(&self) -> Browser {
        Browser {
            router: self.router.clone(),
            cookie: None,
        }
    }

    /// A browser whose user has signed in.
    pub(crate) async fn signed_in(&self, username: &str) -> Browser {
        let mut browser = self.browser();
        let answer = browser.sign_in(username, "right").await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
        self.control_plane.calls();
        browser
    }

    pub(crate) fn advance(&self, by: Duration) {
        self.clock.advance(by);
    }
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }
}

/// A browser, as far as cookies go.
#[derive(Clone)]
pub(crate) struct Browser {
    router: Router,
    pub(crate) cookie: Option<String>,
}

impl Browser {
    /// Sends a request and gives the answer back before its body has come.
    pub(crate) async fn send(&mut self, mut request: Request<Body>) -> http::Response<Body> {
        if let Some(cookie) = &self.cookie {
            request
                .headers_mut()
                .insert(COOKIE, cookie.parse().unwrap());
        }
        let path = request.uri().path().to_owned();
        let answer = tokio::time::timeout(PATIENCE, self.router.clone().oneshot(request)).await;
        let response = answer
            .unwrap_or_else(|_| panic!("{path} does not answer"))
            .unwrap();
        for cookie in response.headers().get_all(SET_COOKIE) {
            let cookie = cookie.to_str().unwrap();
            let (pair, attributes) = cookie.split_once(';').unwrap();
            if pair.contains("carina=") {
                let removed = attributes.contains("Max-Age=0");
                self.cookie = (!removed).then(|| pair.to_owned());
            }
        }
        response
    }

    pub(crate) async fn ask(&mut self, request: Request<Body>) -> Answer {
        let path = request.uri().path().to_owned();
        let response = self.send(request).await;
        let (parts, body) = response.into_parts();
        let whole = tokio::time::timeout(PATIENCE, to_bytes(body, 64 << 20)).await;
        let body = whole
            .unwrap_or_else(|_| panic!("the body of {path} does not end"))
            .unwrap();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body: body.to_vec(),
        }
    }

    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        self.ask(
            Request::get(path)
                .header(ACCEPT, "text/html")
                .body(Body::empty())
                .unwrap(),
        )
        .await
    }

    /// Sends a form as a browser without scripts does.
    pub(crate) async fn post_form(&mut self, path: &str, body: &str) -> Answer {
        self.post(path, body, "text/html,application/xhtml+xml")
            .await
    }

    /// Calls a server function as the page's script does.
    pub(crate) async fn call(&mut self, path: &str, body: &str) -> Answer {
        self.post(path, body, "application/json").await
    }

    async fn post(&mut self, path: &str, body: &str, accept: &str) -> Answer {
        let request = Request::post(path)
            .header(ACCEPT, accept)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(body.to_owned()))
            .unwrap();
        self.ask(request).await
    }

    pub(crate) async fn sign_in(&mut self, username: &str, secret: &str) -> Answer {
        let form = format!("username={username}&kind=password&secret={secret}&next=%2Fclusters");
        self.post_form("/api/sign_in", &form).await
    }
}
