use super::{
    algorithm::{LARGE, MAIL_1},
    *,
};
use proptest::prelude::*;

fn read(body: &Compressed) -> [Option<String>; 2] {
    [body.read_text(), body.read_html()].map(|text| text.expect("what was written"))
}

/// What an algorithm makes of them, whether it is the best or not.
fn written(algorithm: Algorithm, text: &str, html: &str) -> Compressed {
    let written = algorithm.write([Some(text), Some(html)]);
    let [text_bytes, html_bytes] = written.expect("a body for it").expect("memory");
    Compressed {
        text: text_bytes,
        html: html_bytes,
        algorithm,
        raw_size: text.len() + html.len(),
    }
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
        .map(|algorithm| written(algorithm, &text, &html));
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
    let joined = written(
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
        assert!(matches!(broken.read_html(), Err(Error::Content { .. })));
    }
}

#[test]
fn what_is_larger_than_its_row_says_is_refused() {
    let bomb = "a".repeat(LARGE / 2);
    for algorithm in Algorithm::ALL {
        let body = Compressed {
            raw_size: 1_000,
            ..written(algorithm, &bomb, &bomb)
        };
        for refused in [body.read_text(), body.read_html()] {
            assert!(matches!(refused, Err(Error::Content { .. })), "{algorithm}");
        }
        let noise = Compressed {
            text: Some(b"noise".to_vec()),
            raw_size: 4,
            ..body
        };
        assert!(
            matches!(noise.read_text(), Err(Error::Content { .. })),
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
    let joined = written(Algorithm::ZstdMail1Joined, &text, &html);
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
        let body = written(Algorithm::ZstdMail1Joined, &text, &html);
        prop_assert_eq!(read(&body), [Some(text), Some(html)]);
    }

    /// Nobody wrote them.
    #[test]
    fn any_bytes_are_read_or_refused(text: Vec<u8>, html: Vec<u8>, raw_size in 0_usize..1_000) {
        for algorithm in Algorithm::ALL {
            let body = Compressed { text: Some(text.clone()), html: Some(html.clone()), algorithm, raw_size };
            for read in [body.read_text(), body.read_html()].into_iter().flatten() {
                prop_assert!(read.is_none_or(|read| read.len() <= raw_size));
            }
        }
    }
}
