//! The frame of everything behind the sign-in: it finds out who is signed in and what there is, and
//! sends everybody else to the way in.

use cluster_api::{ClusterId, Problem};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_meta::Title;
use leptos_router::hooks::use_location;

use super::{banners::banners, header::Header, plain::plain};
use crate::{
    answer,
    dashboard::{CurrentDashboard, dashboard},
    error::AppError,
    go::{find::Place, palette::palette},
    paths,
    session::{
        RelativePath,
        server_fns::Stay,
        sign_in_page::{Again, sign_in_form},
    },
    t,
    ui::{icon::icon, problem_page::problem_page, refresh::refresh},
    view::{Known, User},
};

/// What the browser looks out for while the page is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Follows {
    /// The page stays as it is.
    Nothing,
    /// Whatever happens to any of the account's clusters.
    All,
    /// Whatever happens to one cluster.
    Cluster(ClusterId),
}

/// A page: what stands in the frame.
pub struct Page {
    title: String,
    follows: Follows,
    every_s: Option<u32>,
    changing: bool,
    places: Vec<Place>,
    body: AnyView,
}

impl Page {
    /// A page that stays as it is.
    pub fn new(title: String, body: impl IntoView + 'static) -> Self {
        Self {
            title,
            follows: Follows::Nothing,
            every_s: None,
            changing: false,
            places: Vec::new(),
            body: body.into_any(),
        }
    }

    /// The browser brings the page up to date whenever something happens to what it follows.
    #[must_use]
    pub const fn follows(mut self, follows: Follows) -> Self {
        self.follows = follows;
        self
    }

    /// The browser brings the page up to date every so many seconds as well: it shows what no stream
    /// tells.
    #[must_use]
    pub const fn every(mut self, seconds: u32) -> Self {
        self.every_s = Some(seconds);
        self
    }

    /// Something on the page will change by itself: without scripts it reloads.
    #[must_use]
    pub const fn changing(mut self, changing: bool) -> Self {
        self.changing = changing;
        self
    }

    /// What the palette shows on this page before anything is typed.
    #[must_use]
    pub fn places(mut self, places: Vec<Place>) -> Self {
        self.places = places;
        self
    }
}

impl Page {
    /// Its title and what it shows, for another frame.
    pub(super) fn parts(self) -> (String, AnyView) {
        (self.title, self.body)
    }
}

/// What every page of somebody who is signed in knows.
pub struct Frame {
    /// Who is signed in.
    pub user: User,
    /// What is known of the account's clusters.
    pub known: Known,
}

