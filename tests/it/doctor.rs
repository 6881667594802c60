//! `quoth doctor`: each check is broken alone in a setup that is sane otherwise.

mod command;
#[cfg(feature = "discord")]
mod discord;
mod local;
#[cfg(feature = "matrix")]
mod matrix;

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::OnceLock;

use quoth::conversation::Timestamp;
use quoth::store::asker_key::AskerKey;
use quoth::store::records::{Records, SqliteRecords};

use crate::folder::{Folder, copy_folder};
use crate::quoth::{Run, quoth_under};
use crate::service::free_port;

/// A setup in a folder: the pack `p`, the configuration, the data folder of a service that has run, and the folder of the
/// bridge's socket.
pub(crate) struct Setup {
    pub(crate) folder: Folder,
    pub(crate) environment: Vec<(String, String)>,
    /// A command that runs quoth.
    pub(crate) wrapper: Vec<&'static str>,
}

/// What a check reports.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct CheckReport {
    pub(crate) status: String,
    pub(crate) message: String,
    pub(crate) advice: String,
}

/// The key of the hashes of user ids.
pub(crate) const HASH_KEY: &str = "0123456789012345678901234567890123456789";

const CONFIG: &str = "packs = [\"../p\"]\n[bridge]\nsocket = \"../run/bridge.sock\"\n";

impl Setup {
    pub(crate) fn new() -> Self {
        let folder = Folder::with_pack();
        folder.write("config/quoth.toml", CONFIG);
        std::fs::create_dir(folder.path("run")).unwrap();
        copy_folder(&used_data().path(""), &folder.path("data"));
        chmod(&folder.path("data"), 0o700);
        let mut setup = Self { folder, environment: Vec::new(), wrapper: Vec::new() };
        setup.set("QUOTH_HTTP__LISTEN", &format!("127.0.0.1:{}", free_port()));
        // Proxies of the machine that runs the tests are no part of the setup.
        for name in ["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY"] {
            setup.set(name, "");
            setup.set(&name.to_lowercase(), "");
        }
        setup
    }

    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.environment.push((name.to_owned(), value.to_owned()));
    }

    /// Adds lines to the configuration.
    pub(crate) fn configure(&self, lines: &str) {
        self.folder.write("config/quoth.toml", format!("{CONFIG}{lines}"));
    }

    /// Lets permissions count, also for root.
    pub(crate) fn respect_permissions(&mut self) {
        let is_root = std::fs::metadata("/proc/self").is_ok_and(|it| {
            use std::os::unix::fs::MetadataExt;
            it.uid() == 0
        });
        if is_root {
            self.wrapper = vec!["setpriv", "--bounding-set=-all", "--inh-caps=-all"];
        }
    }

    pub(crate) fn run(&self, args: &[&str]) -> Run {
        self.run_command(&[&["doctor"], args].concat())
    }

    /// Runs another command in this setup.
    pub(crate) fn run_command(&self, args: &[&str]) -> Run {
        let environment: Vec<(&str, &str)> =
            self.environment.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        quoth_under(&self.wrapper, &self.folder.path(""), &environment, args)
    }

    /// The report of every check.
    pub(crate) fn reports(&self) -> BTreeMap<String, CheckReport> {
        let run = self.run(&["--json"]);
        let list = run.json();
        let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
        let reports = list.as_array().expect("a list").iter().map(|report| {
            let fields = CheckReport {
                status: text(&report["status"]),
                message: text(&report["message"]),
                advice: text(&report["advice"]),
            };
            (text(&report["check"]), fields)
        });
        let reports: BTreeMap<String, CheckReport> = reports.collect();
        let is_wrong = reports.values().any(|it| it.status == "wrong");
        assert_eq!(run.code, i32::from(is_wrong), "{run:?}");
        reports
    }

    /// Asserts that nothing is wrong.
    pub(crate) fn assert_nothing_wrong(&self) {
        let wrong = self.wrong();
        assert!(wrong.is_empty(), "{wrong:?}");
    }

    /// Asserts that `check` is wrong, and no other, with these parts of its message and its advice.
    pub(crate) fn assert_only_wrong(&self, check: &str, message: &str, advice: &str) {
        let wrong = self.wrong();
        let names: Vec<&str> = wrong.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, [check], "{wrong:?}");
        let report = &wrong[0].1;
        assert!(report.message.contains(message), "{check}: {report:?}");
        assert!(report.advice.contains(advice), "{check}: {report:?}");
    }

    fn wrong(&self) -> Vec<(String, CheckReport)> {
        self.reports().into_iter().filter(|(_, report)| report.status == "wrong").collect()
    }
}

/// The data folder of a service that has run. It is made once and copied: a process that another test starts right then
/// keeps the lock of a folder that is opened here for a moment.
fn used_data() -> &'static Folder {
    static DATA: OnceLock<Folder> = OnceLock::new();
    DATA.get_or_init(|| {
        let folder = Folder::empty();
        tokio::runtime::Runtime::new().unwrap().block_on(async {
            let now = Timestamp::from_millis(0);
            let records = SqliteRecords::open(&folder.path(""), now).await.unwrap();
            let key = AskerKey::new(HASH_KEY);
            records.record_key(key.check_number()).await.unwrap();
            records.close().await;
        });
        folder.write("asker.key", HASH_KEY);
        chmod(&folder.path("asker.key"), 0o600);
        folder
    })
}

pub(crate) fn chmod(path: &Path, mode: u32) {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

/// Checks all rows in parallel, each with a server of its own: they mostly wait.
#[cfg(any(feature = "discord", feature = "matrix"))]
fn in_parallel<T: Send>(rows: impl IntoIterator<Item = T>, check_one: impl Fn(T) + Sync) {
    std::thread::scope(|scope| {
        for row in rows {
            let check_one = &check_one;
            scope.spawn(move || check_one(row));
        }
    });
}
