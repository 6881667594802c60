//! Tests of the configuration as a whole. The environment is handed in, so that none of them race.

mod commented_file;
mod discord;
mod faults;
mod layers;
mod matrix;
mod secrets;
mod spaces;

use std::path::PathBuf;

use tempfile::TempDir;

use super::*;

/// What a configuration is read from, for one test.
struct Given {
    folder: TempDir,
    environment: Vec<(String, String)>,
    sets: Vec<String>,
}

impl Given {
    fn file(text: &str) -> Self {
        let given = Self {
            folder: tempfile::tempdir().unwrap(),
            environment: Vec::new(),
            sets: Vec::new(),
        };
        given.write("config/quoth.toml", text);
        given
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

    /// The problems as lines, without the folder of the test.
    fn problems(&self) -> Vec<String> {
        let folder = format!("{}/", self.folder.path().display());
        let error = self.sources().read().expect_err("problems");
        error.problems.iter().map(|problem| problem.to_string().replace(&folder, "")).collect()
    }

    /// Where the value of `key` came from, in words.
    fn from(&self, key: &str) -> String {
        let folder = format!("{}/", self.folder.path().display());
        let shown = self.sources().show().unwrap_or_else(|error| panic!("{error}"));
        let setting = shown.settings.iter().find(|setting| setting.key == key);
        setting.unwrap_or_else(|| panic!("no {key}")).from.to_string().replace(&folder, "")
    }
}
