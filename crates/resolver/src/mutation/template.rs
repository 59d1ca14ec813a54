//! Templates, and the folders and tags they have.

use entity::{
    id::{FolderId, TagId, TemplateId, TypedId},
    oltp::template,
};
use sea_orm::{Value, sea_query::ArrayType};

use super::prelude::*;
use crate::{
    error::{ClientError, Code},
    input::Written as WrittenKeys,
    object::template::{Template, TemplateFilter},
};

root! {
    /// What can be changed.
    pub object TemplateMutations(()) {
        /// Makes a template. For owners, admins and members.
        create_template(Input<CreateTemplateInput>): CreateTemplatePayload = |_row| Some(()) -> Run,
        /// Changes a template. For owners, admins and members.
        update_template(Input<UpdateTemplateInput>): UpdateTemplatePayload = |_row| Some(()) -> Run,
        /// Changes the templates that a filter selects. For owners, admins and members.
        update_templates(Input<UpdateTemplatesInput>): UpdateTemplatesPayload = |_row| Some(()) -> Run,
        /// Deletes a template; the steps that send it have to be changed first. For owners, admins and members.
        delete_template(Input<DeleteTemplateInput>): DeleteTemplatePayload = |_row| Some(()) -> Run,
        /// Deletes the templates that a filter selects. For owners, admins and members.
        delete_templates(Input<DeleteTemplatesInput>): DeleteTemplatesPayload = |_row| Some(()) -> Run,
        /// Puts a template into these folders, and out of all others. For owners, admins and members.
        set_template_folders(Input<SetTemplateFoldersInput>): SetTemplateFoldersPayload = |_row| Some(()) -> Run,
        /// Gives a template these tags, and takes all others. For owners, admins and members.
        set_template_tags(Input<SetTemplateTagsInput>): SetTemplateTagsPayload = |_row| Some(()) -> Run,
    }
}

writable! {
    Template on template;
    /// A new template.
    create CreateTemplateInput with {
        /// The ids of the folders it is put into; 100 at most.
        folder_ids: Option<Vec<Reference<FolderId>>>,
        /// The ids of the tags it gets; 100 at most. If not given, it gets the default ones.
        tag_ids: Option<Vec<Reference<TagId>>>,
    };
    /// What of a template changes.
    change TemplateChanges;
    fixed {}
    required {
        /// Name as shown; 100 characters at most.
        name: String => Name,
    }
    optional {
        /// Subject line, with placeholders; 255 characters at most.
        subject: String => Subject,
        /// Body, with placeholders; 200,000 characters at most.
        content: String => Content,
    }
}

rows::object! {
    /// The new template.
    pub object CreateTemplatePayload(Written<Template>) {
        /// As it is now.
        template: Template = |written| Some(Some(Arc::clone(&written.0))) -> inside(),
    }
}

impl Mutate for CreateTemplateInput {
    type Payload = CreateTemplatePayload;
    const RIGHT: Right = Right::Work;

    async fn run(self, writer: &Writer<'_>) -> Result<Written<Template>> {
        let (changes, (folders, tags)) = self.split(&INPUT)?;
        let folders = FOLDERS.keys(&folders.unwrap_or_default())?;
        let tags = tags.map(|tags| TAGS.keys(&tags)).transpose()?;
        let template: Arc<template::Model> = writer.insert(&INPUT, changes).await?;
        FOLDERS.connect(writer, template.id, &folders).await?;
        match tags {
            Some(tags) => TAGS.connect(writer, template.id, &tags).await?,
            None => add_default_tags(writer, template.id).await?,
        }
        Ok(Written(template))
    }
}

async fn add_default_tags(writer: &Writer<'_>, template: TemplateId) -> Result<()> {
    let sql = "INSERT INTO template_tags (tenant_id, template_id, tag_id) \
               SELECT tenant_id, $1, id FROM tags WHERE is_default";
    writer.run(sql, [template.into_value()]).await
}

/// The folders that a template is to be in.
#[derive(async_graphql::InputObject)]
pub struct SetTemplateFoldersInput {
    /// The id of the template.
    pub id: Reference<TemplateId>,
    /// The ids of its folders; 100 at most. It is taken out of all others.
    pub folder_ids: Vec<Reference<FolderId>>,
}

rows::object! {
    /// The template.
    pub object SetTemplateFoldersPayload(Written<Template>) {
        /// As it is now.
        template: Template = |written| Some(Some(Arc::clone(&written.0))) -> inside(),
    }
}

impl Mutate for SetTemplateFoldersInput {
    type Payload = SetTemplateFoldersPayload;
    const RIGHT: Right = Right::Work;

