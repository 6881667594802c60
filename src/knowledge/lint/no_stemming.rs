//! Languages without data, whose words are compared unchanged.

use crate::knowledge::pack::PACK_FILE;
use crate::knowledge::{Finding, Proof, Rule};
use crate::text::language::LANGUAGES;

pub(super) fn check(proof: &Proof) -> Option<Finding> {
    let language = &proof.pack.language;
    if LANGUAGES.contains(&language.code()) {
        return None;
    }
    let message =
        format!("quoth knows no stems and stop words of the language `{}`", language.code());
    let help = "add variants with the other forms of the words, or correct the code: `language` \
                takes two letters, like en or de";
    let finding = Finding::new(Rule::NoStemming, PACK_FILE, proof.language_span.clone(), message);
    Some(finding.label("words are compared unchanged").help(help))
}

#[cfg(test)]
mod tests {
    use crate::knowledge::{PackFile, PackFiles, prove};

    #[test]
    fn language_without_data_is_reported_at_its_span() {
        let cases = [("en", None), ("pt-BR", None), ("ja", None), ("english", Some(11..20))];
        for (code, want) in cases {
            let bytes = format!("language = \"{code}\"").into_bytes();
            let file = PackFile { path: "pack.toml".to_owned(), bytes };
            let proof = prove(&PackFiles { name: "p".to_owned(), files: vec![file] });
            assert_eq!(super::check(&proof).map(|finding| finding.span), want, "{code}");
        }
    }
}
