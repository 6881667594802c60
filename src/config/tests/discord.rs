//! What goes together in `[discord]`.

use super::*;

const TOKEN: &str = "token = 'a-token-that-is-long-enough'\n";

#[cfg(feature = "discord")]
#[test]
fn what_does_not_go_together_is_told_before_anything_is_served() {
    let base = "api_base = 'http://127.0.0.1:1'\n";
    let open = "[default_space]\nlistens_in = ['discord:channel:1']\n";
    let rows = [
        (format!("[discord]\n{TOKEN}"), None),
        (format!("[discord]\n{TOKEN}{base}"), Some("set rate_limiter = false")),
        (format!("[discord]\n{TOKEN}{base}rate_limiter = true\n"), Some("leave `api_base` out")),
        (format!("[discord]\n{TOKEN}{base}rate_limiter = false\n"), None),
        (format!("[discord]\n{TOKEN}rate_limiter = false\n"), None),
        (format!("[discord]\n{base}"), None),
        (format!("[discord]\n{TOKEN}{open}"), Some("Message Content Intent")),
        (format!("[discord]\n{TOKEN}message_content = true\n{open}"), None),
        (open.to_owned(), None),
    ];
    for (file, want) in rows {
        let config = Given::file(&format!("packs = ['p']\n{file}")).read();
        let told = config.check_servable().err().map(|error| error.to_string());
        match want {
            Some(want) => {
                assert!(told.as_ref().is_some_and(|it| it.contains(want)), "{file}: {told:?}");
            }
            None => assert_eq!(told, None, "{file}"),
        }
    }
}

#[test]
fn shards_and_addresses_are_in_range() {
    let rows = [
        ("shards = 4\nfirst_shard = 1\nlast_shard = 3", 0),
        ("shards = 0", 1),
        ("first_shard = 1", 1),
        ("last_shard = 1", 1),
        ("shards = 4\nfirst_shard = 3\nlast_shard = 2", 1),
        ("shards = 4\nlast_shard = 4", 1),
        ("api_base = 'http://127.0.0.1:1'", 0),
        ("api_base = 'http://127.0.0.1:1/api/v10'", 1),
        ("api_base = 'discord.example'", 1),
        ("style = 'fancy'", 1),
    ];
    for (keys, n_problems) in rows {
        let given = Given::file(&format!("[discord]\n{keys}"));
        let problems = if n_problems == 0 { Vec::new() } else { given.problems() };
        drop((n_problems == 0).then(|| given.read()));
        assert_eq!(problems.len(), n_problems, "{keys}: {problems:?}");
    }
}

#[cfg(not(feature = "discord"))]
#[test]
fn a_token_without_the_platform_is_told() {
    let config = Given::file(&format!("packs = ['p']\n[discord]\n{TOKEN}")).read();
    let told = config.check_servable().unwrap_err().to_string();
    assert!(told.contains("built without it"), "{told}");
}
