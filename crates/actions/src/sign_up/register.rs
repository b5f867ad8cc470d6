//! A form becomes an account, from the first look at it to the commit: the same for
//! pages and for apps.

use archipel_model::{AccountId, AppId, ClientAddr, Scopes};
use archipel_storage::Store;

use super::{NoSignUp, SignUpForm, Stage, check_sign_up, sign_up};
use crate::hashing::hash_aside;
use crate::limits::{Limit, count_try};
use crate::mail::AccountRules;
use crate::token::{Grant, give_token};
use crate::{Context, Error, World};

/// An account that was made.
#[derive(Clone, Debug)]
pub struct Registered {
    /// The account.
    pub account: AccountId,
    /// How far they are on their way in.
    pub stage: Stage,
    /// The token of the app that asked.
    pub token: Option<String>,
}

/// Where a form came from.
#[derive(Clone, Copy, Debug, Default)]
pub struct From<'a> {
    /// The address.
    pub address: Option<ClientAddr>,
    /// The app, which gets a token for these scopes.
    pub app: Option<(AppId, &'a Scopes)>,
}

/// Makes an account of a form. Forms with mistakes cost nothing and are not counted.
pub async fn register(
    ctx: &Context,
    store: &Store,
    world: &dyn World,
    rules: &AccountRules,
    form: &SignUpForm,
    from: From<'_>,
) -> Result<Registered, NoSignUp> {
    let mut tx = store.write().await?;
    let ready = check_sign_up(ctx, &mut tx, rules, form).await?;
    drop(tx);
    if let Some(address) = from.address {
        count_try(ctx, store, Limit::SignUp, address.bucket()).await?;
    }
    let hash = hash_aside(ready.password().to_owned()).await;
    let (Some(hash), Some(keys)) = (hash, world.new_keys().await) else {
        return Err(Error::Busy.into());
    };
    let mut tx = store.write().await?;
    let (account, stage) = sign_up(ctx, &mut tx, rules, ready, &hash, &keys).await?;
    let token = match from.app {
        Some((app, scopes)) => {
            let grant = Grant {
                app,
                account: Some(account),
                community: None,
                scopes,
                code_hash: None,
            };
            Some(give_token(ctx, &mut tx, &grant).await?)
        }
        None => None,
    };
    tx.commit().await?;
    Ok(Registered {
        account,
        stage,
        token,
    })
}
