//! Reading people and communities: by id, by name, what they wrote, whom they follow.

use crate::registry::Routes;

/// Declares the routes of this file.
pub(crate) fn declare(_routes: &mut Routes) {}
