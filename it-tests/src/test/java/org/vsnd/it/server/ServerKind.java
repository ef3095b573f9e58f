// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.server;

import java.nio.file.Path;
import org.vsnd.cli.boot.BootException;

/** The servers that PulseAudio's clients find on Linux. */
enum ServerKind {
    PULSEAUDIO {
        @Override
        AudioServer start(Path folder) throws BootException {
            return PulseServer.builder(folder).nullSink(SINK).start();
        }
    },
    PIPEWIRE {
        @Override
        AudioServer start(Path folder) throws BootException {
            return PipeWireServer.builder(folder).nullSink(SINK).start();
        }
    };

    /** The only one. Its monitor is the only source. */
    static final String SINK = "first";

    static final String SOURCE = SINK + ".monitor";

    /** Starts one in its own folder. Returns when it answers. */
    abstract AudioServer start(Path folder) throws BootException;
}
