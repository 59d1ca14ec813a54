//! Folders of templates.

use entity::{id::FolderId, oltp::folder};

use super::prelude::*;
use crate::object::folder::{Folder, FolderFilter};

root! {
    /// What can be changed.
    pub object FolderMutations(()) {
        /// Makes a folder of templates. For owners, admins and members.
        create_folder(Input<CreateFolderInput>): CreateFolderPayload = |_row| Some(()) -> Run,
        /// Changes a folder of templates. For owners, admins and members.
        update_folder(Input<UpdateFolderInput>): UpdateFolderPayload = |_row| Some(()) -> Run,
        /// Changes the folders that a filter selects. For owners, admins and members.
        update_folders(Input<UpdateFoldersInput>): UpdateFoldersPayload = |_row| Some(()) -> Run,
        /// Deletes a folder of templates; the templates in it stay. For owners, admins and members.
        delete_folder(Input<DeleteFolderInput>): DeleteFolderPayload = |_row| Some(()) -> Run,
        /// Deletes the folders that a filter selects. For owners, admins and members.
        delete_folders(Input<DeleteFoldersInput>): DeleteFoldersPayload = |_row| Some(()) -> Run,
    }
}

writable! {
    Folder on folder;
    /// A new folder.
    create CreateFolderInput;
    /// What of a folder changes.
    change FolderChanges;
    fixed {}
    required {
        /// Name as shown; 100 characters at most.
        name: String => Name,
    }
    optional {}
}

rows::object! {
    /// The new folder.
    pub object CreateFolderPayload(Written<Folder>) {
        /// As it is now.
        folder: Folder = |written| Some(Some(Arc::clone(&written.0))) -> inside(),
    }
}

impl Mutate for CreateFolderInput {
    type Payload = CreateFolderPayload;
    const RIGHT: Right = Right::Work;

    async fn run(self, writer: &Writer<'_>) -> Result<Written<Folder>> {
        let (changes, ()) = self.split(&INPUT)?;
        writer.insert(&INPUT, changes).await.map(Written)
    }
}

impl Writable for Folder {}

updatable! {
    Folder by FolderId, changed by FolderChanges, filtered FolderFilter, with Work;
    one UpdateFolderInput answers UpdateFolderPayload { folder };
    many UpdateFoldersInput answers UpdateFoldersPayload;
}

deletable! {
    Folder by FolderId, filtered FolderFilter, with Work;
    one DeleteFolderInput answers DeleteFolderPayload;
    many DeleteFoldersInput answers DeleteFoldersPayload;
}
