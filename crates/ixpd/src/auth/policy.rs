//! Whether a user may act at all: the rules that hold for keys and sessions alike.

use chrono::{DateTime, NaiveDate, Utc};
use ixpd_db::query::{membership::Membership, principal::PrincipalRow};
use ixpd_types::{CustomerStatus, Privilege, Zone};

use super::actor::Principal;
use crate::{config::Config, error::AppError};

/// Why an account may not act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LockedOut {
    /// `user.disabled`.
    UserDisabled,
    /// The member is suspended, has left or is gone, or the user is none of its users.
    CustomerInactive,
}

impl LockedOut {
    /// The text of IXP Manager 7.4.
    pub fn message(self, config: &Config) -> String {
        match self {
            Self::UserDisabled => "User is disabled".to_owned(),
            Self::CustomerInactive => {
                let mut word = config.frontend.customer_one.chars();
                let capitalised: String =
                    word.next().into_iter().flat_map(char::to_uppercase).chain(word).collect();
                format!("{capitalised} of the user is disabled")
            }
        }
    }

    /// The refusal of a request.
    pub fn refusal(self, config: &Config) -> AppError {
        AppError::Unauthorized(self.message(config).into())
    }
}

/// Judges an account at the instant `now`.
///
/// # Errors
/// [`LockedOut`] if it may not act.
pub fn judge(row: &PrincipalRow, zone: Zone, now: DateTime<Utc>) -> Result<Principal, LockedOut> {
    if row.disabled.unwrap_or(false) {
        return Err(LockedOut::UserDisabled);
    }
    let customer_id = row.customer_id.ok_or(LockedOut::CustomerInactive)?;
    let privilege = granted(row.privilege).ok_or(LockedOut::CustomerInactive)?;
    if !is_active(row.customer_status, row.customer_left, zone, now) {
        return Err(LockedOut::CustomerInactive);
    }
    Ok(Principal {
        user_id: row.user_id,
        username: row.username.clone().unwrap_or_default(),
        name: row.name.clone(),
        email: row.email.clone(),
        customer_id,
        customer_name: row.customer_name.clone().unwrap_or_default(),
        privilege,
    })
}

/// Whether a membership lets its user, who isn't disabled, act at the instant `now`.
pub fn is_usable(membership: &Membership, zone: Zone, now: DateTime<Utc>) -> bool {
    granted(Some(membership.privilege)).is_some()
        && is_active(membership.customer_status, membership.customer_left, zone, now)
}

fn granted(code: Option<i32>) -> Option<Privilege> {
    let privilege = code.and_then(|code| Privilege::from_code(code).ok());
    privilege.filter(|privilege| *privilege > Privilege::Public)
}

/// Normal and not connected members are active until the day they leave, suspended ones aren't.
fn is_active(status: Option<i16>, left: Option<NaiveDate>, zone: Zone, now: DateTime<Utc>) -> bool {
    let status = status.and_then(|code| CustomerStatus::from_code(code).ok());
    matches!(status, Some(CustomerStatus::Normal | CustomerStatus::NotConnected))
        && left.is_none_or(|day| zone.start_of(day) >= now)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row() -> PrincipalRow {
        PrincipalRow {
            user_id: 1,
            username: Some("ann".to_owned()),
            name: None,
            email: None,
            disabled: Some(false),
            customer_id: Some(2),
            customer_name: Some("Example".to_owned()),
            customer_status: Some(1),
            customer_left: None,
            privilege: Some(2),
        }
    }

    fn judged(row: &PrincipalRow, now: &str) -> Result<Privilege, LockedOut> {
        judge(row, "Europe/Dublin".parse().unwrap(), now.parse().unwrap())
            .map(|principal| principal.privilege)
    }

    const NOW: &str = "2026-07-01T12:00:00Z";

    #[test]
    fn active_member_s_user_has_the_privilege_of_its_membership() {
        assert_eq!(judged(&row(), NOW), Ok(Privilege::CustomerAdmin));
        assert_eq!(
            judged(&PrincipalRow { disabled: None, customer_status: Some(2), ..row() }, NOW),
            Ok(Privilege::CustomerAdmin)
        );
    }

    #[test]
    fn disabled_user_is_told_before_its_member() {
        let row = PrincipalRow { disabled: Some(true), customer_status: Some(3), ..row() };
        assert_eq!(judged(&row, NOW), Err(LockedOut::UserDisabled));
    }

    #[test]
    fn suspended_missing_or_foreign_members_lock_out() {
        for row in [
            PrincipalRow { customer_status: Some(3), ..row() },
            PrincipalRow { customer_status: Some(9), ..row() },
            PrincipalRow { customer_status: None, ..row() },
            PrincipalRow { customer_id: None, ..row() },
            PrincipalRow { privilege: None, ..row() },
            PrincipalRow { privilege: Some(0), ..row() },
            PrincipalRow { privilege: Some(4), ..row() },
        ] {
            assert_eq!(judged(&row, NOW), Err(LockedOut::CustomerInactive));
        }
    }

    #[test]
    fn leaving_member_is_locked_out_from_the_start_of_its_last_day() {
        let row = PrincipalRow { customer_left: NaiveDate::from_ymd_opt(2026, 7, 1), ..row() };
        // Midnight in Dublin is 23:00 UTC in summer.
        assert!(judged(&row, "2026-06-30T22:59:59Z").is_ok());
        assert_eq!(judged(&row, "2026-06-30T23:00:01Z"), Err(LockedOut::CustomerInactive));
    }
}
