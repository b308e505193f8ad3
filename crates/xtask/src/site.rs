//! The served site: `pkg/app.HASH.{js,wasm,css}`, their compressed twins, the public files, and
//! `hash.txt`, in which Leptos looks up the hashes.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fmt;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail, ensure};
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};
use wasm_bindgen_cli_support::Bindgen;

use crate::css;

/// `output-name` and `site-pkg-dir` of the workspace's Leptos settings.
const NAME: &str = "app";
const PKG: &str = "pkg";
const HASHES: &str = "hash.txt";

/// What Chromium and Firefox both run. `--all-features` would write WASM that neither reads.
const WASM_OPT_FLAGS: [&str; 7] = [
    "-Oz",
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
];

/// Endings of files worth compressing; pictures and fonts are compressed by nature.
const COMPRESSED: [&str; 7] = ["wasm", "js", "css", "svg", "txt", "json", "webmanifest"];

/// Where the parts of the site come from.
pub(crate) struct Inputs {
    pub(crate) wasm: PathBuf,
    pub(crate) style: PathBuf,
    pub(crate) public: PathBuf,
    pub(crate) wasm_opt: Option<PathBuf>,
}

/// Makes the site in `out`, doing only what changed inputs call for, and tells its sizes.
pub(crate) fn build(inputs: &Inputs, out: &Path) -> anyhow::Result<Sizes> {
    let mut wanted = BTreeSet::new();

    let script = script(inputs, &out.with_extension("work"))?;
    let style = css::bundle(&inputs.style)?;
    let hashes = Hashes {
        js: hash(&script.js),
        wasm: hash(&script.wasm),
        css: hash(style.as_bytes()),
    };
    for (kind, bytes) in [
        ("js", script.js.as_slice()),
        ("wasm", script.wasm.as_slice()),
        ("css", style.as_bytes()),
    ] {
        publish(out, &hashes.path(kind), bytes, &mut wanted)?;
    }
    for (path, bytes) in script.snippets.iter().chain(&files_below(&inputs.public)?) {
        publish(out, path, bytes, &mut wanted)?;
    }
    // Last, and in one move: a server that runs finds either the old names or the new ones.
    let list = out.join(HASHES);
    fs::write(list.with_extension("new"), hashes.to_string())?;
    fs::rename(list.with_extension("new"), &list)?;
    wanted.insert(PathBuf::from(HASHES));

    remove_unwanted(out, &wanted)?;
    sizes(out)
}

/// What wasm-bindgen makes of the compiled dashboard.
struct Script {
    js: Vec<u8>,
    wasm: Vec<u8>,
    /// Files of JavaScript that `js` imports, by their paths in the site.
    snippets: Vec<(PathBuf, Vec<u8>)>,
}

/// Runs wasm-bindgen and wasm-opt, unless `work` holds what they made of the same input before.
fn script(inputs: &Inputs, work: &Path) -> anyhow::Result<Script> {
    let linked = fs::read(&inputs.wasm)
        .with_context(|| format!("cannot read {}; compile it first", inputs.wasm.display()))?;
    let mut key = Sha256::new();
    key.update(env!("CARGO_PKG_VERSION"));
    key.update(&linked);
    if let Some(tool) = &inputs.wasm_opt {
        key.update(wasm_opt_version(tool)?);
        key.update(WASM_OPT_FLAGS.concat());
    }
    let key = hex::encode(key.finalize());

    let stamp = work.join("key");
    if fs::read_to_string(&stamp).ok().as_deref() != Some(&key) {
        if work.exists() {
            fs::remove_dir_all(work)?;
        }
        Bindgen::new()
            .input_path(&inputs.wasm)
            .out_name(NAME)
            .web(true)?
            .typescript(false)
            .demangle(false)
            .remove_name_section(true)
            .remove_producers_section(true)
            .generate(work)
            .context("wasm-bindgen failed")?;
        let wasm = work.join("app_bg.wasm");
        if let Some(tool) = &inputs.wasm_opt {
            let small = work.join("small.wasm");
            let status = Command::new(tool)
                .args(WASM_OPT_FLAGS)
                .arg(&wasm)
                .arg("-o")
                .arg(&small)
                .status()
                .with_context(|| format!("cannot run {}", tool.display()))?;
            ensure!(status.success(), "{} failed: {status}", tool.display());
            fs::rename(small, &wasm)?;
        }
        fs::write(&stamp, &key)?;
    }

    let snippets = files_below(&work.join("snippets"))?
        .into_iter()
        .map(|(path, bytes)| (Path::new(PKG).join("snippets").join(path), bytes))
        .collect();
    Ok(Script {
        js: fs::read(work.join("app.js"))?,
        wasm: fs::read(work.join("app_bg.wasm"))?,
        snippets,
    })
}

