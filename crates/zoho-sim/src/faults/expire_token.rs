//! The access token of the call ends at this moment: the call, and all later ones with it, get 401 INVALID_TOKEN.

use serde::{Deserialize, Serialize};

use super::Before;

/// Has no parameters.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ExpireToken {}

impl ExpireToken {
    #[expect(clippy::unused_self, reason = "every fault is asked in the same way")]
    pub(super) fn before(&self) -> Before {
        Before::ExpireToken
    }
}
