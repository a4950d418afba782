//! What is said of the pairs of a survey, in its order, before it is put into words: of a million names with
//! a finding each, the words take more memory than all that they were found in.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::fmt;

use super::endpoint::{self, FindingWeight, share};
use super::evidence::{Indication, PairEvidence, Pairs};
use super::gather::{Gathered, PairObserver};
use super::group::GroupSubject;
use super::judged::Judged;
use super::usage::of_origin;
use super::{Advice, Finding, Knowledge, Rule, Severity, Usage};
use super::{answer, certainty, feature, ground, needs, place, resolver, usage};
use crate::advice::plan::Plan;
use crate::base::saturating::SaturatingInto;
use crate::fleet::{Fleet, PairView, Survey, Symbol};

/// How many findings one thread puts into words before they are taken from it.
const CHUNK: usize = 512;

/// Findings, of which those about names are not in words yet.
pub(crate) struct WordedFindings<'s> {
    gathered: Gathered<'s>,
    of_names: Vec<FindingWeight>,
    /// The others in their order, each with how many of the names come before it.
    others: Vec<(usize, Finding)>,
    /// How many names more there are, which come after these.
    unsaid: usize,
    usages: Vec<Usage>,
    plan: Plan,
}

impl fmt::Debug for WordedFindings<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { of_names, others, unsaid, .. } = self;
        let counts = (of_names.len(), others.len(), unsaid);
        out.debug_tuple("Told").field(&counts).finish()
    }
}

/// A finding in its place.
enum PlacedFinding<'t> {
    Name(&'t FindingWeight),
    Other(&'t Finding),
}

/// What findings are put in order by.
type FindingKey<'t> = (Severity, [bool; 5], Reverse<usize>, u8, Reverse<u64>, Rule, &'t str);

fn key(finding: &Finding) -> FindingKey<'_> {
    let Finding { rule, severity, subject, proof, .. } = finding;
    let first = [
        // Addresses of documentation say that the log is a sample: last of its severity.
        *rule == Rule::DocumentationAddress,
        // What was looked up comes first: it is the cause of the rest.
        !rule.is_fact(),
        // A feature that does not work is what people ask for.
        *rule != Rule::Profile || *severity != Severity::Problem,
        // One change for many names, then for those of a feature, then for one.
        rule.is_about_a_name(),
        *rule == Rule::Profile,
    ];
    let origins = Reverse(proof.origins);
    // The surest of those that concern as many.
    let certainty = certainty(*rule, proof.level);
    (*severity, first, origins, certainty, Reverse(proof.records), *rule, subject)
}

fn key_of<'f>(weight: &FindingWeight, fleet: &'f Fleet) -> FindingKey<'f> {
    let (severity, origins, certainty, records, rule, name) = weight.order(fleet);
    (severity, [false, true, true, true, false], origins, certainty, records, rule, name)
}

