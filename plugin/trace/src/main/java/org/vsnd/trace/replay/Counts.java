// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.replay;

/**
 * How much a replay has compared.
 *
 * @param accesses registers read or written
 * @param controlReplies answers to control requests
 * @param messages playback and record messages that came back
 * @param interrupts used buffers that an interrupt followed
 * @param soundFrames frames of playback messages found in the sound that came out
 * @param silentFrames frames of silence found there beside them
 * @param recordedFrames frames of record messages found to follow each other
 * @param inventedBuffers playback buffers whose bytes the trace does not have, so that others stood in
 * @param failures how often the card was wrong
 */
public record Counts(
        long accesses,
        long controlReplies,
        long messages,
        long interrupts,
        long soundFrames,
        long silentFrames,
        long recordedFrames,
        long inventedBuffers,
        long failures) {}
