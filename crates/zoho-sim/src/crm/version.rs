//! The version in the path, and what is different in the older ones.
//!
//! v8 is played fully. An older version is v8 with differences: those that shape what a handler does are asked of
//! [`Version`]; those that only shape words are translated at the edge, requests into those of v8 ([`request`]) and answers
//! back ([`answer`]). The table of all stands in `docs/fidelity.md`, *Versions*. What no page tells about a version is as in v8.

pub(super) mod answer;
pub(super) mod request;

/// A version of the API, v2 to v8.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Version {
    major: u8,
}

/// Endpoints that came after v2, by the end of their path, with the first version that has them
/// (<https://www.zoho.com/crm/developer/docs/api/v7/whats-new.html>, `v8/whats-new.html`).
const LATER: &[(&str, u8)] = &[
    ("__composite_requests", 3),
    ("/actions/clone", 7),
    ("/actions/fetch_full_data", 8),
    ("/actions/get_related_records_count", 8),
    ("settings/recycle_bin", 8),
    ("settings/recycle_bin/{id}", 8),
    ("settings/recycle_bin/actions/restore", 8),
    ("settings/recycle_bin/{id}/actions/restore", 8),
    ("settings/recycle_bin/actions/empty", 8),
    ("settings/recycle_bin/actions/count", 8),
];

impl Version {
    pub(crate) const LATEST: Self = Self { major: 8 };

    pub(crate) fn parse(segment: &str) -> Option<Self> {
        let major = match segment {
            "v2" | "v2.1" => 2,
            "v3" => 3,
            "v4" => 4,
            "v5" => 5,
            "v6" => 6,
            "v7" => 7,
            "v8" => 8,
            _ => return None,
        };
        Some(Self { major })
    }

    pub(crate) fn major(self) -> u8 {
        self.major
    }

    /// v2 and v2.1: `fields` is optional, any field sorts, pages go on without end, duplicate errors are short.
    pub(crate) fn is_second(self) -> bool {
        self.major == 2
    }

    /// Whether a version has the endpoint of a route at all.
    pub(super) fn has(self, path: &str) -> bool {
        let mut later = LATER.iter().filter(|(_, first)| *first > self.major);
        !later.any(|(known, _)| path == *known || (known.starts_with('/') && path.ends_with(known)))
    }

    /// Leads tell by `Converted__s` whether they are converted; before, by `$converted`.
    fn has_converted_field(self) -> bool {
        self.major >= 4
    }

    /// Modules tell by `status` whether they are shown; before, by `visible`.
    fn has_module_status(self) -> bool {
        self.major >= 5
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints_begin_with_their_version() {
        let of = |text| Version::parse(text).unwrap();
        assert!(!of("v6").has("{module}/{id}/actions/clone"));
        assert!(of("v7").has("{module}/{id}/actions/clone"));
        assert!(!of("v7").has("settings/recycle_bin/{id}"));
        assert!(of("v8").has("settings/recycle_bin/{id}"));
        assert!(of("v2").has("{module}/{id}"));
        assert_eq!(Version::parse("v9"), None);
    }
}
