// SPDX-License-Identifier: Apache-2.0
package org.vsnd.spi;

/** What a {@link DeviceThread}'s clock is, and with it who sets the pace. */
public enum TimeBase {
    /**
     * The wall clock, {@link System#nanoTime()}: the host's audio sets the pace, and the device follows its clock. Right for
     * a guest that runs in real time, whatever runs it.
     */
    WALL,

    /**
     * An emulator's or a replay's own time, and nothing else sets the pace: it may run at any speed, in jerks, stand still or
     * {@linkplain DeviceThread#nanoTime() leap ahead}, and a step may take any wall time. The device does the same in the
     * same guest time whatever the wall clock and the host's audio do.
     *
     * <p>What is heard and recorded then depends on the back end:
     *
     * <ul>
     *   <li>One that writes and reads files, or nothing at all, goes by guest time: every sample is right at any speed. A
     *       device that is faster than the disk waits for it, for 10 s at most.
     *   <li>A live one has a clock of its own. A guest in real time on the whole is heard and recorded whole, 100 ms late, and
     *       may be so much behind at times. Of one that is faster, at most the device's largest burst (half a second, or the
     *       driver's buffer if that is longer) and 200 ms are kept for the host; what comes then is dropped until 100 ms are
     *       left, and recordings have silence in them. Of one that is slower or stands still, there is silence while nothing
     *       comes, and recordings lose their oldest frames in the same manner. The device counts both for each stream and says
     *       so once; the guest sees none of it. Memory does not grow.
     *   <li>The back end {@code auto} is a silent one: a live one must be named.
     * </ul>
     */
    VIRTUAL
}
