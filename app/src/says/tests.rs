use cluster_api::{NodeCount, RequestId, Scope};
use leptos::prelude::*;
use uuid::Uuid;

use super::{sentences::said, *};
use crate::words::Lang;

fn every_problem() -> Vec<Problem> {
    let names = [
        NameRule::Empty,
        NameRule::TooLong,
        NameRule::Start,
        NameRule::End,
        NameRule::Character,
    ];
    let policies = [
        PolicyRule::Order,
        PolicyRule::Target,
        PolicyRule::NoTarget,
        PolicyRule::Time,
    ];
    let states = [
        ClusterStatus::Creating,
        ClusterStatus::Active,
        ClusterStatus::Resizing,
        ClusterStatus::Deleting,
        ClusterStatus::Deleted,
        ClusterStatus::Repairing,
        ClusterStatus::Rebuilding,
        ClusterStatus::Rotating,
        ClusterStatus::Error,
    ];
    let help = [
        HelpRule::NoTicket,
        HelpRule::NoSubscription,
        HelpRule::Subject,
        HelpRule::Note,
        HelpRule::State,
        HelpRule::TicketsFull,
        HelpRule::NotesFull,
        HelpRule::SubscriptionsFull,
        HelpRule::Url,
        HelpRule::PrivateUrl,
        HelpRule::MailAddress,
        HelpRule::NoMail,
        HelpRule::Events,
        HelpRule::NotAdmin,
    ];
    let accounts = [
        AccountRule::KeyName,
        AccountRule::KeyNameTaken,
        AccountRule::KeyScopes,
        AccountRule::KeyExpiry,
        AccountRule::KeyPower,
        AccountRule::KeyLimit,
        AccountRule::Username,
        AccountRule::UsernameTaken,
        AccountRule::Password,
        AccountRule::LastAdmin,
        AccountRule::Filter,
    ];
    let node_counts = [NodeCount::MIN, NodeCount::MAX];
    let mut all = vec![
        Problem::Malformed,
        Problem::TooLarge,
        Problem::NameTaken,
        Problem::TypeUnknown,
        Problem::LabelsInvalid,
        Problem::FlavorUnknown,
        Problem::QuotaClusters { limit: 10 },
        Problem::Protected,
        Problem::CredentialsNotReady,
        Problem::IdempotencyKeyReused,
        Problem::IdempotencyKeyInvalid,
        Problem::NameMismatch,
        Problem::NotFound,
        Problem::NoRoute,
        Problem::MethodNotAllowed,
        Problem::UnsupportedMediaType,
        Problem::VersionUnsupported,
        Problem::SignedOut,
        Problem::WrongCredentials,
        Problem::TooManyTries { retry_after_s: 90 },
        Problem::TooManyStreams { limit: 8 },
        Problem::NotOffered,
        Problem::Refused {
            status: 403,
            request_id: RequestId(Uuid::nil()),
        },
        Problem::Refused {
            status: 502,
            request_id: RequestId(Uuid::nil()),
        },
        Problem::NotBegun,
        Problem::Cloud {
            rule: CloudRule::Managers,
        },
        Problem::Cloud {
            rule: CloudRule::Workers,
        },
        Problem::Cloud {
            rule: CloudRule::Template,
        },
        Problem::Cloud {
            rule: CloudRule::Group,
        },
        Problem::NotTheOwner,
        Problem::NodeSilent,
        Problem::Unreachable,
        Problem::Unsure,
        Problem::Internal {
            request_id: RequestId(Uuid::nil()),
        },
    ];
    all.extend(names.map(|rule| Problem::NameInvalid { rule }));
    all.extend(policies.map(|rule| Problem::PolicyInvalid { rule }));
    all.extend(states.map(|status| Problem::Busy { status }));
    all.extend(help.map(|rule| Problem::Help { rule }));
    all.extend(accounts.map(|rule| Problem::Account { rule }));
    all.extend(node_counts.map(|max| Problem::NodesInvalid { max }));
    all.extend(node_counts.map(|limit| Problem::QuotaNodes { limit }));
    all.extend(Scope::ALL.map(|scope| Problem::ScopeMissing { scope }));
    all
}

