//! API keys: those there are, the form for one more, and the question before one is revoked.

use cluster_api::{
    AccountRule, ApiKey, KeyId, MakeKey as Wanted, Problem, Scope, Scopes, Timestamp,
};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::{hooks::use_query_map, params::ParamsMap};

use super::server_fns::{MakeKey, RevokeKey};
use crate::{
    paths, says, t,
    ui::{
        field::{FORM_ERROR, describedby, field, form_error},
        icon::icon,
        said::said,
        submit::{Submit, submit},
    },
    when::{Clock, ago, at, day},
};

/// For how many days a key may be good; empty: until it is revoked.
const EXPIRIES: [&str; 5] = ["7", "30", "90", "365", ""];

/// What is offered unless something else is chosen.
const EXPIRY: &str = "90";

/// The form for a new key, as it was filled in. It goes back and forth in the address when the form was
/// refused: there is no secret in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    name: String,
    scopes: Vec<Scope>,
    expires: String,
}

impl Draft {
    /// From the fields of the form; a scope is chosen by anything in its field.
    #[must_use]
    pub fn of(name: String, scopes: [String; 3], expires: String) -> Self {
        let chosen = Scope::ALL.into_iter().zip(scopes);
        Self {
            name: name.trim().to_owned(),
            scopes: chosen
                .filter(|(_, field)| !field.is_empty())
                .map(|(scope, _)| scope)
                .collect(),
            expires,
        }
    }

    /// From an address; an empty form offers a key that may look, for a while.
    fn from_address(query: &ParamsMap) -> Self {
        let get = |name: &str| query.get(name).unwrap_or_default();
        if query.get_str("expires").is_none() {
            return Self {
                name: get("name"),
                scopes: vec![Scope::Read],
                expires: EXPIRY.to_owned(),
            };
        }
        let scopes = Scope::ALL.map(|scope| get(scope.as_str()));
        Self::of(get("name"), scopes, get("expires"))
    }

    /// The page with the form as it was filled in.
    #[must_use]
    pub fn address(&self) -> String {
        let mut pairs = vec![("name", &*self.name)];
        pairs.extend(self.scopes.iter().map(|scope| (scope.as_str(), "on")));
        let expires = if self.expires.is_empty() {
            "never"
        } else {
            &self.expires
        };
        pairs.push(("expires", expires));
        format!("{}#make-key", paths::with_query(paths::ACCOUNT, &pairs))
    }

    /// The key that is wanted, `now` that the form was sent.
    ///
    /// # Errors
    /// An expiry that is not one of those offered. The control plane looks at the rest.
    pub fn wanted(&self, now: Timestamp) -> Result<Wanted, Problem> {
        const DAY: i64 = 86_400;
        let expires_at = match &*self.expires {
            "" | "never" => None,
            days => {
                let days: i64 = days
                    .parse()
                    .ok()
                    .filter(|_| EXPIRIES.contains(&days))
                    .ok_or(EXPIRY_PROBLEM)?;
                let at = Timestamp::from_second(now.as_second() + days * DAY);
                Some(at.map_err(|_| EXPIRY_PROBLEM)?)
            }
        };
        Ok(Wanted {
            name: self.name.clone(),
            scopes: Scopes(self.scopes.iter().copied().collect()),
            expires_at,
        })
    }
}

const EXPIRY_PROBLEM: Problem = Problem::Account {
    rule: AccountRule::KeyExpiry,
};

/// The word for a scope.
#[must_use]
pub fn scope_word(scope: Scope) -> String {
    match scope {
        Scope::Read => t!("scope-read"),
        Scope::Write => t!("scope-write"),
        Scope::Credentials => t!("scope-credentials"),
    }
}

fn scope_hint(scope: Scope) -> String {
    match scope {
        Scope::Read => t!("scope-read-hint"),
        Scope::Write => t!("scope-write-hint"),
        Scope::Credentials => t!("scope-credentials-hint"),
    }
}

/// The words for a set of scopes.
#[must_use]
pub fn scope_words(scopes: &Scopes) -> String {
    let words: Vec<_> = scopes.0.iter().map(|scope| scope_word(*scope)).collect();
    words.join(", ")
}

