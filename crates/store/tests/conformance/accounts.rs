//! Links, passwords, locks, sessions, tokens and one-time codes.

use store::StoreError;
use store::{Account, AccountChange, NewAccount, Role, Scope, SignIn, Store};

use crate::{Opened, backends, fresh_name};

fn new_account(name: &str, role: Role) -> NewAccount {
    NewAccount {
        name: name.to_owned(),
        display_name: "Nguyễn Thị Thử".to_owned(),
        role,
        operator: (role == Role::Operator).then(|| "Viettel".to_owned()),
    }
}

const PASSWORD: &str = "một mật khẩu dài";

/// An account with a password.
async fn settled(store: &Store, role: Role) -> Account {
    let account = store.create_account(new_account(&fresh_name(), role)).await.unwrap();
    let link = store.invite(&account.id).await.unwrap();
    store.accept_invitation(&link.secret, PASSWORD).await.unwrap().unwrap()
}

#[tokio::test]
async fn a_link_sets_a_password_once_and_the_password_signs_in() {
    for Opened { store, .. } in backends().await {
        let account = store
            .create_account(new_account(&fresh_name(), Role::Administrator))
            .await
            .unwrap();
        assert!(!account.has_password && store.has_accounts().await.unwrap());
        assert_eq!(store.sign_in(&account.name, "", None).await.unwrap(), SignIn::Refused);
        let old = store.invite(&account.id).await.unwrap();
        let link = store.invite(&account.id).await.unwrap();
        assert_eq!(store.accept_invitation(&old.secret, PASSWORD).await.unwrap(), None);
        let account = store.accept_invitation(&link.secret, PASSWORD).await.unwrap().unwrap();
        assert!(account.has_password);
        assert_eq!(
            store.accept_invitation(&link.secret, PASSWORD).await.unwrap(),
            None,
            "a link is good once"
        );
        assert!(matches!(
            store
                .create_account(new_account(&account.name.to_uppercase(), Role::Public))
                .await,
            Err(StoreError::Conflict(_))
        ));
        let SignIn::Accepted(signed_in) = store.sign_in(&account.name, PASSWORD, None).await.unwrap() else {
            unreachable!()
        };
        let session = store.begin_session(&signed_in.id).await.unwrap();
        assert_eq!(
            store.session(&session.secret).await.unwrap().unwrap().account.id,
            account.id
        );
        assert_eq!(store.session("another").await.unwrap(), None);
        store.end_session(&session.secret).await.unwrap();
        assert_eq!(store.session(&session.secret).await.unwrap(), None);
    }
}

#[tokio::test]
async fn five_failures_lock_an_account_and_a_right_password_does_not_open_it() {
    for Opened { store, .. } in backends().await {
        let account = settled(&store, Role::Planner).await;
        // All at once: guesses in parallel are counted like guesses in a row.
        let guesses = (0..8).map(|_| store.sign_in(&account.name, "sai mật khẩu rồi", None));
        let outcomes: Vec<SignIn> = futures::future::try_join_all(guesses).await.unwrap();
        let refused = outcomes.iter().filter(|outcome| **outcome == SignIn::Refused).count();
        assert_eq!(refused, 5, "{outcomes:?}");
        let locked = store.sign_in(&account.name, PASSWORD, None).await.unwrap();
        assert!(matches!(locked, SignIn::Locked(seconds) if (1..=900).contains(&seconds)));
        assert!(store.account(&account.id).await.unwrap().is_locked());
        let link = store.invite(&account.id).await.unwrap();
        store.accept_invitation(&link.secret, PASSWORD).await.unwrap();
        assert!(matches!(
            store.sign_in(&account.name, PASSWORD, None).await.unwrap(),
            SignIn::Accepted(_)
        ));
    }
}

#[tokio::test]
async fn whoever_is_switched_off_or_changes_role_is_signed_out() {
    for Opened { store, .. } in backends().await {
        let keeper = settled(&store, Role::Administrator).await;
        let account = settled(&store, Role::Planner).await;
        let session = store.begin_session(&account.id).await.unwrap();
        let token = store.create_token(&account.id, "QGIS", Scope::Read, 30).await.unwrap();
        assert!(token.secret.starts_with("phs_"));
        let (holder, scope) = store.token_holder(&token.secret).await.unwrap().unwrap();
        assert_eq!((holder.account.id.as_str(), scope), (account.id.as_str(), Scope::Read));
        let off = AccountChange {
            disabled: Some(true),
            ..AccountChange::default()
        };
        store.change_account(&account.id, off).await.unwrap();
        assert_eq!(store.session(&session.secret).await.unwrap(), None);
        assert_eq!(store.token_holder(&token.secret).await.unwrap(), None);
        assert_eq!(
            store.sign_in(&account.name, PASSWORD, None).await.unwrap(),
            SignIn::Refused
        );
        store.delete_token(&account.id, &token.token.id).await.unwrap();
        store.delete_account(&account.id).await.unwrap();
        // Other tests on a lasting database have administrators of their own: only a fresh one shows the last.
        if store
            .accounts()
            .await
            .unwrap()
            .iter()
            .filter(|a| a.role == Role::Administrator)
            .count()
            == 1
        {
            assert!(matches!(
                store.delete_account(&keeper.id).await,
                Err(StoreError::LastAdministrator)
            ));
            assert_eq!(store.account(&keeper.id).await.unwrap().role, Role::Administrator);
        }
    }
}

#[tokio::test]
async fn an_expired_token_is_nobodys() {
    for Opened { store, .. } in backends().await {
        let account = settled(&store, Role::Auditor).await;
        let token = store
            .create_token(&account.id, "hết hạn", Scope::Write, 0)
            .await
            .unwrap();
        assert_eq!(store.token_holder(&token.secret).await.unwrap(), None);
        assert_eq!(store.tokens(&account.id).await.unwrap(), vec![token.token]);
    }
}

#[tokio::test]
async fn one_time_codes_are_asked_for_once_one_was_shown_to_work() {
    for Opened { store, .. } in backends().await {
        let account = settled(&store, Role::Planner).await;
        store.propose_totp(&account.id).await.unwrap();
        assert!(matches!(
            store.sign_in(&account.name, PASSWORD, None).await.unwrap(),
            SignIn::Accepted(_)
        ));
        assert!(!store.confirm_totp(&account.id, "no code").await.unwrap());
        assert!(!store.account(&account.id).await.unwrap().totp);
    }
}

#[tokio::test]
async fn a_password_is_changed_by_who_knows_it_and_other_sessions_end() {
    for Opened { store, .. } in backends().await {
        let account = settled(&store, Role::Commune).await;
        let (one, two) = (
            store.begin_session(&account.id).await.unwrap().secret,
            store.begin_session(&account.id).await.unwrap().secret,
        );
        let change = async |current: &str| {
            store
                .change_password(&account.id, current, "mật khẩu mới hơn", Some(&one))
                .await
        };
        assert!(!change("không biết gì cả").await.unwrap());
        assert!(change(PASSWORD).await.unwrap());
        assert!(store.session(&one).await.unwrap().is_some());
        assert!(store.session(&two).await.unwrap().is_none());
        assert_eq!(
            store.sign_in(&account.name, PASSWORD, None).await.unwrap(),
            SignIn::Refused
        );
    }
}
