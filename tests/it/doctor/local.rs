//! The checks that need no network, each broken alone.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::os::unix::net::UnixListener;

use super::{HASH_KEY, Setup, chmod};
use crate::folder::{FAQ, SOURCE};
use crate::service::free_port;

#[test]
fn unknown_setting_is_wrong() {
    let setup = Setup::new();
    setup.configure("sockets = 1\n");
    setup.assert_only_wrong("config", "unknown key `sockets` in [bridge]", "fix these settings");
}

#[test]
fn configuration_without_a_platform_is_incomplete() {
    let setup = Setup::new();
    setup.folder.write("config/quoth.toml", "packs = [\"../p\"]\n");
    setup.assert_only_wrong("config-complete", "no platform is configured", "docs/discord.md");
}

#[test]
fn setting_without_effect_is_wrong() {
    let setup = Setup::new();
    setup.configure("[default_space]\nreports_to = \"discord:channel:3\"\n");
    let message = "discord is not served";
    setup.assert_only_wrong("config-ignored", message, "configure the platform, or leave");
}

#[test]
fn secret_that_cannot_be_read_or_is_given_twice_is_wrong() {
    let mut setup = Setup::new();
    setup.set("QUOTH_RECORDS__HASH_KEY_FILE", "missing");
    setup.assert_only_wrong(
        "secrets",
        "cannot read `hash_key` in [records] from missing",
        "give each",
    );
    setup.set("QUOTH_RECORDS__HASH_KEY_FILE", "hash_key");
    setup.folder.write("hash_key", HASH_KEY);
    chmod(&setup.folder.path("hash_key"), 0o600);
    setup.assert_nothing_wrong();
    setup.set("QUOTH_RECORDS__HASH_KEY", "9876543210987654321098765432109876543210");
    setup.assert_only_wrong("secrets", "is given twice", "once");
    let output = setup.run(&["--json"]).stdout;
    assert!(!output.contains("01234567") && !output.contains("98765432"), "{output}");
}

#[test]
fn secret_that_everybody_can_read_is_wrong() {
    let mut setup = Setup::new();
    setup.set("QUOTH_RECORDS__HASH_KEY_FILE", "hash_key");
    setup.folder.write("hash_key", HASH_KEY);
    chmod(&setup.folder.path("hash_key"), 0o644);
    // Nobody else can reach the file in a private folder.
    chmod(&setup.folder.path(""), 0o700);
    setup.assert_nothing_wrong();
    chmod(&setup.folder.path(""), 0o755);
    setup.assert_only_wrong("secret-permissions", "hash_key", "chmod o-rwx");
}

#[test]
fn data_folder_that_is_a_file_is_wrong() {
    let mut setup = Setup::new();
    setup.set("QUOTH_DATA", "file");
    setup.folder.write("file", "x");
    setup.assert_only_wrong("data-folder", "file is not a folder", "QUOTH_DATA");
}

#[test]
fn data_folder_that_cannot_be_written_is_wrong() {
    let mut setup = Setup::new();
    setup.respect_permissions();
    setup.assert_nothing_wrong();
    chmod(&setup.folder.path("data"), 0o500);
    setup.assert_only_wrong("data-writable", "no file can be made", "make it writable");
    chmod(&setup.folder.path("data"), 0o700);
}

#[test]
fn data_folder_that_others_can_open_is_wrong() {
    let setup = Setup::new();
    chmod(&setup.folder.path("data"), 0o755);
    setup.assert_only_wrong("data-permissions", "every user of this machine", "chmod 700");
}

#[test]
fn data_folder_that_cannot_be_locked_is_wrong() {
    let setup = Setup::new();
    setup.folder.remove("data/quoth.lock");
    std::fs::create_dir(setup.folder.path("data/quoth.lock")).unwrap();
    setup.assert_only_wrong("data-lock", "cannot be opened for writing", "remove what is there");
}