fn wasm_opt_version(tool: &Path) -> anyhow::Result<Vec<u8>> {
    let output = Command::new(tool)
        .arg("--version")
        .output()
        .with_context(|| format!("cannot run {}", tool.display()))?;
    ensure!(
        output.status.success(),
        "{} --version failed",
        tool.display()
    );
    Ok(output.stdout)
}

/// Writes a file of the site and its twins, unless they are there with the same content.
fn publish(
    out: &Path,
    path: &Path,
    bytes: &[u8],
    wanted: &mut BTreeSet<PathBuf>,
) -> anyhow::Result<()> {
    let full = out.join(path);
    let compressed = path
        .extension()
        .and_then(OsStr::to_str)
        .is_some_and(|e| COMPRESSED.contains(&e));
    let twins = if compressed {
        vec![twin(path, "br"), twin(path, "gz")]
    } else {
        vec![]
    };

    let complete = twins.iter().all(|twin| out.join(twin).exists())
        && fs::read(&full).is_ok_and(|old| old == bytes);
    if !complete {
        if let Some(folder) = full.parent() {
            fs::create_dir_all(folder)?;
        }
        if compressed {
            fs::write(twin(&full, "br"), brotli(bytes)?)?;
            fs::write(twin(&full, "gz"), gzip(bytes)?)?;
        }
        fs::write(&full, bytes).with_context(|| format!("cannot write {}", full.display()))?;
    }
    wanted.insert(path.to_path_buf());
    wanted.extend(twins);
    Ok(())
}

/// `app.js` has the twin `app.js.br`.
fn twin(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    PathBuf::from(name)
}

fn brotli(bytes: &[u8]) -> anyhow::Result<Vec<u8>> {
    let params = brotli::enc::BrotliEncoderParams {
        quality: 11,
        lgwin: 24,
        size_hint: bytes.len(),
        ..Default::default()
    };
    let mut compressed = Vec::new();
    brotli::BrotliCompress(&mut &bytes[..], &mut compressed, &params)?;
    Ok(compressed)
}

fn gzip(bytes: &[u8]) -> anyhow::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}

/// Sixteen hexadecimal digits of SHA-256: enough to tell one version's file from another's.
fn hash(bytes: &[u8]) -> String {
    hex::encode(&Sha256::digest(bytes)[..8])
}

/// All files below a folder, by their paths in it; none when there is no such folder.
fn files_below(folder: &Path) -> anyhow::Result<Vec<(PathBuf, Vec<u8>)>> {
    let mut files = Vec::new();
    for path in paths_below(folder)? {
        let bytes = fs::read(folder.join(&path))?;
        files.push((path, bytes));
    }
    Ok(files)
}

fn paths_below(root: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    let mut folders = vec![PathBuf::new()];
    while let Some(folder) = folders.pop() {
        let full = root.join(&folder);
        if !full.is_dir() {
            continue;
        }
        for entry in fs::read_dir(full)? {
            let entry = entry?;
            let path = folder.join(entry.file_name());
            if entry.file_type()?.is_dir() {
                folders.push(path);
            } else {
                paths.push(path);
            }
        }
    }
    paths.sort();
    Ok(paths)
}

/// Removes what an earlier version of the site left.
fn remove_unwanted(out: &Path, wanted: &BTreeSet<PathBuf>) -> anyhow::Result<()> {
    for path in paths_below(out)? {
        if !wanted.contains(&path) {
            fs::remove_file(out.join(path))?;
        }
    }
    Ok(())
}

/// The lines of `hash.txt`.
#[derive(Debug, PartialEq)]
struct Hashes {
    js: String,
    wasm: String,
    css: String,
}

impl Hashes {
    fn parse(text: &str) -> anyhow::Result<Self> {
        let value = |kind: &str| {
            text.lines()
                .filter_map(|line| line.split_once(':'))
                .find(|(name, _)| name.trim() == kind)
                .map(|(_, hash)| hash.trim().to_owned())
                .with_context(|| format!("{HASHES} has no line for {kind}"))
        };
        Ok(Self {
            js: value("js")?,
            wasm: value("wasm")?,
            css: value("css")?,
        })
    }

    /// The path in the site of the file of this kind.
    fn path(&self, kind: &str) -> PathBuf {
        let hash = match kind {
            "js" => &self.js,
            "wasm" => &self.wasm,
            _ => &self.css,
        };
        Path::new(PKG).join(format!("{NAME}.{hash}.{kind}"))
    }
}

impl fmt::Display for Hashes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "js: {}\nwasm: {}\ncss: {}", self.js, self.wasm, self.css)
    }
}

