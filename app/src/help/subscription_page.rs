//! One subscription: what it is told, a test, and what was sent.

use cluster_api::{
    Delivery, DeliveryState, HelpRule, Problem, Subscription, SubscriptionId, Target,
};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::{use_params_map, use_query_map};

use super::{
    server_fns::{SetSubscription, TestSubscription, Unsubscribe},
    subscriptions::{enabled_badge, kind_words, scope_words, target_word, topics_words},
};
use crate::{
    account::account_page::part,
    answer::revealed,
    dashboard::ask,
    error::AppError,
    layout::frame::{Page, signed_in},
    paths, says, t,
    ui::{
        field::form_error,
        icon::icon,
        said::said,
        shown_once::shown_once,
        submit::{Submit, submit},
        toggled::toggled,
    },
    when::ago,
};

/// How often it is brought up to date, in seconds: no stream tells of deliveries.
const EVERY_S: u32 = 10;

/// What is sent there, and whether it arrives.
#[component]
pub fn SubscriptionPage() -> AnyView {
    let id: Option<SubscriptionId> = use_params_map()
        .with_untracked(|params| params.get("id"))
        .and_then(|id| id.parse().ok());
    let deleting =
        use_query_map().with_untracked(|query| query.get_str("confirm") == Some("delete"));
    let refused = [
        SetSubscription::PATH,
        TestSubscription::PATH,
        Unsubscribe::PATH,
    ]
    .into_iter()
    .find_map(said)
    .map(says::problem);
    signed_in(move |frame| async move {
        crate::dashboard::needs(cluster_api::Offer::Help)?;
        let rule = HelpRule::NoSubscription;
        let id = id.ok_or(AppError(Problem::Help { rule }))?;
        let subscription =
            ask(|up| async move { up.control_plane.subscription(&up.token, id).await }).await?;
        let shown = shown_once(
            revealed().await?,
            &t!("subscription-secret"),
            t!("subscription-secret-why"),
        );
        let sent = ask(|up| async move { up.control_plane.deliveries(&up.token, id).await });
        let sent = part(sent.await, |all| deliveries(&all))?;
        let place = subscription.target.place().to_owned();
        let switched = Subscription {
            enabled: !subscription.enabled,
            note: None,
            ..subscription.clone()
        };
        let body = view! {
            <nav class="crumbs" aria-label=t!("crumbs")>
                <a href=paths::HELP>{t!("nav-help")}</a>
                <span aria-hidden="true">"/"</span>
                <span aria-current="page">{place.clone()}</span>
            </nav>
            <div class="head toggled">
                <h1>{place.clone()}</h1>
                {toggled(enabled_badge(&subscription), enabled_badge(&switched))}
                <div class="end acts">{acts(&subscription)}</div>
            </div>
            {form_error(refused)}
            {shown}
            {deleting.then(|| delete_form(&subscription))}
            <div class="stack">
                {facts(&subscription, scope_words(&subscription, &frame.known.snapshot.clusters))}
                {sent}
            </div>
        };
        Ok(Page::new(place, body).every(EVERY_S))
    })
}

fn facts(subscription: &Subscription, clusters: String) -> AnyView {
    let note = subscription.note.as_deref().map(|note| {
        view! {
            <p class="notice bad">
                {icon("bad", "")}
                <span>{says::sentence(note)}</span>
            </p>
        }
    });
    let signed = matches!(subscription.target, Target::Webhook { .. })
        .then(|| view! { <p class="body quiet">{t!("subscription-signed")}</p> });
    view! {
        {note}
        <section class="panel" aria-label=t!("about")>
            <dl class="about body">
                <dt>{t!("subscription-kind")}</dt>
                <dd>{target_word(&subscription.target)}</dd>
                <dt>{t!("subscription-events")}</dt>
                <dd>{topics_words(&subscription.events)}</dd>
                <dt>{t!("subscription-clusters")}</dt>
                <dd>{clusters}</dd>
                <dt>{t!("created")}</dt>
                <dd>{ago(subscription.created_at)}</dd>
            </dl>
            {signed}
        </section>
    }
    .into_any()
}

