//! The language in a page, made from the table of fields.

use std::fmt::Write as _;

use super::FIELDS;

/// How conditions are written and what that means.
pub const FORMS: [(&str, &str); 16] = [
    ("ssm", "part of the origin's id, the VPC, the name or the source address"),
    ("203.0.113.9", "the same, and in the answers; also 64:ff9b::cb00:7109"),
    ("10.0.0.0/8", "a source or an answer in this network"),
    ("name:ssm", "part of one field"),
    ("name:*.amazonaws.com", "all of it: `*` is any text, `?` any character"),
    ("name:=example.com", "all of it, as it is"),
    ("name:/^s3[.-]/", "a regular expression, with or without a field"),
    ("\"a b\"", "a text with blanks, parentheses or other signs in it; `\\\"` is a quotation mark"),
    ("type:A,AAAA", "any of these"),
    ("port:1024..65535", "a range; either end may be left out, and `>`, `>=`, `<`, `<=` do too"),
    ("time:14:02..14:37", "both minutes in it, of every day; 23:00..01:00 goes past midnight"),
    ("since:2025-05-05T10:00", "a moment, UTC unless it names an offset"),
    ("type:AAAA verdict:empty", "both; `and` between them changes nothing"),
    ("a or b", "one of them, or both"),
    ("-vpc:vpc-1", "not; `not` and `!` do too"),
    ("a (b or c)", "parentheses"),
];

/// The language, for a terminal.
#[must_use]
pub fn help() -> String {
    let mut text = String::from(
        "A filter says which records are meant. Conditions that stand side by side must all hold; case does not matter.\nAn empty filter lets everything through.\n\n",
    );
    for (form, meaning) in FORMS {
        // Memory takes whatever is written.
        let _ = writeln!(text, "  {form:<26}{meaning}");
    }
    text.push_str("\nFields:\n\n");
    for row in &FIELDS {
        let _ = writeln!(text, "  {:<18}{}", format!("{}:{}", row.word, row.takes), row.help);
    }
    text.push_str("\nValues:\n\n");
    for row in &FIELDS {
        let values = row.field.values();
        let mut word = row.word;
        for values in values.chunks(VALUES) {
            let _ = writeln!(text, "  {word:<18}{}", values.join(" "));
            word = "";
        }
    }
    text.push_str("\nExamples:\n\n  ");
    text.push_str(&EXAMPLES.join("\n  "));
    text.push('\n');
    text
}

/// How many values are written on a line.
const VALUES: usize = 11;

/// Filters worth knowing.
const EXAMPLES: [&str; 4] = [
    "aaaa:empty service:\"systems manager\"         what keeps Session Manager from IPv6",
    "verdict:synthesized -name:*.amazonaws.com    what goes through NAT64 and is not AWS's",
    "origin:i-0ab -(rcode:NOERROR or type:PTR)    what fails on one instance",
    "answer:10.0.0.0/8 type:AAAA                  private addresses inside synthesized ones",
];
