//! Notes: texts that hang on a record.

use serde::{Deserialize, Serialize};
use serde_json::{Map, json};

use super::{Crm, RecordId, Related, Written, lenient};
use crate::Error;

const FIELDS: [&str; 6] = [
    "Note_Title",
    "Note_Content",
    "Parent_Id",
    "Owner",
    "Created_Time",
    "Modified_Time",
];

/// A note.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Note {
    /// Its id.
    pub id: RecordId,
    /// Its title.
    #[serde(rename = "Note_Title", default, deserialize_with = "lenient::text")]
    pub title: Option<String>,
    /// Its text.
    #[serde(rename = "Note_Content", default, deserialize_with = "lenient::text")]
    pub content: Option<String>,
    /// The record that it hangs on.
    #[serde(rename = "Parent_Id", default)]
    pub parent: Option<NoteParent>,
    /// The user whose note it is, by name.
    #[serde(rename = "Owner", default, deserialize_with = "lenient::name")]
    pub owner: Option<String>,
    /// When it was made, as Zoho sent it.
    #[serde(rename = "Created_Time", default, deserialize_with = "lenient::text")]
    pub created_at: Option<String>,
    /// When it was changed, as Zoho sent it.
    #[serde(rename = "Modified_Time", default, deserialize_with = "lenient::text")]
    pub modified_at: Option<String>,
}

/// The record that a note hangs on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct NoteParent {
    /// Its id.
    pub id: RecordId,
    /// Its name.
    #[serde(default, deserialize_with = "lenient::text")]
    pub name: Option<String>,
    /// Its module, by `api_name`.
    #[serde(default, deserialize_with = "lenient::api_name")]
    pub module: Option<String>,
}

/// A new note.
#[derive(Clone, PartialEq, Eq)]
pub struct NoteDraft {
    module: String,
    parent: RecordId,
    title: Option<String>,
    content: String,
}

impl NoteDraft {
    /// A text of at most 32,000 characters for a record of a module.
    #[must_use]
    pub fn new(
        module: impl Into<String>,
        parent: RecordId,
        content: impl Into<String>,
    ) -> NoteDraft {
        NoteDraft {
            module: module.into(),
            parent,
            title: None,
            content: content.into(),
        }
    }

    /// The title, of at most 120 characters.
    #[must_use]
    pub fn title(mut self, title: impl Into<String>) -> NoteDraft {
        self.title = Some(title.into());
        self
    }
}

impl Serialize for NoteDraft {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let parent = json!({"module": {"api_name": self.module}, "id": self.parent});
        let mut note = json!({"Parent_Id": parent, "Note_Content": self.content});
        if let (Some(title), Some(note)) = (&self.title, note.as_object_mut()) {
            note.insert("Note_Title".to_owned(), json!(title));
        }
        note.serialize(serializer)
    }
}

/// Shows no text: it may hold personal data.
impl std::fmt::Debug for NoteDraft {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NoteDraft")
            .field("module", &self.module)
            .field("parent", &self.parent)
            .finish_non_exhaustive()
    }
}

impl Crm {
    /// Lists the notes of a record (`crm/developer/docs/api/v8/get-notes.html`). Scopes: the module's and
    /// `ZohoCRM.modules.notes.READ`.
    pub fn notes(&self, module: &str, id: &RecordId) -> Related<Note> {
        Related::new(&self.client, "list notes", module, id, "Notes", &FIELDS)
    }

    /// Makes 1 to 100 notes, one row each (`crm/developer/docs/api/v8/create-notes.html`). A repeated call makes
    /// duplicates, so that it is not repeated after a lost answer.
    ///
    /// # Errors
    /// As [`Write::send`](super::Write::send).
    pub async fn create_notes(&self, notes: &[NoteDraft]) -> Result<Written, Error> {
        let mut write = self.insert("Notes");
        for note in notes {
            write = write.record(note)?;
        }
        write.send().await
    }

    /// Changes the title or text of a note; `None` leaves it as it is (`crm/developer/docs/api/v8/update-notes.html`).
    ///
    /// # Errors
    /// As [`Write::send`](super::Write::send).
    pub async fn update_note(
        &self,
        id: &RecordId,
        title: Option<&str>,
        content: Option<&str>,
    ) -> Result<Written, Error> {
        let mut change = Map::from_iter([("id".to_owned(), json!(id))]);
        for (name, text) in [("Note_Title", title), ("Note_Content", content)] {
            change.extend(text.map(|text| (name.to_owned(), json!(text))));
        }
        self.update("Notes").record(&change)?.send().await
    }

    /// Deletes 1 to 100 notes, one row each (`crm/developer/docs/api/v8/delete-notes.html`).
    ///
    /// # Errors
    /// As [`Crm::delete`].
    pub async fn delete_notes(&self, ids: &[RecordId]) -> Result<Written, Error> {
        self.delete("Notes", ids).await
    }
}
