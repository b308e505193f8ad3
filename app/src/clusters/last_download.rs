//! When credentials were last downloaded.
#![expect(
    missing_docs,
    reason = "the struct that the macro makes: an island's properties"
)]

use cluster_api::{ClusterId, IssuedCertificate};
use leptos::{either::Either, prelude::*};

use crate::{
    live::Live,
    ui::{time::ago, words},
};

/// When credentials were last downloaded, and how long those are good. It looks again after a download.
#[island]
pub fn LastDownload(
    /// Of which cluster.
    id: ClusterId,
    /// The last certificate that was made, if any.
    issued: Option<IssuedCertificate>,
) -> impl IntoView {
    let clock = Live::expect().clock;
    let issued = RwSignal::new(issued);
    #[cfg(feature = "hydrate")]
    look_again(id, issued);
    #[cfg(not(feature = "hydrate"))]
    let _ = id;
    move || match issued.get() {
        Some(certificate) => {
            let good_until = words::day(certificate.expires_at, clock.zone.get());
            Either::Left(view! {
                {ago(certificate.issued_at, clock)}
                <span class="quiet">
                    ", certificate "
                    <code title=certificate.fingerprint.to_string()>
                        {certificate.fingerprint.short()}
                    </code>
                    {format!(", good until {good_until}")}
                </span>
            })
        }
        None => Either::Right(view! { <span class="quiet">"Never"</span> }),
    }
}

/// The download is the browser's own business: it does not say when it is done.
#[cfg(feature = "hydrate")]
fn look_again(id: ClusterId, issued: RwSignal<Option<IssuedCertificate>>) {
    use std::time::Duration;

    use leptos::{ev, task::spawn_local, wasm_bindgen::JsCast};

    use super::server_fns::load_access;

    let look = move || {
        spawn_local(async move {
            if let Ok(access) = load_access(id.to_string()).await {
                issued.set(access.last_issued);
            }
        });
    };
    window_event_listener(ev::click, move |event| {
        let target = event
            .target()
            .and_then(|it| it.dyn_into::<web_sys::Element>().ok());
        let link = target.and_then(|it| it.closest("a[download]").ok().flatten());
        if link.is_some() {
            set_timeout(look, Duration::from_millis(1500));
        }
    });
}
