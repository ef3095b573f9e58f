// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.pulse;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.vsnd.audio.HostSocket;
import org.vsnd.audio.PlugListener;
import org.vsnd.audio.live.PlugFollowers;

/**
 * Follows the ports of the sink and the source that the back end uses. A device that is not there has nothing plugged in;
 * while there is no server, what was known last stays. Asks nothing of a server that nobody wants to hear of. Main loop's
 * thread only, except {@link #follow}.
 */
final class PulseSockets {
    private final PulseConnection connection;
    private final Runnable wake;
    private final Side sink;
    private final Side source;
    /** The connection that sends events; 0: none. */
    private long subscribed;

    /**
     * @param sinkName as the server names it; null: its default
     * @param sourceName as the server names it; null: its default
     * @param wake makes the loop call {@link #step}; any thread
     */
    PulseSockets(PulseConnection connection, byte @Nullable [] sinkName, byte @Nullable [] sourceName, Runnable wake) {
        this.connection = connection;
        this.wake = wake;
        sink = new Side(true, sinkName == null ? PulseLibrary.cString("@DEFAULT_SINK@") : sinkName);
        source = new Side(false, sourceName == null ? PulseLibrary.cString("@DEFAULT_SOURCE@") : sourceName);
    }

    private void devicesChanged() {
        sink.changed = true;
        source.changed = true;
    }

    /** Any thread. */
    PlugListener.Following follow(HostSocket socket, boolean output, PlugListener listener) {
        PlugListener.Following following = (output ? sink : source).followers.add(socket, listener);
        wake.run();
        return following;
    }

    /** Asks what there is to ask. */
    void step() {
        if (!connection.ready() || sink.followers.count() + source.followers.count() == 0) {
            return;
        }
        if (subscribed != connection.generation()) {
            subscribed = connection.generation();
            connection.watchDevices(this::devicesChanged);
            sink.begin();
            source.begin();
        }
        sink.step();
        source.step();
    }

    /** One direction. */
    private final class Side {
        private final boolean output;
        private final byte[] name;
        private final PlugFollowers followers = new PlugFollowers();
        private final LibPulse.DeviceInfoCallback answer = (c, i, eol, userdata) -> answered(i, eol);
        private boolean changed = true;
        private boolean asking;
        private int asked; // followers when it was asked last
        private @Nullable List<HostSocket.Port> ports;

        Side(boolean output, byte[] name) {
            this.output = output;
            this.name = name;
        }

        /** A new connection: an answer to a question to the one before does not come. */
        void begin() {
            changed = true;
            asking = false;
        }

        void step() {
            int count = followers.count();
            if (count == 0 || asking || !(changed || count != asked)) {
                return;
            }
            changed = false;
            asked = count;
            ports = null;
            long operation = output
                    ? LibPulse.pa_context_get_sink_info_by_name(connection.context(), name, answer, 0)
                    : LibPulse.pa_context_get_source_info_by_name(connection.context(), name, answer, 0);
            asking = operation != 0;
            if (operation != 0) {
                LibPulse.pa_operation_unref(operation);
            }
        }

        /** @param eol 0: a device; otherwise there is no more, or none at all */
        private void answered(long info, int eol) {
            if (eol == 0 && info != 0) {
                ports = DevicePorts.of(info);
                return;
            }
            asking = false;
            List<HostSocket.Port> found = ports;
            followers.tell(socket -> found != null && socket.isPlugged(found));
        }
    }
}
