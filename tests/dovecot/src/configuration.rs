//! What the server is told: everything lies in its folder, nobody needs to be root.

use std::{
    fs,
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
};

use crate::{HOST, PASSWORD, USER, process};

/// Ports of loopback.
pub(crate) struct Ports {
    pub imap: u16,
    pub imaps: u16,
    pub submission: u16,
    pub submissions: u16,
}

impl Ports {
    /// Four that are free now: Dovecot can not take whichever is.
    pub(crate) fn free() -> Self {
        let listeners = [(); 4].map(|()| TcpListener::bind("127.0.0.1:0").expect("a free port"));
        let port = |listener: &TcpListener| listener.local_addr().expect("an address").port();
        let [imap, imaps, submission, submissions] = &listeners;
        Self {
            imap: port(imap),
            imaps: port(imaps),
            submission: port(submission),
            submissions: port(submissions),
        }
    }
}

pub(crate) struct Configuration {
    folder: PathBuf,
    relay: Option<SocketAddr>,
    /// The certificate, as PEM.
    pub authority: String,
}

impl Configuration {
    /// Writes the certificate, its key and the user's password.
    pub(crate) fn new(folder: &Path, relay: Option<SocketAddr>) -> Self {
        let made = rcgen::generate_simple_self_signed([HOST.to_owned()]);
        let made = made.expect("a certificate");
        let configuration = Self {
            folder: folder.to_owned(),
            relay,
            authority: made.cert.pem(),
        };
        configuration.put("certificate.pem", &configuration.authority);
        configuration.put("key.pem", &made.signing_key.serialize_pem());
        configuration.put("passwords", &format!("{USER}:{{PLAIN}}{PASSWORD}\n"));
        for name in ["mail", "home"] {
            fs::create_dir(folder.join(name)).expect("a folder of ours");
            process::give(&folder.join(name));
        }
        configuration
    }

    /// Writes the settings.
    pub(crate) fn write(&self, ports: &Ports) {
        self.put("dovecot.conf", &self.text(ports));
    }

    fn put(&self, name: &str, text: &str) {
        let path = self.folder.join(name);
        fs::write(&path, text).expect("a folder of ours");
        process::give(&path);
    }

    fn text(&self, ports: &Ports) -> String {
        let (user, group) = process::account();
        let folder = self.folder.display();
        let listeners = listeners(ports);
        let (uid, gid) = (user.uid, group.gid);
        let (user, group) = (user.name, group.name);
        let relay = self.relay.map_or_else(String::new, |relay| {
            let (host, port) = (relay.ip(), relay.port());
            format!("submission_relay_host = {host}\nsubmission_relay_port = {port}\n")
        });
        format!(
            "base_dir = {folder}/run\n\
             state_dir = {folder}/run\n\
             log_path = {folder}/log\n\
             default_internal_user = {user}\n\
             default_internal_group = {group}\n\
             default_login_user = {user}\n\
             protocols = imap submission\n\
             listen = 127.0.0.1\n\
             hostname = {HOST}\n\
             ssl = yes\n\
             ssl_cert = <{folder}/certificate.pem\n\
             ssl_key = <{folder}/key.pem\n\
             auth_mechanisms = plain login\n\
             mail_location = maildir:{folder}/mail/%u\n\
             mail_home = {folder}/home/%u\n\
             first_valid_uid = 1\n\
             first_valid_gid = 1\n\
             {relay}\
             passdb {{\n driver = passwd-file\n args = {folder}/passwords\n}}\n\
             userdb {{\n driver = static\n args = uid={uid} gid={gid}\n}}\n\
             service anvil {{\n chroot =\n}}\n\
             service stats {{\n chroot =\n}}\n\
             {listeners}"
        )
    }
}

fn listeners(ports: &Ports) -> String {
    let listener = |name: &str, port: u16, tls: &str| {
        format!(" inet_listener {name} {{\n  port = {port}\n  ssl = {tls}\n }}\n")
    };
    let service = |name: &str, clear: u16, secure: u16| {
        let clear = listener(name, clear, "no");
        let secure = listener(&format!("{name}s"), secure, "yes");
        format!("service {name}-login {{\n chroot =\n{clear}{secure}}}\n")
    };
    let imap = service("imap", ports.imap, ports.imaps);
    imap + &service("submission", ports.submission, ports.submissions)
}
