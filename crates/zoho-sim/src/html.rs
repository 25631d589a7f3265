//! HTML for people: escaping, and the frame of a page. Everything that comes from records or requests goes through [`escape`].

/// The one stylesheet.
pub(crate) const STYLESHEET: &str = include_str!("page/style.css");

/// The frame of a page.
#[derive(Debug)]
pub(crate) struct Page<'a> {
    title: &'a str,
    navigation: String,
    script: &'static str,
}

impl<'a> Page<'a> {
    /// A page without navigation, as the accounts host shows.
    pub(crate) fn bare(title: &'a str) -> Self {
        Self {
            title,
            navigation: String::new(),
            script: "",
        }
    }

    /// A page of the simulator, with its navigation and the path of the script that keeps it fresh.
    pub(crate) fn framed(title: &'a str, navigation: String, script: &'static str) -> Self {
        Self {
            title,
            navigation,
            script,
        }
    }

    pub(crate) fn body(&self, body: &str) -> String {
        let script = if self.script.is_empty() {
            String::new()
        } else {
            format!("<script src=\"{}\" defer></script>", self.script)
        };
        format!(
            "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><link rel=\"icon\" href=\"data:,\"><title>{} · zoho-sim</title>\
             <style>{STYLESHEET}</style>{script}</head><body>{}<main id=\"main\">{body}</main></body></html>",
            escape(self.title),
            self.navigation,
        )
    }
}

/// Makes text safe inside elements and inside quoted attributes.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    #[test]
    fn markup_in_text_stays_text() {
        assert_eq!(
            super::escape("<img src='x' onerror=\"a&b\">"),
            "&lt;img src=&#39;x&#39; onerror=&quot;a&amp;b&quot;&gt;"
        );
    }
}
