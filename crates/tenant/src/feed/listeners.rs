//! Who listens, and to what.

use std::{collections::HashMap, sync::Arc};

use entity::id::TenantId;

use super::{Event, Feed, Lost, Subject, Topic, look::Noted, mailbox::Mailbox};

/// Those who listen, by what they listen to.
#[derive(Default)]
pub(super) struct Listeners {
    next: u64,
    count: usize,
    of: HashMap<(TenantId, Subject), HashMap<u64, Arc<Mailbox>>>,
}

/// Somebody who is told what happens to a [`Topic`], until it is dropped.
pub struct Listener {
    feed: Feed,
    topic: Topic,
    number: u64,
    mailbox: Arc<Mailbox>,
}

impl Listener {
    pub(super) fn new(feed: Feed, topic: Topic) -> Self {
        let mailbox = Arc::new(Mailbox::new(topic.id));
        let number = feed.listeners().add(&topic, &mailbox);
        Self {
            feed,
            topic,
            number,
            mailbox,
        }
    }

    /// Completes once [`Self::next`] has something to tell.
    pub async fn ready(&self) {
        self.mailbox.ready().await;
    }

    /// The next event, or the newest of a row that had several.
    ///
    /// # Errors
    /// [`Lost`] if there were more than could be kept, or than can be known. Nothing is told after that.
    pub async fn next(&mut self) -> Result<Event, Lost> {
        self.mailbox.next().await
    }

    /// Takes an event back that could not be told; what happened since is told in its place.
    pub fn put_back(&mut self, event: Event) {
        self.mailbox.put_back(event);
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.feed.listeners().remove(&self.topic, self.number);
    }
}

impl Listeners {
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// Hands a change to all whom it concerns.
    pub(super) fn tell(&self, noted: Noted) {
        let mailboxes = self.of.get(&(noted.tenant, noted.subject));
        for mailbox in mailboxes.into_iter().flat_map(HashMap::values) {
            mailbox.put(noted.event);
        }
    }

    /// Tells all that something happened which is not known.
    pub(super) fn lose(&self) {
        let all = self.of.values().flat_map(HashMap::values);
        all.for_each(|mailbox| mailbox.lose());
    }

    fn add(&mut self, topic: &Topic, mailbox: &Arc<Mailbox>) -> u64 {
        let number = self.next;
        self.next += 1;
        self.count += 1;
        let of = self.of.entry((topic.tenant, topic.subject)).or_default();
        of.insert(number, Arc::clone(mailbox));
        number
    }

    fn remove(&mut self, topic: &Topic, number: u64) {
        let key = (topic.tenant, topic.subject);
        if let Some(of) = self.of.get_mut(&key)
            && of.remove(&number).is_some()
        {
            self.count -= 1;
            if of.is_empty() {
                self.of.remove(&key);
            }
        }
    }
}
