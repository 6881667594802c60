//! Validation of embeds.

use super::form::Form;

/// Limit of characters of all embeds of a message together.
const MAX_EMBED_CHARS: usize = 6000;

/// Validates the field `embeds`.
pub(super) fn check(form: &mut Form<'_>) {
    let counts = form.each("embeds", 10, embed);
    if counts.iter().sum::<usize>() > MAX_EMBED_CHARS {
        let message = format!("Embed size exceeds maximum size of {MAX_EMBED_CHARS}");
        form.add_error("embeds", "MAX_EMBED_SIZE_EXCEEDED", message);
    }
}

/// Validates one embed and counts its characters.
fn embed(form: &mut Form<'_>) -> usize {
    let mut n_chars = 0;
    let mut count = |text: Option<&str>| n_chars += text.map_or(0, |text| text.chars().count());
    let title = form.text("title", 1, 256);
    let description = form.text("description", 1, 4096);
    count(title);
    count(description);
    form.field("type");
    form.url("url");
    form.text("timestamp", 1, 64);
    if form.number("color").is_some_and(|color| color > 0xff_ffff) {
        form.add_error(
            "color",
            "NUMBER_TYPE_MAX",
            "int value should be less than or equal to 16777215.",
        );
    }
    let footer = form.object("footer", |footer| {
        footer.url("icon_url");
        footer.required_text("text", 2048).map_or(0, |text| text.chars().count())
    });
    let author = form.object("author", |author| {
        author.url("url");
        author.url("icon_url");
        author.required_text("name", 256).map_or(0, |text| text.chars().count())
    });
    let image = form.object("image", |image| image.url("url").is_some());
    let thumbnail = form.object("thumbnail", |image| image.url("url").is_some());
    let fields: Vec<usize> = form.each("fields", 25, |field| {
        field.flag("inline");
        let (name, value) = (field.required_text("name", 256), field.required_text("value", 1024));
        [name, value].into_iter().flatten().map(|text| text.chars().count()).sum()
    });
    let is_empty = title.is_none()
        && description.is_none()
        && footer.is_none()
        && author.is_none()
        && image.is_none()
        && thumbnail.is_none()
        && fields.is_empty();
    if is_empty {
        form.add_missing("description");
    }
    n_chars + footer.unwrap_or(0) + author.unwrap_or(0) + fields.iter().sum::<usize>()
}
