//! Tests of the whole configuration. The environment is passed as data, so that they do not race.

mod commented_file;
mod discord;
mod layers;
mod matrix;
mod problems;
mod secrets;
mod spaces;

use std::path::PathBuf;

use tempfile::TempDir;

use super::*;
use crate::conversation::{Space, SpaceSettings};

/// The sources of a configuration, for one test.
struct TestConfig {
    folder: TempDir,
    environment: Vec<(String, String)>,
    sets: Vec<String>,
}

impl TestConfig {
    fn file(text: &str) -> Self {
        let config = Self {
            folder: tempfile::tempdir().unwrap(),
            environment: Vec::new(),
            sets: Vec::new(),
        };
        config.write("config/quoth.toml", text);
        config
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn variable(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    fn set(mut self, set: &str) -> Self {
        self.sets.push(set.to_owned());
        self
    }

    fn sources(&self) -> Sources {
        let environment = self.environment.iter().cloned().collect();
        Sources::new(Some(&self.path("config/quoth.toml")), &self.sets, environment)
    }

    fn read(&self) -> Config {
        self.sources().read().unwrap_or_else(|error| panic!("{error}"))
    }

    /// The problems as lines, with paths relative to the folder of the test.
    fn problems(&self) -> Vec<String> {
        let folder = format!("{}/", self.folder.path().display());
        let error = self.sources().read().expect_err("problems");
        error.problems.iter().map(|problem| problem.to_string().replace(&folder, "")).collect()
    }

    /// The origin of `key`, in words.
    fn origin_of(&self, key: &str) -> String {
        let folder = format!("{}/", self.folder.path().display());
        let shown = self.sources().show().unwrap_or_else(|error| panic!("{error}"));
        let setting = shown.settings.iter().find(|setting| setting.key == key);
        setting.unwrap_or_else(|| panic!("no {key}")).from.to_string().replace(&folder, "")
    }
}