#[test]
fn records_that_are_no_database_are_wrong() {
    let setup = Setup::new();
    setup.folder.write("data/quoth.db", "a text, and no database at all");
    setup.assert_only_wrong("records", "cannot be read", "restore a backup");
}

#[test]
fn records_of_another_version_are_wrong() {
    let setup = Setup::new();
    let change = |sql: &str| {
        let records = rusqlite::Connection::open(setup.folder.path("data/quoth.db")).unwrap();
        records.execute_batch(sql).unwrap();
    };
    let newest = "(SELECT max(version) FROM _sqlx_migrations)";
    change(&format!("UPDATE _sqlx_migrations SET version = 999 WHERE version = {newest}"));
    setup.assert_only_wrong("records-version", "have schema 999", "newer version of quoth");
    change("DELETE FROM _sqlx_migrations WHERE version = 999");
    setup.assert_only_wrong("records-migrated", "this version makes", "quoth backup");
}

#[test]
fn damaged_page_of_the_records_is_wrong() {
    let setup = Setup::new();
    let mut bytes = std::fs::read(setup.folder.path("data/quoth.db")).unwrap();
    // The last page, of an index or a table.
    let n_bytes = bytes.len();
    bytes[n_bytes - 4096..].fill(0xff);
    setup.folder.write("data/quoth.db", bytes);
    setup.assert_only_wrong("records-integrity", "damaged", "restore a backup");
}

#[test]
fn missing_or_truncated_key_of_hashes_is_wrong() {
    let setup = Setup::new();
    setup.folder.write("data/asker.key", "short");
    setup.assert_only_wrong("asker-key", "cannot be used", "restore it from a backup");
    setup.folder.remove("data/asker.key");
    setup.assert_only_wrong("asker-key", "no key", "restore asker.key");
    setup.folder.write("data/asker.key", [7; 32]);
    setup.assert_only_wrong("asker-key", "made with another key", "restore asker.key");
}

#[test]
fn records_that_are_gone_are_wrong() {
    let setup = Setup::new();
    for suffix in ["", "-wal", "-shm"] {
        drop(std::fs::remove_file(setup.folder.path(&format!("data/quoth.db{suffix}"))));
    }
    setup.assert_only_wrong("records", "has been used before", "restore a backup");
}

#[test]
fn pack_folder_that_is_missing_is_wrong() {
    let mut setup = Setup::new();
    setup.set("QUOTH_PACKS", "['p', 'missing']");
    setup.assert_only_wrong("packs-readable", "cannot open the pack folder missing", "`packs`");
}

#[test]
fn pack_with_an_error_is_wrong() {
    let setup = Setup::new();
    setup.folder.write("p/faq.toml", FAQ.replace("One two", "One three"));
    setup.assert_only_wrong("packs-proved", "quote-not-in-source in faq.toml", "quoth check");
}

#[test]
fn packs_of_the_same_name_are_wrong() {
    let mut setup = Setup::new();
    setup.folder.write("other/p/pack.toml", "title = \"P\"\n");
    setup.folder.write("other/p/sources/doc.md", SOURCE);
    setup.folder.write("other/p/faq.toml", FAQ);
    setup.set("QUOTH_PACKS", "['p', 'other/p']");
    setup.assert_only_wrong("packs-names", "p and other/p", "rename");
}

#[test]
fn read_only_pack_is_wrong_where_moderators_may_edit_it() {
    let mut setup = Setup::new();
    setup.respect_permissions();
    chmod(&setup.folder.path("p"), 0o500);
    setup.assert_nothing_wrong();
    setup.set("QUOTH_DEFAULT_SPACE__MODERATORS", "['bridge:ann']");
    setup.assert_only_wrong("packs-writable", "p is read-only", "edits in chat are refused");
    chmod(&setup.folder.path("p"), 0o700);
    setup.assert_nothing_wrong();
}

