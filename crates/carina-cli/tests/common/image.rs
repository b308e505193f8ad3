//! Images for clusters, of what this machine has: nothing can be pulled everywhere.

use super::Plane;

/// `sh` and `sleep` of this machine with their libraries, as `shell:one` and `shell:two`. A container of
/// one says which one it is, and goes on.
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
        --change "CMD [\"$shell\", \"-c\", \"echo this is $tag; exec sleep 100000\"]" - "shell:$tag"
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
