// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.doctor;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.vsnd.audio.BackendException;
import org.vsnd.audio.javax.JavaxBackend;
import org.vsnd.audio.javax.JavaxMixer;
import org.vsnd.nativebind.alsa.AlsaBackend;
import org.vsnd.nativebind.alsa.AlsaDevice;
import org.vsnd.nativebind.pulse.PulseBackend;
import org.vsnd.nativebind.pulse.PulseDevice;

/** The devices to play on and to record from. */
final class HostAudioFindings {
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private HostAudioFindings() {}

    static List<Finding> examine() {
        List<Finding> findings = new ArrayList<>();
        try {
            pulse(findings);
            alsa(findings);
        } catch (LinkageError e) {
            findings.add(Finding.note("host audio", "cannot be checked without the native library"));
        }
        javax(findings);
        return findings;
    }

    private static void pulse(List<Finding> findings) {
        try {
            for (PulseDevice device : PulseBackend.devices(PATIENCE)) {
                String what = device.capture() ? "source" : "sink";
                String usual = device.isDefault() ? "default: " : "";
                String spec = "pulse:" + (device.capture() ? "," : "") + device.name();
                findings.add(Finding.ok("pulse " + what, usual + spec + "  " + device.description()));
            }
        } catch (BackendException e) {
            String complaint = String.valueOf(e.getMessage());
            // not so if a server refuses us or the library is missing
            boolean nobodyAnswers = complaint.startsWith("No PulseAudio server answers");
            findings.add(Finding.note(
                    "PulseAudio, PipeWire",
                    nobodyAnswers
                            ? complaint.replaceFirst(":.*", ": ")
                                    + PulseServers.here().why()
                            : complaint));
        }
    }

    private static void javax(List<Finding> findings) {
        try {
            List<JavaxMixer> mixers = JavaxBackend.mixers();
            if (mixers.isEmpty()) {
                findings.add(Finding.note("javax.sound", "the JDK finds no mixer"));
            }
            for (JavaxMixer mixer : mixers) {
                String can = mixer.plays() ? mixer.records() ? "" : "plays only: " : "records only: ";
                String spec = "javax:" + mixer.name() + (mixer.plays() ? "" : " (as CAPTURE_MIXER)");
                findings.add(Finding.ok("javax mixer", can + spec + "  " + mixer.description()));
            }
        } catch (LinkageError e) {
            findings.add(Finding.note("javax.sound", "this Java lacks the module java.desktop"));
        }
    }

    private static void alsa(List<Finding> findings) {
        try {
            if (!AlsaBackend.hasDevice()) {
                findings.add(Finding.note("ALSA", "no sound card, and the PCM default does not open"));
            }
            for (AlsaDevice device : AlsaBackend.devices()) {
                String spec = "alsa:" + (device.plays() ? "" : ",") + device.name();
                String can = device.plays() ? device.records() ? "" : "plays only: " : "records only: ";
                findings.add(Finding.ok("ALSA PCM", can + spec + "  " + device.description()));
            }
        } catch (BackendException e) {
            findings.add(Finding.note("ALSA", String.valueOf(e.getMessage())));
        }
    }
}
