// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.alsa;

import java.io.IOException;
import org.vsnd.audio.PcmParams;
import org.vsnd.audio.live.HostDevice;
import org.vsnd.nativebind.libc.LibC;

/**
 * A PCM by its name, for one kind of stream.
 *
 * @param pcmName as for {@code aplay -D}
 */
record PcmDevice(String pcmName, PcmDirection direction, PcmParams params) implements HostDevice<AlsaPcm> {
    private static final int NICE = -11;

    @Override
    public String kind() {
        return "alsa";
    }

    @Override
    public String name() {
        return "the ALSA PCM " + pcmName;
    }

    @Override
    public String verb() {
        return direction.verb();
    }

    @Override
    public AlsaPcm open() throws IOException {
        // for this thread, and those that a plugin now starts to carry the frames: PulseAudio's priority, if allowed
        LibC.setpriority(LibC.PRIO_PROCESS, 0, NICE);
        try {
            return AlsaPcm.open(pcmName, direction, params);
        } catch (AlsaException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    @Override
    public void close(AlsaPcm open) {
        open.close();
    }
}
