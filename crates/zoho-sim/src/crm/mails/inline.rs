//! Images in the content of a mail: files that were uploaded with `type=inline`.
//!
//! unknown: how a content names such a file when it is sent. Here any image tag that holds the id of the file does, as
//! `<img src="cid:ID">`. In answers the tag has the id as its `img_id`, as documented.

use crate::world::files::Files;

/// Inline images of one mail. unknown: Zoho's own bound.
const IMAGES_MAX: usize = 100;

/// The inline files that image tags of the content name, each once.
pub(super) fn named_in(content: &str, files: &Files) -> Vec<String> {
    let is_inline = |id: &&str| files.stored(id).is_some_and(|file| file.is_inline);
    let mut named: Vec<String> = Vec::new();
    for (_, tag) in tags(content) {
        for id in words(tag).filter(is_inline) {
            if named.len() < IMAGES_MAX && !named.iter().any(|known| known == id) {
                named.push(id.to_owned());
            }
        }
    }
    named
}

/// The content, each image tag with the id of its file.
pub(super) fn with_ids(content: &str, images: &[String]) -> String {
    let mut whole = String::with_capacity(content.len());
    let mut done = 0;
    for (at, tag) in tags(content) {
        let id = words(tag).find(|word| images.iter().any(|image| image == word));
        let has_id = words(tag).any(|word| word.eq_ignore_ascii_case("img_id"));
        if let (Some(id), false) = (id, has_id) {
            let name_end = at + START.len();
            whole.push_str(&content[done..name_end]);
            whole.push_str(" img_id=\"");
            whole.push_str(id);
            whole.push('"');
            done = name_end;
        }
    }
    whole.push_str(&content[done..]);
    whole
}

const START: &str = "<img";

/// Image tags with where they begin: from `<img` to before the end of the tag.
fn tags(content: &str) -> impl Iterator<Item = (usize, &str)> {
    let starts = content.match_indices('<').map(|(at, _)| at);
    starts.filter_map(|at| {
        let tag = &content[at..];
        let end = tag[1..].find(['<', '>']).map_or(tag.len(), |end| end + 1);
        let tag = &tag[..end];
        let start = tag.get(..START.len())?;
        start.eq_ignore_ascii_case(START).then_some((at, tag))
    })
}

/// Names and values of a tag.
fn words(tag: &str) -> impl Iterator<Item = &str> {
    tag.split(|at: char| !(at.is_ascii_alphanumeric() || at == '_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn image_tags_get_the_id_of_their_file_once() {
        let images = ["ab12".to_owned()];
        for (content, expected) in [
            ("<b>ab12</b>", "<b>ab12</b>"),
            (
                "x<IMG src='cid:ab12'/>y",
                "x<IMG img_id=\"ab12\" src='cid:ab12'/>y",
            ),
            ("<img img_id=\"ab12\">", "<img img_id=\"ab12\">"),
            ("é<img src=\"cid:other\"><im", "é<img src=\"cid:other\"><im"),
            ("<img<é ab12", "<img<é ab12"),
            (
                "<img ab12x><img ab12",
                "<img ab12x><img img_id=\"ab12\" ab12",
            ),
        ] {
            assert_eq!(with_ids(content, &images), expected);
        }
    }
}
