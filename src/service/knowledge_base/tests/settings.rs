//! Settings that moderators have changed.

use std::convert::Infallible;

use super::*;
use crate::conversation::{Setting, SettingOverrides};

#[test]
fn settings_of_unknown_spaces_and_invalid_ones_are_told_and_have_no_effect() {
    let root = tempfile::tempdir().unwrap();
    write(&root, FAQ, SOURCE);
    let knowledge_base = KnowledgeBase::open(spaces(&root, "p"), Thresholds::default()).unwrap();
    let mut own = SettingOverrides::default();
    own.set(Setting::Greets, Some(false.into()));
    own.set(Setting::DigestDays, Some(99.into()));
    let overrides: OverridesBySpace =
        [("default", own.clone()), ("gone", own)].map(|(name, it)| (name.to_owned(), it)).into();
    let apply = || knowledge_base.apply_settings(|| Ok::<_, Infallible>(overrides.clone()));
    apply().unwrap();
    let snapshot = knowledge_base.current();
    let mut ineffective = snapshot.ineffective_overrides();
    ineffective.sort();
    assert_eq!(ineffective, [("default", vec![Setting::DigestDays]), ("gone", Vec::new())]);
    let settings = &snapshot.spaces.default.settings;
    assert_eq!((settings.greets, settings.digest_days), (false, 7));
    apply().unwrap();
    assert!(Arc::ptr_eq(&snapshot, &knowledge_base.current()), "nothing is new");
}
