// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.alsa;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.vsnd.audio.HostSocket;
import org.vsnd.audio.PlugListener;
import org.vsnd.nativebind.LogLines;

@DisplayName("Jacks of an ALSA card")
class AlsaJacksTest {
    private static final String HEADPHONE_IN = "0 1 1 Headphone Jack";
    private static final String HEADPHONE_OUT = "0 1 0 Headphone Jack";
    private static final String MIC_IN = "0 1 1 Mic Jack";
    private static final String MIC_OUT = "0 1 0 Mic Jack";
    /** Is not there, is not boolean, or belongs to the mixer: nothing to follow. */
    private static final String[] OTHERS = {"0 1 1 Mic Phantom Jack", "0 2 1 Line Jack", "2 1 1 Speaker Jack"};

    @TempDir
    Path folder;

    private final LogLines log = new LogLines();
    private final BlockingQueue<Boolean> headphone = new LinkedBlockingQueue<>();
    private final BlockingQueue<Boolean> microphone = new LinkedBlockingQueue<>();
    private JackCard card;

    @BeforeEach
    void make() throws Exception {
        card = new JackCard(folder);
    }

    @AfterEach
    void forget() {
        AlsaConfigFile.forget();
        log.close();
    }

    private static boolean next(BlockingQueue<Boolean> heard) throws InterruptedException {
        Boolean state = heard.poll(20, TimeUnit.SECONDS);
        assertThat(state).as("something is said").isNotNull();
        return state;
    }

    private void set(String id, String... jacks) throws Exception {
        String[] all = Arrays.copyOf(jacks, jacks.length + OTHERS.length);
        System.arraycopy(OTHERS, 0, all, jacks.length, OTHERS.length);
        card.set(id, all);
    }

    @Test
    @DisplayName("are followed while somebody wants to know, each for itself")
    void areFollowed() throws Exception {
        set("PCH", HEADPHONE_IN, MIC_OUT);
        try (AlsaBackend backend = AlsaBackend.open("plughw:PCH,0")) {
            PlugListener.Following following = backend.follow(HostSocket.HEADPHONE, true, "output 0", headphone::add);
            assertThat(next(headphone)).isTrue();
            backend.follow(HostSocket.MIC, false, "input 0", microphone::add);
            assertThat(next(microphone)).isFalse();
            set("PCH", HEADPHONE_OUT, MIC_OUT);
            assertThat(next(headphone)).isFalse();
            set("PCH", HEADPHONE_IN, MIC_IN);
            assertThat(next(headphone)).isTrue();
            assertThat(next(microphone)).isTrue();
            following.close();
            following.close();
            set("PCH", HEADPHONE_OUT, MIC_OUT);
            assertThat(next(microphone)).isFalse();
            assertThat(headphone).isEmpty();
        }
        assertThat(log.all()).isEmpty();
    }

    @Test
    @DisplayName("are empty while the card is not there")
    void comesAndGoes() throws Exception {
        try (AlsaBackend backend = AlsaBackend.open("hw:CARD=USB,DEV=0")) {
            backend.follow(HostSocket.HEADPHONE, true, "output 0", headphone::add);
            assertThat(next(headphone)).isFalse();
            set("USB", HEADPHONE_IN);
            assertThat(next(headphone)).isTrue();
            card.remove("USB");
            assertThat(next(headphone)).isFalse();
            set("USB", HEADPHONE_IN);
            assertThat(next(headphone)).isTrue();
        }
        assertThat(log.all())
                .allMatch(line -> line.startsWith("the ALSA mixer hw:USB is not there (")
                        && line.endsWith("): until it is, the jacks that follow it are empty"));
        assertThat(log.all()).isNotEmpty();
    }

