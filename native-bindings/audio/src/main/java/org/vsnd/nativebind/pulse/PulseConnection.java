// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.pulse;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The connection to the server: makes it, watches it, and when it is lost makes it anew at most every {@link
 * #RETRY_NANOS}. The choice of server is libpulse's ({@code PULSE_SERVER} and its configuration). Main loop's thread
 * only; allocates only when the state changes.
 */
final class PulseConnection implements AutoCloseable {
    /** Shortest time between two tries. */
    static final long RETRY_NANOS = 500_000_000;
    /** A server that has not answered a question for this long is taken for lost. */
    static final long PATIENCE_NANOS = 3_000_000_000L;

    private static final Logger LOG = System.getLogger(PulseConnection.class.getName());

    /** The trouble that was last logged. */
    private enum Trouble {
        NONE,
        ABSENT,
        REFUSED
    }

    private final MainLoop loop;
    private final byte @Nullable [] address;
    private long context;
    private boolean ready;
    private long triedNanos;
    private boolean triedBefore;
    private Trouble said = Trouble.NONE;
    private long generation;
    private final List<PulseVolume> watchers = new ArrayList<>();
    private final LibPulse.SubscribeCallback subscription = this::changed;
    private long subscribed; // the generation that was subscribed to
    private int subscribedTo; // kinds of events
    private Runnable devicesWatcher = () -> {};
    private final List<Long> unborn = new ArrayList<>(); // streams to end as soon as they are made

    /**
     * Not connected yet.
     *
     * @param address the server's, or null to let libpulse find one
     */
    PulseConnection(MainLoop loop, byte @Nullable [] address) {
        this.loop = loop;
        this.address = address;
    }

    /** Checks the state and does what is due. */
    void step(long nowNanos) {
        endUnborn();
        if (context == 0) {
            if (!triedBefore || nowNanos - triedNanos >= RETRY_NANOS) {
                connect(nowNanos);
            }
            return;
        }
        int state = LibPulse.pa_context_get_state(context);
        if (state == LibPulse.PA_CONTEXT_FAILED || state == LibPulse.PA_CONTEXT_TERMINATED) {
            drop(LibPulse.pa_context_errno(context));
        } else if (state != LibPulse.PA_CONTEXT_READY) {
            if (nowNanos - triedNanos > PATIENCE_NANOS) {
                drop("it does not answer");
            }
        } else if (!ready) {
            ready = true;
            generation++;
            LOG.log(Level.INFO, (said == Trouble.NONE ? "PulseAudio answers: " : "PulseAudio is back: ") + server());
            said = Trouble.NONE;
        }
    }

    private void connect(long nowNanos) {
        triedBefore = true;
        triedNanos = nowNanos;
        try (Proplist properties = Proplist.application()) {
            context =
                    LibPulse.pa_context_new_with_proplist(loop.api(), Proplist.applicationName(), properties.handle());
        }
        if (context != 0 && LibPulse.pa_context_connect(context, address, LibPulse.PA_CONTEXT_NOAUTOSPAWN, 0) < 0) {
            drop(LibPulse.pa_context_errno(context));
        }
    }

    private String server() {
        @Nullable String server = LibPulse.pa_context_get_server(context);
        return server == null ? "a server" : server;
    }

    /** The server no longer answers, even if libpulse has not noticed. */
    void fail(String why) {
        if (context != 0) {
            drop(why);
        }
    }

    private void drop(int error) {
        if (ready) {
            drop(PulseLibrary.error(error));
        } else {
            PulseLog.silence();
            give(
                    PulseLibrary.isRefusal(error) ? Trouble.REFUSED : Trouble.ABSENT,
                    PulseLibrary.noConnection(error) + ": silence until "
                            + (PulseLibrary.isRefusal(error) ? "it accepts us" : "one does"));
        }
    }

    private void drop(String why) {
        give(
                Trouble.ABSENT,
                ready
                        ? "PulseAudio is lost (" + why + "): silence until it is back"
                        : "No PulseAudio server answers (" + why + "): silence until one does");
    }

