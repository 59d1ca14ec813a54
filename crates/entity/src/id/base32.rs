//! The suffix of a TypeID: 128 bits as 26 characters of Crockford's base32, lower case, most
//! significant first, the two unused leading bits zero.
//!
//! Written here rather than taken from a crate: an id is shown for every row of every answer, the
//! crates for it allocate for each, and the codec is shorter than an adapter to one of them.

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const INVALID: u8 = 0xff;
const DIGITS: [u8; 256] = digits();

/// Characters of a suffix.
pub(super) const LENGTH: usize = 26;

const fn digits() -> [u8; 256] {
    let mut digits = [INVALID; 256];
    let mut digit = 0;
    while digit < ALPHABET.len() {
        digits[ALPHABET[digit] as usize] = digit as u8;
        digit += 1;
    }
    digits
}

/// Two characters of each ten bits.
const PAIRS: [[u8; 2]; 1 << 10] = pairs();

const fn pairs() -> [[u8; 2]; 1 << 10] {
    let mut pairs = [[0; 2]; 1 << 10];
    let mut bits = 0;
    while bits < pairs.len() {
        pairs[bits] = [ALPHABET[bits >> 5], ALPHABET[bits & 31]];
        bits += 1;
    }
    pairs
}

/// The 26 characters of a value; all of them ASCII.
pub(super) fn encode(bits: u128) -> [u8; LENGTH] {
    let mut suffix = [0; LENGTH];
    // Twelve characters are 60 bits, which are shifted in half the time that 128 take.
    for (characters, bits) in [(0..2, bits >> 120), (2..14, bits >> 60), (14..26, bits)] {
        let mut bits = bits as u64;
        for pair in suffix[characters].rchunks_exact_mut(2) {
            pair.copy_from_slice(&PAIRS[(bits & 1023) as usize]);
            bits >>= 10;
        }
    }
    suffix
}

/// The value of 26 characters; `None` for another length, another alphabet (upper case included)
/// or a value past 128 bits.
pub(super) fn decode(suffix: &str) -> Option<u128> {
    let suffix: &[u8; LENGTH] = suffix.as_bytes().try_into().ok()?;
    if suffix[0] > b'7' {
        return None;
    }
    let mut bits = 0;
    for &character in suffix {
        let digit = DIGITS[usize::from(character)];
        if digit == INVALID {
            return None;
        }
        bits = bits << 5 | u128::from(digit);
    }
    Some(bits)
}
