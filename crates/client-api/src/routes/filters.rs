//! Filters, version 2 and 1, and filling `filtered` in statuses.

use crate::registry::Routes;

/// Declares the routes of this file.
pub(crate) fn declare(_routes: &mut Routes) {}
