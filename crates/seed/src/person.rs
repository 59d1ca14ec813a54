//! People to write to, all different.

use crate::{
    draw::Draw,
    words::{COMPANY_FIRST, COMPANY_SECOND, FAMILY, GIVEN},
};

/// How many companies the words make.
const COMPANIES: u64 = (COMPANY_FIRST.len() * COMPANY_SECOND.len()) as u64;
/// How many people: each name at each company.
const PEOPLE: u64 = (GIVEN.len() * FAMILY.len()) as u64 * COMPANIES;
/// Shares no factor with `PEOPLE` (which is 2^17 · 3^2 · 2^2), so that steps of it visit everyone once.
const STRIDE: u64 = 2_654_435_761;

/// Somebody at a company.
pub(crate) struct Person {
    pub(crate) given: &'static str,
    pub(crate) family: &'static str,
    company: u64,
    /// Tells people of the same name and company apart, who exist beyond `PEOPLE`.
    round: u64,
}

impl Person {
    /// Person `index` of a space; no two of a space have the same address.
    pub(crate) fn at(space: u64, index: u64) -> Self {
        let start = Draw::at(space, 0).below(PEOPLE);
        let number = (start + (index % PEOPLE) * (STRIDE % PEOPLE)) % PEOPLE;
        let (rest, given) = split(number, GIVEN.len());
        let (company, family) = split(rest, FAMILY.len());
        Self {
            given: GIVEN[given],
            family: FAMILY[family],
            company: company % COMPANIES,
            round: index / PEOPLE,
        }
    }

    pub(crate) fn name(&self) -> String {
        [self.given, " ", self.family].concat()
    }

    pub(crate) fn company(&self) -> String {
        let (first, second) = company_words(self.company);
        [first, " ", second].concat()
    }

    /// `anna.keller@harborlabs.example`
    pub(crate) fn email(&self) -> String {
        let (first, second) = company_words(self.company);
        let mut email = String::with_capacity(48);
        email.push_str(self.given);
        email.push('.');
        email.push_str(self.family);
        if self.round > 0 {
            email.push_str(&self.round.to_string());
        }
        email.push('@');
        email.push_str(first);
        email.push_str(second);
        email.push_str(".example");
        email.make_ascii_lowercase();
        email
    }
}

/// The two words of company `number` of a space.
pub(crate) fn company_at(space: u64, number: u64) -> (&'static str, &'static str) {
    let start = Draw::at(space, 1).below(COMPANIES);
    company_words((start + number * 607) % COMPANIES)
}

fn company_words(number: u64) -> (&'static str, &'static str) {
    let (second, first) = split(number, COMPANY_FIRST.len());
    (
        COMPANY_FIRST[first],
        COMPANY_SECOND[second as usize % COMPANY_SECOND.len()],
    )
}

fn split(number: u64, size: usize) -> (u64, usize) {
    (number / size as u64, (number % size as u64) as usize)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_two_people_share_an_address() {
        let all: HashSet<String> = (0..100_000)
            .map(|index| Person::at(3, index).email())
            .collect();
        assert_eq!(all.len(), 100_000);
        let again = Person::at(3, PEOPLE);
        assert_ne!(again.email(), Person::at(3, 0).email());
        assert_eq!(again.name(), Person::at(3, 0).name());
    }

    #[test]
    fn the_stride_visits_everyone() {
        let (mut larger, mut smaller) = (PEOPLE, STRIDE % PEOPLE);
        while smaller > 0 {
            (larger, smaller) = (smaller, larger % smaller);
        }
        assert_eq!(larger, 1);
        let companies: HashSet<_> = (0..COMPANIES).map(|number| company_at(3, number)).collect();
        assert_eq!(companies.len() as u64, COMPANIES);
    }
}
