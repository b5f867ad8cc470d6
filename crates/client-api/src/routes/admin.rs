//! For administrators of the server: accounts, reports, domains.

use crate::registry::Routes;

/// Declares the routes of this file.
pub(crate) fn declare(_routes: &mut Routes) {}
