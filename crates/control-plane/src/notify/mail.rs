//! Mail: the same notices, in plain text for people.

use std::time::Duration;

use cluster_api::{DeliveryId, Notice};
use lettre::{
    Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{
        Mailbox,
        header::{ContentType, Header, HeaderName, HeaderValue},
    },
    transport::smtp,
};
use secrecy::{ExposeSecret, SecretString};

use super::Refused;
use crate::{reconciler::chain, store::SubscriptionRecord};

/// The most that one exchange with the mail server may take.
const TIMEOUT: Duration = Duration::from_secs(10);

/// The most that handing one mail over may take, all in all.
const TIMEOUT_IN_ALL: Duration = Duration::from_secs(30);

/// The longest subject, in characters.
const MOST_SUBJECT: usize = 150;

/// How mail is sent, from the settings.
#[derive(Clone, Debug)]
pub struct MailSettings {
    /// The mail server: `smtp://`, `smtps://`, with a user and a password if it wants them.
    pub smtp_url: SecretString,
    /// Whom mail is from.
    pub from: Mailbox,
    /// The address of the dashboard, for links.
    pub dashboard_url: Option<String>,
}

/// The mail server cannot be used. Says nothing of its address, which can hold a password.
#[derive(Debug, thiserror::Error)]
#[error(
    "CARINA_SMTP_URL is not understood: give smtps://USER:PASSWORD@HOST, or smtp:// in front of \
     the same with ?tls=required at its end, or smtp://HOST:PORT for a server nearby"
)]
pub struct MailError;

/// Sends mail.
pub struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    dashboard_url: Option<String>,
}

/// Tells mail programs that no person wrote it, and that no automatic answer is wanted (RFC 3834).
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

impl Mailer {
    /// A mailer. The server is first spoken to when there is something to send.
    ///
    /// # Errors
    /// The address of the server is not understood.
    pub fn new(settings: MailSettings) -> Result<Self, MailError> {
        let url = settings.smtp_url.expose_secret();
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
            .map_err(|_| MailError)?
            .timeout(Some(TIMEOUT))
            .build();
        Ok(Self {
            transport,
            from: settings.from,
            dashboard_url: settings.dashboard_url,
        })
    }

    /// Tries once: what the mail server said, in a sentence.
    pub(super) async fn send(
        &self,
        address: &str,
        to: &SubscriptionRecord,
        delivery: DeliveryId,
        body: &str,
    ) -> Result<String, Refused> {
        let unwritten = |error: &(dyn std::error::Error + 'static)| {
            tracing::error!(delivery.id = %delivery, "a mail could not be written: {}", chain(error));
            Refused::for_good("The mail could not be written.".to_owned())
        };
        let address: Address = address
            .parse()
            .map_err(|_| Refused::for_good(cluster_api::HelpRule::MailAddress.to_string()))?;
        let notice: Notice = serde_json::from_str(body).map_err(|error| unwritten(&error))?;
        let message = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, address))
            .subject(subject(&notice))
            // The same for every try, so that a mail that comes twice is shown once.
            .message_id(Some(format!("<{delivery}@{}>", self.from.email.domain())))
            .header(AutoSubmitted)
            .header(ContentType::TEXT_PLAIN)
            .body(text(&notice, to, self.dashboard_url.as_deref()))
            .map_err(|error| unwritten(&error))?;
        match tokio::time::timeout(TIMEOUT_IN_ALL, self.transport.send(message)).await {
            Ok(Ok(_)) => Ok("The mail server took it.".to_owned()),
            Ok(Err(error)) => Err(unsent(&error)),
            Err(_) => Err(Refused::for_now(format!(
                "The mail server did not take it within {} s.",
                TIMEOUT_IN_ALL.as_secs()
            ))),
        }
    }
}

fn unsent(error: &smtp::Error) -> Refused {
    tracing::warn!("a mail was not sent: {}", chain(error));
    match error.status() {
        Some(code) if error.is_permanent() => {
            Refused::for_good(format!("The mail server refused it ({code})."))
        }
        Some(code) => Refused::for_now(format!(
            "The mail server does not take it at the moment ({code})."
        )),
        None if error.is_timeout() => {
            Refused::for_now("The mail server did not answer in time.".to_owned())
        }
        None if error.is_tls() => {
            Refused::for_now("The certificate of the mail server is not good.".to_owned())
        }
        None if error.is_client() => Refused::for_now(
            "The mail server does not offer what CARINA_SMTP_URL asks for (TLS, a way to sign in)."
                .to_owned(),
        ),
        None => Refused::for_now("The mail server cannot be reached.".to_owned()),
    }
}

/// One line that says it all: `[Carina] shop: Node 2 did not start`.
fn subject(notice: &Notice) -> String {
    let what = match (&notice.event, &notice.ticket) {
        (Some(event), _) => event.message.clone(),
        (_, Some(told)) => format!(
            "Ticket {}: {}",
            told.note.state.as_str(),
            told.ticket.subject
        ),
        _ => "A test of your subscription".to_owned(),
    };
    let line = match &notice.cluster {
        Some(cluster) => format!("[Carina] {}: {what}", cluster.name),
        None => format!("[Carina] {what}"),
    };
    line.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(MOST_SUBJECT)
        .collect()
}

fn text(notice: &Notice, to: &SubscriptionRecord, dashboard_url: Option<&str>) -> String {
    let mut text = String::new();
    if let Some(event) = &notice.event {
        text.push_str(&format!("{}.\n", event.message));
        if let Some(detail) = &event.detail {
            text.push_str(&format!("\n{detail}\n"));
        }
        if let Some(actor) = &event.actor {
            text.push_str(&format!("\nAsked for by  {actor}"));
        }
    } else if let Some(told) = &notice.ticket {
        let author = told.note.author.as_deref().unwrap_or("Carina");
        text.push_str(&format!(
            "{}\n\n{}\n\nWritten by    {author}\nTicket        {} ({})",
            told.ticket.subject,
            told.note.text,
            told.ticket.id,
            told.note.state.as_str()
        ));
    } else {
        text.push_str("This mail was asked for as a test. It has arrived.\n");
    }
    if let Some(cluster) = &notice.cluster {
        text.push_str(&format!(
            "\nCluster       {} ({})",
            cluster.name, cluster.status
        ));
        if let Some(base) = dashboard_url {
            let base = base.trim_end_matches('/');
            text.push_str(&format!("\n              {base}/clusters/{}", cluster.id));
        }
    }
    text.push_str(&format!(
        "\nWhen          {}\n\n-- \nThe account {} of Carina asked for these mails. To end them, delete \
         its subscription\n{}. This was delivery {}.\n",
        notice.at, to.account.username, to.subscription.id, notice.delivery
    ));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_is_not_understood_is_refused_without_its_password() {
        for wrong in ["", "mail.example.com", "http://me:hunter2@mail.example.com"] {
            let settings = MailSettings {
                smtp_url: wrong.into(),
                from: "carina@example.com".parse().unwrap(),
                dashboard_url: None,
            };
            let error = Mailer::new(settings).err().expect(wrong);
            assert!(!error.to_string().contains("hunter2"));
        }
    }
}