#[test]
fn calibration_of_another_state_is_wrong() {
    let setup = Setup::new();
    let change = "first = { scale = 1.0, shift = 0.0 }\nany = { scale = 1.0, shift = 0.0 }\n";
    let file = format!("pack = \"x\"\nscorer = 7\nunanswerable_share = 0.3\n[change]\n{change}");
    setup.folder.write("p/calibration.toml", file);
    setup.assert_only_wrong("calibration", "of another state", "quoth calibrate");
}

#[test]
fn socket_of_the_bridge_that_is_a_file_is_wrong() {
    let setup = Setup::new();
    setup.folder.write("run/bridge.sock", "x");
    setup.assert_only_wrong("bridge-socket", "is no socket", "move it away");
}

#[test]
fn bridge_without_the_folder_of_its_socket_or_with_a_long_path_is_wrong() {
    let mut setup = Setup::new();
    setup.set("QUOTH_BRIDGE__SOCKET", "nowhere/bridge.sock");
    setup.assert_only_wrong("bridge-socket", "no socket can be made in nowhere", "make the folder");
    setup.set("QUOTH_BRIDGE__SOCKET", &format!("{}/bridge.sock", "x".repeat(100)));
    setup.assert_only_wrong("bridge-socket", "too long", "set another path");
}

#[test]
fn http_address_in_use_is_wrong() {
    let mut setup = Setup::new();
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = other.local_addr().unwrap().to_string();
    std::thread::spawn(move || while other.accept().is_ok() {});
    setup.set("QUOTH_HTTP__LISTEN", &address);
    setup.assert_only_wrong("http-address", "cannot listen on", "`listen` in [http]");
}

#[test]
fn service_that_is_not_ready_is_wrong() {
    let mut setup = Setup::new();
    // A service, as far as it can be seen from outside: it holds the lock, and has its socket and its HTTP server.
    let lock = std::fs::File::options().write(true).open(setup.folder.path("data/quoth.lock"));
    let lock = lock.unwrap();
    lock.lock().unwrap();
    let _socket = UnixListener::bind(setup.folder.path("run/bridge.sock")).unwrap();
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    setup.set("QUOTH_HTTP__LISTEN", &server.local_addr().unwrap().to_string());
    std::thread::spawn(move || {
        for stream in server.incoming() {
            let mut stream = stream.unwrap();
            // The whole request: a connection that is closed before that is reset.
            let mut lines = BufReader::new(&stream).lines().map_while(Result::ok);
            let is_livez = lines.next().is_some_and(|line| line.starts_with("GET /livez"));
            while lines.next().is_some_and(|line| !line.is_empty()) {}
            let response =
                if is_livez { "200 OK\r\n\r\nok\n" } else { "503 X\r\n\r\ndiscord: down\n" };
            stream.write_all(format!("HTTP/1.1 {response}").as_bytes()).unwrap();
        }
    });
    setup.assert_only_wrong("service", "not ready: discord: down", "log");
    setup.set("QUOTH_HTTP__LISTEN", &format!("127.0.0.1:{}", free_port()));
    setup.assert_only_wrong("http-address", "does not listen on", "restart it");
}

#[test]
fn low_limit_of_open_files_is_wrong() {
    let mut setup = Setup::new();
    setup.wrapper = vec!["sh", "-c", "ulimit -n 200 && exec \"$0\" \"$@\""];
    setup.assert_only_wrong("open-files", "only 200 files", "LimitNOFILE");
}

#[test]
fn proxy_that_cannot_be_reached_is_wrong() {
    let mut setup = Setup::new();
    setup.set("HTTPS_PROXY", &format!("http://user:hunter2@127.0.0.1:{}", free_port()));
    setup.assert_only_wrong("proxies", "cannot be reached", "unset it");
    assert!(!setup.run(&[]).stdout.contains("hunter2"));
    setup.set("HTTPS_PROXY", "http://:port");
    setup.assert_only_wrong("proxies", "HTTPS_PROXY is no address", "http://proxy.example.org");
}
