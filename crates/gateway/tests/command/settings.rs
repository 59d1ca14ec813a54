//! Where a setting comes from. Which address was chosen shows in the sentence about a port that is taken.

use std::net::TcpListener;

use crate::home::Home;

fn taken() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address").to_string();
    (listener, address)
}

#[tokio::test]
async fn a_flag_beats_the_environment_which_beats_the_file_which_beats_the_default() {
    let ports = [taken(), taken(), taken(), taken()];
    let [flag, environment, file, named] = ports.each_ref().map(|(_, address)| address.as_str());
    let home = Home::new().with("GATEWAY_LISTEN", environment);
    home.write(
        "gateway.toml",
        &format!("listen = \"{file}\"\ndrain_seconds = 1\n"),
    );
    home.write("other.toml", &format!("listen = \"{named}\"\n"));

    let tried = async |home: &Home, arguments: &[&str], address: &str| {
        let sentence = home.run(arguments).await.sentence();
        assert!(
            sentence.starts_with(&format!("{address} can not")),
            "{sentence}"
        );
    };
    tried(&home, &["serve", "--listen", flag], flag).await;
    tried(&home, &["serve"], environment).await;
    let home = home.without("GATEWAY_LISTEN");
    tried(&home, &["serve"], file).await;
    tried(&home, &["--config", "other.toml"], named).await;
    tried(&home.with("GATEWAY_CONFIG", "other.toml"), &[], named).await;
}

#[tokio::test]
async fn a_mistake_in_the_file_is_shown_with_its_line() {
    let home = Home::new();
    home.write(
        "gateway.toml",
        "listen = \"127.0.0.1:0\"\n\ntoken_kee = \"a secret\"\n",
    );
    let sentence = home.run(&["serve"]).await.sentence();
    assert!(
        sentence.contains("gateway.toml is not valid: line 3: unknown field `token_kee`"),
        "{sentence}"
    );
    assert!(
        sentence.contains("gateway --help") && !sentence.contains("a secret"),
        "{sentence}"
    );

    home.write("gateway.toml", "max_connections = \"many\"\n");
    let sentence = home.run(&["serve"]).await.sentence();
    assert!(
        sentence.contains("line 1: invalid type: string \"many\", expected u32"),
        "{sentence}"
    );

    let sentence = home
        .run(&["serve", "--config", "absent.toml"])
        .await
        .sentence();
    assert!(
        sentence.starts_with("the settings file absent.toml can not be read"),
        "{sentence}"
    );
    assert!(!home.data().exists());
}

#[tokio::test]
async fn every_setting_has_a_flag_a_name_in_the_environment_and_its_default_in_the_help() {
    let help = Home::new().run(&["--help"]).await.ok();
    let (_, settings) = help.split_once("Settings:\n").expect("a heading");
    let flags = settings
        .lines()
        .filter(|line| line.trim().starts_with("--"))
        .count();
    assert!(flags >= 14, "{help}");
    assert_eq!(settings.matches("[env: ").count(), flags, "{help}");
    // Secrets may be in these.
    for name in [
        "DATABASE_URL",
        "GATEWAY_MIGRATION_URL",
        "GATEWAY_ADMIN_URL",
        "GATEWAY_TOKEN_KEY",
        "GATEWAY_LINK_KEY",
        "GATEWAY_STRIPE_WEBHOOK_SECRET",
    ] {
        let home = Home::new().with(name, "hidden-value");
        let help = home.run(&["--help"]).await.ok();
        assert!(!help.contains("hidden-value"), "{help}");
    }
}

#[tokio::test]
async fn bad_values_are_refused_before_anything_starts() {
    let home = Home::new();
    for (name, value) in [
        ("GATEWAY_LISTEN", "nowhere"),
        ("GATEWAY_MAX_CONNECTIONS", "0"),
        ("GATEWAY_LOG_FORMAT", "xml"),
        ("GATEWAY_WORKER_QUEUES", "letters"),
    ] {
        let ended = Home::new().with(name, value).run(&["serve"]).await;
        assert_eq!(ended.code, Some(2), "{ended:?}");
        assert!(ended.stderr.contains(value), "{ended:?}");
    }
    let home = home.with("GATEWAY_OTLP_ENDPOINT", "collector:4318");
    let sentence = home.run(&["serve"]).await.sentence();
    assert!(
        sentence.starts_with("GATEWAY_OTLP_ENDPOINT is not an address"),
        "{sentence}"
    );
    let sentence = home
        .with("GATEWAY_LOG", "loud,,=")
        .run(&["serve"])
        .await
        .sentence();
    assert!(
        sentence.starts_with("GATEWAY_LOG is not valid"),
        "{sentence}"
    );
}
