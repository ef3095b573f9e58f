// SPDX-License-Identifier: Apache-2.0
package org.vsnd.spi;

/** The kind of a {@link DeviceThread}'s clock, which decides who sets the pace. */
public enum TimeBase {
    /**
     * The wall clock, {@link System#nanoTime()}: the host's audio sets the pace, and the device follows its clock. Right for
     * any guest that runs in real time.
     */
    WALL,

    /**
     * An emulator's or a replay's own time, which alone sets the pace: it may run at any speed, in jerks, stand still
     * or {@linkplain DeviceThread#nanoTime() jump ahead}, and a step may take any wall time. In guest time the device
     * behaves the same, whatever the wall clock and the host's audio do.
     *
     * <p>What is heard and recorded then depends on the back end:
     *
     * <ul>
     *   <li>Back ends for files, and the silent one, follow guest time: every sample is right at any speed. A
     *       device that is faster than the disk waits for it, for at most 10 s.
     *   <li>A live back end has its own clock. A guest that is in real time on average is heard and recorded completely,
     *       100 ms late, and may be behind by that much at times. If the guest is faster, at most the device's largest
     *       burst (half a second, or the driver's buffer if that is longer) and 200 ms are kept for the host; frames beyond
     *       that are dropped until 100 ms are left, and recordings have silence in them. If it is slower or stands still,
     *       there is silence while nothing comes, and recordings lose their oldest frames in the same way. The device
     *       counts both for each stream and logs it once; the guest does not notice. Memory does not grow.
     *   <li>The back end {@code auto} is silent: a live one must be named.
     * </ul>
     */
    VIRTUAL
}
