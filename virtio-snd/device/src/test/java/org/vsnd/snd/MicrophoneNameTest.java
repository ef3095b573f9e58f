// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.vsnd.audio.AudioBackend;
import org.vsnd.audio.ForwardingBackend;
import org.vsnd.audio.NullBackend;

@DisplayName("What is recorded is said in the log")
class MicrophoneNameTest {
    private static final long SECOND = 1_000_000_000L;

    private final List<String> said = new ArrayList<>();
    private final Logger logger = Logger.getLogger(MicrophoneName.class.getName());
    private final Handler ear = new Handler() {
        @Override
        public void publish(LogRecord entry) {
            said.add(String.valueOf(entry.getParameters()[1]));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };
    private String host = "one";

    private final AudioBackend backend = new ForwardingBackend() {
        private final AudioBackend silent = new NullBackend();

        @Override
        protected AudioBackend host(boolean playback) {
            return silent;
        }

        @Override
        public String recordsFrom(String streamName) {
            return host;
        }
    };

    @BeforeEach
    void listen() {
        logger.addHandler(ear);
    }

    @AfterEach
    void forget() {
        logger.removeHandler(ear);
    }

    @Test
    @DisplayName("once a minute while it is the same, and at once when the host is another")
    void saysOnceAMinute() {
        MicrophoneName name = new MicrophoneName(backend, "input 0", List.of());
        for (long second = 0; second < 130; second++) {
            name.say(0, second * SECOND);
        }
        host = "two";
        name.say(0, 130 * SECOND);
        assertThat(said).containsExactly("one", "one", "one", "two");
    }

    @Test
    @DisplayName("with the source that is chosen, the last one once a second")
    void saysTheLastChoice() {
        MicrophoneName name = new MicrophoneName(backend, "input 0", List.of("Mic", "Line"));
        name.say(0, 0);
        for (int turn = 1; turn < 100; turn++) {
            name.isAnother();
            long nowNanos = turn * 10_000_000L;
            assertThat(name.isLate(nowNanos)).isFalse();
            name.say(turn % 2, nowNanos);
        }
        assertThat(said).containsExactly("Mic of one");
        assertThat(name.isLate(SECOND)).isTrue();
        name.say(1, SECOND);
        assertThat(name.isLate(5 * SECOND)).isFalse();
        assertThat(said).containsExactly("Mic of one", "Line of one");
    }
}
