//! What is read from documents as each family of peers writes them.
