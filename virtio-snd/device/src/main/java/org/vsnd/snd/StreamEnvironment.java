// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import java.nio.ByteBuffer;
import org.vsnd.audio.AudioBackend;
import org.vsnd.audio.AudioBudget;

/**
 * What all streams of a device share.
 *
 * @param budget what the sound of all streams of the card is kept in
 * @param reaction what {@link LastCompletion} wants to know of the streams' queue
 * @param scratch little-endian, for copies between guest memory and host audio; free to use in every call
 */
record StreamEnvironment(
        SoundConfig config,
        ScheduledTasks thread,
        AudioBackend backend,
        AudioBudget budget,
        MessageCompleter completer,
        DriverReaction reaction,
        MessagePool pool,
        ByteBuffer scratch) {}
