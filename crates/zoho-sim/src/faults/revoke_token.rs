//! The grant behind the call ends at this moment, as if the person had taken it back: the call and all later ones with its
//! access tokens get 401 INVALID_TOKEN, and its refresh token gives no more.

use serde::{Deserialize, Serialize};

use super::Before;

/// Has no parameters.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RevokeToken {}

impl RevokeToken {
    #[expect(clippy::unused_self, reason = "every fault is asked in the same way")]
    pub(super) fn before(&self) -> Before {
        Before::RevokeToken
    }
}
