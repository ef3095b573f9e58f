// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The variables of sd_listen_fds(3). */
@DisplayName("Socket activation")
class SocketActivationTest {
    private static final long PID = 4711;

    private static SocketActivation of(String... variables) {
        java.util.HashMap<String, String> environment = new java.util.HashMap<>(Map.of("LISTEN_PID", "4711"));
        for (int i = 0; i < variables.length; i += 2) {
            environment.put(variables[i], variables[i + 1]);
        }
        return SocketActivation.of(environment, PID);
    }

    @Test
    void socketsBeginAtDescriptorThreeAndTheirNamesAreProtocols() {
        SocketActivation given = of("LISTEN_FDS", "2", "LISTEN_FDNAMES", "vhost-user:vfio-user");

        assertThat(given.sockets()).extracting(SocketActivation.Given::fd).containsExactly(3, 4);
        assertThat(given.sockets())
                .extracting(SocketActivation.Given::front)
                .containsExactly(Front.VHOST_USER, Front.VFIO_USER);
        assertThat(given.elsewhere()).isEmpty();
    }

    @Test
    void withoutTheVariablesThereIsNone() {
        assertThat(SocketActivation.of(Map.of(), PID).sockets()).isEmpty();
        assertThat(of("LISTEN_FDS", "").sockets()).isEmpty();
        assertThat(of("LISTEN_FDS", "0").sockets()).isEmpty();
    }

    @Test
    void anotherProcesssSocketsAreLeftAloneAndMentioned() {
        SocketActivation others = SocketActivation.of(Map.of("LISTEN_FDS", "1", "LISTEN_PID", "1"), PID);

        assertThat(others.sockets()).isEmpty();
        assertThat(others.elsewhere().orElseThrow())
                .isEqualTo("the service manager's sockets are for the process 1, and this is 4711: let its unit start"
                        + " vsnd without a shell between them");
    }

    @Test
    void aNameThatIsNoProtocolSaysWhatToWriteIntoTheUnit() {
        SocketActivation.Given unnamed =
                of("LISTEN_FDS", "1", "LISTEN_FDNAMES", "vsnd.socket").sockets().get(0);
        assertThatThrownBy(unnamed::front)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the service manager's socket on descriptor 3 is named 'vsnd.socket', which is no protocol:"
                        + " write FileDescriptorName=vfio-user or FileDescriptorName=vhost-user into its unit");
        assertThatThrownBy(of("LISTEN_FDS", "1").sockets().get(0)::front).hasMessageContaining("named ''");
    }

    @Test
    void variablesThatContradictEachOtherAreRefused() {
        assertThatThrownBy(() -> of("LISTEN_FDS", "two"))
                .hasMessage("LISTEN_FDS is 'two', but should be a number of sockets");
        assertThatThrownBy(() -> of("LISTEN_FDS", "99999999999")).hasMessageContaining("number of sockets");
        assertThatThrownBy(() -> of("LISTEN_FDS", "2", "LISTEN_FDNAMES", "vfio-user"))
                .hasMessage("LISTEN_FDS has 2 sockets, but LISTEN_FDNAMES has 1 names");
    }
}