/// A page for somebody who is signed in, made when it is known who that is.
pub fn signed_in<F>(page: impl FnOnce(Frame) -> F + Send + 'static) -> AnyView
where
    F: Future<Output = Result<Page, AppError>> + Send + 'static,
{
    Suspend::new(async move {
        let (user, known) = match start().await {
            Ok(start) => start,
            Err(Problem::SignedOut) => return to_sign_in(),
            Err(problem) => return plain(problem_page(problem)),
        };
        let frame = Frame {
            user: user.clone(),
            known: known.clone(),
        };
        let page = match page(frame).await {
            Ok(page) => page,
            Err(AppError(Problem::SignedOut)) => return to_sign_in(),
            Err(AppError(problem)) => problem_page(problem),
        };
        around(&user, &known, page)
    })
    .into_any()
}

/// A page for everybody: in the frame for somebody who is signed in, in the plain one otherwise.
pub fn for_anyone(page: impl FnOnce() -> Page + Send + 'static) -> AnyView {
    Suspend::new(async move {
        // Addresses that reach no session have no dashboard.
        let known = match use_context::<CurrentDashboard>() {
            Some(_) => start().await.ok(),
            None => None,
        };
        match known {
            Some((user, known)) => around(&user, &known, page()),
            None => plain(page()),
        }
    })
    .into_any()
}

async fn start() -> Result<(User, Known), Problem> {
    let dashboard = dashboard();
    Ok((dashboard.user().await?, dashboard.known().await?))
}

/// Goes to the way in, and comes back to this address from there.
fn to_sign_in() -> AnyView {
    answer::redirect(&paths::sign_in(&RelativePath::or_home(&here())));
    ().into_any()
}

/// The address of the page at hand.
#[must_use]
pub fn here() -> String {
    let location = use_location();
    let (path, query) = (
        location.pathname.get_untracked(),
        location.search.get_untracked(),
    );
    if query.is_empty() {
        path
    } else {
        format!("{path}?{query}")
    }
}

/// The frame around a page.
fn around(user: &User, known: &Known, page: Page) -> AnyView {
    let Page {
        title,
        follows,
        every_s,
        changing,
        places,
        body,
    } = page;
    let follows = match follows {
        Follows::Nothing => None,
        Follows::All => Some("all".to_owned()),
        Follows::Cluster(id) => Some(id.to_string()),
    };
    view! {
        <Title text=title/>
        <a class="skip btn" href="#main">
            {t!("skip")}
        </a>
        // Not at `<html>`: what a page gives to that is lost where the page had to wait for its data.
        <header
            class="top"
            id="top"
            data-version=known.snapshot.version.0.to_string()
            data-account=user.username.clone()
            data-session-ends=user.ends_at.as_millisecond().to_string()
            data-session-ends-last=user.ends_at_last.as_millisecond().to_string()
        >
            <Header user=user.clone() known=known.clone()/>
            {banners(known)}
        </header>
        <main id="main" tabindex="-1" data-live=follows data-every=every_s.map(|it| it.to_string())>
            {refresh(changing)}
            {body}
        </main>
        {toasts(answer::take_done())}
        {unanswered()}
        {session_soon()}
        {sign_in_again(user)}
        {palette(&places)}
    }
    .into_any()
}

/// What was done, over the page for some seconds, in the one place where such things are said. It is no
/// part of what is brought up to date.
fn toasts(done: Option<String>) -> AnyView {
    let toast = done.map(|done| {
        view! {
            <div class="notice good toast" id="done">
                {icon("check", "")}
                <span>{done}</span>
                <button type="button" class="btn icon-only scripted" data-close>
                    {icon("close", "")}
                    <span class="unseen">{t!("close")}</span>
                </button>
            </div>
        }
    });
    view! {
        <div id="toasts" role="status">
            {toast}
        </div>
    }
    .into_any()
}

/// What scripts say at a form that no page answered. It was sent, and may have been done.
fn unanswered() -> AnyView {
    view! {
        <template id="unanswered-words">
            <div class="notice bad" role="alert" id="unanswered">
                {icon("bad", "")}
                <p>
                    <span>{t!("unanswered")}</span>
                    " "
                    <span class="small request">{t!("error-request-id")} " "</span>
                </p>
            </div>
        </template>
    }
    .into_any()
}

/// Says that the session is about to end. Scripts show it, with the hour in the place of `{}`, and offer
/// what can be done: to stay, or to sign in again where staying is not possible any more.
fn session_soon() -> AnyView {
    view! {
        <aside id="session-soon" class="panel soon" aria-label=t!("session-soon") data-url=Stay::url()>
            {icon("busy", "")}
            <p class="if-stay" data-words=t!("session-soon-stay", time = "{}")></p>
            <p class="if-last" data-words=t!("session-soon-last", time = "{}")></p>
            <button type="button" class="btn main if-stay" data-stay>
                {t!("stay")}
            </button>
            <button type="button" class="btn main if-last" data-sign-in-again>
                {t!("sign-in-again")}
            </button>
        </aside>
    }
    .into_any()
}

/// The way in, over the page: scripts open it when the session has ended, so that nothing that was typed
/// is lost.
fn sign_in_again(user: &User) -> AnyView {
    let next = RelativePath::or_home(paths::CLUSTERS);
    view! {
        <dialog
            id="sign-in-again"
            class="panel"
            aria-labelledby="sign-in-again-title"
            data-unreachable=t!("session-unreachable")
        >
            <h2 id="sign-in-again-title">
                <span class="if-ended">{t!("session-ended")}</span>
                <span class="if-early">{t!("sign-in-again")}</span>
            </h2>
            <p class="quiet">
                <span class="if-ended">{t!("session-ended-why")}</span>
                <span class="if-early">{t!("session-early-why")}</span>
            </p>
            {sign_in_form(&next, None, Some(Again { username: &user.username, backend: user.backend }))}
        </dialog>
    }
    .into_any()
}
