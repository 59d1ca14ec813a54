use super::{
    algorithm::{LARGE, MAIL_1},
    *,
};
use proptest::prelude::*;

fn read(body: &Compressed) -> [Option<String>; 2] {
    [
        body.read_text(Some(BASE_TEXT)),
        body.read_html(Some(BASE_TEXT)),
    ]
    .map(|text| text.expect("what was written"))
}

/// What bodies refer to here.
const BASE_TEXT: &str = "What is said at first: 7f3a, 90cc and 12b4, in this order.\n";

/// What an algorithm makes of them, whether it is the best or not.
fn written_by(algorithm: Algorithm, text: &str, html: &str) -> Compressed {
    let written = written(algorithm, [Some(text), Some(html)], Some(BASE_TEXT));
    written.expect("a body for it")
}

#[test]
fn the_smallest_is_taken() {
    let letter =
        "Hi Ada,\n\nthank you for your message. Please let me know.\n\nBest regards,\nBob\n";
    assert_eq!(compress(Some(letter), None).algorithm, Algorithm::ZstdMail1);
    assert_eq!(compress(Some("ü"), None).algorithm, Algorithm::Identity);
    let newsletter = letter.repeat(LARGE / letter.len() + 1);
    assert_eq!(compress(None, Some(&newsletter)).algorithm, Algorithm::Zstd);
    let nothing = compress(None, None);
    assert_eq!((nothing.raw_size, nothing.size()), (0, 0));
    let html = format!("<pre>{letter}</pre>");
    let both = compress(Some(letter), Some(&html));
    assert_eq!(both.algorithm, Algorithm::ZstdMail1Joined);
}

#[test]
fn the_html_refers_back_to_the_text_and_the_text_is_read_alone() {
    let text: String = (0..60).map(|n| format!("{:x}\n", n * n * 7919)).collect();
    let html = format!("<html><body><pre>{text}</pre></body></html>");
    let [apart, joined] = [Algorithm::ZstdMail1, Algorithm::ZstdMail1Joined]
        .map(|algorithm| written_by(algorithm, &text, &html));
    assert!(
        joined.size() * 3 < apart.size() * 2,
        "{} {}",
        joined.size(),
        apart.size()
    );
    let alone = Compressed {
        html: None,
        ..joined.clone()
    };
    assert_eq!(read(&alone), [Some(text.clone()), None]);
    assert_eq!(read(&joined), [Some(text), Some(html)]);
}

#[test]
fn html_that_is_cut_off_or_without_its_text_is_refused() {
    let joined = written_by(
        Algorithm::ZstdMail1Joined,
        "the text",
        "<p>the text, and more</p>",
    );
    let html = joined.html.as_ref().expect("it has some");
    let cut = Compressed {
        html: Some(html[..html.len() - 1].to_vec()),
        ..joined.clone()
    };
    let without = Compressed {
        text: None,
        ..joined.clone()
    };
    for broken in [cut, without] {
        assert!(matches!(broken.read_html(None), Err(Error::Content { .. })));
    }
}

/// Lines that no dictionary has, and what quotes them.
fn said_and_answered(number: u64) -> [String; 2] {
    let mut noise = number;
    let lines = (0..20).map(|_| {
        noise = noise
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(number);
        format!("{noise:016x}\n")
    });
    let said: String = lines.collect();
    let quoted = said.split_inclusive('\n').map(|line| format!("> {line}"));
    let answered = quoted.chain(["Yes.\n".to_owned()]).collect();
    [said, answered]
}

#[test]
fn an_answer_refers_back_to_what_it_quotes_and_is_read_with_it_alone() {
    let [said, answered] = said_and_answered(1);
    let html = format!("<pre>{answered}</pre>");
    for (text, html) in [
        (Some(&answered), Some(&html)),
        (Some(&answered), None),
        (None, Some(&html)),
    ] {
        let (text, html) = (text.map(String::as_str), html.map(String::as_str));
        let alone = compress(text, html);
        let body = compress_after(&said, text, html, &alone).expect("much is said again");
        assert!(
            body.size() * 4 < alone.size(),
            "{} {}",
            body.size(),
            alone.size()
        );
        let read = [body.read_text(Some(&said)), body.read_html(Some(&said))];
        let read = read.map(|text| text.expect("what was written"));
        assert_eq!(read, [text, html].map(|text| text.map(str::to_owned)));
        for base in [None, Some("something else")] {
            let read = [body.read_text(base), body.read_html(base)];
            let is_read = |read: &Result<Option<String>, Error>| {
                read.as_ref()
                    .is_ok_and(|read| *read == text.or(html).map(str::to_owned))
            };
            assert!(!read.iter().any(is_read), "{base:?}");
        }
    }
    let [_, other] = said_and_answered(2);
    let alone = compress(Some(&other), None);
    assert_eq!(compress_after(&said, Some(&other), None, &alone), None);
}

