//! [`Environment`]: the environment variables that quoth reads. They are passed as data, so that tests
//! do not race.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::path::PathBuf;

use super::key::PREFIX;

/// Names the configuration file; it is not a setting.
const CONFIG_VARIABLE: &str = "QUOTH_CONFIG";

/// The folder where systemd puts the credentials of a service.
const CREDENTIALS_VARIABLE: &str = "CREDENTIALS_DIRECTORY";

/// Variables, and prefixes of variables, that Kubernetes sets for a service named `quoth`; they are not
/// settings.
const KUBERNETES: [&str; 3] = ["QUOTH_SERVICE_HOST", "QUOTH_SERVICE_PORT", "QUOTH_PORT"];

/// Environment variables by name.
#[derive(Clone, Default)]
pub struct Environment(BTreeMap<String, OsString>);

impl Environment {
    /// The variables of this process that quoth reads.
    pub fn from_process() -> Self {
        let is_read = |name: &str| name.starts_with(PREFIX) || name == CREDENTIALS_VARIABLE;
        let variables = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value)))
            .filter(|(name, _)| is_read(name));
        Self(variables.collect())
    }

    /// The variables that are settings, with their names without `QUOTH_`.
    pub(super) fn settings(&self) -> impl Iterator<Item = (&str, &OsStr)> {
        let is_setting = |name: &str| {
            let is_kubernetes = KUBERNETES.iter().any(|variable| {
                name.strip_prefix(variable)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('_'))
            });
            name != CONFIG_VARIABLE && (!is_kubernetes || name.contains("__"))
        };
        self.0
            .iter()
            .filter(move |(name, _)| is_setting(name))
            .filter_map(|(name, value)| Some((name.strip_prefix(PREFIX)?, value.as_os_str())))
    }

    /// The folder of systemd credentials.
    pub(super) fn credentials(&self) -> Option<PathBuf> {
        self.0.get(CREDENTIALS_VARIABLE).filter(|folder| !folder.is_empty()).map(PathBuf::from)
    }
}

impl<N: Into<String>, V: Into<OsString>> FromIterator<(N, V)> for Environment {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(variables: I) -> Self {
        Self(variables.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }
}

/// Prints names only, since values may be secrets.
impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_that_are_not_settings_are_ignored() {
        let names = [
            "QUOTH_DATA",
            "QUOTH_CONFIG",
            "QUOTH_PORT",
            "QUOTH_PORT_8410_TCP_ADDR",
            "QUOTH_SERVICE_HOST",
            "QUOTH_PORTS",
            "QUOTH_SERVICE_PORT__X",
            "CREDENTIALS_DIRECTORY",
        ];
        let environment: Environment = names.into_iter().map(|name| (name, "x")).collect();
        let settings: Vec<&str> = environment.settings().map(|(name, _)| name).collect();
        assert_eq!(settings, ["DATA", "PORTS", "SERVICE_PORT__X"]);
        assert!(!format!("{environment:?}").contains("\"x\""));
    }
}
