use super::*;

/// The first and the last of each, and what people write for this machine.
const INSIDE: [&str; 57] = [
    "0.0.0.0",
    "0.255.255.255",
    "10.0.0.0",
    "10.255.255.255",
    "100.64.0.0",
    "100.100.100.200",
    "100.127.255.255",
    "127.0.0.1",
    "127.255.255.255",
    "169.254.0.0",
    "169.254.169.254",
    "169.254.255.255",
    "172.16.0.0",
    "172.31.255.255",
    "192.0.0.0",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.0.0",
    "192.168.255.255",
    "198.18.0.0",
    "198.19.255.255",
    "198.51.100.1",
    "203.0.113.255",
    "224.0.0.0",
    "239.255.255.255",
    "240.0.0.0",
    "255.255.255.255",
    "::",
    "::1",
    "::7f00:1",
    "::ffff:0.0.0.0",
    "::ffff:10.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "::ffff:192.168.1.1",
    "64:ff9b::127.0.0.1",
    "64:ff9b::10.0.0.1",
    "64:ff9b::169.254.169.254",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:1ff:ffff::1",
    "2001:db8::1",
    "2001:db8:ffff::1",
    "2002:7f00:1::1",
    "2002:808:808::1",
    "3fff::1",
    "3fff:fff::1",
    "4000::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "febf::1",
    "fec0::1",
    "ff02::1",
];

/// Neighbours of those, and what is in the middle of nowhere.
const OUTSIDE: [&str; 28] = [
    "1.0.0.0",
    "1.1.1.1",
    "9.255.255.255",
    "11.0.0.0",
    "100.63.255.255",
    "100.128.0.0",
    "126.255.255.255",
    "128.0.0.0",
    "169.253.255.255",
    "169.255.0.0",
    "172.15.255.255",
    "172.32.0.0",
    "192.0.1.1",
    "192.0.3.1",
    "192.88.98.255",
    "192.167.255.255",
    "192.169.0.0",
    "198.17.255.255",
    "198.20.0.0",
    "198.51.101.1",
    "203.0.114.0",
    "223.255.255.255",
    "::ffff:1.1.1.1",
    "64:ff9b::1.1.1.1",
    "2001:200::1",
    "2001:4860:4860::8888",
    "2606:4700::1111",
    "3ffe::1",
];

fn at(ip: &str, port: u16) -> SocketAddr {
    SocketAddr::new(ip.parse().expect("an address"), port)
}

#[test]
fn what_is_not_in_the_internet_is_not_connected_to() {
    let none = Networks::default();
    for ip in INSIDE {
        for port in PORTS {
            assert!(!none.admit(at(ip, port)), "{ip}");
        }
    }
    for ip in OUTSIDE {
        for port in PORTS {
            assert!(none.admit(at(ip, port)), "{ip}");
        }
    }
}

#[test]
fn in_the_internet_mail_has_its_ports() {
    let none = Networks::default();
    for port in [0, 1, 22, 24, 80, 110, 443, 2375, 5432, 6379, 8080, 65_535] {
        assert!(!none.admit(at("1.1.1.1", port)), "{port}");
        assert!(!none.admit(at("2606:4700::1111", port)), "{port}");
    }
}

#[test]
fn a_network_that_is_permitted_is_with_all_its_ports_and_no_other_is() {
    let networks: Networks = ["10.1.0.0/16", "fd00:1::/32"]
        .into_iter()
        .map(|network| network.parse::<IpNet>().expect("a network"))
        .collect();
    for (ip, is_permitted) in [
        ("10.1.0.1", true),
        ("::ffff:10.1.0.1", true),
        ("10.2.0.1", false),
        ("fd00:1::1", true),
        ("fd00:2::1", false),
        ("127.0.0.1", false),
        ("64:ff9b::10.1.0.1", false),
    ] {
        assert_eq!(networks.admit(at(ip, 10_025)), is_permitted, "{ip}");
    }
    assert!(networks.admit(at("1.1.1.1", 25)));
    assert!(!networks.admit(at("1.1.1.1", 10_025)));
    let this = Networks::this_machine();
    assert!(this.admit(at("127.0.0.1", 1)) && this.admit(at("::1", 1)));
    assert!(!this.admit(at("10.0.0.1", 25)) && !this.admit(at("0.0.0.0", 25)));
}
