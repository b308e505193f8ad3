//! All pages and their addresses.

use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::{
    ParamSegment, SsrMode, StaticSegment,
    components::{Route, Router, Routes},
};

use crate::{
    account::account_page::AccountPage,
    activity::activity_page::ActivityPage,
    admin::{accounts_page::AccountsPage, one_account_page::OneAccountPage},
    answer,
    cloud::{
        projects_page::ProjectsPage, template_page::TemplatePage, templates_page::TemplatesPage,
    },
    cluster::{
        access_page::AccessPage, containers_page::ContainersPage, events_page::EventsPage,
        logs_page::LogsPage, metrics_page::MetricsPage, nodes_page::NodesPage,
        overview_page::OverviewPage, settings_page::SettingsPage,
    },
    clusters::{create_page::CreatePage, delete_page::DeletePage, list_page::ListPage},
    go::go_page::GoPage,
    help::{
        help_page::HelpPage, new_ticket_page::NewTicketPage, subscription_page::SubscriptionPage,
        ticket_page::TicketPage,
    },
    not_found::NotFound,
    paths,
    session::sign_in_page::SignInPage,
};

/// The whole dashboard. Every page is sent when it is complete, so that it works without scripts and
/// has the right status.
#[component]
pub fn App() -> AnyView {
    provide_meta_context();
    let clusters = StaticSegment("clusters");
    let help = StaticSegment("help");
    let id = ParamSegment("id");
    view! {
        <Title formatter=|title: String| {
            if title.is_empty() { "Carina".to_owned() } else { format!("{title} \u{b7} Carina") }
        }/>
        <Router>
            <Routes fallback=|| view! { <NotFound/> }>
                <Route path=StaticSegment("") view=ToClusters ssr=SsrMode::Async/>
                <Route path=StaticSegment("sign-in") view=SignInPage ssr=SsrMode::Async/>
                <Route path=clusters view=ListPage ssr=SsrMode::Async/>
                <Route path=(clusters, StaticSegment("new")) view=CreatePage ssr=SsrMode::Async/>
                <Route path=(clusters, StaticSegment("delete")) view=DeletePage ssr=SsrMode::Async/>
                <Route path=(clusters, id) view=OverviewPage ssr=SsrMode::Async/>
                <Route path=(clusters, id, StaticSegment("events")) view=EventsPage ssr=SsrMode::Async/>
                <Route path=(clusters, id, StaticSegment("access")) view=AccessPage ssr=SsrMode::Async/>
                <Route path=(clusters, id, StaticSegment("settings")) view=SettingsPage ssr=SsrMode::Async/>
                <Route path=StaticSegment("account") view=AccountPage ssr=SsrMode::Async/>
                <Route path=StaticSegment("activity") view=ActivityPage ssr=SsrMode::Async/>
                <Route path=StaticSegment("go") view=GoPage ssr=SsrMode::Async/>
                <Route path=StaticSegment("admin") view=AccountsPage ssr=SsrMode::Async/>
                <Route
                    path=(StaticSegment("admin"), StaticSegment("accounts"), id)
                    view=OneAccountPage
                    ssr=SsrMode::Async
                />
                <Route path=(clusters, id, StaticSegment("nodes")) view=NodesPage ssr=SsrMode::Async/>
                <Route path=(clusters, id, StaticSegment("containers")) view=ContainersPage ssr=SsrMode::Async/>
                <Route path=(clusters, id, StaticSegment("logs")) view=LogsPage ssr=SsrMode::Async/>
                <Route path=(clusters, id, StaticSegment("metrics")) view=MetricsPage ssr=SsrMode::Async/>
                <Route path=StaticSegment("projects") view=ProjectsPage ssr=SsrMode::Async/>
                <Route path=StaticSegment("templates") view=TemplatesPage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("templates"), id) view=TemplatePage ssr=SsrMode::Async/>
                <Route path=help view=HelpPage ssr=SsrMode::Async/>
                <Route path=(help, StaticSegment("tickets"), StaticSegment("new")) view=NewTicketPage ssr=SsrMode::Async/>
                <Route path=(help, StaticSegment("tickets"), id) view=TicketPage ssr=SsrMode::Async/>
                <Route path=(help, StaticSegment("subscriptions"), id) view=SubscriptionPage ssr=SsrMode::Async/>
            </Routes>
        </Router>
    }
    .into_any()
}

/// The home page is the list.
#[component]
fn ToClusters() -> impl IntoView {
    answer::redirect(paths::CLUSTERS);
}
