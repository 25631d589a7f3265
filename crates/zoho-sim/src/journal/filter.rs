//! Which entries of the journal someone wants to see.

use super::Entry;

/// All given conditions must hold.
#[derive(Debug, Clone, Default)]
pub(crate) struct Filter {
    /// Beginning of the path.
    pub(crate) path: Option<String>,
    pub(crate) method: Option<String>,
    pub(crate) status: Option<StatusFilter>,
    pub(crate) client_id: Option<String>,
    /// Module in the path, in any case of letters.
    pub(crate) module: Option<String>,
    /// Kind of a fault that met the request.
    pub(crate) fault: Option<String>,
    /// Text in path or bodies, in any case of letters.
    pub(crate) text: Option<String>,
}

/// A status, a class of them, or no answer at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StatusFilter {
    Exactly(u16),
    Class(u16),
    NoAnswer,
}

impl StatusFilter {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        if text == "none" {
            return Some(Self::NoAnswer);
        }
        if let Some(class) = text.strip_suffix("xx") {
            return class
                .parse()
                .ok()
                .filter(|class| *class < 10)
                .map(Self::Class);
        }
        text.parse().ok().map(Self::Exactly)
    }

    fn fits(self, status: Option<u16>) -> bool {
        match (self, status) {
            (Self::Exactly(wanted), Some(status)) => wanted == status,
            (Self::Class(class), Some(status)) => status / 100 == class,
            (Self::NoAnswer, None) => true,
            _ => false,
        }
    }
}

impl Filter {
    pub(crate) fn fits(&self, entry: &Entry) -> bool {
        let path = entry.path.split('?').next().unwrap_or_default();
        let is_same = |wanted: &Option<String>, text: Option<&str>| {
            wanted
                .as_ref()
                .is_none_or(|wanted| text.is_some_and(|text| wanted.eq_ignore_ascii_case(text)))
        };
        let module = path.split('/').filter(|part| !part.is_empty()).nth(2);
        self.path
            .as_ref()
            .is_none_or(|begin| path.starts_with(begin.as_str()))
            && is_same(&self.method, Some(&entry.method))
            && is_same(&self.client_id, entry.client_id.as_deref())
            && is_same(&self.module, module.filter(|_| path.starts_with("/crm/")))
            && self.status.is_none_or(|status| status.fits(entry.status))
            && self
                .fault
                .as_ref()
                .is_none_or(|kind| entry.faults.contains(&kind.as_str()))
            && self.text.as_ref().is_none_or(|text| has_text(entry, text))
    }
}

fn has_text(entry: &Entry, text: &str) -> bool {
    let wanted = text.to_lowercase();
    entry.path.to_lowercase().contains(&wanted)
        || entry
            .request_body
            .to_text()
            .to_lowercase()
            .contains(&wanted)
        || entry
            .response_body
            .to_text()
            .to_lowercase()
            .contains(&wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_are_given_as_numbers_classes_or_none() {
        for (text, status, expected) in [
            ("429", Some(429), true),
            ("429", Some(400), false),
            ("5xx", Some(503), true),
            ("5xx", Some(499), false),
            ("none", None, true),
            ("none", Some(200), false),
        ] {
            assert_eq!(
                StatusFilter::parse(text).unwrap().fits(status),
                expected,
                "{text}"
            );
        }
        assert_eq!(StatusFilter::parse("bad"), None);
        assert_eq!(StatusFilter::parse("12xx"), None);
    }
}