impl<'s> WordedFindings<'s> {
    /// What is to be said of those pairs of `survey` that `holds` holds of, the `most` important names at
    /// most; and what `beside` made of the pairs in the same pass.
    pub(crate) fn from_survey<B: PairObserver>(
        most: usize,
        survey: &'s Survey<'s>,
        knowledge: Knowledge<'s>,
        holds: impl Fn(&PairView<'_>) -> bool + Sync,
        beside: &B,
    ) -> (Self, Vec<B::Part>) {
        Self::with_evidence(false, most, survey, knowledge, holds, beside)
    }

    /// The same; whether the pairs are kept that show each finding.
    pub(crate) fn with_evidence<B: PairObserver>(
        is_kept: bool,
        most: usize,
        survey: &'s Survey<'s>,
        knowledge: Knowledge<'s>,
        holds: impl Fn(&PairView<'_>) -> bool + Sync,
        beside: &B,
    ) -> (Self, Vec<B::Part>) {
        let evidence = PairEvidence::kept(is_kept);
        let (mut gathered, parts) = Gathered::from_survey(survey, knowledge, holds, beside, evidence);
        let mut others = Vec::new();
        for ((rule, subject), group) in gathered.groups() {
            others.extend(match subject {
                GroupSubject::Vpc(..) => place::finding(&gathered, *rule, subject, group),
                // There is one such name, and what it reveals may be no prefix.
                GroupSubject::Name(name) if *rule == Rule::Nat64Prefix => {
                    answer::finding(&gathered, *rule, survey.fleet().name_text(*name), group)
                }
                GroupSubject::Name(_) => None,
            });
        }
        others.extend(ground::findings(&gathered));
        others.extend(resolver::findings(&gathered));
        let usages = usage::usages(&gathered);
        let (judged, mut weights) = Judged::from_gathered(&gathered, &usages, most);
        for ((rule, subject), group) in gathered.groups().filter(|((rule, _), _)| *rule != Rule::Nat64Prefix)
        {
            if let (GroupSubject::Name(name), Some(severity)) = (subject, answer::severity(*rule)) {
                weights.push(FindingWeight::from_answer(*rule, severity, *name, group));
            }
        }
        let (of_names, unsaid) = weights.sorted();
        others.extend(feature::findings(&gathered, &usages, &judged));
        others.sort_by(|a, b| key(a).cmp(&key(b)));
        let fleet = survey.fleet();
        let before = |finding: &Finding| {
            let own = key(finding);
            of_names.partition_point(|weight| key_of(weight, fleet) < own)
        };
        let others = others.into_iter().map(|finding| (before(&finding), finding)).collect();
        let plan = needs::plan(&mut gathered, &usages, judged);
        (Self { gathered, of_names, others, unsaid, usages, plan }, parts)
    }

    /// All of it in words.
    pub(crate) fn advice(self, most: usize) -> Advice {
        let workers = self.gathered.survey.workers();
        let entries: Vec<PlacedFinding<'_>> = self.entries().collect();
        let said = workers.map(workers.threads(), |thread| {
            let part = share(&entries, thread, workers.threads()).iter();
            let said =
                part.filter_map(|entry| Some((self.finding(entry)?.into_owned(), self.evidence(entry))));
            said.collect::<Vec<_>>()
        });
        let (mut findings, evidence): (Vec<Finding>, Vec<Pairs>) = said.into_iter().flatten().unzip();
        let mut unsaid = self.unsaid;
        if unsaid > 0 {
            unsaid += findings.len().saturating_sub(most);
            findings.truncate(most);
        }
        Advice { findings, evidence, unsaid, usages: self.usages, plan: self.plan }
    }

    /// What `make` makes of each finding, with its place, in their order: some at a time on all threads, and
    /// handed to `take`.
    pub(crate) fn each<E: Send + Sync>(
        &self,
        make: impl Fn(usize, &Finding, &mut Vec<u8>) -> Result<(), E> + Sync,
        mut take: impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        let workers = self.gathered.survey.workers();
        let (mut entries, mut first) = (self.entries(), 0);
        loop {
            let some: Vec<PlacedFinding<'_>> = entries.by_ref().take(CHUNK * workers.threads()).collect();
            if some.is_empty() {
                return Ok(());
            }
            let written = workers.map(some.len().div_ceil(CHUNK), |part| {
                let (start, mut out) = (part * CHUNK, Vec::new());
                for (at, entry) in some.iter().enumerate().skip(start).take(CHUNK) {
                    if let Some(finding) = self.finding(entry) {
                        make(first + at, &finding, &mut out)?;
                    }
                }
                Ok(out)
            });
            first += some.len();
            for out in written {
                take(&out?)?;
            }
        }
    }

    /// The names that there are findings about, each with the rule, in the order of findings.
    pub(crate) fn rules_of_names(&self) -> impl Iterator<Item = (Symbol, Rule)> {
        let fleet = self.gathered.survey.fleet();
        self.entries().filter_map(move |entry| match entry {
            PlacedFinding::Name(weight) => Some((weight.name, weight.rule)),
            PlacedFinding::Other(finding) if finding.rule.is_about_a_name() => {
                Some((fleet.find_name(&finding.subject)?, finding.rule))
            }
            PlacedFinding::Other(_) => None,
        })
    }

    /// See [`Advice::usages_of`].
    pub(crate) fn usages_of(&self, rank: usize) -> &[Usage] {
        of_origin(&self.usages, rank)
    }

    pub(crate) fn plan(&self) -> &Plan {
        &self.plan
    }

    fn entries(&self) -> impl Iterator<Item = PlacedFinding<'_>> {
        let (mut names, mut others) =
            (self.of_names.iter().enumerate().peekable(), self.others.iter().peekable());
        std::iter::from_fn(move || {
            let at = names.peek().map_or(self.of_names.len(), |(at, _)| *at);
            match others.next_if(|(before, _)| *before <= at) {
                Some((_, finding)) => Some(PlacedFinding::Other(finding)),
                None => names.next().map(|(_, weight)| PlacedFinding::Name(weight)),
            }
        })
    }

    /// The pairs that show a finding, if they were kept.
    fn evidence(&self, entry: &PlacedFinding<'_>) -> Pairs {
        let Gathered { survey, evidence, .. } = &self.gathered;
        let origins = survey.origins();
        let here = |wanted: &dyn Fn(usize) -> bool| -> Vec<u32> {
            (0..origins.len()).filter(|at| wanted(*at)).map(SaturatingInto::saturating_into).collect()
        };
        let place = |at: usize| self.gathered.place(at);
        let finding = match entry {
            _ if !evidence.is_kept() => return Pairs::new(),
            PlacedFinding::Name(FindingWeight { is_answer: true, rule, name, .. }) => {
                return evidence.for_any([Indication::Group(*rule, GroupSubject::Name(*name))]);
            }
            PlacedFinding::Name(weight) => return evidence.for_any([Indication::Without(weight.name)]),
            PlacedFinding::Other(finding) => finding,
        };
        let subject = finding.subject.as_str();
        match finding.rule {
            Rule::Profile => {
                let lacking = self.usages.iter().filter(|usage| usage.id == subject && usage.is_lacking());
                let mut pairs: Pairs = lacking
                    .flat_map(|usage| {
                        usage.lacking.iter().map(|name| (usage.origin_rank.saturating_into(), *name))
                    })
                    .collect();
                pairs.sort_unstable();
                pairs.dedup();
                pairs
            }
            Rule::Dns64Off => {
                let off = here(&|at| origins[at].id == subject || ground::is_off_in(place(at), subject));
                evidence.for_any(off.into_iter().map(Indication::Empty))
            }
            Rule::Nat64RouteMissing => {
                let of_table = here(&|at| {
                    place(at).and_then(|place| place.table).is_some_and(|table| table.id == subject)
                });
                evidence.for_any(of_table.into_iter().map(Indication::Translated))
            }
            rule => {
                let fleet = survey.fleet();
                let of_it = evidence.groups_of(rule).filter(|(known, _)| match known {
                    GroupSubject::Vpc(id, _) => *id == subject,
                    GroupSubject::Name(name) => fleet.name_text(*name) == subject,
                });
                evidence.for_any(of_it.map(|(_, shown)| shown))
            }
        }
    }

    fn finding<'t>(&self, entry: &PlacedFinding<'t>) -> Option<Cow<'t, Finding>> {
        match entry {
            PlacedFinding::Other(finding) => Some(Cow::Borrowed(finding)),
            PlacedFinding::Name(FindingWeight { is_answer: true, rule, name, .. }) => {
                let text = self.gathered.survey.fleet().name_text(*name);
                let group = self.gathered.group_of(*rule, *name)?;
                answer::finding(&self.gathered, *rule, text, group).map(Cow::Owned)
            }
            PlacedFinding::Name(weight) => endpoint::finding(&self.gathered, weight.name).map(Cow::Owned),
        }
    }
}
