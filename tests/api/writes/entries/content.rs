//! Templates, folders, tags.

use serde_json::json;

use super::{Entry, Right, entry, standard};
use crate::writes::subjects::Subjects;

pub fn entries(of: &Subjects) -> Vec<Entry> {
    let mut entries = templates(of);
    entries.extend(folders(of));
    entries.extend(tags(of));
    entries
}

fn templates(of: &Subjects) -> Vec<Entry> {
    let set = json!({ "name": "Written", "subject": "Dear {{name}}", "content": "Hello" });
    let mut create = set.clone();
    create["folderIds"] = json!([of.folder, of.spare_folder]);
    create["tagIds"] = json!([of.tag, of.spare_tag]);
    let names = [
        "createTemplate",
        "updateTemplate",
        "updateTemplates",
        "deleteTemplate",
        "deleteTemplates",
    ];
    let mut entries = standard(names, create, set, &of.template, &of.spare_template);
    let (folders, tags) = (json!([of.folder]), json!([of.tag]));
    entries.extend([
        entry(
            "setTemplateFolders",
            Right::Work,
            json!({ "id": of.spare_template, "folderIds": folders }),
        ),
        entry(
            "setTemplateTags",
            Right::Work,
            json!({ "id": of.spare_template, "tagIds": tags }),
        ),
        entry(
            "previewTemplate",
            Right::Work,
            json!({ "id": of.template, "leadId": of.lead, "subject": "Hello", "content": "Hello" }),
        ),
    ]);
    entries
}

fn folders(of: &Subjects) -> Vec<Entry> {
    let values = json!({ "name": "Written" });
    let names = [
        "createFolder",
        "updateFolder",
        "updateFolders",
        "deleteFolder",
        "deleteFolders",
    ];
    standard(names, values.clone(), values, &of.folder, &of.spare_folder)
}

fn tags(of: &Subjects) -> Vec<Entry> {
    let values = json!({ "name": "Written", "value": "written", "description": "What it is for", "isDefault": true });
    let names = [
        "createTag",
        "updateTag",
        "updateTags",
        "deleteTag",
        "deleteTags",
    ];
    standard(names, values.clone(), values, &of.tag, &of.spare_tag)
}
