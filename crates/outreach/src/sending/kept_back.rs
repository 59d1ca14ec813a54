//! Messages that are not sent, or not yet: while one waited, what it belongs to may have changed.

use entity::{
    id::{TenantId, TypedId},
    oltp::{campaign::CampaignStatus, campaign_lead::CampaignLeadStatus, lead::LeadStatus},
};
use sea_orm::DbErr;
use tenant::{Access, Identity, InTier, Tier};

use super::{
    ledger::Place,
    send::{CUT, Draft},
    sequence,
};
use crate::{Outreach, Trouble, month::Month, rows::query};

/// What is done with a message instead of sending it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum KeptBack {
    /// It waits until its campaign runs.
    Waits,
    /// It is not sent, and its lead is left out from now on, for this reason.
    Stops(String),
    /// It is not sent, as the campaign has nothing for its lead any more.
    LeadIsOut(&'static str),
    /// It is not sent, and its lead goes on without it.
    PassedOver(&'static str),
}

/// What a message belongs to.
#[derive(Clone, Copy)]
pub(crate) struct Belonging {
    campaign: CampaignStatus,
    lead: LeadStatus,
    /// How the lead stands with the campaign, if it was not taken out.
    in_campaign: Option<CampaignLeadStatus>,
    step_is_active: bool,
}

impl Belonging {
    /// As it was when the message was read. How the lead stands with the campaign is asked only once all else is ready.
    pub(crate) fn of(draft: &Draft) -> Self {
        Self {
            campaign: draft.campaign.status,
            lead: draft.lead.status,
            in_campaign: Some(CampaignLeadStatus::Active),
            step_is_active: draft.step.is_active,
        }
    }

    /// Why the message is not sent now; `None` if it is.
    pub(crate) fn keeps_back(self) -> Option<KeptBack> {
        match self.campaign {
            CampaignStatus::Sending => {}
            CampaignStatus::Paused | CampaignStatus::Scheduled | CampaignStatus::Draft => {
                return Some(KeptBack::Waits);
            }
            CampaignStatus::Completed => {
                let reason = "the campaign was completed".to_owned();
                return Some(KeptBack::Stops(reason));
            }
        }
        if let Some(reason) = sequence::left_out(self.lead) {
            return Some(KeptBack::Stops(format!("the lead {reason}")));
        }
        match self.in_campaign {
            Some(CampaignLeadStatus::Active) => {}
            Some(CampaignLeadStatus::Stopped | CampaignLeadStatus::Completed) => {
                let reason = "the campaign has nothing more for its lead";
                return Some(KeptBack::LeadIsOut(reason));
            }
            None => {
                let reason = "its lead was taken out of the campaign";
                return Some(KeptBack::LeadIsOut(reason));
            }
        }
        let is_off = !self.step_is_active;
        is_off.then_some(KeptBack::PassedOver("its step was switched off"))
    }
}

impl Outreach {
    /// The last that is asked before a message is taken to be sent, in one transaction: what the tenant's plan allows, and
    /// whether the message is kept back by now.
    pub(crate) async fn look_again(
        &self,
        tenant: TenantId,
        place: &Place,
    ) -> Result<(Option<Month>, Option<KeptBack>), Trouble> {
        let context = self
            .database
            .context(Identity::Job { tenant }, Access::Read);
        let asked = tokio::try_join!(
            self.month(&context, tenant),
            belonging(context.on(Tier::Oltp), place)
        );
        context.finish(false).await?;
        let (month, belonging) = asked?;
        let cut = Some(KeptBack::PassedOver(CUT));
        Ok((month, belonging.map_or(cut, Belonging::keeps_back)))
    }
}

/// Nothing, if the campaign, the lead or the step is gone.
async fn belonging(oltp: InTier<'_>, place: &Place) -> Result<Option<Belonging>, DbErr> {
    let sql = "SELECT c.status, l.status, i.status, s.is_active FROM campaigns c \
         JOIN leads l ON l.id = $2 JOIN campaign_sequence_steps s ON s.id = $3 \
         LEFT JOIN campaign_leads i ON i.campaign_id = c.id AND i.lead_id = l.id WHERE c.id = $1";
    let values = [
        place.campaign.into_value(),
        place.lead.into_value(),
        place.step.into_value(),
    ];
    let rows = query(oltp, sql, values).await?;
    let Some(row) = rows.first() else {
        return Ok(None);
    };
    Ok(Some(Belonging {
        campaign: row.at(0)?,
        lead: row.at(1)?,
        in_campaign: row.at(2)?,
        step_is_active: row.at(3)?,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of a message that nothing keeps back.
    fn free() -> Belonging {
        Belonging {
            campaign: CampaignStatus::Sending,
            lead: LeadStatus::Active,
            in_campaign: Some(CampaignLeadStatus::Active),
            step_is_active: true,
        }
    }

    #[test]
    fn a_message_goes_if_its_campaign_sends_its_lead_is_in_it_and_its_step_is_on() {
        assert_eq!(free().keeps_back(), None);
        for in_campaign in [
            None,
            Some(CampaignLeadStatus::Stopped),
            Some(CampaignLeadStatus::Completed),
        ] {
            let out = Belonging {
                in_campaign,
                ..free()
            };
            assert!(
                matches!(out.keeps_back(), Some(KeptBack::LeadIsOut(_))),
                "{in_campaign:?}"
            );
        }
        let off = Belonging {
            step_is_active: false,
            ..free()
        };
        assert_eq!(
            off.keeps_back(),
            Some(KeptBack::PassedOver("its step was switched off"))
        );
        let unsubscribed = Belonging {
            lead: LeadStatus::Unsubscribed,
            ..free()
        };
        let reason = "the lead has asked for no more mail".to_owned();
        assert_eq!(unsubscribed.keeps_back(), Some(KeptBack::Stops(reason)));
    }

    #[test]
    fn what_a_paused_campaign_has_waits_whatever_else_has_changed() {
        let paused = Belonging {
            campaign: CampaignStatus::Paused,
            in_campaign: None,
            step_is_active: false,
            ..free()
        };
        assert_eq!(paused.keeps_back(), Some(KeptBack::Waits));
        let completed = Belonging {
            campaign: CampaignStatus::Completed,
            ..paused
        };
        let reason = "the campaign was completed".to_owned();
        assert_eq!(completed.keeps_back(), Some(KeptBack::Stops(reason)));
    }
}
