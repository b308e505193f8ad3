//! How to use a cluster: download, unzip, `docker info`.

use cluster_api::{Access, Cluster};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use super::{
    access_wait::AccessWait,
    last_download::LastDownload,
    server_fns::{load_access, load_cluster},
    shells::shells,
};
use crate::{
    layout::frame::signed_in,
    paths,
    ui::{
        copy::{copied, copy_button},
        crumbs::Crumbs,
        icon::icon,
        refresh::Refresh,
        words,
    },
};

/// Three steps from nothing to `docker info`, or why that is not possible yet.
#[component]
pub fn AccessPage() -> AnyView {
    let id = use_params_map().with_untracked(|params| params.get("id"));
    signed_in(move || async move {
        let cluster = load_cluster(id.unwrap_or_default()).await?.cluster;
        let steps = if cluster.can_access().is_ok() {
            let access = load_access(cluster.id.to_string()).await?;
            view! { <Steps cluster=cluster.clone() access/> }.into_any()
        } else {
            view! { <AccessWait cluster=cluster.clone()/> }.into_any()
        };
        let waits = cluster.status.is_changing() && cluster.can_access().is_err();
        let name = cluster.name.to_string();
        let page = view! {
            <Title text=format!("Access to {name}")/>
            <Refresh changing=waits/>
            <Crumbs over=(paths::cluster(cluster.id), name.clone()) here="Access"/>
            <div class="head">
                <h1>{format!("Access to {name}")}</h1>
            </div>
            {steps}
        };
        Ok(page.into_any())
    })
    .into_any()
}

/// The three steps, and what is known about the certificates.
#[component]
fn Steps(
    /// The cluster.
    cluster: Cluster,
    /// All about its credentials but the secrets.
    access: Access,
) -> AnyView {
    let name = cluster.name.to_string();
    let unzip = format!("unzip {name}.zip");
    let days = words::plural(access.certificate_days, "day");
    view! {
        <div class="split">
            <ol class="steps">
                <li class="panel">
                    <h2>"Download the credentials"</h2>
                    <p>
                        <a
                            class="btn main"
                            href=paths::credentials(cluster.id)
                            download=format!("{name}.zip")
                        >
                            {icon("download", "")}
                            {format!("Download {name}.zip")}
                        </a>
                    </p>
                    <p class="small quiet">
                        {format!(
                            "A new certificate each time, good for {days}. Whoever has it controls the cluster.",
                        )}
                    </p>
                </li>
                <li class="panel">
                    <h2>"Unzip it"</h2>
                    <div class="command">
                        <pre class="code" tabindex="0">
                            {unzip.clone()}
                        </pre>
                        {copy_button(unzip, "the unzip command")}
                    </div>
                </li>
                <li class="panel">
                    <h2>"Use it"</h2>
                    {shells(&name)}
                </li>
            </ol>
            <Facts cluster access/>
        </div>
    }
    .into_any()
}

#[component]
fn Facts(
    /// The cluster.
    cluster: Cluster,
    /// All about its credentials but the secrets.
    access: Access,
) -> AnyView {
    let fingerprint = access.ca_fingerprint;
    let short = Some(fingerprint.short());
    let ends = access.ca_expires_at;
    view! {
        <section class="panel" aria-labelledby="certificates">
            <header>
                <h2 id="certificates">"Certificates"</h2>
            </header>
            <dl class="body about">
                <dt>"Docker API"</dt>
                <dd>{copied(access.endpoint, None, "the address of the Docker API")}</dd>
                <dt>"CA fingerprint"</dt>
                <dd>{copied(fingerprint.to_string(), short, "the fingerprint")}</dd>
                <dt>"CA ends"</dt>
                <dd>
                    <time datetime=ends.to_string()>{words::day(ends, None)}</time>
                </dd>
                <dt>"Last download"</dt>
                <dd>
                    <LastDownload id=cluster.id issued=access.last_issued/>
                </dd>
            </dl>
        </section>
    }
    .into_any()
}