/// Bytes on disk and over the wire.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Size {
    raw: u64,
    pub(crate) brotli: u64,
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kb = |bytes: u64| format!("{}.{}", bytes / 1000, bytes % 1000 / 100);
        write!(f, "{} kB / {} kB br", kb(self.raw), kb(self.brotli))
    }
}

/// What a first visit downloads to enhance the page.
#[derive(Debug)]
pub(crate) struct Sizes {
    wasm: Size,
    js: Size,
    css: Size,
}

impl Sizes {
    pub(crate) fn total(&self) -> Size {
        [self.wasm, self.js, self.css]
            .iter()
            .fold(Size::default(), |sum, size| Size {
                raw: sum.raw + size.raw,
                brotli: sum.brotli + size.brotli,
            })
    }
}

impl fmt::Display for Sizes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { wasm, js, css } = self;
        write!(f, "wasm {wasm}, js {js}, css {css}, total {}", self.total())
    }
}

/// The sizes of the site in `out`, as its `hash.txt` names the files.
pub(crate) fn sizes(out: &Path) -> anyhow::Result<Sizes> {
    let list = fs::read_to_string(out.join(HASHES))
        .with_context(|| format!("{} has no {HASHES}; make the site first", out.display()))?;
    let hashes = Hashes::parse(&list)?;
    let size = |kind: &str| -> anyhow::Result<Size> {
        let path = out.join(hashes.path(kind));
        let bytes = |path: &Path| match fs::metadata(path) {
            Ok(file) => Ok(file.len()),
            Err(error) => bail!("{}: {error}", path.display()),
        };
        Ok(Size {
            raw: bytes(&path)?,
            brotli: bytes(&twin(&path, "br"))?,
        })
    };
    Ok(Sizes {
        wasm: size("wasm")?,
        js: size("js")?,
        css: size("css")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_file_reads_back_as_written() {
        let hashes = Hashes {
            js: "0a".to_owned(),
            wasm: "1b".to_owned(),
            css: "2c".to_owned(),
        };

        let text = hashes.to_string();

        assert_eq!(text, "js: 0a\nwasm: 1b\ncss: 2c\n");
        assert_eq!(Hashes::parse(&text).unwrap(), hashes);
        assert_eq!(hashes.path("wasm"), Path::new("pkg/app.1b.wasm"));
    }

    #[test]
    fn a_hash_file_without_a_kind_is_an_error() {
        let error = Hashes::parse("js: 0a\nwasm: 1b\n").unwrap_err();

        assert!(error.to_string().contains("css"), "{error}");
    }

    #[test]
    fn other_content_has_another_name() {
        assert_eq!(hash(b"one").len(), 16);
        assert_ne!(hash(b"one"), hash(b"two"));
    }

    #[test]
    fn published_files_have_twins_and_are_written_once() {
        let out = tempfile::tempdir().unwrap();
        let mut wanted = BTreeSet::new();
        let path = Path::new("pkg/a.css");
        publish(out.path(), path, b"a { }", &mut wanted).unwrap();
        let written = fs::metadata(out.path().join("pkg/a.css.br"))
            .unwrap()
            .modified()
            .unwrap();
        publish(out.path(), path, b"a { }", &mut wanted).unwrap();

        let names: Vec<_> = wanted
            .iter()
            .map(|path| path.display().to_string())
            .collect();
        assert_eq!(names, ["pkg/a.css", "pkg/a.css.br", "pkg/a.css.gz"]);
        assert_eq!(
            fs::metadata(out.path().join("pkg/a.css.br"))
                .unwrap()
                .modified()
                .unwrap(),
            written
        );
    }

    #[test]
    fn what_is_no_longer_wanted_goes() {
        let out = tempfile::tempdir().unwrap();
        let mut wanted = BTreeSet::new();
        publish(
            out.path(),
            Path::new("pkg/old.png"),
            b"old",
            &mut BTreeSet::new(),
        )
        .unwrap();
        publish(out.path(), Path::new("new.png"), b"new", &mut wanted).unwrap();

        remove_unwanted(out.path(), &wanted).unwrap();

        assert_eq!(paths_below(out.path()).unwrap(), [Path::new("new.png")]);
    }

    #[test]
    fn the_total_is_the_sum() {
        let one = Size {
            raw: 1_500,
            brotli: 250,
        };
        let sizes = Sizes {
            wasm: one,
            js: one,
            css: one,
        };

        assert_eq!(sizes.total().brotli, 750);
        assert!(
            sizes.to_string().ends_with("total 4.5 kB / 0.7 kB br"),
            "{sizes}"
        );
    }
}
