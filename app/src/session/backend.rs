//! Where one signs in to: a dashboard may be in front of more than one control plane.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// A control plane that people may sign in to. Only the way in asks which it is; pages ask what it offers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Backend {
    /// Ours: clusters on this machine's own Docker Engine, or on that of another machine.
    #[default]
    Carina,
    /// OpenStack Magnum: clusters on machines of a cloud.
    Magnum,
}

/// There is no such control plane.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no such control plane: it is carina or magnum")]
pub struct UnknownBackend;

impl Backend {
    /// The word in settings and forms.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Carina => "carina",
            Self::Magnum => "magnum",
        }
    }
}

impl fmt::Display for Backend {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl FromStr for Backend {
    type Err = UnknownBackend;

    fn from_str(text: &str) -> Result<Self, UnknownBackend> {
        match text {
            "carina" => Ok(Self::Carina),
            "magnum" => Ok(Self::Magnum),
            _ => Err(UnknownBackend),
        }
    }
}
