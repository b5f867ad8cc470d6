//! Rebuilds this crate when a migration file is added: they are embedded.
fn main() {
    println!("cargo:rerun-if-changed=../../migrations");
}
