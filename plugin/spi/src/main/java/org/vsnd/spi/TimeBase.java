package org.vsnd.spi;

/** What a {@link DeviceThread}'s clock is. */
public enum TimeBase {
    /** The wall clock: the host's audio may set the pace. */
    WALL,
    /** An emulator's or a replay's own time: host audio never sets the pace, and a step may take any wall time. */
    VIRTUAL
}
