// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.javax;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.sound.sampled.Mixer;
import javax.sound.sampled.spi.MixerProvider;

/**
 * Brings the mixers of the tests to the JDK's own {@code AudioSystem}, which finds this class as it finds a sound card's
 * provider: machines that build have no sound card.
 */
public final class SoftwareMixerProvider extends MixerProvider {
    private static final List<SoftwareMixer> MIXERS = new CopyOnWriteArrayList<>();

    static void plug(SoftwareMixer mixer) {
        MIXERS.add(mixer);
    }

    static void unplugAll() {
        MIXERS.clear();
    }

    @Override
    public Mixer.Info[] getMixerInfo() {
        return MIXERS.stream().map(SoftwareMixer::getMixerInfo).toArray(Mixer.Info[]::new);
    }

    @Override
    public Mixer getMixer(Mixer.Info info) {
        return MIXERS.stream()
                .filter(mixer -> mixer.getMixerInfo().equals(info))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(info + " is not one of these"));
    }
}
