//! Mails that were sent to records.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

/// Mails, and bytes of their contents, that are kept; the oldest go first.
const MAILS_MAX: usize = 5_000;
const BYTES_MAX: usize = 64 * 1024 * 1024;

/// Who sends or receives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Address {
    pub(crate) user_name: Option<String>,
    pub(crate) email: String,
}

/// One mail.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Mail {
    pub(crate) message_id: String,
    /// Record to which it was sent.
    pub(crate) record: u64,
    pub(crate) user: u64,
    pub(crate) sent_at: i64,
    /// It leaves later.
    pub(crate) scheduled_at: Option<i64>,
    pub(crate) from: Address,
    pub(crate) to: Vec<Address>,
    pub(crate) cc: Vec<Address>,
    pub(crate) bcc: Vec<Address>,
    pub(crate) reply_to: Option<Address>,
    pub(crate) subject: String,
    pub(crate) content: String,
    pub(crate) is_html: bool,
    /// Files of the store, by their ids.
    pub(crate) attachments: Vec<String>,
    /// Inline images that the content names: files of the store, by their ids.
    #[serde(default)]
    pub(crate) inline_images: Vec<String>,
}

/// All mails, oldest first.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Mails {
    mails: VecDeque<Mail>,
}

impl Mails {
    pub(crate) fn add(&mut self, mail: Mail) {
        self.mails.push_back(mail);
        let bytes =
            |mails: &VecDeque<Mail>| -> usize { mails.iter().map(|mail| mail.content.len()).sum() };
        while self.mails.len() > MAILS_MAX
            || (self.mails.len() > 1 && bytes(&self.mails) > BYTES_MAX)
        {
            self.mails.pop_front();
        }
    }

    /// All mails, oldest first.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &Mail> {
        self.mails.iter()
    }
}
