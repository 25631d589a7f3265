//! 429 as if credits or places were used up; the call is not acted on.

use serde::{Deserialize, Serialize};

use super::Before;
use crate::catalog;

/// Has no parameters.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct TooManyRequests {}

impl TooManyRequests {
    #[expect(clippy::unused_self, reason = "every fault is asked in the same way")]
    pub(super) fn before(&self) -> Before {
        Before::Answer(Box::new(catalog::too_many_requests().into()))
    }
}
