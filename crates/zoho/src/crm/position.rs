//! Where a listing stands: by page number up to 2,000 records, by page token beyond.

use super::PageInfo;
use crate::call::Call;
use crate::{Error, ErrorKind};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Position {
    First,
    Page(u32),
    Token(String),
}

impl Position {
    pub(super) fn put(&self, call: Call) -> Call {
        match self {
            Position::First => call,
            Position::Page(page) => call.query("page", page.to_string()),
            Position::Token(token) => call.query("page_token", token),
        }
    }

    /// One page on; `None` after the last page.
    pub(super) fn next(
        &self,
        operation: &'static str,
        info: &PageInfo,
        is_empty: bool,
    ) -> Result<Option<Position>, Error> {
        if !info.more_records {
            return Ok(None);
        }
        let endless = |message: &str| Error::new(ErrorKind::BrokenAnswer, operation, message);
        let next = match (&info.next_page_token, self) {
            (Some(token), _) => Position::Token(token.clone()),
            (None, Position::First) => Position::Page(2),
            (None, Position::Page(page)) => Position::Page(page.saturating_add(1)),
            (None, Position::Token(_)) => {
                let message = "more records follow and no page token leads to them";
                return Err(endless(message));
            }
        };
        if next == *self || is_empty {
            return Err(endless("the listing does not advance"));
        }
        Ok(Some(next))
    }
}
