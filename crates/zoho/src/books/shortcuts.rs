//! The actions that most programs use, by names of their own. All others: [`Records::action`].

use super::draft::drafts;
use super::record::FromRecord;
use super::registry::Method;
use super::{Acted, Invoice, RecordId, Records};
use crate::Error;

drafts! {
    /// A mail to send with a record.
    Mail {
        /// To whom; mandatory.
        to_mail_ids: Vec<String>,
        /// To whom in copy.
        cc_mail_ids: Vec<String>,
        /// The subject, at most 1,000 characters.
        subject: String,
        /// The text, at most 5,000 characters.
        body: String,
        /// True to send from the organisation's address.
        send_from_org_email_id: bool,
    }

    /// A payment whose unused amount goes to an invoice.
    AppliedPayment {
        /// The payment.
        payment_id: RecordId,
        /// What is taken from it.
        amount_applied: rust_decimal::Decimal,
    }

    /// A credit note whose balance goes to an invoice.
    AppliedCreditNote {
        /// The credit note.
        creditnote_id: RecordId,
        /// What is taken from it.
        amount_applied: rust_decimal::Decimal,
    }
}

impl<T: FromRecord> Records<T> {
    /// Brings a record into a state: `sent`, `void`, `draft`, `open`, `accepted`, `active`, `inactive` …, as its record
    /// type knows them.
    ///
    /// # Errors
    /// [`ErrorKind::Input`](crate::ErrorKind::Input) names a state that the record type does not know, and the nearest
    /// one; [`ErrorKind::Refused`](crate::ErrorKind::Refused) if Zoho does not allow the step.
    pub async fn mark(&self, id: impl AsRef<str>, state: &str) -> Result<Acted, Error> {
        let name = format!("status/{state}");
        let record_type = self.record_type()?;
        // Contacts, items and accounts leave the word out.
        let is_bare = record_type.action(state, Some(Method::POST), true).is_ok()
            && record_type.action(&name, Some(Method::POST), true).is_err();
        let name = if is_bare { state } else { &name };
        self.action(name).id(id).send().await
    }

    /// Sends a record by e-mail. Drafts become sent by it.
    ///
    /// It is not repeated after a lost answer, so that nobody gets it twice.
    ///
    /// # Errors
    /// [`ErrorKind::Input`](crate::ErrorKind::Input) for a record type that cannot be mailed; otherwise see
    /// [`ErrorKind`](crate::ErrorKind).
    pub async fn email(&self, id: impl AsRef<str>, mail: &Mail) -> Result<Acted, Error> {
        self.action("email").id(id).body(mail).send().await
    }

    /// Adds a comment to a record.
    ///
    /// # Errors
    /// [`ErrorKind::Input`](crate::ErrorKind::Input) for a record type without comments; otherwise see
    /// [`ErrorKind`](crate::ErrorKind).
    pub async fn comment(&self, id: impl AsRef<str>, text: &str) -> Result<Acted, Error> {
        let body = serde_json::json!({"description": text});
        self.action("comments").id(id).body(&body).send().await
    }
}

impl Records<Invoice> {
    /// Pays an invoice from what is there already: unused payments and open credit notes of its customer. New money
    /// comes with [`Books::customer_payments`](super::Books::customer_payments).
    ///
    /// # Errors
    /// See [`ErrorKind`](crate::ErrorKind).
    pub async fn apply_credits(
        &self,
        id: impl AsRef<str>,
        payments: &[AppliedPayment],
        credit_notes: &[AppliedCreditNote],
    ) -> Result<Acted, Error> {
        #[derive(serde::Serialize)]
        struct Body<'a> {
            invoice_payments: &'a [AppliedPayment],
            apply_creditnotes: &'a [AppliedCreditNote],
        }
        let body = Body {
            invoice_payments: payments,
            apply_creditnotes: credit_notes,
        };
        self.action("credits").id(id).body(&body).send().await
    }
}