/// The panel with the keys.
#[must_use]
pub fn keys_panel(keys: Vec<ApiKey>) -> AnyView {
    let chosen = use_query_map().with_untracked(|query| {
        let id: Option<KeyId> = query.get_str("revoke")?.parse().ok();
        id
    });
    let question = keys
        .iter()
        .find(|key| Some(key.id) == chosen && key.revoked_at.is_none())
        .map(revoke_form);
    let refused = said(RevokeKey::PATH).map(says::problem);
    let body = if keys.is_empty() {
        view! { <p class="body quiet">{t!("keys-none")}</p> }.into_any()
    } else {
        table(keys)
    };
    view! {
        <section class="panel" id="keys" aria-labelledby="keys-title">
            <header>
                <h2 id="keys-title">{t!("keys")}</h2>
                <div class="end">
                    <a class="btn" href="#make-key">
                        {icon("plus", "")}
                        {t!("make-key")}
                    </a>
                </div>
            </header>
            {refused.map(|refused| view! { <div class="body">{form_error(Some(refused))}</div> })}
            {question}
            {body}
        </section>
    }
    .into_any()
}

fn table(keys: Vec<ApiKey>) -> AnyView {
    let rows: Vec<_> = keys.into_iter().map(row).collect();
    view! {
        <div class="table" role="region" aria-label=t!("keys-table") tabindex="0">
            <table>
                <thead>
                    <tr>
                        <th scope="col">{t!("name")}</th>
                        <th scope="col">{t!("key-scopes")}</th>
                        <th scope="col">{t!("key-made")}</th>
                        <th scope="col">{t!("last-used")}</th>
                        <th scope="col">{t!("key-expires")}</th>
                        <th scope="col">
                            <span class="unseen">{t!("account-actions")}</span>
                        </th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn row(key: ApiKey) -> AnyView {
    let used = match key.last_used_at {
        Some(moment) => ago(moment).into_any(),
        None => view! { <span class="quiet">{t!("never-used")}</span> }.into_any(),
    };
    let expired = key
        .expires_at
        .is_some_and(|moment| moment <= Clock::current().now);
    let expires = match (key.revoked_at, key.expires_at) {
        (Some(moment), _) => view! {
            <span class="quiet">{t!("key-revoked")} " " {ago(moment)}</span>
        }
        .into_any(),
        (None, Some(moment)) if expired => view! {
            <span class="state bad">
                {icon("bad", "")}
                {at(moment, t!("key-expired"))}
            </span>
        }
        .into_any(),
        (None, Some(moment)) => at(moment, day(moment)).into_any(),
        (None, None) => t!("key-until-revoked").into_any(),
    };
    let name = key.name.clone();
    let revoke = key.revoked_at.is_none().then(|| {
        view! {
            <a class="btn bad" href=paths::revoke_key(key.id)>
                {t!("revoke")}
                <span class="unseen">" " {name}</span>
            </a>
        }
    });
    view! {
        <tr id=format!("key-{}", key.id)>
            <th scope="row">{key.name}</th>
            <td>{scope_words(&key.scopes)}</td>
            <td>{at(key.created_at, day(key.created_at))}</td>
            <td>{used}</td>
            <td>{expires}</td>
            <td class="num">{revoke}</td>
        </tr>
    }
    .into_any()
}

/// Names the key, and what ends with it.
fn revoke_form(key: &ApiKey) -> AnyView {
    view! {
        <div class="body danger" id="revoke">
            <form method="post" action=RevokeKey::url() class="form">
                <input type="hidden" name="id" value=key.id.to_string()/>
                <h3>{t!("revoke-title", name = key.name.as_str())}</h3>
                <p>{t!("revoke-lost")}</p>
                <div class="acts">
                    {submit(Submit {
                        label: t!("revoke-do", name = key.name.as_str()),
                        busy: t!("revoking"),
                        class: "btn bad full",
                        ..Submit::default()
                    })}
                    <a class="btn" href=format!("{}#keys", paths::ACCOUNT)>
                        {t!("key-keep")}
                    </a>
                </div>
            </form>
        </div>
    }
    .into_any()
}

/// The form for a new key.
#[must_use]
pub fn make_key_panel() -> AnyView {
    let draft = use_query_map().with_untracked(Draft::from_address);
    let problem = said(MakeKey::PATH);
    let of_name = matches!(
        problem,
        Some(Problem::Account {
            rule: AccountRule::KeyName | AccountRule::KeyNameTaken,
        })
    );
    let error = problem.map(says::problem);
    let (name_error, error) = if of_name {
        (error, None)
    } else {
        (None, error)
    };
    let name = view! {
        <input
            id="key-name"
            name="name"
            type="text"
            required
            maxlength="64"
            autocomplete="off"
            spellcheck="false"
            value=draft.name.clone()
            aria-describedby=describedby("key-name")
            aria-invalid=name_error.as_ref().map(|_| "true")
        />
    };
    let scopes: Vec<_> = Scope::ALL
        .into_iter()
        .map(|scope| {
            view! {
                <label class="choice">
                    <input
                        type="checkbox"
                        name=scope.as_str()
                        value="on"
                        checked=draft.scopes.contains(&scope)
                    />
                    <span>
                        <b>{scope_word(scope)}</b>
                        <span class="small quiet">{scope_hint(scope)}</span>
                    </span>
                </label>
            }
        })
        .collect();
    let chosen = if draft.expires == "never" {
        ""
    } else {
        &draft.expires
    };
    let expiries = EXPIRIES.map(|days| {
        let words = match days.parse::<u32>() {
            Ok(days) => t!("days-count", count = days),
            Err(_) => t!("key-until-revoked"),
        };
        view! {
            <option value=days selected=days == chosen>
                {words}
            </option>
        }
    });
    let expires = view! {
        <select id="key-expires" name="expires">
            {expiries}
        </select>
    };
    view! {
        <section class="panel" id="make-key" aria-labelledby="make-key-title">
            <header>
                <h2 id="make-key-title">{t!("make-key-title")}</h2>
            </header>
            <form method="post" action=MakeKey::url() class="body form">
                {form_error(error.clone())}
                {field("key-name", t!("name"), Some(t!("key-name-hint")), name_error.clone(), name)}
                <fieldset class="choices" aria-describedby=error.map(|_| FORM_ERROR)>
                    <legend>{t!("key-scopes-choose")}</legend>
                    {scopes}
                </fieldset>
                {field("key-expires", t!("key-expires"), None, None, expires)}
                <div class="acts">
                    {submit(Submit {
                        label: t!("make-key"),
                        busy: t!("making-key"),
                        class: "btn main",
                        ..Submit::default()
                    })}
                </div>
            </form>
        </section>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::timestamp;

    fn draft(expires: &str) -> Draft {
        let scopes = ["on".to_owned(), String::new(), "on".to_owned()];
        Draft::of(" ci & more ".to_owned(), scopes, expires.to_owned())
    }

    fn back(address: &str) -> Draft {
        let query = address.split_once('?').unwrap().1;
        let query = query.split('#').next().unwrap();
        let mut map = ParamsMap::new();
        for pair in query.split('&') {
            let (name, value) = pair.split_once('=').unwrap();
            map.insert(name.to_owned(), value.to_owned());
        }
        Draft::from_address(&map)
    }

    #[test]
    fn a_refused_form_comes_back_as_it_was() {
        for expires in ["30", "never"] {
            let draft = draft(expires);
            assert_eq!(
                draft.address(),
                format!(
                    "/account?name=ci%20%26%20more&read=on&credentials=on&expires={expires}#make-key"
                )
            );
            assert_eq!(back(&draft.address()), draft);
        }
        let none = Draft::of("x".to_owned(), Default::default(), "7".to_owned());
        assert_eq!(back(&none.address()).scopes, []);
        assert_eq!(back("/account?x=y").scopes, [Scope::Read]);
    }

    #[test]
    fn an_expiry_is_counted_from_now_and_one_of_those_offered() {
        let now = timestamp(1_000_000);
        let wanted = draft("7").wanted(now).unwrap();
        assert_eq!(wanted.name, "ci & more");
        assert_eq!(wanted.scopes.to_string(), "read credentials");
        assert_eq!(wanted.expires_at, Some(timestamp(1_000_000 + 604_800_000)));
        for forever in ["", "never"] {
            assert_eq!(draft(forever).wanted(now).unwrap().expires_at, None);
        }
        for other in ["8", "-7", "x"] {
            assert_eq!(draft(other).wanted(now), Err(EXPIRY_PROBLEM));
        }
    }
}
