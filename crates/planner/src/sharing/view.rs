//! What a reader may see of the proposals.

use super::{LoadStatus, MastView, Sharing, SharingProposal};

impl Sharing {
    /// Without the proposals in which a security-restricted mast takes part: they count in the sums and are shown to nobody outside the
    /// department.
    #[must_use]
    pub fn without_restricted(mut self) -> Self {
        let before = self.proposals.len();
        self.proposals
            .retain(|proposal| !proposal.keep.restricted && !proposal.leave.restricted);
        self.restricted_hidden += (before - self.proposals.len()) as u32;
        self
    }

    /// What an operator may see: proposals about its own masts and tenants, the other owner's mast without name, place and tenants.
    #[must_use]
    pub fn for_operator(self, operator: &str) -> Self {
        let mut view = self.without_restricted();
        view.proposals = view
            .proposals
            .into_iter()
            .filter(|proposal| is_own(&proposal.keep, operator) || is_own(&proposal.leave, operator))
            .map(|proposal| SharingProposal {
                distance_m: (proposal.distance_m / ROUGH_M).ceil() * ROUGH_M,
                keep: seen_by(proposal.keep, operator),
                leave: seen_by(proposal.leave, operator),
                tenants_moved: proposal
                    .tenants_moved
                    .into_iter()
                    .filter(|tenant| tenant.operator == operator)
                    .collect(),
                ..proposal
            })
            .collect();
        // Numbers of others' masts are theirs too.
        view.pairs_looked_at = 0;
        view.restricted_hidden = 0;
        view
    }
}

/// Distances to others' masts are told in steps of this, metres: two exact ones would give the place away.
const ROUGH_M: f64 = 250.0;

fn is_own(mast: &MastView, operator: &str) -> bool {
    mast.owner.as_deref() == Some(operator)
}

fn seen_by(mast: MastView, operator: &str) -> MastView {
    if is_own(&mast, operator) {
        return mast;
    }
    MastView {
        site_code: None,
        owner: None,
        position: None,
        mast_type: None,
        mast_height_m: None,
        free_height_m: None,
        tenants: Vec::new(),
        load: LoadStatus::Unknown,
        restricted: false,
    }
}
