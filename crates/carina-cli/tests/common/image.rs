//! Images for clusters, of what this machine has: nothing can be pulled everywhere.

use super::Plane;

/// `sh` and `sleep` of this machine with their libraries, as `shell:one` and `shell:two`. A container of
/// one says which one it is, and goes on until it is told to end, at once.
const SCRIPT: &str = r#"
set -eu
eval "$(carina env --shell=sh CLUSTER)"
folder=$(mktemp -d)
for program in sh sleep; do
    path=$(command -v "$program")
    cp -L --parents "$path" $(ldd "$path" | grep -o '/[^ ]*') "$folder"
done
shell=$(command -v sh)
for tag in one two; do
    tar -C "$folder" -c . | docker import \
        --change "CMD [\"$shell\", \"-c\", \"trap 'exit 0' TERM; echo this is $tag; sleep 100000 & wait\"]" - "shell:$tag"
done
rm -r "$folder"
"#;

impl Plane {
    /// Puts the images on the manager of a cluster.
    pub(crate) fn import_images(&self, cluster: &str) {
        let script = SCRIPT.replace("CLUSTER", cluster);
        self.script(&["sh"], &script, self.folder.path());
    }
}

/// What a pipeline needs of its image, of this machine: a shell, what the scripts use, `docker`, and the
/// libraries of the command under test, which is not the static one.
const BASE: &str = r#"
set -eu
folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT
mkdir -p "$folder/tmp"
for program in sh rm dirname readlink docker carina; do
    path=$(command -v "$program")
    case $program in
        carina) ;;
        docker) cp -L "$path" "$folder/docker" ;;
        *) cp -L --parents "$path" "$folder" ;;
    esac
    for library in $(ldd "$path" | grep -o '/[^ ]*'); do cp -L --parents "$library" "$folder"; done
done
# A Dockerfile runs its steps by this path.
mkdir -p "$folder/bin" "$folder/usr/local/bin"
[ -e "$folder/bin/sh" ] || cp -L "$(command -v sh)" "$folder/bin/sh"
mv "$folder/docker" "$folder/usr/local/bin/docker"
path=PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
tar -C "$folder" -c . | docker import --change "ENV $path" - "$BASE"
"#;

/// Makes an image of that name on the engine of the nodes.
pub(crate) fn import_base(name: &str) {
    let output = std::process::Command::new("sh")
        .args(["-c", BASE])
        .env("PATH", super::programs())
        .env("BASE", name)
        .output()
        .unwrap();
    let said = [output.stdout, output.stderr].concat();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&said)
    );
}
