//! The logo of the organisation.

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::world::blob::Blob;

/// A picture with its id.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Photo {
    pub(crate) id: u64,
    pub(crate) file: Blob,
}

impl Photo {
    pub(crate) fn new(id: u64, file: Bytes) -> Self {
        Self {
            id,
            file: Blob(file),
        }
    }
}
