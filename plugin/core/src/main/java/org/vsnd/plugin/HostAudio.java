// SPDX-License-Identifier: Apache-2.0
package org.vsnd.plugin;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.vsnd.audio.AudioBackend;
import org.vsnd.audio.BackendException;
import org.vsnd.audio.NullBackend;
import org.vsnd.audio.javax.JavaxBackend;
import org.vsnd.audio.unpaced.UnpacedBackend;
import org.vsnd.nativebind.alsa.AlsaBackend;
import org.vsnd.nativebind.pulse.PulseBackend;
import org.vsnd.spi.TimeBase;

/** All kinds of host audio that an operator may ask for, including live ones, and the choice among them. */
public final class HostAudio {
    /** Takes the best available, and moves when something better appears. */
    public static final String AUTO = "auto";

    private static final String PULSE = "pulse";
    private static final String ALSA = "alsa";
    private static final String JAVAX = "javax";
    private static final String NO_CARD = "There is no sound card";

    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final Map<String, BackendFactory> LIVE = Map.of(
            AUTO,
            HostAudio::choose,
            PULSE,
            (arguments, virtual) -> unpaced(PulseBackend.open(arguments), virtual),
            ALSA,
            (arguments, virtual) -> unpaced(AlsaBackend.open(arguments), virtual),
            JAVAX,
            (arguments, virtual) -> unpaced(openJavax(arguments), virtual));

    private HostAudio() {}

    /**
     * Opens host audio.
     *
     * @param spec as {@code plugin.yaml} describes the option {@code backend}
     * @param timeBase in virtual time nothing may be lost, however slow the disk is, live audio is {@linkplain
     *     UnpacedBackend kept from setting the pace}, and {@code auto} means silence
     * @throws BackendException if there is no such back end or it is not available; the message says what to do
     */
    public static AudioBackend open(String spec, TimeBase timeBase) throws BackendException {
        return AudioBackends.open(spec, timeBase == TimeBase.VIRTUAL, LIVE);
    }

    /** The live back end that {@code auto} takes, if any. Takes up to a second. */
    public static Optional<String> live() {
        return candidates().stream()
                .filter(candidate -> candidate.absence().isEmpty())
                .map(Live::kind)
                .findFirst();
    }

    /** The candidates of {@code auto}, the best first. */
    private static List<Live> candidates() {
        Live javax = new Live(JAVAX, () -> hasJavaxMixer() ? Optional.empty() : Optional.of(NO_CARD));
        if (!PulseBackend.isInstalled() && !AlsaBackend.isInstalled()) {
            return List.of(javax);
        }
        // if one of their libraries is here, this is Linux, where javax.sound finds nothing that ALSA does not
        List<Live> all = new ArrayList<>();
        if (PulseBackend.isInstalled()) {
            all.add(new Live(PULSE, () -> PulseBackend.absence(PATIENCE)));
        }
        if (AlsaBackend.isInstalled()) {
            all.add(new Live(ALSA, () -> AlsaBackend.hasDevice() ? Optional.empty() : Optional.of(NO_CARD)));
        }
        return all;
    }

    /**
     * A kind of live host audio that {@code auto} may take.
     *
     * @param kind the name that the operator would write
     * @param looked the answer of {@link #absence}
     */
    private record Live(String kind, Supplier<Optional<String>> looked) implements AutoBackend.Candidate {
        @Override
        public Optional<String> absence() {
            return looked.get();
        }

        @Override
        public AudioBackend open() throws BackendException {
            return AudioBackends.open(kind, false, LIVE);
        }
    }

    private static AudioBackend openJavax(String arguments) throws BackendException {
        try {
            return JavaxBackend.open(arguments);
        } catch (LinkageError e) {
            throw new BackendException(
                    "This Java runtime lacks the module java.desktop, which javax needs: use one that has it.");
        }
    }

    private static boolean hasJavaxMixer() {
        try {
            return JavaxBackend.hasMixer();
        } catch (LinkageError e) { // a Java runtime without the module java.desktop
            return false;
        }
    }

    private static AudioBackend unpaced(AudioBackend opened, boolean virtual) {
        return virtual ? new UnpacedBackend(opened) : opened;
    }

    private static AudioBackend choose(String arguments, boolean virtual) throws BackendException {
        if (!arguments.isEmpty()) {
            throw new BackendException(
                    "The back end auto takes no arguments: write auto, or name one, for example pulse:" + arguments
                            + ".");
        }
        if (virtual) {
            return new NullBackend();
        }
        return AutoBackend.open(candidates());
    }
}
