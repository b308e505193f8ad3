//! Download, unzip, `docker info`.

use std::time::Duration;

use cluster_api::{Access, IssuedCertificate};
use leptos::prelude::*;

use super::shells::Shells;
use crate::{
    live::{Live, row::Row},
    paths,
    ui::{
        copy::{Copied, CopyButton},
        icon::Icon,
        time::Ago,
        words,
    },
};

/// The three steps, and what is known about the certificates.
#[component]
pub fn AccessSteps(
    /// The cluster.
    row: Row,
    /// All about its credentials but the secrets.
    access: Access,
    /// Counted up after a download.
    downloads: RwSignal<u32>,
) -> AnyView {
    let id = row.id();
    let name = row.with_untracked(|cluster| cluster.name.to_string());
    // The download is the browser's own business: it does not say when it is done.
    let downloaded = move |_| {
        let count = move || {
            // None: the page is gone.
            let _ = downloads.try_update(|count| *count += 1);
        };
        set_timeout(count, Duration::from_millis(1500));
    };
    let unzip = format!("unzip {name}.zip");
    view! {
        <div class="split">
            <ol class="steps">
                <li class="panel">
                    <h2>"Download the credentials"</h2>
                    <p>
                        <a class="btn main" href=paths::credentials(id) download=format!("{name}.zip") on:click=downloaded>
                            <Icon name="download"/>
                            "Download " {name.clone()} ".zip"
                        </a>
                    </p>
                    <p class="small quiet">
                        {format!(
                            "A new certificate each time, good for {}. Whoever has it controls the cluster.",
                            words::plural(access.certificate_days, "day"),
                        )}
                    </p>
                </li>
                <li class="panel">
                    <h2>"Unzip it"</h2>
                    <div class="command">
                        <pre class="code" tabindex="0">{unzip.clone()}</pre>
                        <CopyButton text=unzip what="the unzip command"/>
                    </div>
                </li>
                <li class="panel">
                    <h2>"Use it"</h2>
                    <Shells name/>
                </li>
            </ol>
            <Facts access/>
        </div>
    }
    .into_any()
}

#[component]
fn Facts(
    /// All about the credentials but the secrets.
    access: Access,
) -> AnyView {
    let clock = Live::expect().clock;
    let Access {
        endpoint,
        ca_fingerprint,
        ca_expires_at,
        last_issued,
        ..
    } = access;
    let whole = ca_fingerprint.to_string();
    view! {
        <section class="panel" aria-labelledby="certificates">
            <header>
                <h2 id="certificates">"Certificates"</h2>
            </header>
            <dl class="body about">
                <dt>"Docker API"</dt>
                <dd>
                    <Copied text=endpoint what="the address of the Docker API"/>
                </dd>
                <dt>"CA fingerprint"</dt>
                <dd>
                    <Copied text=whole short=ca_fingerprint.short() what="the fingerprint"/>
                </dd>
                <dt>"CA ends"</dt>
                <dd>
                    <time datetime=ca_expires_at.to_string()>
                        {move || words::day(ca_expires_at, clock.zone())}
                    </time>
                </dd>
                <dt>"Last download"</dt>
                <dd>
                    {match last_issued {
                        Some(IssuedCertificate { fingerprint, issued_at, expires_at, .. }) => {
                            view! {
                                <Ago at=issued_at after=" ago"/>
                                <span class="quiet">
                                    ", certificate " <code title=fingerprint.to_string()>{fingerprint.short()}</code>
                                    ", good until "
                                    {move || words::day(expires_at, clock.zone())}
                                </span>
                            }
                                .into_any()
                        }
                        None => view! { <span class="quiet">"Never"</span> }.into_any(),
                    }}
                </dd>
            </dl>
        </section>
    }
    .into_any()
}
