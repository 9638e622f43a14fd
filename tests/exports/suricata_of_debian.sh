#!/bin/sh
# Unpacks Debian's Suricata and its libraries into a folder, as any user and without touching what is installed:
# from where this machine has its packages, and from the backports there.
set -eu
folder=$1

command -v apt-get >/dev/null && command -v dpkg >/dev/null || {
    echo 'Install Suricata 7 or newer, so that `suricata` is found: this machine has no apt-get to fetch it with.' >&2
    exit 1
}
rm -rf "$folder"
mkdir -p "$folder/lists/partial" "$folder/cache/archives/partial" "$folder/root"
folder=$(cd "$folder" && pwd)

key=/usr/share/keyrings/debian-archive-keyring.gpg
apt-get indextargets --format '$(SITE) $(CODENAME) $(COMPONENT)' 'Created-By: Packages' 'Origin: Debian' |
    sort -u | while read -r site suite component; do
    echo "deb [signed-by=$key] $site $suite $component"
    case $suite in *-*) ;; *) echo "deb [signed-by=$key] $site $suite-backports $component" ;; esac
done >"$folder/sources.list"

apt() {
    apt-get -qq -o "Dir::Etc::sourcelist=$folder/sources.list" -o Dir::Etc::sourceparts=/dev/null \
        -o "Dir::State::lists=$folder/lists" -o "Dir::Cache=$folder/cache" -o Debug::NoLocking=1 "$@"
}
apt update
release=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
apt install --yes --no-install-recommends --download-only --target-release "$release-backports" suricata ||
    apt install --yes --no-install-recommends --download-only suricata
for package in "$folder"/cache/archives/*.deb; do
    dpkg -x "$package" "$folder/root"
done
rm -rf "$folder/lists" "$folder/cache"
