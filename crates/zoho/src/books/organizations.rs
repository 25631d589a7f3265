//! The organisations that the authorising user belongs to.

use super::answer::envelope;
use super::{Record, cost};
use crate::call::Call;
use crate::client::Client;
use crate::{Error, ErrorKind};

impl Client {
    /// The Books organisations of the user who granted the connection
    /// (<https://www.zoho.com/books/api/v3/organizations/#list-organizations>). Scope: `ZohoBooks.settings.READ`.
    ///
    /// Read the id from `organization_id`, the name from `name`; `is_default_org` marks the user's first choice.
    ///
    /// # Errors
    /// See [`ErrorKind`].
    pub async fn books_organizations(&self) -> Result<Vec<Record>, Error> {
        const OPERATION: &str = "list_organizations";
        let call = Call::read("/books/v3/organizations".to_owned(), cost(OPERATION));
        // The call belongs to no organisation, and has a pace of its own.
        let pace = self.paces().of("");
        let envelope = self
            .call_at(&call, Some(&pace), |reply| envelope(&reply))
            .await?;
        envelope
            .rows(&[Some("organizations")])
            .ok_or_else(|| Error::new(ErrorKind::Decode, OPERATION, "the answer holds no list"))
    }
}