/// A test, on and off, and the way to its end.
fn acts(subscription: &Subscription) -> AnyView {
    let id = subscription.id.to_string();
    let (on, label) = if subscription.enabled {
        ("false", t!("subscription-disable"))
    } else {
        ("true", t!("subscription-enable"))
    };
    let delete = paths::with_query(
        &paths::subscription(subscription.id),
        &[("confirm", "delete")],
    );
    view! {
        <form method="post" action=TestSubscription::url()>
            <input type="hidden" name="id" value=id.clone()/>
            {submit(Submit {
                label: t!("subscription-test"),
                busy: t!("subscription-testing"),
                class: "btn main",
                ..Submit::default()
            })}
        </form>
        <form method="post" action=SetSubscription::url()>
            <input type="hidden" name="id" value=id.clone()/>
            <input type="hidden" name="on" value=on/>
            {submit(Submit {
                label: label.clone(),
                busy: label,
                class: "btn toggles",
                ..Submit::default()
            })}
        </form>
        <a class="btn bad" href=delete>
            {t!("subscription-delete")}
        </a>
    }
    .into_any()
}

/// Says what is lost, and asks once more.
fn delete_form(subscription: &Subscription) -> AnyView {
    view! {
        <section class="panel danger" id="delete" aria-labelledby="delete-title">
            <form method="post" action=Unsubscribe::url() class="body form">
                <input type="hidden" name="id" value=subscription.id.to_string()/>
                <h2 id="delete-title">{t!("subscription-delete-title")}</h2>
                <p>{t!("subscription-delete-lost")}</p>
                <div class="acts">
                    {submit(Submit {
                        label: t!("subscription-delete"),
                        busy: t!("deleting"),
                        class: "btn bad full",
                        ..Submit::default()
                    })}
                    <a class="btn" href=paths::subscription(subscription.id)>
                        {t!("subscription-keep")}
                    </a>
                </div>
            </form>
        </section>
    }
    .into_any()
}

fn deliveries(all: &[Delivery]) -> AnyView {
    let list = if all.is_empty() {
        view! { <p class="body quiet">{t!("deliveries-none")}</p> }.into_any()
    } else {
        let rows: Vec<_> = all.iter().map(delivery).collect();
        view! {
            <div class="table" role="region" aria-label=t!("deliveries-table") tabindex="0">
                <table>
                    <thead>
                        <tr>
                            <th scope="col">{t!("delivery-what")}</th>
                            <th scope="col">{t!("status")}</th>
                            <th scope="col">{t!("delivery-at")}</th>
                            <th scope="col">{t!("delivery-outcome")}</th>
                            <th scope="col" class="num">
                                {t!("delivery-tries")}
                            </th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        }
        .into_any()
    };
    view! {
        <section class="panel" id="deliveries" aria-labelledby="deliveries-title">
            <header>
                <h2 id="deliveries-title">{t!("deliveries")}</h2>
            </header>
            {list}
        </section>
    }
    .into_any()
}

fn delivery(delivery: &Delivery) -> AnyView {
    let (class, shape, word) = match delivery.state {
        DeliveryState::Pending => ("status busy", "busy", t!("delivery-pending")),
        DeliveryState::Delivered => ("status good", "ok", t!("delivery-delivered")),
        DeliveryState::GivenUp => ("status bad", "bad", t!("delivery-given-up")),
    };
    let outcome = delivery.outcome.as_deref().map(says::sentence);
    view! {
        <tr id=format!("delivery-{}", delivery.id)>
            <th scope="row">{kind_words(&delivery.kind)}</th>
            <td>
                <span class=class>
                    {icon(shape, "")}
                    {word}
                </span>
            </td>
            <td>{ago(delivery.created_at)}</td>
            <td class="wraps">{outcome}</td>
            <td class="num">{delivery.tries.to_string()}</td>
        </tr>
    }
    .into_any()
}
