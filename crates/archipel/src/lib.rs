//! The binary's parts: command line, configuration, listener, logging and
//! shutdown. They are a library so that tests can reach them; `main.rs` only
//! joins them. What the server *does* lives in the other crates.

pub mod app;
pub mod cli;
pub mod commands;
pub mod config;
mod files;
pub mod http;
pub mod logging;
mod mail;
mod polls;
mod scheduled;
pub mod shutdown;
mod world;
