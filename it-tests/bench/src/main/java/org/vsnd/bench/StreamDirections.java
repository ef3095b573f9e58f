// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench;

/** What a measurement's streams do. */
public enum StreamDirections {
    PLAYBACK("-P", 1),
    CAPTURE("-C", 1),
    BOTH("-P -C", 2);

    private final String probeOptions;
    private final int streams;

    StreamDirections(String probeOptions, int streams) {
        this.probeOptions = probeOptions;
        this.streams = streams;
    }

    /** What pcmprobe wants to be told. */
    public String probeOptions() {
        return probeOptions;
    }

    /** How many streams run. */
    public int streams() {
        return streams;
    }

    /** How a table names one of the streams. */
    public String label(String stream) {
        return this == BOTH ? stream + " (both at once)" : stream;
    }
}
