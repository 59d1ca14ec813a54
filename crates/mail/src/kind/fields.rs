//! Fields of reports: blocks of headers, with empty lines between them (RFC 3464, section 2.1; RFC 5965, section 3).

/// One block.
#[derive(Debug, Default)]
pub(super) struct Fields(Vec<(String, String)>);

impl Fields {
    /// The blocks of a report's part, unfolded. Lines that are no field are passed over.
    pub(super) fn blocks(part: &[u8]) -> Vec<Self> {
        let text = String::from_utf8_lossy(part).replace('\0', "\u{fffd}");
        let mut blocks = vec![Self::default()];
        for line in text.lines() {
            let last = blocks.len() - 1;
            let fields = &mut blocks[last].0;
            if line.trim().is_empty() {
                blocks.push(Self::default());
            } else if line.starts_with([' ', '\t']) {
                if let Some((_, value)) = fields.last_mut() {
                    value.push(' ');
                    value.push_str(line.trim());
                }
            } else if let Some((name, value)) = line.split_once(':') {
                fields.push((name.trim().to_owned(), value.trim().to_owned()));
            }
        }
        blocks.retain(|block| !block.0.is_empty());
        blocks
    }

    /// The values of a name, whose letters' case does not matter.
    pub(super) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        let fields = self.0.iter();
        fields.filter_map(move |(other, value)| {
            other.eq_ignore_ascii_case(name).then_some(value.as_str())
        })
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }
}
