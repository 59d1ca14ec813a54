//! Chance that is the same everywhere and for ever.
//!
//! The generators of the `rand` crate either may change between versions or cost more to start than
//! a row draws from them; here each row starts its own. This is SplitMix64.

/// Draws for one row.
pub(crate) struct Draw(u64);

impl Draw {
    /// The draws of row `index` in the space `space`.
    pub(crate) fn at(space: u64, index: u64) -> Self {
        Self(mix(space ^ mix(index)))
    }

    /// 64 random bits.
    pub(crate) fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        mix(self.0)
    }

    /// A number below `bound`, which is not 0.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        // The high half of the product: without a division, and even enough for bounds this small.
        ((u128::from(self.bits()) * u128::from(bound)) >> 64) as u64
    }

    /// Whether something happens that happens `percent` times out of a hundred.
    pub(crate) fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// One of them.
    pub(crate) fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len() as u64) as usize]
    }

    /// One of them, by weight.
    pub(crate) fn weighted<T: Copy>(&mut self, choices: &[(u64, T)]) -> T {
        let mut left = self.below(choices.iter().map(|(weight, _)| weight).sum());
        for &(weight, choice) in choices {
            if left < weight {
                return choice;
            }
            left -= weight;
        }
        choices[0].1
    }
}

/// A number for a name, to keep the spaces of tables and tenants apart.
pub(crate) fn space(parent: u64, name: &str) -> u64 {
    name.bytes()
        .fold(mix(parent), |hash, byte| mix(hash ^ u64::from(byte)))
}

fn mix(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    bits ^ (bits >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_draws_never_change() {
        let mut draw = Draw::at(space(7, "leads"), 42);
        let drawn: Vec<u64> = (0..4).map(|_| draw.below(1000)).collect();
        assert_eq!(drawn, [767, 869, 430, 478]);
    }

    /// The first numbers of the algorithm for the seed 0, as every implementation has them.
    #[test]
    fn it_is_split_mix() {
        let mut draw = Draw(0);
        assert_eq!(draw.bits(), 0xE220_A839_7B1D_CDAF);
        assert_eq!(draw.bits(), 0x6E78_9E6A_A1B9_65F4);
    }
}
