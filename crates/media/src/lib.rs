//! Pictures: uploads made safe, previews, copies of remote files, in a folder or S3.
