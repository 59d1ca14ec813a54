//! Names of fields, from the names of columns.

/// A name in camelCase, made while compiling: `rows` wants names that live for ever.
///
/// `N` is the length of the name it is made of.
pub(crate) struct Camel<const N: usize> {
    bytes: [u8; N],
    length: usize,
}

impl<const N: usize> Camel<N> {
    /// From snake_case.
    pub(crate) const fn of(snake: &str) -> Self {
        let snake = snake.as_bytes();
        let mut name = Self {
            bytes: [0; N],
            length: 0,
        };
        let (mut at, mut upper) = (0, false);
        while at < N {
            let letter = snake[at];
            at += 1;
            if letter == b'_' {
                upper = true;
                continue;
            }
            name.bytes[name.length] = if upper {
                letter.to_ascii_uppercase()
            } else {
                letter
            };
            name.length += 1;
            upper = false;
        }
        name
    }

    /// The name.
    pub(crate) const fn as_str(&self) -> &str {
        match str::from_utf8(self.bytes.split_at(self.length).0) {
            Ok(name) => name,
            Err(_) => panic!("a name that was text before is text still"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Camel;

    #[test]
    fn a_columns_name_becomes_a_fields() {
        assert_eq!(Camel::<11>::of("daily_count").as_str(), "dailyCount");
        assert_eq!(Camel::<5>::of("email").as_str(), "email");
    }
}
