//! Following, blocking, muting, notes; how who asks stands to others.

use crate::registry::Routes;

/// Declares the routes of this file.
pub(crate) fn declare(_routes: &mut Routes) {}
