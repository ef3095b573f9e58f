// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.pulse;

import com.sun.jna.Callback;
import com.sun.jna.Pointer;
import java.lang.ref.Reference;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.vsnd.audio.BackendException;

/** Asks single questions, on a separate connection, on the calling thread. */
final class PulseQuery {
    // struct pa_sink_info and pa_source_info begin with the same fields
    private static final int INFO_NAME = 0; // const char *
    private static final int INFO_DESCRIPTION = 16; // const char *
    private static final int INFO_MONITOR_OF_SINK = 308; // u32, pa_source_info
    private static final int SERVER_DEFAULT_SINK_NAME = 48; // const char *
    private static final int SERVER_DEFAULT_SOURCE_NAME = 56; // const char *

    private final MainLoop loop;
    private final long context;
    private final long deadlineNanos;

    private PulseQuery(MainLoop loop, long context, long deadlineNanos) {
        this.loop = loop;
        this.context = context;
        this.deadlineNanos = deadlineNanos;
    }

    /** A question to an open connection. */
    private interface Question<T> {
        @Nullable
        T ask(PulseQuery query);
    }

    /** Why there is no connection, as the beginning of a sentence; empty if there is one. */
    static Optional<String> absence(@Nullable String server, Duration patience) {
        try {
            ask(server, patience, query -> true);
            return Optional.empty();
        } catch (NoConnection e) {
            return Optional.of(e.words);
        }
    }

    static List<PulseDevice> devices(@Nullable String server, Duration patience) throws BackendException {
        List<PulseDevice> devices = null;
        String why = "The PulseAudio server does not answer in time";
        try {
            devices = ask(server, patience, PulseQuery::list);
        } catch (NoConnection e) {
            why = e.words;
        }
        if (devices == null) {
            throw new BackendException(
                    why + ": start one that does (pulseaudio or pipewire-pulse), or name it with " + "PULSE_SERVER.");
        }
        return devices;
    }

    private static final class NoConnection extends Exception {
        private static final long serialVersionUID = 1;

        private final String words;

        NoConnection(int error) {
            words = PulseLibrary.noConnection(error);
        }
    }

    private static <T> @Nullable T ask(@Nullable String server, Duration patience, Question<T> question)
            throws NoConnection {
        byte[] address = server == null ? null : PulseLibrary.cString(server);
        long deadlineNanos = System.nanoTime() + patience.toNanos();
        try (MainLoop loop = new MainLoop();
                Proplist properties = Proplist.application()) {
            long context =
                    LibPulse.pa_context_new_with_proplist(loop.api(), Proplist.applicationName(), properties.handle());
            try {
                PulseQuery query = new PulseQuery(loop, context, deadlineNanos);
                boolean ready = LibPulse.pa_context_connect(context, address, LibPulse.PA_CONTEXT_NOAUTOSPAWN, 0) >= 0
                        && query.runUntil(() -> LibPulse.pa_context_get_state(context) >= LibPulse.PA_CONTEXT_READY)
                        && LibPulse.pa_context_get_state(context) == LibPulse.PA_CONTEXT_READY;
                if (!ready) {
                    PulseLog.silence();
                    int error = LibPulse.pa_context_errno(context);
                    throw new NoConnection(error == 0 ? LibPulse.PA_ERR_TIMEOUT : error);
                }
                return question.ask(query);
            } finally {
                LibPulse.pa_context_disconnect(context);
                LibPulse.pa_context_unref(context);
            }
        }
    }

    private boolean runUntil(BooleanSupplier done) {
        while (!done.getAsBoolean()) {
            long leftNanos = deadlineNanos - System.nanoTime();
            if (leftNanos <= 0 || !loop.round(leftNanos)) {
                return false;
            }
        }
        return true;
    }

    private @Nullable List<PulseDevice> list() {
        String[] defaults = {"", ""};
        LibPulse.ServerInfoCallback server = (c, i, userdata) -> {
            if (i != 0) {
                defaults[0] = text(i, SERVER_DEFAULT_SINK_NAME);
                defaults[1] = text(i, SERVER_DEFAULT_SOURCE_NAME);
            }
        };
        List<PulseDevice> devices = new ArrayList<>();
        boolean whole = finish(LibPulse.pa_context_get_server_info(context, server, 0), server);
        LibPulse.DeviceInfoCallback sinks = (c, i, eol, userdata) -> {
            if (eol == 0) {
                String name = text(i, INFO_NAME);
                devices.add(new PulseDevice(name, text(i, INFO_DESCRIPTION), false, false, name.equals(defaults[0])));
            }
        };
        whole = whole && finish(LibPulse.pa_context_get_sink_info_list(context, sinks, 0), sinks);
        LibPulse.DeviceInfoCallback sources = (c, i, eol, userdata) -> {
            if (eol == 0) {
                String name = text(i, INFO_NAME);
                boolean monitor = new Pointer(i).getInt(INFO_MONITOR_OF_SINK) != LibPulse.PA_INVALID_INDEX;
                devices.add(new PulseDevice(name, text(i, INFO_DESCRIPTION), true, monitor, name.equals(defaults[1])));
            }
        };
        whole = whole && finish(LibPulse.pa_context_get_source_info_list(context, sources, 0), sources);
        return whole ? List.copyOf(devices) : null;
    }

    private boolean finish(long operation, Callback callback) {
        if (operation == 0) {
            return false;
        }
        try {
            return runUntil(() -> LibPulse.pa_operation_get_state(operation) != LibPulse.PA_OPERATION_RUNNING);
        } finally {
            LibPulse.pa_operation_unref(operation);
            Reference.reachabilityFence(callback);
        }
    }

    private static String text(long struct, int offset) {
        Pointer text = new Pointer(struct).getPointer(offset);
        return text == null ? "" : text.getString(0, StandardCharsets.UTF_8.name());
    }
}
