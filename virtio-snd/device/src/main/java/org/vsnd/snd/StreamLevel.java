// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import java.util.List;

/**
 * How loud a stream is set.
 *
 * @param decibels of each channel, at most 0; negative infinity is silence
 * @param muted whether all channels are silent, whatever their volume
 */
public record StreamLevel(List<Double> decibels, boolean muted) {
    public StreamLevel {
        decibels = List.copyOf(decibels);
    }
}
