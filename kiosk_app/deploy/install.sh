#!/usr/bin/env bash
# Make a kiosk of a Raspberry Pi with Raspberry Pi OS Lite (bookworm or newer). Run it as root from a copy of the project:
#
#   kiosk_app/deploy/install.sh --data /dev/mmcblk0p3 [--read-only]
#
# --data       the partition for all that is written; it is formatted only when it has no file system
# --read-only  at the end make the root file system read-only (needs raspi-config, holds from the next start)
#
# May be run again, after an update too. DESTDIR=folder puts the files there instead, for looking at them.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
project=$(cd "$here/../.." && pwd)
root=${DESTDIR:-}
data='' read_only=''

usage() {
    sed -n '2,9s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2
    exit 2
}

fail() {
    echo "install.sh: $*" >&2
    exit 2
}

while [ $# -gt 0 ]; do
    case $1 in
        --data) [ $# -ge 2 ] || usage; data=$2; shift 2 ;;
        --read-only) read_only=yes; shift ;;
        *) usage ;;
    esac
done
[ -n "$data" ] || usage
[ "$(id -u)" -eq 0 ] || fail "only root may install; say: sudo $0 --data $data"
[ -n "$root" ] || [ -b "$data" ] || fail "$data is no partition; lsblk lists them"

say() { echo "$*" >&2; }

packages() {
    say "Installing packages"
    apt-get update --quiet=2
    apt-get install --yes --quiet=2 --no-install-recommends \
        python3-venv espeak-ng alsa-utils libegl1 libgles2 libgbm1 libdrm2 libmtdev1 libinput10 systemd-timesyncd </dev/null
    # It would put back an older time at every start, from a root that is read-only.
    apt-get purge --yes --quiet=2 fake-hwclock </dev/null || true
}

user() {
    id hymio-kiosk >/dev/null 2>&1 || useradd --system --home-dir /var/lib/hymio --shell /usr/sbin/nologin hymio-kiosk
}

program() {
    say "Installing the program"
    install -d "$root/opt/hymio"
    for part in hymio.py pyproject.toml LICENSE device kiosk_app; do
        rm -rf "${root:?}/opt/hymio/$part"
        cp -r "$project/$part" "$root/opt/hymio/"
    done
    python3 -m venv "$root/opt/hymio/.venv"
    "$root/opt/hymio/.venv/bin/python" -m pip install --quiet --no-input --require-hashes \
        -r "$root/opt/hymio/kiosk_app/requirements.txt"
}

# The data partition is looked for by its label: the name of a device may change. Damage makes it read-only, which the
# kiosk shows; a partition that is missing must not keep the board from starting, or nobody could mend it from afar.
partition() {
    say "Preparing the data partition"
    if ! blkid "$data" >/dev/null; then
        mkfs.ext4 -q -L hymio-data "$data"
    fi
    e2label "$data" hymio-data
    install -d "$root/var/lib/hymio" "$root/etc"
    add_line "$root/etc/fstab" "LABEL=hymio-data /var/lib/hymio ext4 noatime,errors=remount-ro,nofail,x-systemd.device-timeout=30s 0 2"
    add_line "$root/etc/fstab" "/var/lib/hymio/timesync /var/lib/systemd/timesync none bind,nofail,x-systemd.requires-mounts-for=/var/lib/hymio 0 0"
    [ -n "$root" ] || mountpoint -q /var/lib/hymio || mount /var/lib/hymio
    install -d -m 0755 "$root/var/lib/hymio/timesync" "$root/var/lib/systemd/timesync"
    chown systemd-timesync: "$root/var/lib/hymio/timesync" || true
    chown hymio-kiosk: "$root/var/lib/hymio"
    chmod 0711 "$root/var/lib/hymio"
}

add_line() {
    grep --quiet --line-regexp --fixed-strings "$2" "$1" 2>/dev/null || echo "$2" >>"$1"
}

settings() {
    install -d -m 0750 "$root/etc/hymio"
    chgrp hymio-kiosk "$root/etc/hymio"
    [ -e "$root/etc/hymio/kiosk.json" ] ||
        install -m 0640 "$here/files/kiosk.example.json" "$root/etc/hymio/kiosk.json"
    chgrp hymio-kiosk "$root/etc/hymio/kiosk.json"
}

system() {
    say "Setting up the system"
    place hymio-kiosk.service /etc/systemd/system/hymio-kiosk.service
    place files/journald.conf /etc/systemd/journald.conf.d/hymio.conf
    place files/watchdog.conf /etc/systemd/system.conf.d/hymio.conf
    place files/timesyncd.conf /etc/systemd/timesyncd.conf.d/hymio.conf
    place files/hymio-usb.rules /etc/udev/rules.d/90-hymio-usb.rules
    screen
}

place() {
    install -D -m 0644 "$here/$1" "$root$2"
}

# The console neither blinks through the picture nor goes dark by itself: the kiosk does that (blank_s).
screen() {
    local line="$root/boot/firmware/cmdline.txt"
    [ -e "$line" ] || return 0
    for word in consoleblank=0 vt.global_cursor_default=0 logo.nologo; do
        grep --quiet --word-regexp --fixed-strings "$word" "$line" || sed -i "1s/\$/ $word/" "$line"
    done
}

# A key beside the data on the same card would protect nothing; so there is one only where a TPM keeps it.
key() {
    local credential="$root/etc/hymio/outbox-key.cred"
    if ! systemd-creds has-tpm2 --quiet; then
        say "No TPM 2 on this board: responses lie readable on the card for up to 30 days, and the status screen says so."
        return 0
    fi
    if [ ! -e "$credential" ]; then
        head -c 32 /dev/urandom | systemd-creds encrypt --with-key=tpm2 --name=outbox-key - "$credential"
    fi
    place files/sealed.conf /etc/systemd/system/hymio-kiosk.service.d/sealed.conf
}

start() {
    systemctl disable --quiet getty@tty1.service
    systemctl daemon-reload
    systemctl enable --quiet systemd-timesyncd.service hymio-kiosk.service
    if grep --quiet broker.example.fi "$root/etc/hymio/kiosk.json"; then
        say "Now write $root/etc/hymio/kiosk.json and put the certificates beside it; then: systemctl restart hymio-kiosk"
    else
        systemctl restart hymio-kiosk.service
    fi
}

lock() {
    [ -n "$read_only" ] || return 0
    command -v raspi-config >/dev/null || fail "--read-only needs raspi-config; everything else is installed"
    raspi-config nonint do_overlayfs 0
    # Without this word the overlay covers the data partition too, and every start forgets what was stored.
    sed -i 's/overlayroot=tmpfs\($\| \)/overlayroot=tmpfs:recurse=0\1/' "$root/boot/firmware/cmdline.txt"
    grep --quiet 'overlayroot=tmpfs:recurse=0' "$root/boot/firmware/cmdline.txt" ||
        fail "this raspi-config has another way to a read-only root; see that it leaves /var/lib/hymio alone"
    say "From the next start the root file system is read-only. To change something: raspi-config nonint do_overlayfs 1, and start anew."
}

packages
user
program
partition
settings
system
key
start
lock
say "Done."
