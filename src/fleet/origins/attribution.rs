//! Which instance an address belongs to: the one instance that was seen with it in its VPC. Of an address
//! that several were seen with, and of one that none was, nothing is said: it stays an origin of its own.

use std::hash::BuildHasher;

use super::{Origin, OriginId, Origins};
use crate::base::interned::find_or_add;
use crate::base::saturating::SaturatingInto as _;
use crate::fleet::sight::OriginKind;
use crate::fleet::symbols::Symbol;

/// Which instance was seen with an address of a VPC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Claimant {
    One(OriginId),
    Several,
}

#[derive(Clone, Debug)]
pub(super) struct Claim {
    pub vpc: Symbol,
    pub address: u128,
    pub by: Claimant,
}

impl Origins {
    /// The origin that each origin's pairs belong to: the instance for an address that exactly one was seen
    /// with, else itself.
    pub(in crate::fleet) fn owners(&self) -> Vec<u32> {
        let owner = |(at, origin): (usize, &Origin)| match (origin.kind, origin.addresses.lowest()) {
            (OriginKind::Address, [address]) => {
                self.claimant(origin.scope, *address).map_or(at.saturating_into(), |instance| instance.0)
            }
            _ => at.saturating_into(),
        };
        self.list.iter().enumerate().map(owner).collect()
    }

    /// Takes note that `by` was seen with `address` of `vpc`. Who claims what another has claimed makes it an
    /// address of several, which is nobody's.
    pub(super) fn claim(&mut self, vpc: Symbol, address: u128, by: Claimant) {
        if self.is_folded {
            return;
        }
        let Self { claims, claim_table, state, .. } = self;
        let hash = |vpc: Symbol, address: u128| state.hash_one((vpc.0, address));
        let index = find_or_add(
            claim_table,
            claims,
            hash(vpc, address),
            |claim| claim.vpc == vpc && claim.address == address,
            |claim| hash(claim.vpc, claim.address),
            || Claim { vpc, address, by },
        );
        let claim = &mut claims[index as usize];
        if claim.by != by {
            claim.by = Claimant::Several;
        }
    }

    /// The instance that `address` of `vpc` belongs to, if exactly one was seen with it.
    fn claimant(&self, vpc: Symbol, address: u128) -> Option<OriginId> {
        let hash = self.state.hash_one((vpc.0, address));
        let equal = |index: &u32| {
            let claim = &self.claims[*index as usize];
            claim.vpc == vpc && claim.address == address
        };
        match self.claims[*self.claim_table.find(hash, equal)? as usize].by {
            Claimant::One(origin) => Some(origin),
            Claimant::Several => None,
        }
    }

    /// Takes over from `known` which instance each address belongs to. This fleet holds a part of the records
    /// of `known`; `owners` has the owner of each origin there.
    pub(in crate::fleet) fn adopt(&mut self, known: &Self, owners: &[u32]) {
        let addresses: Vec<usize> =
            (0..self.list.len()).filter(|at| self.list[*at].kind == OriginKind::Address).collect();
        for at in addresses {
            let (id, vpc) = (self.texts.get(self.list[at].id), self.texts.get(self.list[at].scope));
            let Some(there) = known.find(OriginKind::Address, id, vpc) else { continue };
            let ([address], scope) = (self.list[at].addresses.lowest(), self.list[at].scope) else {
                continue;
            };
            let address = *address;
            let owner = owners.get(there.0 as usize).copied().unwrap_or(there.0);
            if owner == there.0 {
                self.claim(scope, address, Claimant::Several);
                continue;
            }
            let owner = &known.list[owner as usize];
            let index = self.entry(owner.kind, self.none, known.texts.bytes(owner.id));
            let place = [owner.vpc, owner.account, owner.region]
                .map(|symbol| self.texts.intern(known.texts.bytes(symbol)));
            self.learn_place(index, place[0], place[1], place[2]);
            self.claim(scope, address, Claimant::One(OriginId(index)));
        }
    }

    /// From now on nobody knows whose an address is.
    pub(super) fn forget_claims(&mut self) {
        self.is_folded = true;
        self.claims = Vec::new();
        self.claim_table = hashbrown::HashTable::new();
    }
}