    private void give(Trouble trouble, String words) {
        if (said != trouble) {
            said = trouble;
            LOG.log(Level.WARNING, words);
        }
        close();
    }

    /**
     * Ends a stream and frees it. One that the server is just making cannot be ended: it would be made and stay for
     * as long as the connection lasts. It is ended as soon as it exists.
     */
    void discard(long stream) {
        if (LibPulse.pa_stream_get_state(stream) == LibPulse.PA_STREAM_CREATING) {
            unborn.add(stream);
        } else {
            LibPulse.pa_stream_disconnect(stream);
            LibPulse.pa_stream_unref(stream);
        }
    }

    private void endUnborn() {
        for (int i = unborn.size() - 1; i >= 0; i--) {
            long stream = unborn.get(i);
            if (LibPulse.pa_stream_get_state(stream) != LibPulse.PA_STREAM_CREATING) {
                unborn.remove(i);
                discard(stream);
            }
        }
    }

    /** While connected: a volume is told when the server's stream changes. */
    void watch(PulseVolume volume) {
        subscribe(LibPulse.PA_SUBSCRIPTION_MASK_SINK_INPUT | LibPulse.PA_SUBSCRIPTION_MASK_SOURCE_OUTPUT);
        watchers.add(volume);
    }

    /** While connected, until the connection is lost: told when devices, their ports or the defaults change. */
    void watchDevices(Runnable watcher) {
        devicesWatcher = watcher;
        subscribe(LibPulse.PA_SUBSCRIPTION_MASK_SINK
                | LibPulse.PA_SUBSCRIPTION_MASK_SOURCE
                | LibPulse.PA_SUBSCRIPTION_MASK_SERVER
                | LibPulse.PA_SUBSCRIPTION_MASK_CARD);
    }

    /** Asks for these events as well as those before: a connection has one subscription. */
    private void subscribe(int what) {
        if (subscribed != generation) {
            subscribed = generation;
            subscribedTo = 0;
            LibPulse.pa_context_set_subscribe_callback(context, subscription, 0);
        }
        if ((subscribedTo & what) != what) {
            subscribedTo |= what;
            long operation = LibPulse.pa_context_subscribe(context, subscribedTo, 0, 0);
            if (operation != 0) {
                LibPulse.pa_operation_unref(operation);
            }
        }
    }

    /** Nothing is told any more. */
    void unwatch(PulseVolume volume) {
        watchers.remove(volume);
    }

    private void changed(long c, int event, int index, long userdata) {
        int facility = event & LibPulse.PA_SUBSCRIPTION_EVENT_FACILITY_MASK;
        if (facility != LibPulse.PA_SUBSCRIPTION_EVENT_SINK_INPUT
                && facility != LibPulse.PA_SUBSCRIPTION_EVENT_SOURCE_OUTPUT) {
            devicesWatcher.run();
            return;
        }
        for (int i = 0; i < watchers.size(); i++) {
            watchers.get(i).changed(facility == LibPulse.PA_SUBSCRIPTION_EVENT_SOURCE_OUTPUT, index);
        }
    }

    /** Whether streams can be made now. */
    boolean ready() {
        return ready;
    }

    /** Counts the connections made: a stream of an earlier connection is dead. */
    long generation() {
        return generation;
    }

    /** The handle, while {@link #ready}. */
    long context() {
        return context;
    }

    /** Why the last call failed. */
    String error() {
        return context == 0 ? "no connection" : PulseLibrary.error(LibPulse.pa_context_errno(context));
    }

    /** When {@link #step} is due if nothing happens. */
    long deadlineNanos(long nowNanos) {
        if (ready) {
            return Long.MAX_VALUE;
        }
        return context == 0
                ? Math.max(nowNanos, triedNanos + RETRY_NANOS)
                : Math.max(nowNanos, triedNanos + PATIENCE_NANOS + 1);
    }

    /** Disconnects, without waiting. */
    @Override
    public void close() {
        if (context != 0) {
            LibPulse.pa_context_disconnect(context);
            LibPulse.pa_context_unref(context);
            context = 0;
            ready = false;
            endUnborn(); // they fail with the connection
        }
    }
}
