package org.vsnd.snd;

import java.nio.ByteBuffer;
import org.vsnd.audio.AudioBackend;
import org.vsnd.spi.DeviceThread;

/**
 * What all streams of a device share.
 *
 * @param scratch little-endian, for copies between guest memory and host audio; free to use in every call
 */
record StreamEnvironment(
        SoundConfig config,
        DeviceThread thread,
        AudioBackend backend,
        MessageCompleter completer,
        MessagePool pool,
        ByteBuffer scratch) {}
