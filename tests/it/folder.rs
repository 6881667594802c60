//! Temporary folders with a small pack.

use std::path::{Path, PathBuf};

use tempfile::TempDir;

pub(crate) const SOURCE: &str =
    "+++\ntitle = \"Doc\"\n+++\n\nAnn said: “One two.”\n\nThree four.\n";
pub(crate) const FAQ: &str = "\
[[entry]]
id = \"a\"
question = \"What did Ann say?\"

[[entry.quote]]
text = \"Ann said: “One two.”\"
speaker = \"Ann\"

[[entry]]
id = \"b\"
question = \"How many?\"
see_also = [\"a\"]

[[entry.quote]]
text = '''Three four.'''
paragraph = 2

[[entry]]
id = \"g\"
question = \"When?\"
gap = true
";

pub(crate) const UNQUOTED: &str = "Bicycles travel for two euros.";

/// Copies the files in `from`, and in the folders in it, to `to`.
pub(crate) fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for file in std::fs::read_dir(from).expect("a folder") {
        let from = file.expect("a file").path();
        let to = to.join(from.file_name().expect("a name"));
        if from.is_dir() {
            copy_folder(&from, &to);
        } else if from.is_file() {
            std::fs::copy(&from, &to).expect("a copy");
        }
    }
}

/// A temporary folder, which is deleted when it is dropped.
pub(crate) struct Folder(TempDir);

impl Folder {
    pub(crate) fn empty() -> Self {
        Self(tempfile::tempdir().expect("a temporary folder"))
    }

    /// A folder with a valid pack named `p`, without warnings.
    pub(crate) fn with_pack() -> Self {
        let folder = Self::empty();
        folder.write("p/pack.toml", "title = \"P\"\n");
        folder.write("p/sources/doc.md", SOURCE);
        folder.write("p/faq.toml", FAQ);
        folder
    }

    /// A folder with a pack named `p`, whose source has the sentence [`UNQUOTED`], which no entry quotes.
    pub(crate) fn with_unquoted_sentence() -> Self {
        let folder = Self::with_pack();
        folder.write("p/sources/doc.md", format!("{SOURCE}\n{UNQUOTED}\n"));
        folder
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// The path of `name` as a command line argument.
    pub(crate) fn arg(&self, name: &str) -> String {
        self.path(name).to_str().expect("a path in UTF-8").to_owned()
    }

    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap_or(Path::new(""))).expect("a folder");
        std::fs::write(path, bytes).expect("a file");
    }

    pub(crate) fn remove(&self, name: &str) {
        std::fs::remove_file(self.path(name)).expect("a file to remove");
    }
}
