//! Templates, their folders and tags.

use std::collections::BTreeSet;

use rand::Rng;
use serde_json::json;

use super::{
    draw::{Draw, Effect, NO_NUMBER, NO_UUID, Op, made},
    state::{Key, Template, Tenant},
};

/// A few keys, and whether all are own ones.
fn some(draw: &mut Draw<'_>, tags: bool) -> (BTreeSet<Key>, bool) {
    let mut keys = BTreeSet::new();
    let mut all_own = true;
    for _ in 0..draw.rng.random_range(0..3) {
        let (key, is_own) = if tags {
            draw.key(|tenant| &tenant.tags, NO_NUMBER)
        } else {
            draw.key(|tenant| &tenant.folders, NO_NUMBER)
        };
        all_own &= is_own;
        keys.insert(key);
    }
    (keys, all_own)
}

pub fn create_template(draw: &mut Draw<'_>) -> Op {
    let (name, (folders, own_folders)) = (draw.name("Template"), some(draw, false));
    let mut input = json!({ "name": name, "folderIds": folders });
    let (mut tags, mut own_tags) = some(draw, true);
    if draw.rng.random_bool(0.5) {
        input["tagIds"] = json!(tags);
    } else {
        let defaults = draw
            .own
            .tags
            .iter()
            .filter(|(_, (_, is_default))| *is_default);
        (tags, own_tags) = (defaults.map(|(key, _)| key.clone()).collect(), true);
    }
    let expected: Result<Effect, _> = if own_folders && own_tags {
        Ok(Box::new(move |own, payload| {
            own.templates.insert(
                made(payload, "template"),
                Template {
                    name,
                    folders,
                    tags,
                },
            );
        }))
    } else {
        Err("NOT_FOUND")
    };
    Op {
        name: "createTemplate",
        input,
        expected,
    }
}

pub fn delete_template(draw: &mut Draw<'_>) -> Op {
    let (id, is_own) = draw.key(|tenant| &tenant.templates, NO_UUID);
    let mut steps = draw
        .own
        .campaigns
        .values()
        .flat_map(|campaign| &campaign.steps);
    let is_used = steps.any(|(_, template)| template.as_ref() == Some(&id));
    let input = json!({ "id": id });
    let expected: Result<Effect, _> = match (is_own, is_used) {
        (false, _) => Err("NOT_FOUND"),
        (true, true) => Err("IN_USE"),
        (true, false) => Ok(Box::new(move |own, _| drop(own.templates.remove(&id)))),
    };
    Op {
        name: "deleteTemplate",
        input,
        expected,
    }
}

pub fn set_folders(draw: &mut Draw<'_>) -> Op {
    let ((id, is_own), (folders, all_own)) = (
        draw.key(|tenant| &tenant.templates, NO_UUID),
        some(draw, false),
    );
    let input = json!({ "id": id, "folderIds": folders });
    let expected: Result<Effect, _> = if is_own && all_own {
        Ok(Box::new(move |own, _| {
            own.templates.get_mut(&id).expect("a template").folders = folders
        }))
    } else {
        Err("NOT_FOUND")
    };
    Op {
        name: "setTemplateFolders",
        input,
        expected,
    }
}

pub fn set_tags(draw: &mut Draw<'_>) -> Op {
    let ((id, is_own), (tags, all_own)) = (
        draw.key(|tenant| &tenant.templates, NO_UUID),
        some(draw, true),
    );
    let input = json!({ "id": id, "tagIds": tags });
    let expected: Result<Effect, _> = if is_own && all_own {
        Ok(Box::new(move |own, _| {
            own.templates.get_mut(&id).expect("a template").tags = tags
        }))
    } else {
        Err("NOT_FOUND")
    };
    Op {
        name: "setTemplateTags",
        input,
        expected,
    }
}

pub fn create_folder(draw: &mut Draw<'_>) -> Op {
    let name = draw.name("Folder");
    let input = json!({ "name": name });
    let effect =
        |own: &mut Tenant, payload: &_| drop(own.folders.insert(made(payload, "folder"), name));
    Op {
        name: "createFolder",
        input,
        expected: Ok(Box::new(effect)),
    }
}

pub fn create_tag(draw: &mut Draw<'_>) -> Op {
    let (name, is_default) = (draw.name("Tag"), draw.rng.random_bool(0.3));
    let input = json!({ "name": name, "value": "tag", "isDefault": is_default });
    let effect = move |own: &mut Tenant, payload: &_| {
        drop(own.tags.insert(made(payload, "tag"), (name, is_default)))
    };
    Op {
        name: "createTag",
        input,
        expected: Ok(Box::new(effect)),
    }
}

pub fn delete_folder(draw: &mut Draw<'_>) -> Op {
    let (id, is_own) = draw.key(|tenant| &tenant.folders, NO_NUMBER);
    let input = json!({ "id": id });
    let effect = move |own: &mut Tenant, _: &_| {
        own.folders.remove(&id);
        own.templates
            .values_mut()
            .for_each(|template| template.folders.retain(|key| *key != id));
    };
    Op {
        name: "deleteFolder",
        input,
        expected: if is_own {
            Ok(Box::new(effect))
        } else {
            Err("NOT_FOUND")
        },
    }
}

pub fn delete_tag(draw: &mut Draw<'_>) -> Op {
    let (id, is_own) = draw.key(|tenant| &tenant.tags, NO_NUMBER);
    let input = json!({ "id": id });
    let effect = move |own: &mut Tenant, _: &_| {
        own.tags.remove(&id);
        own.templates
            .values_mut()
            .for_each(|template| template.tags.retain(|key| *key != id));
    };
    Op {
        name: "deleteTag",
        input,
        expected: if is_own {
            Ok(Box::new(effect))
        } else {
            Err("NOT_FOUND")
        },
    }
}
