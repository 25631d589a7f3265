//! The version in the path. v8 is played fully; the older ones answer with the differences that the sheets list.

/// A version of the API, v2 to v8.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Version {
    major: u8,
}

impl Version {
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
}
