// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.javax;

import javax.sound.sampled.Line;
import javax.sound.sampled.LineUnavailableException;
import javax.sound.sampled.TargetDataLine;
import org.vsnd.audio.PcmParams;

/** A line to record from. */
final class CaptureLine extends LineDevice<TargetDataLine> {
    CaptureLine(Lines lines, PcmParams params) {
        super(lines, params);
    }

    @Override
    TargetDataLine open(Line line, LineLayout layout, int bufferBytes) throws LineUnavailableException {
        TargetDataLine opening = (TargetDataLine) line;
        opening.open(layout.audioFormat(), bufferBytes);
        return opening;
    }
}
