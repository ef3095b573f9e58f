// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.guest;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.vsnd.cli.boot.BootException;
import org.vsnd.it.server.AudioServer;
import org.vsnd.it.server.PipeWireServer;
import org.vsnd.it.server.PulseServer;

/** The ways from vsnd to a loudspeaker, and what is needed to test each. */
enum HostServer {
    PULSEAUDIO("0x10"),
    PIPEWIRE("0x11"),
    ALSA_PULSE("0x12");

    /** The sink that is played into. */
    static final String SPEAKER = "speaker";

    /** The sink whose monitor is recorded from. */
    static final String MICROPHONE = "microphone";

    private final String slot;

    HostServer(String slot) {
        this.slot = slot;
    }

    /** The slot of its card on the root complex. */
    String slot() {
        return slot;
    }

    /** The PCI address of its card. */
    String address() {
        return "0000:00:" + slot.substring(2) + ".0";
    }

    AudioServer start(Path folder) throws BootException {
        return this == PIPEWIRE
                ? PipeWireServer.builder(folder)
                        .nullSink(SPEAKER)
                        .nullSink(MICROPHONE)
                        .start()
                : PulseServer.builder(folder)
                        .nullSink(SPEAKER)
                        .nullSink(MICROPHONE)
                        .start();
    }

    /** What {@code --backend} wants. */
    String backend() {
        return this == ALSA_PULSE ? "alsa:pulse,pulse" : "pulse:" + SPEAKER + "," + MICROPHONE + ".monitor";
    }

    Map<String, String> environment(AudioServer server) {
        Map<String, String> environment = new HashMap<>(server.environment());
        if (this == ALSA_PULSE) {
            environment.put("PULSE_SINK", SPEAKER);
            environment.put("PULSE_SOURCE", MICROPHONE + ".monitor");
        }
        return environment;
    }
}
