//! What a handler knows of its call.

use super::Version;
use crate::accounts::Caller;
use crate::catalog::{self, Refusal};
use crate::http::{Call, FormPart};
use crate::rows::Author;
use crate::state::Shared;
use crate::world::parse_id;

/// An admitted call with the parameters of its path.
#[derive(Debug)]
pub(crate) struct Context<'a> {
    pub(crate) shared: &'a Shared,
    pub(crate) call: &'a Call,
    pub(crate) caller: &'a Caller,
    pub(crate) version: Version,
    /// Position of the table of the path's module; 0 where the path has none.
    pub(crate) table: usize,
    pub(crate) params: &'a [(&'static str, String)],
    /// The parts of the body, where the route takes a form and the body is one.
    pub(crate) form: &'a [FormPart],
}

impl Context<'_> {
    /// Simulated time.
    pub(crate) fn now(&self) -> i64 {
        self.shared.clock.now()
    }

    /// Who writes, and when.
    pub(crate) fn author(&self) -> Author {
        Author::new(self.caller.user, self.now()).in_words_of_older(self.version.is_second())
    }

    /// A parameter of the path, as written there.
    pub(crate) fn param(&self, name: &str) -> &str {
        let found = self.params.iter().find(|(known, _)| *known == name);
        found.map_or("", |(_, text)| text.as_str())
    }

    /// An id of the path; `index` is its place after the version, as refusals name it.
    pub(crate) fn id(&self, name: &str, index: usize) -> Result<u64, Refusal> {
        parse_id(self.param(name)).ok_or_else(|| catalog::invalid_path_id(index))
    }
}
