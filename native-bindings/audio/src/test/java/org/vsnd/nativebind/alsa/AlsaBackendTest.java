// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.alsa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.vsnd.audio.BackendException;
import org.vsnd.audio.PcmFormat;

class AlsaBackendTest {
    @TempDir
    Path folder;

    @AfterEach
    void forgetConfiguration() {
        AlsaConfigFile.forget();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''                            | default                 | default",
                "null                          | null                    | null",
                "pulse,null                    | pulse                   | null",
                "hw:1,0                        | hw:1,0                  | hw:1,0",
                "hw:1,0,2                      | hw:1,0,2                | hw:1,0,2",
                "plughw:1,0,plughw:2,0         | plughw:1,0              | plughw:2,0",
                "plughw:CARD=PCH,DEV=0,default | plughw:CARD=PCH,DEV=0   | default",
            })
    void argumentsAreOneOrTwoPcmNames(String arguments, String plays, String records) throws BackendException {
        try (AlsaBackend backend = AlsaBackend.open(arguments)) {
            assertThat(backend.playbackName()).isEqualTo(plays);
            assertThat(backend.captureName()).isEqualTo(records);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {",null", "null,", ","})
    void aMissingNameIsRefusedWithASentence(String arguments) {
        assertThatThrownBy(() -> AlsaBackend.open(arguments))
                .isInstanceOf(BackendException.class)
                .hasMessageContaining("alsa:PCM,CAPTURE_PCM");
    }

    @Test
    void listHasWhatTheConfigurationShows() throws Exception {
        String[] shown = {
            "pcm.shown { type null hint { show on description \"Into\\nnowhere\" } }",
            "pcm.microphone { type null hint { show on description \"Mute\" device_input 0 } }"
        };
        AlsaConfigFile.use(folder, shown);
        assertThat(AlsaBackend.devices())
                .anySatisfy(device -> {
                    assertThat(device.name()).isEqualTo("shown");
                    assertThat(device.description()).startsWith("Into");
                    assertThat(device.plays()).isTrue();
                    assertThat(device.records()).isTrue();
                })
                .anySatisfy(device -> assertThat(device.name()).isEqualTo("null"));
    }

    @Test
    void thereIsADeviceIfTheDefaultPcmOpens() throws Exception {
        AlsaConfigFile.use(folder, "pcm.!default { type null }");
        assertThat(AlsaBackend.hasDevice()).isTrue();
    }

    @Test
    void thereIsNoDeviceIfTheServerBehindTheDefaultPcmIsGone() throws Exception {
        String gone = "pcm.!default { type pulse server \"unix:" + folder.resolve("nobody") + "\" }";
        AlsaConfigFile.use(folder, gone);
        assertThat(AlsaBackend.hasDevice()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"S16,48000,2", "S20,44100,1", "U24_3,8000,2", "FLOAT64,96000,8"})
    void whatAPcmLacksThePlugLayerMakes(PcmFormat format, int rateHz, int channels) throws Exception {
        AlsaConfigFile.use(folder, narrow());
        try (AlsaBackend backend = AlsaBackend.open("narrow")) {
            assertThat(backend.playbackRefusal(format, rateHz, channels)).isEmpty();
            assertThat(backend.captureRefusal(format, rateHz, channels)).isEmpty();
        }
    }

    @Test
    void whatNobodyCanConvertIsRefusedWithASentence() throws Exception {
        AlsaConfigFile.use(folder, narrow());
        try (AlsaBackend backend = AlsaBackend.open("narrow")) {
            assertThat(backend.playbackRefusal(PcmFormat.DSD_U8, 48_000, 2))
                    .hasValueSatisfying(sentence -> assertThat(sentence)
                            .contains("narrow", "play", "DSD_U8", "48000 Hz", "2 channels")
                            .endsWith("."));
        }
    }

    @Test
    void aPcmThatIsNotThereIsNotRefused() throws Exception {
        try (AlsaBackend backend = AlsaBackend.open("hw:31")) {
            assertThat(backend.playbackRefusal(PcmFormat.S16, 48_000, 2)).isEmpty();
        }
    }

    /** Takes S16 at 48 kHz in stereo only. */
    private static String narrow() {
        return "pcm.narrow { type route slave { pcm { type linear slave { pcm null format S16_LE } } channels 2 } "
                + "ttable.0.0 1 ttable.1.1 1 }";
    }
}
