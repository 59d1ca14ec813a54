//! Primary keys.

use uuid::Uuid;

use crate::draw::Draw;

/// 2026-01-01 in milliseconds: when the first key of each table says that it was made.
///
/// Keys do not carry the time of their rows, which for the demo depends on when it is made.
const FIRST: u64 = 1_767_225_600_000;

/// The key of row `index` in a space. It has the shape of a UUIDv7 and grows with the index, which keeps
/// the primary key's index compact.
pub(crate) fn key(space: u64, index: u64) -> Uuid {
    let mut draw = Draw::at(space, index);
    let time = (FIRST + index) << 16;
    let version = 0x7000 | (draw.bits() & 0x0FFF);
    let variant = (0b10 << 62) | (draw.bits() >> 2);
    Uuid::from_u64_pair(time | version, variant)
}

#[cfg(test)]
mod tests {
    use super::key;

    #[test]
    fn keys_are_version_seven_in_order() {
        let keys: Vec<_> = (0..1000).map(|index| key(1, index)).collect();
        assert!(keys.is_sorted());
        assert!(keys.iter().all(|key| key.get_version_num() == 7));
        assert!(
            keys.iter()
                .all(|key| key.get_variant() == uuid::Variant::RFC4122)
        );
        assert_ne!(key(1, 0), key(2, 0));
    }
}
