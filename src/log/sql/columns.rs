//! What a table calls what the log has.

use super::dialect::{Dialect, Engine};
use super::{DAY, SqlQuestion};
use crate::base::moment::Moment;

/// How a table has its times.
#[derive(Clone, Copy, Debug)]
pub(super) enum Times {
    /// As the text of the log.
    Text,
    /// As a timestamp, or the text of one: Iceberg tables may have either.
    Either,
    /// As milliseconds since the epoch.
    Millis,
}

/// Expressions for what the log has, in one table.
#[derive(Clone, Copy, Debug)]
pub(super) struct SqlColumns {
    pub(super) account: &'static str,
    pub(super) region: &'static str,
    pub(super) vpc: &'static str,
    pub(super) instance: &'static str,
    pub(super) endpoint: &'static str,
    pub(super) interface: Option<&'static str>,
    pub(super) source: &'static str,
    pub(super) name: &'static str,
    pub(super) kind: &'static str,
    pub(super) rcode: &'static str,
    /// The number of the RCODE, where the word may be missing.
    pub(super) rcode_id: Option<&'static str>,
    /// `BLOCK` where DNS Firewall blocked.
    pub(super) action: &'static str,
    /// The rule group of DNS Firewall.
    pub(super) rule_group: &'static str,
    /// The domain list of DNS Firewall.
    pub(super) domain_list: Option<&'static str>,
    pub(super) answers: &'static str,
    /// Whether no list of answers is how an empty one is written.
    pub(super) null_is_empty: bool,
    pub(super) kind_of_answer: &'static str,
    pub(super) rdata: &'static str,
    pub(super) at: &'static str,
    times: Times,
    /// What is to be said of the table.
    pub(super) remark: Option<&'static str>,
}

/// The log's own (Route 53 Developer Guide, "Values that appear in VPC Resolver query logs").
const LOG: SqlColumns = SqlColumns {
    account: "account_id",
    region: "region",
    vpc: "vpc_id",
    instance: "srcids.instance",
    endpoint: "srcids.resolver_endpoint",
    interface: Some("srcids.resolver_network_interface"),
    source: "srcaddr",
    name: "query_name",
    kind: "query_type",
    rcode: "rcode",
    rcode_id: None,
    action: "firewall_rule_action",
    rule_group: "firewall_rule_group_id",
    domain_list: Some("firewall_domain_list_id"),
    answers: "answers",
    null_is_empty: false,
    kind_of_answer: "Type",
    rdata: "Rdata",
    at: "query_timestamp",
    times: Times::Text,
    remark: None,
};

/// Those of Security Lake: OCSF class 4003, as AWS maps it (`ocsf/examples`,
/// `mappings/markdown/AWS/v1.1.0/Route53`).
const LAKE: SqlColumns = SqlColumns {
    account: "cloud.account.uid",
    region: "cloud.region",
    vpc: "src_endpoint.vpc_uid",
    instance: "src_endpoint.instance_uid",
    endpoint: "dst_endpoint.instance_uid",
    interface: Some("dst_endpoint.interface_uid"),
    source: "src_endpoint.ip",
    name: "query.hostname",
    kind: "query.type",
    rcode: "rcode",
    rcode_id: Some("rcode_id"),
    action: "CASE WHEN action_id = 2 OR lower(disposition) IN ('block', 'blocked') OR (firewall_rule IS NOT NULL AND \
             lower(action) IN ('block', 'blocked', 'denied')) THEN 'BLOCK' END",
    rule_group: "firewall_rule.uid",
    domain_list: None,
    answers: "answers",
    null_is_empty: true,
    kind_of_answer: "type",
    rdata: "rdata",
    at: "time",
    times: Times::Millis,
    remark: None,
};

/// Those of CloudWatch's own table.
const TABLES: SqlColumns = SqlColumns {
    times: Times::Either,
    remark: Some(
        "AWS does not document the columns of this table: they are taken to be the log's. DESCRIBE shows what they are.",
    ),
    ..LOG
};

impl SqlColumns {
    pub(super) fn for_dialect(dialect: Dialect) -> Self {
        match dialect {
            Dialect::SecurityLake => LAKE,
            Dialect::S3Tables => TABLES,
            Dialect::Athena | Dialect::Spark | Dialect::DuckDb | Dialect::ClickHouse => LOG,
        }
    }

    /// The time of a record, so that an earlier one sorts before a later one.
    pub(super) fn time(&self, engine: &dyn Engine) -> String {
        match self.times {
            // Without its `Z`, before which a fraction of the same second would sort.
            Times::Text => format!("replace({}, 'Z', '')", self.at),
            Times::Either => {
                format!("replace(replace({}, 'Z', ''), 'T', ' ')", engine.as_text(self.at))
            }
            Times::Millis => self.at.to_owned(),
        }
    }

    /// A moment as [`SqlColumns::time`] has it.
    pub(super) fn moment(&self, moment: Moment, engine: &dyn Engine) -> String {
        let text = moment.to_string();
        let text = text.trim_end_matches('Z');
        match self.times {
            Times::Text => engine.text(text),
            Times::Either => engine.text(&text.replace('T', " ")),
            Times::Millis => moment.0.to_string(),
        }
    }

    /// Whether something is missing that each record has.
    pub(super) fn broken(&self) -> String {
        let rcode = self.rcode_id.map_or_else(
            || format!("{} IS NULL", self.rcode),
            |number| format!("({} IS NULL AND {number} IS NULL)", self.rcode),
        );
        format!("{} IS NULL OR {} IS NULL OR {} IS NULL OR {rcode}", self.at, self.name, self.kind)
    }

    /// Why the answers are not known; `is_judged` says where that matters.
    pub(super) fn unknown(&self, engine: &dyn Engine, is_judged: &str) -> String {
        if self.null_is_empty {
            return "''".to_owned();
        }
        let odd = engine.unreadable(self.answers);
        let odd = odd.map(|odd| format!(" WHEN {is_judged} AND {odd} THEN 'unreadable'")).unwrap_or_default();
        format!("CASE WHEN {is_judged} AND {} IS NULL THEN 'absent'{odd} ELSE '' END", self.answers)
    }
}

/// Conditions on what a table is partitioned by.
pub(super) fn pruned(question: &SqlQuestion, engine: &dyn Engine) -> Vec<String> {
    let mut all = Vec::new();
    // An object may be delivered late: it lies under the day of its delivery.
    let until = question.until.map(|until| Moment::from_seconds(until.second() + DAY));
    let ends = [(">=", question.since), ("<=", until)];
    match question.dialect {
        Dialect::Athena if question.partitioned => {
            for (operator, moment) in ends {
                let day = moment.map(|moment| engine.text(&moment.date().replace('-', "/")));
                all.extend(day.map(|day| format!("\"date\" {operator} {day}")));
            }
            if !question.vpcs.is_empty() {
                let vpcs: Vec<String> = question.vpcs.iter().map(|vpc| engine.text(vpc)).collect();
                all.push(format!("\"vpc\" IN ({})", vpcs.join(", ")));
            }
        }
        Dialect::SecurityLake => {
            for (operator, moment) in ends {
                let time = moment.map(|moment| format!("TIMESTAMP '{} 00:00:00'", moment.date()));
                all.extend(time.map(|time| format!("time_dt {operator} {time}")));
            }
            if !question.accounts.is_empty() {
                let accounts: Vec<String> =
                    question.accounts.iter().map(|account| engine.text(account)).collect();
                all.push(format!("accountid IN ({})", accounts.join(", ")));
            }
        }
        _ => {}
    }
    all
}
