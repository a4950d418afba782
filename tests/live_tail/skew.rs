//! A clock of this machine that is wrong by hours: the first answer tells the time, and what was refused for
//! its signature is asked once more.

use r53tail::base::moment::Moment;
use r53tail::edge::feed::live::client::LogsClient;
use r53tail::edge::feed::live::clock::ServiceClock;
use r53tail::edge::feed::live::groups::{LogGroupId, WantedGroups};

use crate::fake::{Fake, arn};
use crate::following::{config, limits, plan, run};
use crate::store::now;

/// A client on a machine whose clock is ahead by this many milliseconds.
fn client(fake: &Fake, ahead: i64) -> LogsClient {
    let clock = ServiceClock::with(move || Moment(now() + ahead));
    LogsClient::new(&config(fake), false, limits(), &clock)
}

const HOUR: i64 = 3_600_000;
/// By these the clock of the machine is wrong.
const AHEAD: [i64; 6] = [-24 * HOUR, -HOUR, -400_000, 400_000, HOUR, 24 * HOUR];

#[test]
fn groups_are_found_by_name_though_the_first_request_is_refused() {
    for ahead in AHEAD {
        let fake = Fake::start();
        let client = client(&fake, ahead);
        for name in ["/fake/split", "/fake/split*"] {
            let wanted: WantedGroups = name.parse().expect("it names groups");
            let found = run(client.find(&wanted)).unwrap_or_else(|why| panic!("{ahead} {name}: {why:?}"));
            assert_eq!(found.groups[0].name(), "/fake/split", "{ahead}");
        }
        assert_eq!(fake.world().refused, ["DescribeLogGroups"], "{ahead}");
    }
}

#[test]
fn a_stream_starts_once_the_time_is_known() {
    for ahead in AHEAD {
        let fake = Fake::start();
        let client = client(&fake, ahead);
        let wanted: WantedGroups = arn("/fake/split").parse().expect("it is one");
        let found = run(client.find(&wanted)).expect("an ARN needs no asking").groups;
        assert_eq!(found.iter().map(LogGroupId::name).collect::<Vec<_>>(), ["/fake/split"]);
        let opened = run(async { client.open(&plan("/fake/split").target).await.map(drop) });
        opened.unwrap_or_else(|why| panic!("{ahead}: {why:?}"));
        assert_eq!(fake.world().refused, ["DescribeLogGroups"], "{ahead}");
    }
}

#[test]
fn a_clock_that_is_right_enough_is_refused_nothing() {
    for ahead in [-200_000, 0, 200_000] {
        let fake = Fake::start();
        let wanted: WantedGroups = "/fake/split".parse().expect("it names a group");
        run(client(&fake, ahead).find(&wanted)).expect("it is found");
        assert!(fake.world().refused.is_empty(), "{ahead}");
    }
}
