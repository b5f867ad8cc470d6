//! Searching people, communities, posts and hashtags, here and elsewhere.

use crate::registry::Routes;

/// Declares the routes of this file.
pub(crate) fn declare(_routes: &mut Routes) {}
