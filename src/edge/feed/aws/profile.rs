//! What a profile says that the SDK passes over.

use std::borrow::Cow;

use aws_config::profile::{ProfileSet, load};
use aws_runtime::env_config::file::EnvConfigFiles;
use aws_types::os_shim_internal::{Env, Fs};

use crate::live::trouble::Trouble;
use crate::live::trouble::TroubleClass;

/// The most profiles that one role after the other leads through.
const MOST: usize = 16;

/// Why there are no credentials, if a role is to be assumed with the code of a device: the SDK would ask
/// without one, and the service would refuse. `profile` is the one that was asked for by name; otherwise keys
/// of the environment count first.
pub(super) async fn wants_code(profile: Option<&str>) -> Option<Trouble> {
    if profile.is_none() && std::env::var_os("AWS_ACCESS_KEY_ID").is_some_and(|key| !key.is_empty()) {
        return None;
    }
    let name = profile.map(|name| Cow::Owned(name.to_owned()));
    // What is wrong with the files is said by whoever looks for credentials in them.
    let profiles = load(&Fs::real(), &Env::real(), &EnvConfigFiles::default(), name).await.ok()?;
    let with_code = with_code(&profiles)?;
    let selected = profiles.selected_profile();
    let text = format!(
        "the profile `{with_code}` assumes a role with the code of a device (mfa_serial), which is not asked for here"
    );
    let hint = format!(
        "eval \"$(aws configure export-credentials --profile {selected} --format env)\", which asks for it"
    );
    Some(Trouble { hint: Some(hint), ..Trouble::new(TroubleClass::Credentials, text) })
}

/// The first profile on the way to credentials that has both a role and `mfa_serial` (AWS SDKs and Tools
/// Reference Guide, "Assume role credential provider").
fn with_code(profiles: &ProfileSet) -> Option<&str> {
    let mut name = profiles.selected_profile();
    for _ in 0..MOST {
        let profile = profiles.get_profile(name)?;
        profile.get("role_arn")?;
        if profile.get("mfa_serial").is_some() {
            return Some(name);
        }
        let source = profile.get("source_profile")?;
        if source == name {
            return None;
        }
        name = source;
    }
    None
}
