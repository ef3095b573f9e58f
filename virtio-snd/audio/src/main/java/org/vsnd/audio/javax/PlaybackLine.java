// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.javax;

import javax.sound.sampled.Line;
import javax.sound.sampled.LineUnavailableException;
import javax.sound.sampled.SourceDataLine;
import org.vsnd.audio.PcmParams;

/** A line to play through. */
final class PlaybackLine extends LineDevice<SourceDataLine> {
    PlaybackLine(Lines lines, PcmParams params) {
        super(lines, params);
    }

    @Override
    SourceDataLine open(Line line, LineLayout layout, int bufferBytes) throws LineUnavailableException {
        SourceDataLine opening = (SourceDataLine) line;
        opening.open(layout.audioFormat(), bufferBytes);
        return opening;
    }
}
