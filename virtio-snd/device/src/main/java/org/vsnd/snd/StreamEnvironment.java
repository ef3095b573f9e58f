// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import java.nio.ByteBuffer;
import org.vsnd.audio.AudioBackend;
import org.vsnd.audio.AudioBudget;

/**
 * The objects that all streams of a device share.
 *
 * @param budget provides the memory for the sound of all streams of the card
 * @param faults says what the driver does wrong
 * @param completer of the streams' queue
 * @param poll of the streams' queue
 * @param events tells the driver
 * @param streams the streams of the device, once it is built
 * @param scratch little-endian, for copies between guest memory and host audio; may be used within every call
 * @param hostChanged any thread: the host has changed a stream's volume, or moved a recording to another source
 */
record StreamEnvironment(
        SoundConfig config,
        ScheduledTasks thread,
        AudioBackend backend,
        AudioBudget budget,
        DriverFaults faults,
        MessageCompleter completer,
        RingPoll poll,
        EventQueue events,
        DeviceStreams streams,
        MessagePool pool,
        ByteBuffer scratch,
        Runnable hostChanged) {}
