//! Names of files and parts in headers.

/// Characters that would end or split the name in a header are replaced.
pub(super) fn header_name(name: &str) -> String {
    let plain = |c: char| match c.is_control() || matches!(c, '"' | '\\') {
        true => '_',
        false => c,
    };
    name.chars().map(plain).take(255).collect()
}

/// The name in a `Content-Disposition` without any path: `filename*` in UTF-8 before `filename`.
pub(super) fn file_name_in(disposition: &str) -> Option<String> {
    let extended = parameter(disposition, "filename*=").and_then(|value| {
        let (charset, rest) = value.split_once('\'')?;
        let (_, encoded) = rest.split_once('\'')?;
        let is_utf8 = charset.eq_ignore_ascii_case("utf-8");
        is_utf8.then(|| decoded(encoded))
    });
    let name = extended.or_else(|| parameter(disposition, "filename=").map(str::to_owned))?;
    let name = name.rsplit(['/', '\\']).next()?;
    let is_name = !name.is_empty() && name != "." && name != "..";
    let is_plain = !name.chars().any(char::is_control);
    (is_name && is_plain).then(|| name.to_owned())
}

fn parameter<'a>(disposition: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = disposition.split_once(name)?;
    match rest.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next(),
        None => rest.split(';').next().map(str::trim),
    }
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let pair = rest.clone().take(2).collect::<Vec<u8>>();
        let value = std::str::from_utf8(&pair)
            .ok()
            .filter(|pair| byte == b'%' && pair.len() == 2)
            .and_then(|pair| u8::from_str_radix(pair, 16).ok());
        if value.is_some() {
            rest.nth(1);
        }
        bytes.push(value.unwrap_or(byte));
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names_are_read_and_cannot_lead_elsewhere() {
        for (header, expected) in [
            (
                "attachment; filename=\"INV-000001.pdf\"",
                Some("INV-000001.pdf"),
            ),
            ("attachment; filename=a.pdf; size=3", Some("a.pdf")),
            ("attachment; filename=\"../../etc/passwd\"", Some("passwd")),
            (
                "attachment; filename*=UTF-8''Gr%C3%BCn%20a.txt",
                Some("Grün a.txt"),
            ),
            (
                "attachment; filename*=UTF-8''..%2F..%2Fpasswd",
                Some("passwd"),
            ),
            (
                "attachment; filename=\"a\"; filename*=UTF-8''b.txt",
                Some("b.txt"),
            ),
            ("attachment; filename*=UTF-8''a%0d%0ab", None),
            ("attachment; filename*=UTF-8''50%", Some("50%")),
            ("attachment; filename=\"..\"", None),
            ("attachment;", None),
        ] {
            assert_eq!(file_name_in(header).as_deref(), expected, "{header}");
        }
        assert_eq!(header_name("a\"\r\nb"), "a___b");
    }
}
