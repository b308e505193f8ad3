//! Reading what a list is asked for: how much, from where, which ones, in which order.
//!
//! What is wrong is said precisely, and a parameter that no list has is refused: a filter with a slip of
//! the pen in its name would otherwise answer everything.

#[cfg(test)]
mod tests;

use axum::{
    extract::{FromRequestParts, Query},
    http::request::Parts,
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use cluster_api::{
    ClusterId, ClusterName, ClusterSort, ClusterStatus, ClusterTypeId, EventId, Problem, SortKey,
};
use serde::{
    Deserialize, Serialize,
    de::{DeserializeOwned, value},
};
use utoipa::IntoParams;

use super::answer::Refusal;
use crate::store::{After, ClusterQuery, KeyValue};

/// The most that one page has, and what a request without a limit gets: clients of the first day know
/// no pages, and expect all. So many clusters take well under 20 ms (`examples/lists.rs`); one engine has
/// networks for 512.
const MAX_LIMIT: u32 = 500;

/// The query of the address, to be taken apart.
pub(super) struct Parameters(pub(super) Vec<(String, String)>);

impl<S: Send + Sync> FromRequestParts<S> for Parameters {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let query = Query::<Vec<(String, String)>>::from_request_parts(parts, state).await;
        let Query(pairs) = query.map_err(|_| Problem::Malformed)?;
        Ok(Self(pairs))
    }
}

impl Parameters {
    /// All values of a parameter that may be given several times.
    fn all(&mut self, name: &str) -> Vec<String> {
        let (found, rest) = std::mem::take(&mut self.0)
            .into_iter()
            .partition(|(key, _)| key == name);
        self.0 = rest;
        let found: Vec<(String, String)> = found;
        found.into_iter().map(|(_, value)| value).collect()
    }

    /// The value of a parameter that is given once or not at all.
    pub(super) fn one(&mut self, name: &str) -> Result<Option<String>, Refusal> {
        let mut values = self.all(name);
        if values.len() > 1 {
            return Err(Refusal::malformed(format!("Give {name} once.")));
        }
        Ok(values.pop())
    }

    /// How many rows a page is to have at most.
    pub(super) fn limit(&mut self, default: u32) -> Result<u32, Refusal> {
        let Some(text) = self.one("limit")? else {
            return Ok(default);
        };
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        let limit = text
            .parse()
            .ok()
            .filter(|limit| digits && (1..=MAX_LIMIT).contains(limit));
        limit.ok_or_else(|| {
            Refusal::malformed(format!("limit is a whole number from 1 to {MAX_LIMIT}."))
        })
    }

    /// Where the page before ended.
    pub(super) fn marker<K: DeserializeOwned>(&mut self) -> Result<Option<K>, Refusal> {
        let Some(text) = self.one("marker")? else {
            return Ok(None);
        };
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).ok();
        let key = bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok());
        key.map(Some).ok_or_else(no_marker)
    }

    /// Refuses what nobody has taken.
    pub(super) fn finish(self) -> Result<(), Refusal> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(Refusal::malformed(
                "The address has a parameter that is not known here. Those that are, are described at /v2/docs."
                    .to_owned(),
            ))
        }
    }
}

fn no_marker() -> Refusal {
    Refusal::malformed(
        "That is no marker of this list. Give the next of a page that was asked for in the same order, or none."
            .to_owned(),
    )
}

/// Writes the key of a row as a marker: clients pass it back and read nothing in it.
pub(super) fn marker<K: Serialize>(key: &K) -> Result<String, serde_json::Error> {
    Ok(BASE64_URL_SAFE_NO_PAD.encode(serde_json::to_vec(key)?))
}

