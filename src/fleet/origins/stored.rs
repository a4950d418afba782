//! Origins as they are written down.

use serde::{Deserialize, Serialize};

use super::{Claimant, OriginId, Origins};
use crate::fleet::packed::{PackedSets, PackedTexts, count};
use crate::fleet::sight::OriginKind;
use crate::fleet::symbols::Symbol;

/// All origins written down.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::fleet) struct StoredOrigins<'a> {
    #[serde(borrow)]
    texts: PackedTexts<'a>,
    list: Vec<StoredOrigin>,
    addresses: PackedSets<u128>,
    /// VPC, address and origin; no origin where several had it.
    claims: Vec<(u32, u128, Option<u32>)>,
}

/// An origin, by the numbers of texts.
#[derive(Debug, Serialize, Deserialize)]
struct StoredOrigin {
    kind: u8,
    id: u32,
    scope: u32,
    /// VPC, account and Region.
    place: [u32; 3],
    ignored: u64,
    records: u64,
}

impl Origins {
    /// Writes them down; `None` if claims were forgotten.
    pub(in crate::fleet) fn store(&self) -> Option<StoredOrigins<'static>> {
        let list = self.list.iter().zip(&self.hot).map(|(origin, hot)| StoredOrigin {
            kind: origin.kind as u8,
            id: origin.id.0,
            scope: origin.scope.0,
            place: [origin.vpc.0, origin.account.0, origin.region.0],
            ignored: origin.ignored,
            records: hot.records,
        });
        let claims = self.claims.iter().map(|claim| {
            let by = match claim.by {
                Claimant::One(origin) => Some(origin.0),
                Claimant::Several => None,
            };
            (claim.vpc.0, claim.address, by)
        });
        (!self.is_folded).then(|| StoredOrigins {
            texts: self.texts.iter().collect(),
            list: list.collect(),
            addresses: self.list.iter().map(|origin| &origin.addresses).collect(),
            claims: claims.collect(),
        })
    }

    /// What was written down; `None` if it does not hold together.
    pub(in crate::fleet) fn from_stored(stored: &StoredOrigins<'_>) -> Option<Self> {
        let StoredOrigins { texts, list, addresses, claims } = stored;
        let mut origins = Self::default();
        for (number, text) in (0_u32..).zip(texts.iter()) {
            if origins.texts.intern(text?.as_bytes()).0 != number {
                return None;
            }
        }
        let symbol =
            |origins: &Self, number: u32| ((number as usize) < origins.texts.len()).then_some(Symbol(number));
        if addresses.len() != list.len() {
            return None;
        }
        for ((number, stored), addresses) in (0_u32..).zip(list).zip(addresses.iter()) {
            let kind = *OriginKind::ALL.get(usize::from(stored.kind))?;
            let (id, scope) = (symbol(&origins, stored.id)?, symbol(&origins, stored.scope)?);
            let id = origins.texts.bytes(id).to_vec();
            if origins.entry(kind, scope, &id) != number {
                return None;
            }
            let [vpc, account, region] = stored.place;
            let place =
                (symbol(&origins, vpc)?, symbol(&origins, account)?, symbol(&origins, region)?, addresses?);
            let origin = origins.list.last_mut()?;
            (origin.vpc, origin.account, origin.region, origin.addresses) = place;
            origin.ignored = count(stored.ignored)?;
            origins.hot.last_mut()?.records = count(stored.records)?;
        }
        for (vpc, address, by) in claims {
            let by = match by {
                Some(origin) if (*origin as usize) < origins.list.len() => Claimant::One(OriginId(*origin)),
                Some(_) => return None,
                None => Claimant::Several,
            };
            let vpc = symbol(&origins, *vpc)?;
            origins.claim(vpc, *address, by);
        }
        Some(origins)
    }
}
