// SPDX-License-Identifier: Apache-2.0
package org.vsnd.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.vsnd.audio.AudioBackend;
import org.vsnd.audio.AudioSink;
import org.vsnd.audio.HostSocket;
import org.vsnd.audio.PcmFormat;
import org.vsnd.audio.PcmParams;
import org.vsnd.audio.PlugListener;

class AutoBackendTest {
    private static final PcmParams PARAMS = new PcmParams(PcmFormat.S16, 48_000, 2, 960);

    private final Kind server = new Kind("server");
    private final Kind card = new Kind("card");
    private final AutoBackend auto = AutoBackend.idle(List.of(server, card));
    private final List<String> said = new ArrayList<>();
    private final Logger log = Logger.getLogger(AutoBackend.class.getName());
    private final Handler ear = new Handler() {
        @Override
        public void publish(LogRecord line) {
            said.add(line.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    @BeforeEach
    void listen() {
        log.addHandler(ear);
    }

    @AfterEach
    void endListening() {
        log.removeHandler(ear);
    }

    /** Host audio that may be there or not. */
    private static final class Kind implements AutoBackend.Candidate {
        private final AudioBackend backend = mock(AudioBackend.class);
        private String absence;
        private int asked;
        private final AtomicInteger failures = new AtomicInteger();

        Kind(String name) {
            absence = "No " + name;
            when(backend.name()).thenReturn(name);
            when(backend.openSink(any(), any())).thenReturn(mock(AudioSink.class));
        }

        void comes() {
            absence = "";
        }

        @Override
        public Optional<String> absence() {
            asked++;
            if (failures.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                throw new IllegalStateException("a fault of ours");
            }
            return absence.isEmpty() ? Optional.empty() : Optional.of(absence);
        }

        @Override
        public AudioBackend open() {
            return backend;
        }
    }

    @Test
    @DisplayName(
            "what is found later is moved to, the better thing after the good one, and then there is nothing to look for")
    void movesOverToWhatIsBetter() {
        assertThat(auto.look()).isTrue();
        assertThat(auto.name()).isEqualTo("null");
        assertThat(auto.generation()).isZero();

        card.comes();
        assertThat(auto.look()).isTrue();
        auto.openSink(PARAMS, "output 0");
        verify(card.backend).openSink(PARAMS, "output 0");
        assertThat(auto.generation()).isEqualTo(1);

        server.comes();
        assertThat(auto.look()).isFalse();
        auto.openSink(PARAMS, "output 1");
        verify(server.backend).openSink(PARAMS, "output 1");
        assertThat(auto.generation()).isEqualTo(2);
        verify(card.backend, never()).close();
    }

    @Test
    @DisplayName("whoever follows a socket hears of it where sound goes, and no longer where it went before")
    void followsWhereSoundGoes() {
        PlugListener.Following ofCard = mock(PlugListener.Following.class);
        PlugListener.Following ofServer = mock(PlugListener.Following.class);
        PlugListener listener = connected -> {};
        when(card.backend.follow(HostSocket.MIC, false, "input 0", listener)).thenReturn(ofCard);
        when(server.backend.follow(HostSocket.MIC, false, "input 0", listener)).thenReturn(ofServer);
        PlugListener.Following following = auto.follow(HostSocket.MIC, false, "input 0", listener);
        card.comes();
        auto.look();
        verify(card.backend).follow(HostSocket.MIC, false, "input 0", listener);
        server.comes();
        auto.look();
        verify(ofCard).close();
        verify(server.backend).follow(HostSocket.MIC, false, "input 0", listener);
        verify(ofServer, never()).close();
        following.close();
        verify(ofServer).close();
    }

    @Test
    @DisplayName("what is no better is not asked for")
    void whatIsNoBetterIsNotAskedFor() {
        card.comes();
        auto.look();
        int asked = card.asked;
        auto.look();

        assertThat(card.asked).isEqualTo(asked);
        assertThat(server.asked).isEqualTo(2);
    }

    @Test
    @DisplayName("each change is said once, with the reason as it is")
    void eachChangeIsSaidOnce() {
        auto.look();
        auto.look();
        assertThat(said).hasSize(1);
        assertThat(said.get(0)).startsWith("No server; No card: until that changes, the guest is not heard");

        server.absence = "The server refuses us (Access denied)";
        auto.look();
        auto.look();
        assertThat(said).hasSize(2);
        assertThat(said.get(1)).contains("The server refuses us (Access denied); No card");

        card.comes();
        auto.look();
        auto.look();
        assertThat(said).hasSize(3);
        assertThat(said.get(2)).contains("card").contains("The server refuses us (Access denied)");
    }

    @Test
    @DisplayName("closing closes all that was opened, and what is found later is not kept")
    void closingClosesAll() {
        card.comes();
        auto.look();
        server.comes();
        auto.look();
        auto.close();
        verify(card.backend).close();
        verify(server.backend).close();
        assertThat(auto.look()).isFalse();
    }

    @Test
    @DisplayName("a look that fails is not the last one")
    void aLookThatFailsIsNotTheLastOne() throws Exception {
        try (AutoBackend looking = AutoBackend.open(List.of(server))) {
            server.comes();
            server.failures.set(2);
            for (int i = 0; looking.generation() == 0; i++) {
                assertThat(i).isLessThan(1000);
                Thread.sleep(20);
            }
        }
        assertThat(said)
                .filteredOn(line -> line.contains("Looking for better host audio failed"))
                .hasSize(1);
    }

    @Test
    @DisplayName("the thread that looks finds what comes, and ends when the back end is closed")
    void looksByItself() throws Exception {
        try (AutoBackend looking = AutoBackend.open(List.of(server))) {
            server.comes();
            for (int i = 0; looking.generation() == 0; i++) {
                assertThat(i).isLessThan(1000);
                Thread.sleep(20);
            }
        }
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().equals("vsnd-audio-auto"));
        verify(server.backend).close();
    }
}
