//! Webhooks: a POST of JSON with a signature.

use std::{error::Error, io, sync::Arc, time::Duration};

use cluster_api::{DeliveryId, Timestamp};
use hmac::{Hmac, Mac};
use reqwest::{Client, Response, header, redirect};
use rustls::{ClientConfig, ConfigBuilder, RootCertStore, WantsVerifier, crypto::ring};
use rustls_platform_verifier::BuilderVerifierExt;
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

use super::{Guard, Refused, guard::NowhereToGo};

/// The most that one try may take, all in all.
const TIMEOUT: Duration = Duration::from_secs(10);

/// How much is kept of what a receiver answers when it does not take a notice, in bytes.
const MOST_WORDS: usize = 300;

/// Sends webhooks.
pub(super) struct Webhooks {
    client: Client,
    guard: Guard,
}

impl Webhooks {
    /// Where they go is for the guard to say.
    ///
    /// # Errors
    /// The TLS library could not be set up.
    pub(super) fn new(guard: Guard) -> Result<Self, reqwest::Error> {
        let client = Client::builder()
            .tls_backend_preconfigured(tls())
            .dns_resolver(Arc::new(guard.clone()))
            .user_agent(concat!("carina/", env!("CARGO_PKG_VERSION")))
            .timeout(TIMEOUT)
            // Every try asks the guard anew; a connection from before would go past it.
            .pool_max_idle_per_host(0)
            // So would a redirect, and a proxy of the environment.
            .redirect(redirect::Policy::none())
            .no_proxy()
            .build()?;
        Ok(Self { client, guard })
    }

    /// Tries once: what the receiver said, in a sentence.
    pub(super) async fn send(
        &self,
        url: &str,
        secret: &SecretString,
        delivery: DeliveryId,
        body: &str,
        now: Timestamp,
    ) -> Result<String, Refused> {
        let url = self
            .guard
            .check_url(url)
            .map_err(|rule| Refused::for_now(rule.to_string()))?;
        let timestamp = now.as_second();
        let request = self
            .client
            .post(url)
            .header(header::CONTENT_TYPE, "application/json")
            .header("carina-delivery", delivery.to_string())
            .header("carina-timestamp", timestamp)
            .header("carina-signature", signature(secret, timestamp, body))
            .body(body.to_owned());
        let response = request.send().await.map_err(unanswered)?;
        let status = response.status();
        if status.is_success() {
            return Ok(format!("The receiver answered {status}."));
        }
        let mut sentence = format!("The receiver answered {status}");
        if status.is_redirection() {
            sentence.push_str("; redirects are not followed");
        } else if let Some(words) = words(response).await {
            sentence.push_str(&format!(": {words}"));
        }
        sentence.push('.');
        Err(Refused::for_now(sentence))
    }
}

/// `v1=` and the HMAC-SHA-256 of the timestamp, a dot and the body, in hexadecimal digits.
fn signature(secret: &SecretString, timestamp: i64, body: &str) -> String {
    let key = secret.expose_secret().as_bytes();
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(timestamp.to_string().as_bytes());
    mac.update(b".");
    mac.update(body.as_bytes());
    format!("v1={}", hex::encode(mac.finalize().into_bytes()))
}

/// TLS through ring, with the roots of the system.
fn tls() -> ClientConfig {
    match builder().with_platform_verifier() {
        Ok(verified) => verified.with_no_client_auth(),
        Err(error) => {
            tracing::warn!(
                "https webhooks cannot be sent, for want of certificates of authorities \
                 (install the package ca-certificates): {error}"
            );
            builder()
                .with_root_certificates(RootCertStore::empty())
                .with_no_client_auth()
        }
    }
}

fn builder() -> ConfigBuilder<ClientConfig, WantsVerifier> {
    ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("ring speaks the default versions of TLS")
}

/// The first words of an answer, on one line.
async fn words(mut response: Response) -> Option<String> {
    let mut bytes = Vec::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        let room = MOST_WORDS - bytes.len();
        bytes.extend_from_slice(&chunk[..chunk.len().min(room)]);
        if bytes.len() == MOST_WORDS {
            break;
        }
    }
    let text: String = String::from_utf8_lossy(&bytes)
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let text = text.trim().trim_end_matches('.');
    (!text.is_empty()).then(|| text.to_owned())
}

/// Why there was no answer. What the libraries say goes to the log.
fn unanswered(error: reqwest::Error) -> Refused {
    let error = error.without_url();
    tracing::debug!(
        "a webhook was not answered: {}",
        crate::reconciler::chain(&error)
    );
    let sentence = match () {
        () if error.is_timeout() => format!(
            "The receiver did not answer within {} s.",
            TIMEOUT.as_secs()
        ),
        () => match cause::<NowhereToGo>(&error) {
            Some(NowhereToGo::Unknown) => "The host of the webhook has no address.".to_owned(),
            Some(NowhereToGo::Private) => cluster_api::HelpRule::PrivateUrl.to_string(),
            None if cause::<rustls::Error>(&error).is_some() => {
                "The certificate of the receiver is not good, or it speaks no TLS.".to_owned()
            }
            None => match cause::<io::Error>(&error).map(io::Error::kind) {
                Some(io::ErrorKind::ConnectionRefused) => {
                    "The receiver refused the connection.".to_owned()
                }
                _ if error.is_connect() => "The receiver cannot be reached.".to_owned(),
                _ => "The receiver broke the connection off.".to_owned(),
            },
        },
    };
    Refused::for_now(sentence)
}

/// What lies behind an error, if it is one of that type. I/O errors can hold others inside.
fn cause<'a, T: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a T> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<T>() {
            return Some(found);
        }
        let inner = error
            .downcast_ref::<io::Error>()
            .and_then(|error| error.get_ref())
            .and_then(|inner| inner.downcast_ref::<T>());
        if inner.is_some() {
            return inner;
        }
        next = error.source();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The vector was made with Python's `hmac`:
    /// `hmac.new(b"secret", b'1700000000.{"a":1}', "sha256").hexdigest()`.
    #[test]
    fn a_signature_is_the_one_that_others_compute() {
        assert_eq!(
            signature(&"secret".into(), 1_700_000_000, r#"{"a":1}"#),
            "v1=49f24e537407743fa4a0242bb63b94b9a47ee99cbbe071ccd8a22550ae411686"
        );
    }
}
