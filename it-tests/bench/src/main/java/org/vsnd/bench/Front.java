// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench;

import java.io.IOException;
import java.nio.file.Path;
import org.vsnd.it.vfiouser.ClientMemory;
import org.vsnd.it.vfiouser.MonitorBus;
import org.vsnd.it.vfiouser.Personality;
import org.vsnd.it.vfiouser.VfioUserBus;
import org.vsnd.it.vhostuser.FrontEndHabits;
import org.vsnd.it.vhostuser.VhostUserBus;

/** The protocols by which vsnd offers a card, and a monitor of our own for each, with QEMU's habits. */
public enum Front {
    VFIO_USER("vfio-user", "--socket") {
        @Override
        public MonitorBus connect(Path socket, ClientMemory memory, int vectors) throws IOException {
            return VfioUserBus.connect(socket, Personality.QEMU, memory);
        }
    },
    VHOST_USER("vhost-user", "--vhost-user") {
        @Override
        public MonitorBus connect(Path socket, ClientMemory memory, int vectors) throws IOException {
            return VhostUserBus.connect(socket, FrontEndHabits.QEMU, memory, vectors);
        }
    };

    private final String label;
    private final String option;

    Front(String label, String option) {
        this.label = label;
        this.option = option;
    }

    /** Of {@code vsnd serve}. */
    String option() {
        return option;
    }

    /**
     * Plugs the card behind a socket into a machine.
     *
     * @param vectors MSI-X vectors of the card, where that is the monitor's to say
     */
    public abstract MonitorBus connect(Path socket, ClientMemory memory, int vectors) throws IOException;

    @Override
    public String toString() {
        return label;
    }
}
