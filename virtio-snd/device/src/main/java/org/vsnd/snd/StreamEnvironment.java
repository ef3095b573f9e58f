// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import java.nio.ByteBuffer;
import org.vsnd.audio.AudioBackend;
import org.vsnd.audio.AudioBudget;

/**
 * What all streams of a device share.
 *
 * @param budget what the sound of all streams of the card is kept in
 * @param completer of the streams' queue
 * @param streams those of the device, when it is built
 * @param scratch little-endian, for copies between guest memory and host audio; free to use in every call
 */
record StreamEnvironment(
        SoundConfig config,
        ScheduledTasks thread,
        AudioBackend backend,
        AudioBudget budget,
        MessageCompleter completer,
        DeviceStreams streams,
        MessagePool pool,
        ByteBuffer scratch) {}