#[test]
fn a_chain_of_answers_is_read_from_its_end() {
    let texts: Vec<String> = (1..=4)
        .scan(String::new(), |before, number| {
            *before = said_and_answered(number)[1].clone() + before;
            Some(before.clone())
        })
        .collect();
    let bodies: Vec<Compressed> = texts
        .iter()
        .enumerate()
        .map(|(place, text)| {
            let alone = compress(Some(text), None);
            match place.checked_sub(1).map(|before| &texts[before]) {
                Some(base) => {
                    compress_after(base, Some(text), None, &alone).expect("more is said again")
                }
                None => alone,
            }
        })
        .collect();
    let columns = |bodies: &[Compressed]| {
        let rows = bodies
            .iter()
            .rev()
            .map(Some)
            .chain([None, None, None])
            .take(Bases::MOST);
        let (texts, rest) = rows
            .map(|row| {
                let name = row.map(|row| row.algorithm.to_string());
                (
                    row.and_then(|row| row.text.clone()),
                    (name, row.map(|row| row.raw_size as i64)),
                )
            })
            .unzip();
        let (algorithms, sizes) = Vec::into_iter(rest).unzip();
        Bases::stored(texts, algorithms, sizes).expect("known algorithms")
    };
    for (place, body) in bodies.iter().enumerate() {
        let bases = columns(&bodies[..place]);
        assert_eq!(bases.has_room(), place < Bases::MOST);
        let sizes = texts[..place].iter().map(String::len);
        assert_eq!(bases.raw_size(), sizes.sum::<usize>());
        let base = bases.text().expect("what was written");
        assert_eq!(
            base.as_ref(),
            place.checked_sub(1).map(|before| &texts[before])
        );
        let read = body.read_text(base.as_deref()).expect("what was written");
        assert_eq!(read.as_ref(), Some(&texts[place]));
    }
}

#[test]
fn what_is_larger_than_its_row_says_is_refused() {
    let bomb = "a".repeat(LARGE / 2);
    for algorithm in Algorithm::ALL {
        let body = Compressed {
            raw_size: 1_000,
            ..written_by(algorithm, &bomb, &bomb)
        };
        for refused in [
            body.read_text(Some(BASE_TEXT)),
            body.read_html(Some(BASE_TEXT)),
        ] {
            assert!(matches!(refused, Err(Error::Content { .. })), "{algorithm}");
        }
        let noise = Compressed {
            text: Some(b"noise".to_vec()),
            raw_size: 4,
            ..body
        };
        assert!(
            matches!(noise.read_text(Some(BASE_TEXT)), Err(Error::Content { .. })),
            "{algorithm}"
        );
    }
    assert!(matches!(
        "zstd+mail2".parse::<Algorithm>(),
        Err(Error::Algorithm(_))
    ));
}

/// Of this size, and nothing in it can be referred to.
#[test]
fn the_largest_that_is_joined_is_read() {
    let mut noise = 1_u32;
    let mut letters = (0..LARGE).map(|_| {
        noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        char::from(b' ' + (noise >> 24) as u8 % 95)
    });
    let text: String = letters.by_ref().take(LARGE / 2).collect();
    let html: String = letters.collect();
    let joined = written_by(Algorithm::ZstdMail1Joined, &text, &html);
    assert_eq!(read(&joined), [Some(text), Some(html)]);
}

/// Rows hold what this dictionary wrote: another one under its name would make them unreadable.
#[test]
fn the_dictionary_stays_what_it_is() {
    let digest = aws_lc_rs::digest::digest(&SHA256, MAIL_1);
    let digest: String = digest
        .as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    assert_eq!(
        digest,
        "4fe53af6b23dd5cdd452bd58590354daea63954ac8d2e23bd488b37fa3f21688"
    );
}

