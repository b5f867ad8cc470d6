//! Finding people and communities: directory, suggestions, trends, familiar followers, endorsements.

use crate::registry::Routes;

/// Declares the routes of this file.
pub(crate) fn declare(_routes: &mut Routes) {}