fn is_russian(text: &str) -> bool {
    text.contains(|letter| ('\u{430}'..='\u{44f}').contains(&letter))
}

#[test]
fn problems_are_said_in_the_words_of_the_api_and_in_russian() {
    for known in every_problem() {
        Owner::new().with(|| {
            Lang::En.provide();
            assert_eq!(problem(known), known.to_string());
            assert_eq!(title(known), known.title(), "{known:?}");
            Lang::Ru.provide();
            assert!(is_russian(&problem(known)), "{known:?}");
            assert!(is_russian(&title(known)), "{known:?}");
        });
    }
}

/// What the control plane writes into timelines, steps, reasons, tickets, deliveries and the audit log,
/// a sentence a line.
const SENTENCES: &str = include_str!("sentences.txt");

#[test]
fn every_sentence_of_the_control_plane_is_known() {
    for text in SENTENCES.lines().filter(|line| !line.starts_with('#')) {
        assert_eq!(said(Lang::En, text).as_deref(), Some(text));
        let russian = said(Lang::Ru, text).unwrap();
        assert!(is_russian(&russian), "{text}: {russian}");
        assert_eq!(
            text.matches(|digit: char| digit.is_ascii_digit()).count(),
            russian
                .matches(|digit: char| digit.is_ascii_digit())
                .count(),
            "{text}: {russian}"
        );
    }
}

#[test]
fn what_is_in_a_sentence_stays_in_it() {
    let russian = |text: &str| said(Lang::Ru, text).unwrap();
    assert_eq!(russian("Node 12 starts"), "Запускается узел 12");
    assert_eq!(russian("Active with 3 nodes"), "Работает: 3 узла");
    assert_eq!(
        russian("Renamed from shop to web-shop"),
        "Переименован: был shop, стал web-shop"
    );
    assert_eq!(
        russian(
            "Node 2 did not start: no space left on device. Free disk space on the host of the \
                 Docker Engine, then retry. Tried 5 times in 31 s. Retry, or see the ticket that was \
                 opened for this."
        ),
        "Узел 2 не запустился: no space left on device. Освободите место на диске сервера с Docker и \
         повторите. Попыток: 5, за 31 с. Повторите или загляните в обращение, которое открыто по этому \
         поводу."
    );
    assert_eq!(
        russian(
            "Autoscaling grows it to 2 nodes: reserved processor 90 % (target 80 %), 1 task without a \
             place on 1 node"
        ),
        "Автомасштаб увеличивает кластер до 2 узлов: занято процессора 90 % (цель 80 %), 1 задача без \
         места; сейчас 1 узел"
    );
}

#[test]
fn what_is_not_known_stays_as_it_was_written() {
    Owner::new().with(|| {
        Lang::Ru.provide();
        for text in [
            "",
            ".",
            "Node x starts",
            "The engine is away, as told.",
            "a, b, c; d: e",
        ] {
            assert_eq!(sentence(text), text);
        }
    });
}

#[test]
fn the_note_of_a_ticket_is_said_line_by_line() {
    Owner::new().with(|| {
        Lang::Ru.provide();
        let note = "What failed\n  Node 2 did not start.\n  The engine's own words:\n  | What failed\n\n\
                    Steps of the create\n  done      Network made (2026-11-23T23:44:28Z, 12 ms)";
        assert_eq!(
            sentences(note),
            "Что не удалось\n  Узел 2 не запустился.\n  Что сказал Docker:\n  | What failed\n\nШаги \
             задачи «создание»\n  готово: Сеть создана (2026-11-23T23:44:28Z, 12 мс)"
        );
    });
}
