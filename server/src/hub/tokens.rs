//! The tokens of an account's live sessions, and what the control plane last said of each.

use std::{collections::HashMap, fmt};

use cluster_api::Timestamp;
use jiff::SignedDuration;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use tokio_util::sync::CancellationToken;

/// What the control plane said of a token holds for so long.
const CHECKED: SignedDuration = SignedDuration::from_secs(30);

/// How many sessions of one account are remembered; the ones used last.
const MAX_TOKENS: usize = 64;

/// Stands for a token where the token itself need not be.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct TokenHash([u8; 32]);

impl TokenHash {
    pub(super) fn of(token: &SecretString) -> Self {
        Self(Sha256::digest(token.expose_secret()).into())
    }
}

impl fmt::Debug for TokenHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("TokenHash(..)")
    }
}

/// What is to be done about a token.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Check {
    /// It may be used.
    Good,
    /// It has ended.
    Bad,
    /// The control plane has to be asked.
    Due {
        /// It was good the last time.
        otherwise_good: bool,
    },
}

#[derive(Debug)]
struct Held {
    token: SecretString,
    expires_at: Timestamp,
    good: bool,
    checked_at: Timestamp,
    used_at: Timestamp,
    ended: CancellationToken,
}

/// A token for the watch, and word of its end.
#[derive(Debug)]
pub(super) struct Chosen {
    pub(super) hash: TokenHash,
    pub(super) token: SecretString,
    pub(super) ended: CancellationToken,
}

/// All tokens of an account.
#[derive(Debug, Default)]
pub(super) struct Tokens(HashMap<TokenHash, Held>);

impl Tokens {
    /// Takes in a token that is good for sure.
    pub(super) fn admit(&mut self, token: &SecretString, expires_at: Timestamp, now: Timestamp) {
        self.hold(TokenHash::of(token), token, expires_at, now).good = true;
    }

    /// What is to be done about a token that somebody holds out. If it is due, the one who asks has
    /// to check it; others are let through meanwhile.
    pub(super) fn check(
        &mut self,
        hash: TokenHash,
        token: &SecretString,
        expires_at: Timestamp,
        now: Timestamp,
        reachable: bool,
    ) -> Check {
        if expires_at <= now {
            return Check::Bad;
        }
        let Some(held) = self.0.get_mut(&hash) else {
            self.hold(hash, token, expires_at, now);
            return Check::Due {
                otherwise_good: false,
            };
        };
        held.used_at = now;
        if !held.good {
            return Check::Due {
                otherwise_good: false,
            };
        }
        if !reachable || now.duration_since(held.checked_at) < CHECKED {
            return Check::Good;
        }
        held.checked_at = now;
        Check::Due {
            otherwise_good: true,
        }
    }

    /// The control plane calls it good.
    pub(super) fn found_good(&mut self, hash: TokenHash) {
        if let Some(held) = self.0.get_mut(&hash) {
            held.good = true;
        }
    }

    /// It is not good, or not wanted any more. True: it was the last one.
    pub(super) fn end(&mut self, hash: TokenHash) -> bool {
        if let Some(held) = self.0.remove(&hash) {
            held.ended.cancel();
        }
        !self.0.values().any(|held| held.good)
    }

    /// Word of a token's end; None: it has ended already.
    pub(super) fn ended(&self, hash: TokenHash) -> Option<CancellationToken> {
        self.0.get(&hash).map(|held| held.ended.clone())
    }

    /// The good token that was used last.
    pub(super) fn choose(&self, now: Timestamp) -> Option<Chosen> {
        let good = self
            .0
            .iter()
            .filter(|(_, held)| held.good && held.expires_at > now);
        let (hash, held) = good.max_by_key(|(_, held)| held.used_at)?;
        Some(Chosen {
            hash: *hash,
            token: held.token.clone(),
            ended: held.ended.clone(),
        })
    }

    fn hold(
        &mut self,
        hash: TokenHash,
        token: &SecretString,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> &mut Held {
        if self.0.len() >= MAX_TOKENS && !self.0.contains_key(&hash) {
            self.0.retain(|_, held| held.expires_at > now);
        }
        if self.0.len() >= MAX_TOKENS && !self.0.contains_key(&hash) {
            let oldest = self
                .0
                .iter()
                .min_by_key(|(_, held)| held.used_at)
                .map(|(hash, _)| *hash);
            if let Some(held) = oldest.and_then(|hash| self.0.remove(&hash)) {
                held.ended.cancel();
            }
        }
        self.0.entry(hash).or_insert_with(|| Held {
            token: token.clone(),
            expires_at,
            good: false,
            checked_at: now,
            used_at: now,
            ended: CancellationToken::new(),
        })
    }
}
