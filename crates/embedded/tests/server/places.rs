//! Folders with difficult paths.

use std::{fs, os::unix::fs::PermissionsExt};

use crate::{ask, folder, start};

#[tokio::test]
async fn a_folder_that_everyone_may_enter_holds_the_socket() {
    let dir = folder();
    fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o755)).expect("opened");
    let home = dir.path().join("data");
    let server = start(&home).await;
    let socket = home.canonicalize().expect("it is there").join("socket");
    assert_eq!(server.socket_dir(), socket);
    let mode = fs::metadata(&socket)
        .expect("it is there")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o700);
    assert_eq!(ask(&server, "SELECT 'yes'").await, "yes");
}

#[tokio::test]
async fn a_long_path_moves_the_socket_and_remembers_where() {
    let dir = folder();
    let home = dir.path().join("long".repeat(40));
    let server = start(&home).await;
    let socket = server.socket_dir().to_path_buf();
    assert!(!socket.starts_with(&home));
    let mode = fs::metadata(&socket)
        .expect("it is there")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o700);
    server.stop().await.expect("it stops");

    assert!(!socket.exists());

    assert_eq!(start(&home).await.socket_dir(), socket);
}

#[tokio::test]
async fn a_path_may_hold_any_character() {
    let dir = folder();
    fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o755)).expect("opened");
    let server = start(&dir.path().join("a b,c\"d'e%20f&g=h#i?ü")).await;
    assert_eq!(ask(&server, "SELECT 'yes'").await, "yes");
}