/// What the list of clusters can be asked for.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ClusterListParams {
    /// How many clusters a page has at most.
    #[param(required = false, minimum = 1, maximum = 500, default = 500)]
    limit: u32,
    /// The `next` of the page before; without it, the first page.
    #[param(required = false, value_type = String)]
    marker: Option<(ClusterSort, KeyValue, ClusterId)>,
    /// Only clusters in this state; given several times, in one of these.
    #[param(required = false)]
    status: Vec<ClusterStatus>,
    /// Only clusters of this type.
    #[param(rename = "type", required = false, value_type = ClusterTypeId)]
    type_id: Option<ClusterTypeId>,
    /// Only clusters with this in their names.
    #[param(required = false, value_type = String, max_length = 63)]
    q: Option<String>,
    /// The order; with `-`, the largest or newest first.
    #[param(required = false, inline)]
    sort: ClusterSort,
}

impl<S: Send + Sync> FromRequestParts<S> for ClusterListParams {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let mut parameters = Parameters::from_request_parts(parts, state).await?;
        let statuses = parameters.all("status");
        let statuses: Option<Vec<ClusterStatus>> =
            statuses.iter().map(|status| word(status)).collect();
        let type_id = parameters.one("type")?.map(|text| text.parse());
        let q = parameters.one("q")?;
        if q.as_ref()
            .is_some_and(|q| q.chars().count() > ClusterName::MAX_LENGTH)
        {
            return Err(Refusal::malformed(
                "q is part of a name, and so at most 63 characters long.".to_owned(),
            ));
        }
        let sort = match parameters.one("sort")? {
            None => ClusterSort::NEWEST_FIRST,
            Some(text) => text.parse().map_err(|_| {
                let names = SortKey::ALL.map(SortKey::name).join(", ");
                Refusal::malformed(format!(
                    "sort is one of {names}, with or without - before it."
                ))
            })?,
        };
        let this = Self {
            limit: parameters.limit(MAX_LIMIT)?,
            marker: parameters.marker()?,
            status: statuses.ok_or_else(|| {
                Refusal::malformed(
                    "status is a state that a cluster can be in, such as active or error."
                        .to_owned(),
                )
            })?,
            type_id: type_id
                .transpose()
                .map_err(|_| Refusal::malformed("type is the id of a cluster type.".to_owned()))?
                .map(ClusterTypeId),
            q: q.filter(|q| !q.is_empty()),
            sort,
        };
        parameters.finish()?;
        Ok(this)
    }
}

impl ClusterListParams {
    /// The same for the store.
    pub(super) fn into_query(self) -> Result<ClusterQuery, Refusal> {
        let ClusterSort { key, descending } = self.sort;
        let after = match self.marker {
            None => None,
            Some((sort, value, id)) if sort == self.sort && value.fits(key) => {
                Some(After { value, id })
            }
            Some(_) => return Err(no_marker()),
        };
        Ok(ClusterQuery {
            statuses: self.status,
            type_id: self.type_id,
            part_of_name: self.q,
            sort: key,
            descending,
            after,
            limit: self.limit,
        })
    }
}

/// The marker of the page after the row with that key.
pub(super) fn cluster_marker(
    query: &ClusterQuery,
    After { value, id }: After,
) -> Result<String, serde_json::Error> {
    let (key, descending) = (query.sort, query.descending);
    marker(&(ClusterSort { key, descending }, value, id))
}

/// What a timeline can be asked for.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct EventListParams {
    /// How many entries a page has at most.
    #[param(required = false, minimum = 1, maximum = 500, default = 500)]
    pub(super) limit: u32,
    /// The `next` of the page before; without it, the first page.
    #[param(required = false, value_type = String)]
    pub(super) marker: Option<EventId>,
}

impl<S: Send + Sync> FromRequestParts<S> for EventListParams {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let mut parameters = Parameters::from_request_parts(parts, state).await?;
        let this = Self {
            limit: parameters.limit(MAX_LIMIT)?,
            marker: parameters.marker()?,
        };
        parameters.finish()?;
        Ok(this)
    }
}

/// Reads a word that a type of the API has on the wire.
fn word<'a, T: Deserialize<'a>>(text: &'a str) -> Option<T> {
    T::deserialize(value::StrDeserializer::<value::Error>::new(text)).ok()
}
