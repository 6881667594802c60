//! Tests of `[discord]`.

use super::*;

const TOKEN: &str = "token = 'a-token-that-is-long-enough'\n";

#[cfg(feature = "discord")]
#[test]
fn conflicting_discord_settings_are_rejected_before_serving() {
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
        let config = TestConfig::file(&format!("packs = ['p']\n{file}")).read();
        let error = config.check_servable().err().map(|error| error.to_string());
        match want {
            Some(want) => {
                assert!(error.as_ref().is_some_and(|it| it.contains(want)), "{file}: {error:?}");
            }
            None => assert_eq!(error, None, "{file}"),
        }
    }
}

#[test]
fn shards_and_api_base_are_validated() {
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
        let config = TestConfig::file(&format!("[discord]\n{keys}"));
        let problems = if n_problems == 0 { Vec::new() } else { config.problems() };
        drop((n_problems == 0).then(|| config.read()));
        assert_eq!(problems.len(), n_problems, "{keys}: {problems:?}");
    }
}

#[cfg(not(feature = "discord"))]
#[test]
fn token_without_the_discord_feature_is_rejected() {
    let config = TestConfig::file(&format!("packs = ['p']\n[discord]\n{TOKEN}")).read();
    let error = config.check_servable().unwrap_err().to_string();
    assert!(error.contains("built without it"), "{error}");
}
