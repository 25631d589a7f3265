//! Names of files and parts in headers.

/// Most characters of a name that is sent.
const NAME_CHARS_MAX: usize = 255;

/// A name between the quotes of a `Content-Disposition`, as browsers write it
/// (<https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#multipart-form-data>, RFC 7578 section 4.2):
/// UTF-8 as it is, quotes and line breaks as `%22`, `%0D` and `%0A`. Other control characters, and the backslash that some
/// readers take for an escape, become `_`.
pub(super) fn header_name(name: &str) -> String {
    let mut written = String::with_capacity(name.len());
    for c in name.chars().take(NAME_CHARS_MAX) {
        match c {
            '"' => written.push_str("%22"),
            '\r' => written.push_str("%0D"),
            '\n' => written.push_str("%0A"),
            c if c.is_control() || c == '\\' => written.push('_'),
            c => written.push(c),
        }
    }
    written
}

/// A part's type. What would end its line is left out.
pub(super) fn header_value(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
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
    use proptest::prelude::*;

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
    }

    #[test]
    fn names_are_written_as_browsers_write_them() {
        for (name, written) in [
            ("a\"\r\nb.pdf", "a%22%0D%0Ab.pdf"),
            ("Grün 東京 100%.txt", "Grün 東京 100%.txt"),
            ("C:\\a\0.txt", "C:_a_.txt"),
        ] {
            assert_eq!(header_name(name), written);
        }
        assert_eq!(
            header_value("text/plain; charset=\"utf-8\"\r\nX-Evil: 1"),
            "text/plain; charset=\"utf-8\"X-Evil: 1"
        );
    }

    proptest! {
        #[test]
        fn no_name_leaves_its_quotes(name in any::<String>(), content_type in any::<String>()) {
            let written = header_name(&name);
            prop_assert!(!written.contains(['"', '\\']) && !written.chars().any(char::is_control));
            prop_assert!(!header_value(&content_type).chars().any(char::is_control));
            let disposition = format!("form-data; name=\"file\"; filename=\"{written}\"");
            prop_assert_eq!(parameter(&disposition, "filename="), Some(written.as_str()));
            // What a browser's reader makes of it is the name itself, as far as it holds nothing odd.
            let is_odd = |c: char| c == '\\' || c == '%' || (c.is_control() && !"\r\n".contains(c));
            if !name.contains(is_odd) {
                prop_assert_eq!(decoded(&written), name.chars().take(NAME_CHARS_MAX).collect::<String>());
            }
        }
    }
}