    @Test
    @DisplayName("stay plugged in if the card does not have them, which is said once")
    void cardWithout() throws Exception {
        set("PCH", HEADPHONE_OUT);
        set("desk");
        try (AlsaBackend backend = AlsaBackend.open("plughw:PCH,desk")) {
            backend.follow(HostSocket.HEADPHONE, true, "output 0", headphone::add);
            assertThat(next(headphone)).isFalse();
            backend.follow(HostSocket.SPEAKER, true, "output 0", headphone::add);
            assertThat(next(headphone)).isTrue();
            backend.follow(HostSocket.MIC, false, "input 0", microphone::add);
            assertThat(next(microphone)).isTrue();
            set("PCH", HEADPHONE_IN);
            assertThat(next(headphone)).isTrue();
        }
        assertThat(log.all())
                .containsExactlyInAnyOrder(
                        "the ALSA mixer hw:PCH has no speaker jack (it has \"Headphone Jack\"): what follows that stays"
                                + " plugged in",
                        "the ALSA mixer desk has no mic jack (it has none): what follows that stays plugged in");
    }

    @Test
    @DisplayName("stay plugged in if nothing is known of a card")
    void noMixer() throws Exception {
        AlsaBackend backend = AlsaBackend.open("null");
        backend.follow(HostSocket.MIC, false, "input 0", microphone::add);
        assertThat(next(microphone)).isTrue();
        backend.close();
        assertThat(log.with("the ALSA mixer null is not there (")).hasSize(1);
        backend.follow(HostSocket.MIC, false, "input 0", microphone::add).close();
        assertThat(microphone.poll(100, TimeUnit.MILLISECONDS)).isNull();
    }

    @ParameterizedTest
    @DisplayName("are looked for at the PCM's card, or at the mixer of the same name")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "hw:0 | hw:0",
                "hw:PCH,0 | hw:PCH",
                "plughw:1,3 | hw:1",
                "plughw:CARD=PCH,DEV=0 | hw:PCH",
                "hdmi:CARD=PCH,DEV=1 | hw:PCH",
                "sysdefault:CARD=USB | hw:USB",
                "sysdefault:USB | hw:USB",
                "front:PCH,0 | hw:PCH",
                "surround51:PCH,0 | hw:PCH",
                "hdmi:PCH,0 | hw:PCH",
                "dsnoop:PCH,0 | hw:PCH",
                "plug:hw:0,0 | hw:0",
                "plug:'hw:CARD=PCH' | hw:PCH",
                "plug:SLAVE=\"hw:PCH,0\" | hw:PCH",
                "plug:default | default",
                "desk:PCH | desk:PCH",
                "default | default",
                "pulse | pulse",
            })
    void mixerOfAPcm(String pcm, String mixer) {
        assertThat(AlsaJackNames.mixer(pcm)).isEqualTo(mixer);
        assertThat(AlsaJackNames.isCard(mixer)).isEqualTo(mixer.startsWith("hw:"));
    }

    @ParameterizedTest
    @DisplayName("are known by their names")
    @CsvSource(
            delimiter = '|',
            value = {
                "Headphone Jack | HEADPHONE out",
                "Front Headphone Jack | HEADPHONE out",
                "Headphone Mic Jack | HEADPHONE out, MIC in",
                "Headset Jack | HEADPHONE out, MIC in",
                "Headset Mic Jack | MIC in",
                "Dock Mic Jack | MIC in",
                "Line Jack | LINE in",
                "Line Out Front Jack | LINE out",
                "Speaker Surround Jack | SPEAKER out",
                "HDMI/DP,pcm=3 Jack | HDMI out",
                "SPDIF Jack | SPDIF out",
                "SPDIF In Jack | SPDIF in",
                "Aux Jack | AUX in",
                "CD Jack | ''",
            })
    void kinds(String name, String kinds) {
        List<HostSocket.Port> jacks = List.of(new HostSocket.Port(name, false));
        List<String> asked = List.of(
                "LINE out",
                "LINE in",
                "SPEAKER out",
                "HEADPHONE out",
                "SPDIF out",
                "SPDIF in",
                "HDMI out",
                "MIC in",
                "AUX in");
        List<String> found = asked.stream()
                .filter(kind -> {
                    String[] words = kind.split(" ", -1);
                    return !AlsaJackNames.of(HostSocket.valueOf(words[0]), words[1].equals("out"), jacks)
                            .isEmpty();
                })
                .toList();
        assertThat(String.join(", ", found)).isEqualTo(kinds);
    }
}
