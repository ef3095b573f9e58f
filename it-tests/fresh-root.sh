#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What a new user waits for: makes a fresh Debian root with nothing but git, Maven and a JDK, clones this repository into it as
# it was at a commit, and boots twice. Prints wall and processor seconds of each. As root, with debootstrap; on a quiet machine.
#
#   it-tests/fresh-root.sh SUITE FOLDER [COMMIT]     SUITE: bookworm or trixie; FOLDER: for the root, kept; COMMIT: HEAD
set -euo pipefail

suite=$1
mkdir -p "$2"
root=$(cd "$2" && pwd)
commit=${3:-HEAD}
top=$(git -C "$(dirname "$0")" rev-parse --show-toplevel)
commit=$(git -C "$top" rev-parse "$commit")
sources=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources 2>/dev/null || true)
mirror=${VSND_DEBIAN_MIRROR:-$(sed -nE 's/^(URIs:|deb) *(\[[^]]*\] *)?([a-z]+:[^ ]*debian\/?)( .*)?$/\3/p' <<<"$sources" | head -n 1)}

inside() { chroot "$root" env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin "$@"; }

trap 'umount "$root/proc" "$root/dev" 2>/dev/null || true' EXIT
[ -e "$root/etc/debian_version" ] || debootstrap --variant=minbase "$suite" "$root" "$mirror"
mountpoint -q "$root/proc" || mount -t proc proc "$root/proc"
mountpoint -q "$root/dev" || mount --bind /dev "$root/dev"
cp /etc/resolv.conf "$root/etc/resolv.conf"
inside DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends \
    git maven default-jdk-headless ca-certificates >/dev/null
if [ -d /usr/local/share/ca-certificates ]; then # a network with certificates of its own
    cp -r /usr/local/share/ca-certificates "$root/usr/local/share"
    inside update-ca-certificates >/dev/null
fi

rm -rf "$root/root/vsnd" "$root/root/.m2" "$root/root/.cache"
git -C "$top" bundle create -q "$root/root/vsnd.bundle" --all
inside git -c init.defaultBranch=main clone -q --no-checkout /root/vsnd.bundle /root/vsnd
inside git -C /root/vsnd checkout -q "$commit"

TIMEFORMAT='%R s wall, %U + %S s processor'
for boot in first second; do
    echo "== $suite, $commit, the $boot boot"
    time inside sh -c 'cd /root/vsnd && ./vsnd boot' || echo "== it failed"
done
