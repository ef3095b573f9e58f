package org.vsnd.snd;

import java.nio.ByteBuffer;
import org.vsnd.audio.AudioBackend;

/**
 * What all streams of a device share.
 *
 * @param reaction what {@link LastCompletion} wants to know of the streams' queue
 * @param scratch little-endian, for copies between guest memory and host audio; free to use in every call
 */
record StreamEnvironment(
        SoundConfig config,
        ScheduledTasks thread,
        AudioBackend backend,
        MessageCompleter completer,
        DriverReaction reaction,
        MessagePool pool,
        ByteBuffer scratch) {}
