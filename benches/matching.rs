//! Times of asking a question and of building an index, at a thousand to a million phrasings.
//!
//! ```text
//! cargo bench                      up to 100,000 phrasings
//! QUOTH_BENCH_MAX=1000000 cargo bench    up to a million; takes minutes and 6 GB
//! cargo bench --bench matching -- --prove 1000000    memory that proving a pack of as many entries takes
//! cargo bench --bench matching -- --review DIR       what reviews of edits of a pack find, and what asking all would
//! ```
//!
//! The phrasings consist of made-up words, whose frequencies follow those of a language (Zipf).
//! `scripts/measure_speed.py` measures with real questions and compares with other matchers.

#![allow(missing_docs, reason = "a benchmark has no users")]
#![allow(clippy::indexing_slicing, reason = "a panic is an acceptable failure of a benchmark")]
#![allow(clippy::expect_used, reason = "a benchmark that cannot start should fail with the reason")]
#![allow(clippy::print_stdout, reason = "a benchmark reports on standard output")]

mod made_up;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Instant;

use divan::Bencher;
use made_up::{Random, made_up_files};
use quoth::conversation::AskedText;
use quoth::knowledge::{Entry, Pack, PackFiles, prove};
use quoth::matching::comparison::{Comparison, Version};
use quoth::matching::{Decision, DecisionRule, Index};
use quoth::moderation::review::review;
use quoth::store::pack_files;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    let value_of = |name| std::env::args().skip_while(move |argument| argument != name).nth(1);
    if let Some(n_entries) = value_of("--prove") {
        measure_proof(n_entries.parse().expect("--prove takes a number of entries"));
    } else if let Some(folder) = value_of("--review") {
        measure_reviews(Path::new(&folder));
    } else {
        divan::main();
    }
}

/// Number of edits of [`measure_reviews`].
const N_EDITS: usize = 30;

/// Prints, for edits of the pack in `folder` that each remove an entry, a phrasing or two of every three phrasings of an
/// entry, and for these edits taken back, how many of its phrasings with typing errors a review asks, and how many get
/// another reply by that and by asking all.
fn measure_reviews(folder: &Path) {
    let proof = prove(&pack_files::read(folder).expect("a folder with a pack"));
    let whole = Arc::new(proof.pack);
    let mut random = Random(1);
    let texts: Vec<String> = (whole.entries.iter().flat_map(Entry::phrasings))
        .map(|phrasing| random.misspell(phrasing))
        .collect();
    let rule = DecisionRule::default();
    let whole_index = Index::new(vec![Arc::clone(&whole)]);
    let replies = |index: &Index| {
        let outcomes = texts.iter().map(|text| index.ask(text, &rule));
        let reply = outcomes.map(|it| match it.decision {
            Decision::Answer => it.ranked.first().map(|idx| index.entry_id(*idx)),
            Decision::Suggest => None,
            Decision::Abstain => it.gap.map(|idx| index.entry_id(idx)),
        });
        reply.collect::<Vec<Option<String>>>()
    };
    let of_whole = replies(&whole_index);
    let (mut n_asked, mut n_changed, mut n_found) = (0, 0, 0);
    for number in 0..N_EDITS {
        let mut entries = whole.entries.clone();
        let idx = random.next(entries.len());
        match number % 3 {
            0 => drop(entries.remove(idx)),
            1 => drop(entries[idx].variants.pop()),
            _ => entries[idx].variants.retain(|_| random.next(3) == 0),
        }
        let part = Index::new(vec![Arc::new(Pack { entries, ..without_entries(&whole) })]);
        let of_part = replies(&part);
        let version = |index| Version { index, rule: &rule };
        let comparison = Comparison::new(version(&whole_index), version(&part));
        for ((text, before), after) in texts.iter().zip(&of_whole).zip(&of_part) {
            let is_asked = comparison.outcomes(text).is_some();
            n_asked += usize::from(is_asked);
            n_changed += usize::from(before != after);
            n_found += usize::from(before != after && is_asked);
        }
    }
    let n_texts = texts.len() * N_EDITS;
    println!("{N_EDITS} edits, {} questions each: {n_asked} of {n_texts} concern one", texts.len());
    println!("{n_changed} get another reply, {n_found} of these are asked");
}

/// Prints the time and the memory that proving `n_entries` entries of one phrasing takes, and the size of
/// their files, which are in memory, too.
fn measure_proof(n_entries: usize) {
    let (files, ..) = made_up_files(n_entries, 1);
    let n_bytes: usize = files.files.iter().map(|file| file.bytes.len()).sum();
    let start = Instant::now();
    let proof = prove(&files);
    let (time, peak) = (start.elapsed().as_secs_f64(), peak_resident_mib());
    let (n, size) = (proof.pack.entries.len(), n_bytes / (1024 * 1024));
    println!("{n} entries, {size} MiB of files: {time:.2} s, at most {peak:.0} MiB in all");
}

/// Most resident memory of this process so far, in MiB; 0.0 if /proc does not have it.
fn peak_resident_mib() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let kib = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<f64>().ok());
    kib.unwrap_or(0.0) / 1024.0
}

