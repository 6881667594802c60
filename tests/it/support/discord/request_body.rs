//! The body of a request: JSON, alone or beside a file.

use serde_json::Value;

/// The body of a request.
#[derive(Debug, Default)]
pub(super) struct RequestBody {
    /// The JSON, as it was sent.
    pub(super) json: Vec<u8>,
    /// The name and the content of the file beside it.
    pub(super) file: Option<(String, String)>,
}

impl RequestBody {
    /// Reads `bytes` by the header `Content-Type`. `None` if they are not of that type.
    pub(super) fn parse(content_type: Option<&str>, bytes: &[u8]) -> Option<Self> {
        let content_type = content_type.unwrap_or_default();
        if bytes.is_empty() || content_type == "application/json" {
            return Some(Self { json: bytes.to_vec(), file: None });
        }
        let boundary = content_type.strip_prefix("multipart/form-data; boundary=")?;
        let text = std::str::from_utf8(bytes).ok()?;
        let mut body = Self::default();
        for part in text.split(&format!("--{boundary}")) {
            let Some((head, content)) = part.trim_start().split_once("\r\n\r\n") else { continue };
            let content = content.strip_suffix("\r\n")?;
            let value = |name: &str| {
                let (_, rest) = head.split_once(&format!("{name}=\""))?;
                rest.split('"').next()
            };
            match value(" name")? {
                "payload_json" => body.json = content.as_bytes().to_vec(),
                "files[0]" => body.file = Some((value("filename")?.to_owned(), content.to_owned())),
                _ => return None,
            }
        }
        Some(body)
    }

    /// The JSON; null if there is none.
    pub(super) fn value(&self) -> Value {
        serde_json::from_slice(&self.json).unwrap_or_default()
    }

    /// Whether the message of `json` says which file comes with it.
    pub(super) fn names_its_file(&self, json: &Value) -> bool {
        let message = json.get("data").unwrap_or(json);
        let named = message.pointer("/attachments/0/filename").and_then(Value::as_str);
        named == self.file.as_ref().map(|(name, _)| name.as_str())
    }
}
