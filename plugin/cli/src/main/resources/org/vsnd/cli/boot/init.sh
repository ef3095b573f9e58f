#!/bin/busybox sh
# SPDX-License-Identifier: Apache-2.0
# The guest's first process: makes the system usable, then runs what the host asks for, one line of shell at a time.
#
# Host and guest talk over the virtio serial port "vsnd.control": the host sends a line, the guest answers
# "@@end EXIT-CODE LENGTH" and LENGTH bytes: whatever the line wrote on standard output and standard error.
export PATH=/bin HOME=/ LC_ALL=C
/bin/busybox mkdir -p /proc /sys /dev /run /tmp
/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t sysfs sys /sys
/bin/busybox mount -t devtmpfs dev /dev
/bin/busybox --install -s /bin
mount -t tmpfs run /run
mount -t tmpfs tmp /tmp
dmesg -n 4

for module in soundcore snd snd-timer snd-pcm; do
    insmod /lib/modules/$module.ko || echo "vsnd: cannot load $module"
done

port=
tries=0
while [ -z "$port" ] && [ $tries -lt 50 ]; do
    for name in /sys/class/virtio-ports/*/name; do
        [ "$(cat "$name" 2>/dev/null)" = vsnd.control ] && port=/dev/$(basename "$(dirname "$name")")
    done
    tries=$((tries + 1))
    [ -n "$port" ] || usleep 100000
done
if [ -z "$port" ]; then
    echo "vsnd: no port to the host, giving up"
    poweroff -f
fi

exec 3<>"$port"
echo "vsnd: guest ready"
echo "@@ready $(uname -r)" >&3
while IFS= read -r line <&3; do
    sh -c "$line" >/run/output 2>&1 </dev/null 3>&-
    code=$?
    cp /run/output /run/answer
    echo "@@end $code $(stat -c %s /run/answer)" >&3
    cat /run/answer >&3
done
echo "vsnd: the host hung up"
poweroff -f
