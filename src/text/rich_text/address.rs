//! The address of a link.

use url::Url;

/// The address of a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// An address that is linked: it starts with `https://`, `http://` or `mailto:`, and has neither
    /// white space nor control characters.
    Linked(String),
    /// An address that is shown only, as it is written.
    Shown(String),
}

/// Characters that no address contains unescaped (RFC 3986, section 2).
const NOT_IN_ADDRESSES: [char; 9] = ['<', '>', '"', '{', '}', '|', '^', '`', '\\'];

impl Address {
    /// The address that `written` is in a document at `base`; `None` if it is blank.
    pub fn new(written: &str, base: Option<&Url>) -> Option<Self> {
        let written = written.trim();
        if written.is_empty() {
            return None;
        }
        Some(Self::linked(written, base).unwrap_or_else(|| Self::Shown(written.to_owned())))
    }

    fn linked(written: &str, base: Option<&Url>) -> Option<Self> {
        let is_absolute = Url::parse(written).is_ok();
        let Some((scheme, rest)) = written.split_once(':').filter(|_| is_absolute) else {
            let joined = base?.join(written).ok()?;
            let is_web = matches!(joined.scheme(), "https" | "http");
            return is_web.then(|| Self::Linked(String::from(joined)));
        };
        let scheme = scheme.to_ascii_lowercase();
        match scheme.as_str() {
            // Browsers take a backslash for a slash.
            "https" | "http" if rest.contains('\\') => {
                Some(Self::Linked(String::from(Url::parse(written).ok()?)))
            }
            "https" | "http" if !rest.starts_with("//") => None,
            "https" | "http" | "mailto" => Some(Self::Linked(format!("{scheme}:{}", encode(rest)))),
            _ => None,
        }
    }

    /// The address as people read it.
    pub fn displayed(&self) -> &str {
        match self {
            Self::Linked(address) => address.strip_prefix("mailto:").unwrap_or(address),
            Self::Shown(address) => address,
        }
    }

    /// Whether a link that shows `label` shows this address.
    pub fn is_shown_by(&self, label: &str) -> bool {
        let label = label.trim();
        let written = encode(label);
        let is_address = |address: &str| [label, &written].contains(&address);
        match self {
            Self::Linked(address) => is_address(address) || is_address(self.displayed()),
            Self::Shown(address) => address == label,
        }
    }
}

/// `address` with the characters escaped that are in no address, which is the same address.
fn encode(address: &str) -> String {
    let mut encoded = String::with_capacity(address.len());
    let mut buffer = [0; 4];
    for c in address.chars() {
        if c.is_whitespace() || c.is_control() || NOT_IN_ADDRESSES.contains(&c) {
            for byte in c.encode_utf8(&mut buffer).bytes() {
                encoded.push_str(&format!("%{byte:02X}"));
            }
        } else {
            encoded.push(c);
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_the_web_and_of_mail_are_linked() {
        let base = Url::parse("https://docs.example/guide/faq.html").ok();
        let linked = |address: &str| Some(Address::Linked(address.to_owned()));
        let shown = |address: &str| Some(Address::Shown(address.to_owned()));
        let rows = [
            ("https://a.example/ü?b=1#c", linked("https://a.example/ü?b=1#c")),
            ("HTTP://a.example", linked("http://a.example")),
            ("https://a.example/x y\"", linked("https://a.example/x%20y%22")),
            (r"https://a.example\@b.example", linked("https://a.example/@b.example")),
            ("mailto:a@b.example", linked("mailto:a@b.example")),
            ("", None),
            (" ", None),
            ("javascript:alert(1)", shown("javascript:alert(1)")),
            ("https:a.example", shown("https:a.example")),
            ("https://", shown("https://")),
            ("tel:123", shown("tel:123")),
        ];
        for (written, want) in rows {
            assert_eq!(Address::new(written, None), want, "{written}");
            assert_eq!(Address::new(written, base.as_ref()).is_some(), want.is_some(), "{written}");
        }
        let rows = [
            ("install.md#linux", Some("https://docs.example/guide/install.md#linux")),
            ("/a", Some("https://docs.example/a")),
            ("#b", Some("https://docs.example/guide/faq.html#b")),
            ("//c.example/d", Some("https://c.example/d")),
            ("file:///etc", None),
        ];
        for (written, want) in rows {
            let want = want.map_or(shown(written), linked);
            assert_eq!(Address::new(written, base.as_ref()), want, "{written}");
            assert_eq!(Address::new(written, None), shown(written), "{written}");
        }
    }

    #[test]
    fn address_is_shown_by_itself() {
        let rows = [
            ("https://a.example/", "https://a.example/", true),
            ("https://a.example/b c", "https://a.example/b c", true),
            ("mailto:a@b.example", "a@b.example", true),
            ("mailto:a@b.example", "mailto:a@b.example", true),
            ("mailto:^a@b.example", "^a@b.example", true),
            ("https://a.example/", "a", false),
        ];
        for (written, label, want) in rows {
            let address = Address::new(written, None).unwrap();
            assert_eq!(address.is_shown_by(label), want, "{written}");
        }
    }
}