/// As they were written when each way was new.
#[test]
fn rows_of_every_way_stay_readable() {
    let base = "Shall we meet at 7f3a90cc on Friday?\n";
    let text = "> Shall we meet at 7f3a90cc on Friday?\nYes.\n";
    let html = "<p>Yes. Shall we meet at 7f3a90cc on Friday?</p>\n";
    for (algorithm, of_text, of_html) in [
        (
            "zstd+mail1",
            "28b52ffd202c4d0100c03e205368776537663361393063636461793f0a5965732e0a04f0d28a4be3c7d05794168d26eb6b85",
            "28b52ffd20318901003c703e5965732e205368616c6c207765206d656574206174203766336139306363206f6e204672696461793f3c2f703e0a",
        ),
        (
            "zstd+mail1+joined",
            "28b52ffd205d4c0100c03e205368776537663361393063636461793f0a5965732e0a04f0d28a4be3c7d05794168d26eb6b85",
            "8d0000403c703e3c2f703e0a02c0aa7a58502c07",
        ),
        (
            "zstd+mail1+base",
            "28b52ffd205d640000303e5965732e0a0100d5a384",
            "8d0000403c703e3c2f703e0a0200aa7ab0a00c01",
        ),
    ] {
        let [of_text, of_html] = [of_text, of_html].map(|digits| {
            let byte = |at| u8::from_str_radix(&digits[at..at + 2], 16).expect("digits");
            Some((0..digits.len()).step_by(2).map(byte).collect())
        });
        let size = i64::try_from(text.len() + html.len()).expect("small");
        let body = Compressed::stored(of_text, of_html, Some(algorithm), size);
        let body = body.expect("a known algorithm");
        let read = [body.read_text(Some(base)), body.read_html(Some(base))];
        let read = read.map(|text| text.expect("what was written"));
        assert_eq!(
            read,
            [text, html].map(|text| Some(text.to_owned())),
            "{algorithm}"
        );
    }
}

#[test]
fn hashes_tell_text_from_html() {
    let hashes = [
        content_hash(Some("a"), Some("b")),
        content_hash(Some("ab"), None),
        content_hash(Some("ab"), Some("")),
        content_hash(None, Some("ab")),
        content_hash(None, None),
    ];
    let different: std::collections::HashSet<_> = hashes.iter().collect();
    assert_eq!(different.len(), 5);
    assert!(hashes.iter().all(|hash| hash.len() == 64));
    assert_eq!(content_hash(Some("a"), Some("b")), hashes[0]);
}

proptest! {
    #[test]
    fn what_is_written_is_read(text: Option<String>, html: Option<String>) {
        let body = compress(text.as_deref(), html.as_deref());
        prop_assert!(body.size() <= body.raw_size);
        prop_assert_eq!(read(&body), [text, html]);
    }

    #[test]
    fn what_is_joined_is_read(text: String, html: String) {
        let body = written_by(Algorithm::ZstdMail1Joined, &text, &html);
        prop_assert_eq!(read(&body), [Some(text), Some(html)]);
    }

    /// Nobody wrote them.
    #[test]
    fn any_bytes_are_read_or_refused(text: Vec<u8>, html: Vec<u8>, raw_size in 0_usize..1_000) {
        for algorithm in Algorithm::ALL {
            let body = Compressed { text: Some(text.clone()), html: Some(html.clone()), algorithm, raw_size };
            for read in [body.read_text(Some(BASE_TEXT)), body.read_html(Some(BASE_TEXT))].into_iter().flatten() {
                prop_assert!(read.is_none_or(|read| read.len() <= raw_size));
            }
        }
    }
}

proptest! {
    // Each makes a dictionary.
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn what_refers_to_another_is_read(base: String, text: Option<String>, html: Option<String>) {
        let texts = [text.as_deref(), html.as_deref()];
        let body = written(Algorithm::ZstdMail1Base, texts, Some(&base)).expect("a body for it");
        let read = [body.read_text(Some(&base)), body.read_html(Some(&base))];
        prop_assert_eq!(read.map(|text| text.expect("what was written")), [text, html]);
    }
}
