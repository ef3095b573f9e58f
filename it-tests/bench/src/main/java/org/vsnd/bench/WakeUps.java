// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench;

/** What a program in the guest saw of one stream of one card. */
record WakeUps(String device, Shape shape, StreamDirections direction, ProbeResult result) {
    static final String VSND = "vsnd";
    static final String SND_DUMMY = "snd-dummy";
    static final String QEMU = "QEMU virtio-sound-pci";

    /** How much later than snd-dummy's vsnd's 99th percentile may be. */
    static final double P99_ALLOWANCE_NANOS = 1_000_000;

    /** Whether another card's row is about the same stream. */
    boolean isAsked(WakeUps other) {
        return shape.equals(other.shape)
                && direction == other.direction
                && result.stream().equals(other.result.stream());
    }
}