    async fn run(self, writer: &Writer<'_>) -> Result<Written<Template>> {
        let keys = FOLDERS.keys(&self.folder_ids)?;
        FOLDERS.replace(writer, &self.id, &keys).await
    }
}

/// The tags that a template is to have.
#[derive(async_graphql::InputObject)]
pub struct SetTemplateTagsInput {
    /// The id of the template.
    pub id: Reference<TemplateId>,
    /// The ids of its tags; 100 at most. All others are taken from it.
    pub tag_ids: Vec<Reference<TagId>>,
}

rows::object! {
    /// The template.
    pub object SetTemplateTagsPayload(Written<Template>) {
        /// As it is now.
        template: Template = |written| Some(Some(Arc::clone(&written.0))) -> inside(),
    }
}

impl Mutate for SetTemplateTagsInput {
    type Payload = SetTemplateTagsPayload;
    const RIGHT: Right = Right::Work;

    async fn run(self, writer: &Writer<'_>) -> Result<Written<Template>> {
        let keys = TAGS.keys(&self.tag_ids)?;
        TAGS.replace(writer, &self.id, &keys).await
    }
}

/// A table that connects templates with something else.
struct Join {
    table: &'static str,
    column: &'static str,
    /// The input's field with the ids at the other end.
    field: &'static str,
    insert: &'static str,
    delete: &'static str,
}

const FOLDERS: Join = Join {
    table: "template_folders",
    column: "folder_id",
    field: "folder_ids",
    insert: "INSERT INTO template_folders (tenant_id, template_id, folder_id) \
             SELECT $1, $2, unnest($3::bigint[]) ON CONFLICT DO NOTHING",
    delete: "DELETE FROM template_folders WHERE template_id = $1 AND folder_id <> ALL ($2::bigint[])",
};

const TAGS: Join = Join {
    table: "template_tags",
    column: "tag_id",
    field: "tag_ids",
    insert: "INSERT INTO template_tags (tenant_id, template_id, tag_id) \
             SELECT $1, $2, unnest($3::bigint[]) ON CONFLICT DO NOTHING",
    delete: "DELETE FROM template_tags WHERE template_id = $1 AND tag_id <> ALL ($2::bigint[])",
};

/// Most folders or tags of one call.
const MOST: usize = 100;

impl Join {
    fn keys<I: TypedId<Raw = i64>>(&self, ids: &[Reference<I>]) -> Result<Vec<i64>> {
        let at = INPUT.field(self.field);
        if ids.len() > MOST {
            let problem = format!("names {}; {MOST} are the most", ids.len());
            return Err(ClientError::at(Code::BadUserInput, at, problem).into());
        }
        let keys = ids
            .iter()
            .enumerate()
            .map(|(index, id)| id.typed(&at.item(index)));
        let keys: Result<Vec<I>, _> = keys.collect();
        Ok(keys?.into_iter().map(TypedId::into_raw).collect())
    }

    async fn connect(&self, writer: &Writer<'_>, template: TemplateId, keys: &[i64]) -> Result<()> {
        let written = WrittenKeys::keys(self.table, &INPUT, (self.column, self.field), keys);
        let values = [
            writer.tenant().into_value(),
            template.into_value(),
            array(keys),
        ];
        writer
            .run_written(self.insert, values, Some(&written))
            .await
    }

    /// The template is locked first: who sets the same at the same time waits, and then sets it whole.
    async fn replace(
        &self,
        writer: &Writer<'_>,
        id: &Reference<TemplateId>,
        keys: &[i64],
    ) -> Result<Written<Template>> {
        let target = Target::<Template>::new(id, None)?;
        let template = writer.locked(&target).await?;
        writer
            .run(self.delete, [target.id.into_value(), array(keys)])
            .await?;
        self.connect(writer, target.id, keys).await?;
        Ok(Written(template))
    }
}

fn array(keys: &[i64]) -> Value {
    let keys = keys.iter().map(|key| Value::from(*key)).collect();
    Value::Array(ArrayType::BigInt, Some(Box::new(keys)))
}

impl Writable for Template {}

updatable! {
    Template by TemplateId, changed by TemplateChanges, filtered TemplateFilter, with Work;
    one UpdateTemplateInput answers UpdateTemplatePayload { template };
    many UpdateTemplatesInput answers UpdateTemplatesPayload;
}

deletable! {
    Template by TemplateId, filtered TemplateFilter, with Work;
    one DeleteTemplateInput answers DeleteTemplatePayload;
    many DeleteTemplatesInput answers DeleteTemplatesPayload;
}
