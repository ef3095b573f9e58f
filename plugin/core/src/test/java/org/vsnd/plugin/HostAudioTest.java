// SPDX-License-Identifier: Apache-2.0
package org.vsnd.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.vsnd.audio.AudioBackend;
import org.vsnd.audio.BackendException;
import org.vsnd.audio.NullBackend;
import org.vsnd.spi.TimeBase;

class HostAudioTest {
    @TempDir
    Path folder;

    @Test
    void eachKindIsOpenedByItsName() throws Exception {
        Path out = folder.resolve("a,b:c.wav");
        Path in = folder.resolve("in.wav");
        try (AudioBackend backend = HostAudio.open("null", TimeBase.WALL)) {
            assertThat(backend).isInstanceOf(NullBackend.class);
        }
        try (AudioBackend backend = HostAudio.open("tone:440", TimeBase.WALL)) {
            assertThat(backend.name()).isEqualTo("tone:440");
        }
        try (AudioBackend backend = HostAudio.open("wav:" + in, TimeBase.WALL)) {
            assertThat(backend.name()).isEqualTo("wav:" + in);
        }
        try (AudioBackend backend = HostAudio.open("wav:" + out + ",in=" + in, TimeBase.VIRTUAL)) {
            assertThat(backend.name()).isEqualTo("wav:" + out + ",in=" + in);
            assertThat(Files.exists(out)).isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "jack | no audio back end \"jack\": use one of alsa, auto, javax, null, pulse, tone, wav.",
                "'' | use one of alsa, auto, javax, null, pulse, tone, wav.",
                "null:x | write null.",
                "wav | write wav:OUT.wav",
                "wav: | write wav:OUT.wav",
                "wav:x.wav,in= | write wav:OUT.wav",
                "wav:/nowhere/at/all.wav | does not exist: create it",
                "wav:x.wav,in=/nowhere/at/all.wav | cannot be read",
                "tone | write tone:HZ with 1 to 20000 Hz",
                "tone:0 | write tone:HZ",
                "tone:20001 | write tone:HZ",
                "tone:440.5 | write tone:HZ",
            })
    void whatCannotBeOpenedIsAnsweredWithWhatToDo(String spec, String answer) {
        assertThatThrownBy(() -> HostAudio.open(spec, TimeBase.WALL))
                .isInstanceOf(BackendException.class)
                .hasMessageContaining(answer);
    }
}
