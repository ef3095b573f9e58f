#!/bin/busybox sh
# SPDX-License-Identifier: Apache-2.0
# The guest's first process: plays, records, writes on the console what came of it, and switches off.
export PATH=/bin HOME=/ LC_ALL=C
/bin/busybox mkdir -p /proc /sys /dev /tmp
/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t sysfs sys /sys
/bin/busybox mount -t devtmpfs dev /dev
/bin/busybox --install -s /bin
mount -t tmpfs tmp /tmp
dmesg -n 1

for module in soundcore snd snd-timer snd-pcm virtio_snd; do
    insmod /lib/modules/$module.ko || echo "cannot load $module"
done
tries=0
while [ ! -e /dev/snd/pcmC0D0p ] && [ $tries -lt 50 ]; do
    tries=$((tries + 1))
    usleep 100000
done

cat /proc/asound/cards
aplay -D hw:0,0 /played.wav
echo "@@played $?"
arecord -D hw:0,0 -t raw -f S16_LE -r 48000 -c 2 -s 24000 /tmp/recorded
echo "@@recorded $?"
grep virtio /proc/interrupts
dmesg | grep -iE "virtio|pci"
echo "@@begin"
base64 /tmp/recorded
echo "@@end"
sleep 2 # the console is still writing
poweroff -f
