// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.replay;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.vsnd.guest.driver.Features;
import org.vsnd.guest.driver.SndWire;
import org.vsnd.trace.TraceStep;
import org.vsnd.trace.card.SndNames;
import org.vsnd.trace.card.TracedCard;
import org.vsnd.trace.tape.TapeBackend;

/** Hands each chain to whoever judges it, and keeps the streams' states by the commands that the card grants. */
final class CardJudge {
    private static final int MAX_FLIGHTS = 100_000;

    private final List<StreamShadow> streams = new ArrayList<>();
    private final List<PlaybackJudge> playback = new ArrayList<>(); // by stream id, as are the next
    private final List<CaptureJudge> capture = new ArrayList<>();
    private final ControlJudge control;
    private final MessageJudge messages;
    private final Findings findings;
    private final Set<ChainExchange> pending = new LinkedHashSet<>();
    private final List<MessageTimes> flights = new ArrayList<>();
    private int line;

    CardJudge(
            ReplaySetup setup,
            TracedCard traced,
            OwnCard own,
            DriverShadow driver,
            TapeBackend tape,
            Findings findings) {
        this.findings = findings;
        for (int id = 0; id < setup.streams().count(); id++) {
            StreamShadow stream = new StreamShadow(id, setup.streams());
            streams.add(stream);
            playback.add(new PlaybackJudge(stream, setup.headerBytes(), tape, findings));
            capture.add(new CaptureJudge(stream, tape, findings));
        }
        ControlRules rules = new ControlRules(
                streams, traced, own.items(), () -> (driver.acceptedFeatures() & Features.SND_CTLS) != 0);
        control = new ControlJudge(rules, setup.streams(), findings);
        messages = new MessageJudge(streams, setup.headerBytes(), findings);
    }

    /** The line of the trace that is being replayed. */
    void at(int traceLine) {
        line = traceLine;
    }

    int line() {
        return line;
    }

    /** A chain is about to be put into its ring. */
    void sent(ChainExchange exchange) {
        pending.add(exchange);
        if (exchange.invented()) {
            findings.countInvented();
        }
        switch (exchange.queue()) {
            case SndWire.CONTROL_QUEUE -> control.sent(exchange);
            case SndWire.TX_QUEUE, SndWire.RX_QUEUE -> {
                messages.sent(exchange);
                StreamShadow stream = streamOf(exchange);
                if (stream != null && stream.isOutput()) {
                    playback.get(stream.id()).sent(exchange);
                }
            }
            default -> {}
        }
    }

    /** The card has used a chain. */
    void back(ChainExchange exchange) {
        switch (exchange.queue()) {
            case SndWire.CONTROL_QUEUE -> answered(exchange);
            case SndWire.TX_QUEUE, SndWire.RX_QUEUE -> {
                StreamShadow stream = streamOf(exchange);
                if (stream == null) {
                    return;
                }
                if (isBeingEmptied(stream)) {
                    exchange.cutShort();
                }
                if (stream.isOutput()) {
                    playback.get(stream.id()).back(exchange, line);
                } else {
                    capture.get(stream.id()).back(exchange, line);
                }
            }
            default ->
                findings.fail(line, SndNames.queue(exchange.queue()), "no event, since none was asked for", "one");
        }
    }

    /** The stream of a message, if it names one of its direction. */
    private @Nullable StreamShadow streamOf(ChainExchange exchange) {
        int id = exchange.request32(0);
        if (id < 0 || id >= streams.size() || exchange.writableBytes() < SndWire.STATUS_BYTES) {
            return null;
        }
        StreamShadow stream = streams.get(id);
        return stream.isOutput() == (exchange.queue() == SndWire.TX_QUEUE) ? stream : null;
    }

    /** Whether a request is on its way that returns what the stream has. */
    private boolean isBeingEmptied(StreamShadow stream) {
        return pending.stream()
                .anyMatch(request -> request.queue() == SndWire.CONTROL_QUEUE
                        && !request.isBack()
                        && empties(request.request32(0), stream)
                        && request.request32(4) == stream.id());
    }

    /** What is to be played and comes back at STOP plays out. */
    private static boolean empties(int code, StreamShadow stream) {
        return switch (code) {
            case SndWire.R_PCM_RELEASE, SndWire.R_PCM_SET_PARAMS, SndWire.R_PCM_PREPARE -> true;
            case SndWire.R_PCM_STOP -> !stream.isOutput();
            default -> false;
        };
    }

    private void answered(ChainExchange exchange) {
        int id = exchange.request32(4);
        int code = exchange.request32(0);
        if (exchange.reply32(0) != SndWire.S_OK
                || id < 0
                || id >= streams.size()
                || code < SndWire.R_PCM_SET_PARAMS
                || code > SndWire.R_PCM_STOP) {
            return;
        }
        long nowNanos = exchange.backNanos();
        switch (code) {
            case SndWire.R_PCM_START -> {
                playback.get(id).started(nowNanos);
                capture.get(id).started(nowNanos);
            }
            case SndWire.R_PCM_STOP -> capture.get(id).stopped(nowNanos);
            case SndWire.R_PCM_RELEASE, SndWire.R_PCM_SET_PARAMS -> {
                playback.get(id).ended(line);
                capture.get(id).stopped(nowNanos);
            }
            default -> {}
        }
        streams.get(id).granted(code, exchange);
    }

    /** The trace sees a chain back, and so does the replay. */
    void compare(ChainExchange exchange, TraceStep.Used used) {
        pending.remove(exchange);
        exchange.traced(used);
        if (exchange.queue() == SndWire.CONTROL_QUEUE) {
            control.compare(exchange, used, line);
        } else {
            messages.compare(exchange, used, line);
            addFlight(exchange);
        }
    }

    /** The card was reset. */
    void reset(long nowNanos) {
        end(nowNanos);
        streams.forEach(StreamShadow::reset);
        control.forgetAll();
        messages.forgetAll();
    }

    /** Nothing more will come. */
    void end(long nowNanos) {
        for (ChainExchange exchange : pending) {
            if (exchange.queue() == SndWire.TX_QUEUE || exchange.queue() == SndWire.RX_QUEUE) {
                addFlight(exchange);
            }
        }
        pending.clear();
        playback.forEach(judge -> judge.ended(line));
        capture.forEach(judge -> judge.stopped(nowNanos));
    }

    private void addFlight(ChainExchange exchange) {
        TraceStep.Used used = exchange.used();
        if (flights.size() < MAX_FLIGHTS) {
            flights.add(new MessageTimes(
                    exchange.line(),
                    exchange.queue() == SndWire.TX_QUEUE,
                    exchange.offered().micros(),
                    used == null ? -1 : used.micros(),
                    exchange.sentNanos(),
                    exchange.isBack() ? exchange.backNanos() : -1));
        }
    }

    List<MessageTimes> flights() {
        return List.copyOf(flights);
    }
}
