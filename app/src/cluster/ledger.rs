//! Who downloaded credentials of a cluster, when, and until when they are good.

use cluster_api::{Fingerprint, Ledger, LedgerEntry, Timestamp};
use leptos::prelude::*;

use crate::{
    t,
    ui::copy::copied,
    when::{self, Clock},
};

/// No more are shown at once; the API has the others.
const MOST: usize = 50;

/// A fingerprint, shortened for reading, copied whole.
#[must_use]
pub fn fingerprint(fingerprint: &Fingerprint) -> AnyView {
    copied(
        fingerprint.to_string(),
        Some(fingerprint.short()),
        &t!("access-fingerprint"),
    )
    .into_any()
}

/// The ledger, newest first.
#[must_use]
pub fn ledger(ledger: &Ledger) -> AnyView {
    let now = Clock::current().now;
    let rows: Vec<_> = ledger
        .certificates
        .iter()
        .take(MOST)
        .map(|entry| row(entry, now))
        .collect();
    if rows.is_empty() {
        return view! { <p class="body quiet">{t!("access-ledger-none")}</p> }.into_any();
    }
    let more = ledger.certificates.len().saturating_sub(MOST);
    view! {
        <div class="table" role="region" aria-labelledby="ledger-title" tabindex="0">
            <table>
                <thead>
                    <tr>
                        <th scope="col">{t!("access-fingerprint-of")}</th>
                        <th scope="col">{t!("access-who")}</th>
                        <th scope="col">{t!("access-when")}</th>
                        <th scope="col">{t!("access-until")}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        {(more > 0).then(|| view! { <p class="body small quiet">{t!("access-ledger-more", count = more)}</p> })}
    }
    .into_any()
}

fn row(entry: &LedgerEntry, now: Timestamp) -> AnyView {
    let certificate = &entry.certificate;
    let until = match entry.revoked_at {
        Some(at) => view! {
            <span class="bad-word">{t!("access-revoked")}</span>
            " "
            {when::ago(at)}
        }
        .into_any(),
        None if certificate.expires_at <= now => {
            view! { <span class="quiet">{t!("access-expired")}</span> }.into_any()
        }
        None => when::at(certificate.expires_at, when::day(certificate.expires_at)).into_any(),
    };
    let from = [
        entry
            .key
            .as_ref()
            .map(|key| t!("access-key", name = key.as_str())),
        entry.address.clone(),
    ];
    let from: Vec<_> = from.into_iter().flatten().collect();
    view! {
        <tr id=format!("certificate-{}", certificate.serial)>
            <th scope="row">{fingerprint(&certificate.fingerprint)}</th>
            <td>
                {entry.username.clone()}
                " "
                <span class="quiet">{from.join(" \u{b7} ")}</span>
            </td>
            <td>{when::ago(certificate.issued_at)}</td>
            <td>{until}</td>
        </tr>
    }
    .into_any()
}
