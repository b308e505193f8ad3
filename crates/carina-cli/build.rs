//! What the command is built from: `CARINA_COMMIT`, where whoever releases it says so.

fn main() {
    println!("cargo::rerun-if-env-changed=CARINA_COMMIT");
    #[expect(
        clippy::disallowed_methods,
        reason = "this is said to the build, not to the command"
    )]
    let commit = std::env::var("CARINA_COMMIT").unwrap_or_else(|_| "dev".to_owned());
    println!("cargo::rustc-env=CARINA_COMMIT={commit}");
}
