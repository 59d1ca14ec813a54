//! Tags on templates.

use entity::{id::TagId, oltp::tag};

use super::prelude::*;
use crate::object::tag::{Tag, TagFilter};

root! {
    /// What can be changed.
    pub object TagMutations(()) {
        /// Makes a tag on templates. For owners, admins and members.
        create_tag(Input<CreateTagInput>): CreateTagPayload = |_row| Some(()) -> Run,
        /// Changes a tag on templates. For owners, admins and members.
        update_tag(Input<UpdateTagInput>): UpdateTagPayload = |_row| Some(()) -> Run,
        /// Changes the tags that a filter selects. For owners, admins and members.
        update_tags(Input<UpdateTagsInput>): UpdateTagsPayload = |_row| Some(()) -> Run,
        /// Deletes a tag on templates; the templates that have it stay. For owners, admins and members.
        delete_tag(Input<DeleteTagInput>): DeleteTagPayload = |_row| Some(()) -> Run,
        /// Deletes the tags that a filter selects. For owners, admins and members.
        delete_tags(Input<DeleteTagsInput>): DeleteTagsPayload = |_row| Some(()) -> Run,
    }
}

writable! {
    Tag on tag;
    /// A new tag.
    create CreateTagInput;
    /// What of a tag changes.
    change TagChanges;
    fixed {}
    required {
        /// Name as shown; 100 characters at most.
        name: String => Name,
        /// What the tag stands for in text; 100 characters at most.
        value: String => Value,
    }
    optional {
        /// What it is for.
        description: String => Description,
        /// Whether new templates get it. If not given, they do not.
        is_default: bool => IsDefault,
    }
}

rows::object! {
    /// The new tag.
    pub object CreateTagPayload(Written<Tag>) {
        /// As it is now.
        tag: Tag = |written| Some(Some(Arc::clone(&written.0))) -> inside(),
    }
}

impl Mutate for CreateTagInput {
    type Payload = CreateTagPayload;
    const RIGHT: Right = Right::Work;

    async fn run(self, writer: &Writer<'_>) -> Result<Written<Tag>> {
        let (changes, ()) = self.split(&INPUT)?;
        writer.insert(&INPUT, changes).await.map(Written)
    }
}

impl Writable for Tag {}

updatable! {
    Tag by TagId, changed by TagChanges, filtered TagFilter, with Work;
    one UpdateTagInput answers UpdateTagPayload { tag };
    many UpdateTagsInput answers UpdateTagsPayload;
}

deletable! {
    Tag by TagId, filtered TagFilter, with Work;
    one DeleteTagInput answers DeleteTagPayload;
    many DeleteTagsInput answers DeleteTagsPayload;
}