/// Numbers of phrasings.
fn sizes() -> impl Iterator<Item = usize> {
    let max_size = std::env::var("QUOTH_BENCH_MAX").ok().and_then(|max| max.parse().ok());
    let max_size: usize = max_size.unwrap_or(100_000);
    [1_000, 10_000, 100_000, 1_000_000].into_iter().filter(move |size| *size <= max_size)
}

/// How a question differs from the phrasing that it is made from.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Typed,
    Misspelled,
}

#[divan::bench(args = sizes())]
fn ask_as_typed(bencher: Bencher<'_, '_>, n: usize) {
    ask(bencher, n, Kind::Typed);
}

#[divan::bench(args = sizes())]
fn ask_misspelled(bencher: Bencher<'_, '_>, n: usize) {
    ask(bencher, n, Kind::Misspelled);
}

fn ask(bencher: Bencher<'_, '_>, n: usize, kind: Kind) {
    let corpus = corpus(n);
    let index = Index::new(vec![Arc::clone(&corpus.pack)]);
    let questions = match kind {
        Kind::Typed => &corpus.typed,
        Kind::Misspelled => &corpus.misspelled,
    };
    let rule = DecisionRule::default();
    let next = AtomicUsize::new(0);
    bencher.bench(|| {
        let question = &questions[next.fetch_add(1, Ordering::Relaxed) % questions.len()];
        index.ask(question, &rule)
    });
}

/// The second part of reloading a pack after an edit, once it is checked.
#[divan::bench(args = sizes(), sample_count = 10, sample_size = 1)]
fn build_index(bencher: Bencher<'_, '_>, n: usize) {
    let corpus = corpus(n);
    bencher.bench(|| Index::new(vec![Arc::clone(&corpus.pack)]));
}

/// The first part of reloading a pack after an edit.
#[divan::bench(args = sizes(), sample_count = 3, sample_size = 1)]
fn prove_pack(bencher: Bencher<'_, '_>, n: usize) {
    let corpus = corpus(n);
    bencher.bench(|| prove(&corpus.files));
}

/// The review of a new phrasing by as many different questions as there are phrasings, with the index of the changed
/// pack.
#[divan::bench(args = sizes().filter(|size| *size <= 10_000), sample_count = 10, sample_size = 1)]
fn review_phrasing(bencher: Bencher<'_, '_>, n: usize) {
    bench_review(bencher, n, |entries, random| {
        let (first, last) = (entries[0].question.clone(), entries.len() - 1);
        let variants = &mut entries[last].variants;
        variants.push(random.misspell(&first));
    });
}

/// The same of a removed entry, and so of a new one.
#[divan::bench(args = sizes().filter(|size| *size <= 10_000), sample_count = 10, sample_size = 1)]
fn review_removal(bencher: Bencher<'_, '_>, n: usize) {
    bench_review(bencher, n, |entries, _| drop(entries.pop()));
}

fn bench_review(
    bencher: Bencher<'_, '_>,
    n: usize,
    edit: impl Fn(&mut Vec<Entry>, &mut Random) + Sync,
) {
    let pack = &corpus(n).pack;
    let mut random = Random(2);
    let texts = pack.entries.iter().flat_map(Entry::phrasings).map(|it| random.misspell(it));
    let asked: Vec<AskedText> = texts.map(|text| AskedText { text, n_times: 1 }).collect();
    let mut changed = Pack { entries: pack.entries.clone(), ..without_entries(pack) };
    edit(&mut changed.entries, &mut random);
    let changed = Arc::new(changed);
    let before = Index::new(vec![Arc::clone(pack)]);
    let rule = DecisionRule::default();
    bencher.bench(|| {
        let after = Index::new(vec![Arc::clone(&changed)]);
        let version = |index| Version { index, rule: &rule };
        review(version(&before), version(&after), &asked)
    });
}

fn without_entries(pack: &Pack) -> Pack {
    Pack {
        name: pack.name.clone(),
        title: pack.title.clone(),
        description: None,
        language: pack.language.clone(),
        sources: pack.sources.clone(),
        entries: Vec::new(),
        lexicon: pack.lexicon.clone(),
    }
}

struct Corpus {
    files: PackFiles,
    pack: Arc<Pack>,
    typed: Vec<String>,
    misspelled: Vec<String>,
}

/// The corpus of `n` phrasings, ten per entry, generated once.
fn corpus(n: usize) -> Arc<Corpus> {
    static CORPORA: LazyLock<Mutex<BTreeMap<usize, Arc<Corpus>>>> = LazyLock::new(Mutex::default);
    let mut corpora = CORPORA.lock().expect("no benchmark panics with it");
    Arc::clone(corpora.entry(n).or_insert_with(|| Arc::new(generate(n))))
}

const PHRASINGS_PER_ENTRY: usize = 10;

fn generate(n: usize) -> Corpus {
    let (files, typed, misspelled) = made_up_files(n / PHRASINGS_PER_ENTRY, PHRASINGS_PER_ENTRY);
    let proof = prove(&files);
    assert!(proof.is_accepted(), "{:?}", proof.findings.first());
    Corpus { files, pack: Arc::new(proof.pack), typed, misspelled }
}
