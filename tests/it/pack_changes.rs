//! Packs that change while the service runs: replaced folders, and files that cannot be read to the end.

use std::fs::OpenOptions;
use std::process::Command;
use std::time::Instant;

use serde_json::json;

use crate::folder::{FAQ, Folder};
use crate::service::{BridgeClient, MAX_WAIT, Service};

const QUESTION: &str = "What did Ann say?";
const ANSWER: &str = "Ann said: “One two.”";

/// Asks until the answer is `want`.
pub(crate) fn ask_until(client: &mut BridgeClient, ids: &mut u64, want: &serde_json::Value) {
    let start = Instant::now();
    loop {
        *ids += 1;
        client.ask(&format!("bridge:q{ids}"), QUESTION);
        let order = client.execute_order();
        if order["quotes"] == *want {
            return;
        }
        assert!(start.elapsed() < MAX_WAIT, "{order}, not {want}");
        std::thread::sleep(std::time::Duration::from_millis(200));
    }
}

/// Runs `script` in `folder`.
fn shell(folder: &Folder, script: &str) {
    let status = Command::new("sh").args(["-euc", script]).current_dir(folder.path("")).status();
    assert!(status.expect("sh runs").success(), "{script}");
}

#[test]
fn pack_folder_that_is_replaced_is_still_watched() {
    // Each replaces the pack `p` by the one in `$next`.
    let ways = [
        ("copied", "cp -r p start", "rm -r p; sleep 0.7; cp -r $next p"),
        ("moved", "cp -r p start", "mv p $next-old; mv $next p"),
        ("linked", "mv p start; ln -s start p", "ln -s $next new; mv -T new p"),
        (
            "linked above",
            "mkdir start; mv p start; ln -s start/p p",
            "ln -s $next/p new; mv -T new p",
        ),
    ];
    std::thread::scope(|scope| {
        for (name, prepare, replace) in ways {
            scope.spawn(move || {
                let folder = Folder::with_pack();
                shell(&folder, prepare);
                let service =
                    Service::start(&folder, &[("QUOTH_DEFAULT_SPACE__COOLDOWN_SECONDS", "0")]);
                let mut client = BridgeClient::connect(&folder);
                let mut ids = 0;
                ask_until(&mut client, &mut ids, &json!([ANSWER]));
                let with_mark = FAQ.replace(ANSWER, "“One two.”");
                // The second time, the folder that was watched first is no more.
                for (next, faq, want) in [
                    ("n1", &*with_mark, "“One two.”"),
                    ("n2", FAQ, ANSWER),
                    ("n3", &with_mark, "“One two.”"),
                ] {
                    shell(&folder, &format!("cp -r -L start {next}"));
                    let pack = if name == "linked above" { "/p" } else { "" };
                    folder.write(&format!("{next}{pack}/faq.toml"), faq);
                    shell(&folder, &format!("next={next}; {replace}"));
                    ask_until(&mut client, &mut ids, &json!([want]));
                }
                assert_eq!(service.stop().code, Some(0), "{name}");
            });
        }
    });
}

#[test]
fn pack_that_is_rejected_while_the_service_runs_shows_in_the_metrics_until_it_is_mended() {
    let folder = Folder::with_pack();
    let service = Service::start(&folder, &[]);
    drop(BridgeClient::connect(&folder));
    for (faq, n_with_problems) in [(FAQ, 0), (&*FAQ.replace("One two", "One three"), 1), (FAQ, 0)] {
        folder.write("p/faq.toml", faq);
        let line = format!("\nquoth_packs_with_problems {n_with_problems}\n");
        let start = Instant::now();
        loop {
            let (_, metrics) = service.get("/metrics");
            if metrics.contains(&line) {
                break;
            }
            assert!(start.elapsed() < MAX_WAIT, "not {n_with_problems}: {metrics}");
            std::thread::sleep(std::time::Duration::from_millis(100));
        }
    }
    assert_eq!(service.stop().code, Some(0));
}

/// A file that is read without end, like one on a mount that hangs.
struct HungFile {
    folder: Folder,
}

impl HungFile {
    /// The file `name` in `folder`.
    fn create(folder: Folder, name: &str) -> Self {
        drop(std::fs::remove_file(folder.path(name)));
        shell(&folder, &format!("mkfifo {name}"));
        Self { folder }
    }

    /// Waits until somebody reads the file `name`, who waits for its end while the result exists.
    fn wait_for_reader(&self, name: &str) -> std::fs::File {
        OpenOptions::new().write(true).open(self.folder.path(name)).expect("a reader")
    }
}

#[test]
fn service_that_reads_from_a_hung_mount_answers_and_can_be_stopped() {
    let folder = Folder::with_pack();
    let service = Service::start(&folder, &[]);
    let mut client = BridgeClient::connect(&folder);
    client.ask("bridge:1", QUESTION);
    client.execute_order();
    let hung = HungFile::create(folder, "p/faq.toml");
    service.signal("HUP");
    let _reader = hung.wait_for_reader("p/faq.toml");
    client.ask("bridge:2", QUESTION);
    assert_eq!(client.execute_order()["quotes"], json!([ANSWER]));
    let ended = service.stop();
    assert_eq!(ended.code, Some(0), "{}", ended.log);
    assert!(ended.log.contains("quoth has ended"), "{}", ended.log);
}

#[test]
fn start_that_reads_from_a_hung_mount_can_be_stopped() {
    let hung = HungFile::create(Folder::with_pack(), "p/faq.toml");
    let service = Service::start(&hung.folder, &[]);
    let _reader = hung.wait_for_reader("p/faq.toml");
    assert_eq!(service.stop().code, Some(0));
}
